"""Hostile clients get nothing outside the directory, no traceback and nothing they sent."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.serve.conftest import Site, put

MARK = b"MARK"  # in the secret file and in requests; must never be in a response


@pytest.fixture(scope="module")
def outside(site: Site) -> Path:
    secret = site.directory.parent / "secret.atom"
    secret.write_bytes(MARK)
    (site.directory / ".hidden.atom").write_bytes(MARK)
    (site.directory / ".git").mkdir()
    (site.directory / ".git" / "config.txt").write_bytes(MARK)
    (site.directory / "world.atom.tmp").write_bytes(MARK)
    (site.directory / "feeds.db").write_bytes(MARK)
    (site.directory / "link.atom").symlink_to(secret)
    (site.directory / "up").symlink_to(site.directory.parent)
    (site.directory / "loop.atom").symlink_to(site.directory / "loop.atom")
    (site.directory / "folder.atom").mkdir()
    os.mkfifo(site.directory / "pipe.atom")
    return secret


def ask(target: bytes, host: bytes = b"localhost", method: bytes = b"GET", more: bytes = b"") -> bytes:
    return b"%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n%s\r\n" % (method, target, host, more)


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


@pytest.mark.parametrize(
    "target",
    [
        b"/../secret.atom",
        b"/%2e%2e/secret.atom",
        b"/..%2fsecret.atom",
        b"/archive/../../secret.atom",
        b"/archive/../world.atom",
        b"/..%5csecret.atom",
        b"/..%c0%afsecret.atom",
        b"//secret.atom",
        b"/./world.atom",
        b"/link.atom",
        b"/up/secret.atom",
        b"/loop.atom",
        b"/folder.atom",
        b"/folder.atom/",
        b"/pipe.atom",
        b"/.hidden.atom",
        b"/.git/config.txt",
        b"/world.atom.tmp",
        b"/feeds.db",
        b"/world.atom%00",
        b"/world.atom%00.html",
        b"/%00.atom",
        b"/%ff%fe.atom",
        b"/%ed%a0%80.atom",
        b"/world.atom/x.atom",
        b"/" + b"a" * 300 + b".atom",
        b"/" + b"a/" * 3000 + b"b.atom",
        b"/archive/",
        b"/archive",
        b"/<script>MARK</script>.html",
        b"/MARK%0d%0aX-Injected:%20MARK.html",
    ],
)
def test_files_that_must_not_be_served_are_404(site: Site, outside: Path, target: bytes) -> None:
    answer = site.raw(ask(target))
    assert status(answer) == 404
    assert MARK not in answer
    assert b"Traceback" not in answer
    assert str(site.directory).encode() not in answer


def test_an_absolute_path_is_404(site: Site, outside: Path) -> None:
    assert status(site.raw(ask(b"/" + os.fsencode(outside)))) == 404
    assert status(site.raw(ask(b"/%2f" + os.fsencode(outside)[1:]))) == 404


@pytest.mark.parametrize(
    "host",
    [b"localhost", b"LOCALHOST:8000", b"127.0.0.1", b"[::1]:80", b"feeds.example", b"feeds.example.:1"],
)
def test_requests_for_its_own_names_are_answered(site: Site, host: bytes) -> None:
    assert status(site.raw(ask(b"/world.atom", host))) == 200


@pytest.mark.parametrize(
    "host",
    [
        b"MARK.example",
        b"localhost.MARK.example",
        b"<MARK>",
        b"[",
        b"a@b:c:d",
        b"",
        b"\xff",
        b"localhost, MARK",
    ],
)
def test_a_forged_host_is_refused(site: Site, host: bytes) -> None:
    answer = site.raw(ask(b"/world.atom", host))
    assert status(answer) == 421
    assert MARK not in answer


def test_the_host_of_an_absolute_request_target_counts(site: Site) -> None:
    assert status(site.raw(ask(b"http://feeds.example/world.atom", b"whatever.example"))) == 200
    assert status(site.raw(ask(b"http://other.example/world.atom", b"localhost"))) == 421
    assert status(site.raw(ask(b"http://[/world.atom"))) in {400, 421}


def test_a_request_without_a_host_is_answered(site: Site) -> None:
    assert status(site.raw(b"GET /world.atom HTTP/1.0\r\n\r\n")) == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "MARK"])
def test_other_methods_than_get_are_405(site: Site, method: str) -> None:
    answer = site.raw(ask(b"/world.atom", method=method.encode(), more=b"Content-Length: 4\r\n") + MARK)
    assert status(answer) == 405
    assert b"Allow: GET, HEAD" in answer
    assert MARK not in answer


@pytest.mark.parametrize(
    "request_",
    [
        b"\r\n\r\n",
        b"MARK\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/1.1\r\nMARK\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: MARK\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nA: " + b"a" * 20_000 + b"\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\nMARK",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        b"CONNECT localhost:22 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    ],
)
def test_malformed_requests_are_refused_without_a_traceback(site: Site, request_: bytes) -> None:
    answer = site.raw(request_)
    assert not answer or status(answer) in {400, 404, 405, 413, 431, 501}
    assert MARK not in answer
    assert b"Traceback" not in answer
    assert site.get("world.atom").status_code == 200


def test_malformed_headers_are_ignored(site: Site) -> None:
    nonsense = ",;=\"'W/,,q=nan," * 20
    names = ("If-None-Match", "If-Modified-Since", "If-Range", "Range", "Accept-Encoding", "Accept", "Cookie")
    more = "".join(f"{name}: {nonsense}\r\n" for name in names).encode("latin-1")
    assert status(site.raw(ask(b"/world.atom", more=more))) == 200


def test_an_internal_error_reveals_nothing(site: Site) -> None:
    answer = site.get("broken")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text


def test_an_unreadable_file_is_500(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    put(site.directory, "locked.atom", b"<feed/>")

    def refuse(*_: object) -> int:
        raise PermissionError(13, "refused", "locked.atom")

    monkeypatch.setattr("feeds.serve.files._open_nonblocking", refuse)
    answer = site.get("locked.atom")
    assert answer.status_code == 500
    assert "locked" not in answer.text


def test_error_pages_have_the_security_headers(site: Site) -> None:
    answer = site.get("nothing.html")
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
