"""The access log: the combined format, without secrets."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

import pytest

from feeds.errors import FeedsError
from feeds.serve.access_log import mask_address, open_access_log
from tests.serve.conftest import ATOM, put, serving

TOKEN = "0123456789abcdefSECRET"
COMBINED = re.compile(
    r"(\S+) - - \[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\] "
    r'"([^"]*)" (\d{3}) (\d+|-) "([^"]*)" "((?:[^"\\]|\\.)*)"'
)


def log_of(folder: Path, *requests: bytes) -> list[tuple[str, ...]]:
    """The fields of the lines that the requests leave."""
    output, path = folder / "output", folder / "access.log"
    put(output, "world.atom", ATOM)
    put(output, f"private/{TOKEN}/world.atom", ATOM)
    access_log = open_access_log(str(path))
    with serving(output, access_log=access_log) as site:
        for request in requests:
            site.raw(request)
    access_log.close()
    text = path.read_text()
    assert TOKEN not in text
    matches = [COMBINED.fullmatch(line) for line in text.splitlines()]
    assert None not in matches, text
    return [match.groups() for match in matches if match]


def get(target: bytes, *headers: bytes, method: bytes = b"GET") -> bytes:
    lines = (method + b" " + target + b" HTTP/1.1", b"Host: localhost", b"Connection: close", *headers)
    return b"\r\n".join([*lines, b"", b""])


def test_each_request_is_a_line_in_the_combined_format(tmp_path: Path) -> None:
    agent, referer = b'User-Agent: Reader "1" \xff\\', b"Referer: https://a.example/x?y=1"
    assert log_of(
        tmp_path,
        get(b"/world.atom?page=1", agent, referer),
        get(b"/world.atom", method=b"HEAD"),
        get(b"/world.atom", b"If-None-Match: *"),
        get(b"/missing%0a.atom"),
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"nonsense\r\n\r\n",
    ) == [
        (
            *("127.0.0.1", "GET /world.atom?page=1 HTTP/1.1", "200", str(len(ATOM))),
            *("https://a.example/x?y=1", r"Reader \x221\x22 \xff\x5c"),
        ),
        ("127.0.0.1", "HEAD /world.atom HTTP/1.1", "200", "-", "-", "-"),
        ("127.0.0.1", "GET /world.atom HTTP/1.1", "304", "-", "-", "-"),
        ("127.0.0.1", "GET /missing%0a.atom HTTP/1.1", "404", ANY_LENGTH, "-", "-"),
        ("127.0.0.1", "-", "400", ANY_LENGTH, "-", "-"),
        ("127.0.0.1", "-", "400", ANY_LENGTH, "-", "-"),
    ]
    assert stat.S_IMODE((tmp_path / "access.log").stat().st_mode) == 0o600


class _AnyLength(str):
    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and other.isdigit()

    __hash__ = str.__hash__


ANY_LENGTH = _AnyLength()


def test_a_request_for_a_private_output_does_not_show_its_token(tmp_path: Path) -> None:
    private = f"/private/{TOKEN}/world.atom".encode()
    lines = log_of(
        tmp_path,
        get(private),
        get(b"/world.atom", b"Referer: https://feeds.example" + private),
        get(private.replace(b"p", b"%70", 1)),
        get(b"/world.atom", b"User-Agent: fetch https://feeds.example" + private),
    )
    assert [line[1:3] for line in lines[:3]] == [
        ("GET /private/***/world.atom HTTP/1.1", "200"),
        ("GET /world.atom HTTP/1.1", "200"),
        ("GET /private/***/world.atom HTTP/1.1", "200"),
    ]
    assert lines[1][4] == "https://feeds.example/private/***/world.atom"


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        (f"/private/{TOKEN}/", "/private/***"),
        (f"/private/{TOKEN}", "/private/***"),
        (f"/private/{TOKEN}.atom", "/private/***"),
        (f"/private/%20{TOKEN}/world.atom", "/private/***/world.atom"),
        (f"/private/%3f{TOKEN}/world.atom", "/private/***/world.atom"),
        (f"//private//{TOKEN}/a/{TOKEN}/world.atom?x", "//private//***"),
        (f"/feeds/private/{TOKEN}/world.atom", "/feeds/private/***/world.atom"),
        (f"/websub/{TOKEN}?hub.mode=subscribe&hub.topic=https://a.example/{TOKEN}", "/websub/***"),
        (f"/x?next=/private/{TOKEN}/world.atom", "/x?next=/private/***/world.atom"),
        (f"/world.atom?token={TOKEN}&page=2", "/world.atom?token=***&page=2"),
        (f"https://user:{TOKEN}@feeds.example/", "https://***@feeds.example/"),
        ("/world.atom?q=a%20b", "/world.atom?q=a%20b"),
    ],
)
def test_secrets_in_addresses_are_masked(address: str, masked: str) -> None:
    assert TOKEN not in mask_address(address)
    assert mask_address(address).replace("//***", "/***") == masked.replace("//***", "/***")


def test_a_renamed_log_is_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    access_log = open_access_log(str(path))
    access_log.write("one")
    path.rename(tmp_path / "access.log.1")
    access_log.write("two")
    access_log.close()
    assert (tmp_path / "access.log.1").read_text() == "one\n"
    assert path.read_text() == "two\n"


def test_a_log_that_cannot_be_written_costs_no_response(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    access_log = open_access_log(str(folder / "access.log"))
    (folder / "access.log").unlink()
    folder.rmdir()
    access_log.write("lost")
    access_log.write("lost")
    folder.mkdir()
    access_log.write("back")
    access_log.close()
    assert (folder / "access.log").read_text() == "back\n"
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("name", ["missing/access.log", ".", "pipe"])
def test_a_log_that_cannot_be_opened_is_an_error(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FeedsError, match="cannot write the access log"):
        open_access_log(str(tmp_path / name))
