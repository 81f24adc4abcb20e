from __future__ import annotations

import os
import pickle
import socket
import traceback
from pathlib import Path

import pytest

from feeds.config import load
from feeds.errors import ConfigError
from tests.config.files import loaded, refused

SECRET = "hunter2"


def test_references_are_filled_in_from_the_environment_and_from_files(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from-file\n")
    text = """
sources:
  - url: https://a.example/?key=${env:KEY}
    auth: {bearer: "${file:token}"}
    headers: {X-Both: "${env:KEY} and ${file:token}"}
"""
    settings = loaded(tmp_path, text, KEY=SECRET)
    (source,) = settings.sources
    assert source.url == f"https://a.example/?key={SECRET}"
    assert source.access.headers == (
        ("X-Both", f"{SECRET} and from-file"),
        ("Authorization", "Bearer from-file"),
    )
    assert settings.secret_url_sources == {source.id}
    assert SECRET not in source.id
    assert pickle.loads(pickle.dumps(settings)) == settings


def test_a_source_with_a_secret_elsewhere_is_no_secret_url_source(tmp_path: Path) -> None:
    settings = loaded(tmp_path, "sources: [{url: https://a.example/, auth: {bearer: '${env:K}'}}]", K=SECRET)
    assert settings.secret_url_sources == frozenset()


def test_headers_passwords_and_proxies_are_not_in_the_repr(tmp_path: Path) -> None:
    text = """
sources:
  - url: https://a.example/
    auth: {basic: {user: me, password: "${env:K}"}}
    headers: {X-Key: "${env:K}"}
    proxy: "http://me:${env:K}@proxy.example:3128"
"""
    settings = loaded(tmp_path, text, K=SECRET)
    assert settings.sources[0].access.proxy == f"http://me:{SECRET}@proxy.example:3128"
    assert SECRET not in repr(settings)


@pytest.mark.parametrize(
    "options",
    [
        "every: '${env:K}'",
        "id: '${env:K}!'",
        "tags: '${env:K}'",
        "priority: '${env:K}'",
        "proxy: '${env:K}'",
        "timeout: '${env:K}'",
        "full_text: {when: '${env:K}'}",
        "headers: {A: '${env:K}\\u2028'}",
        'headers: {A: "${env:K}\\n"}',
        "auth: {bearer: '${env:K} ü'}",
        "extract: '${env:K}'",
        "opml: '${env:K}'",
    ],
)
def test_no_message_shows_a_filled_in_value(tmp_path: Path, options: str) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text(f"sources:\n  - {{url: https://a.example/, {options}}}\n")
    with pytest.raises(ConfigError) as caught:
        load(path, {"K": f"{SECRET} [\n"})
    assert SECRET not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    "url", ["ftp://me:hunter2@a.example/", "https://a.example:x/?token=hunter2", "https://me:hunter2@a b/"]
)
def test_no_message_shows_the_login_or_query_of_a_url(tmp_path: Path, url: str) -> None:
    assert SECRET not in refused(tmp_path, f"sources:\n  - {url}\n")


@pytest.mark.parametrize(
    "key",
    ["headers: {A: 5432}", "auth: {bearer: 5432}", "auth: {basic: {user: a, password: 5432}}", "proxy: 5432"],
)
def test_no_message_repeats_a_secret_of_the_file(tmp_path: Path, key: str) -> None:
    assert "5432" not in refused(tmp_path, f"sources:\n  - {{url: https://a.example/, {key}}}\n")


@pytest.mark.parametrize(
    "section",
    [
        "outputs: {a: {token: 'hunter2 hunter2'}}",
        "outputs: {a: {token: 5432}}",
        "site: {output: 's3://bucket', s3: {key: 5432, secret: s}}",
        'site: {output: "s3://bucket", s3: {key: "hunter2\\n!", secret: s}}',
        "site: {output: 's3://bucket', s3: {key: k, secret: 5432}}",
        'site: {output: "s3://bucket", s3: {key: k, secret: "hunter2\\n!"}}',
    ],
)
def test_no_message_repeats_a_token_or_an_access_key(tmp_path: Path, section: str) -> None:
    message = refused(tmp_path, f"{section}\n")
    assert SECRET not in message
    assert "5432" not in message


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty"),
        (b"\n", "is empty"),
        (b"\xff\xfe", "is not text in UTF-8"),
        (b"x" * 70_000, "is longer than 64 KiB"),
    ],
)
def test_an_unusable_secret_file_is_reported(tmp_path: Path, content: bytes, problem: str) -> None:
    (tmp_path / "token").write_bytes(content)
    text = "sources: [{url: https://a.example/, auth: {bearer: '${file:token}'}}]"
    assert f"the file token {problem}" in refused(tmp_path, text)


@pytest.mark.parametrize("kind", ["fifo", "socket", "folder", "device"])
def test_only_regular_files_are_read(tmp_path: Path, kind: str) -> None:
    """A FIFO without a writer never answers, and /dev/zero never ends."""
    path = Path("/dev/zero") if kind == "device" else tmp_path / "strange"
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(path))
    text = f"sources: [{{url: https://a.example/, auth: {{bearer: '${{file:{path}}}'}}}}]"
    message = refused(tmp_path, text)
    assert "is not a regular file" in message or "cannot be read" in message
    certificate = refused(tmp_path, f"site: {{ca: '{path}'}}")
    assert "is not a regular file" in certificate or "cannot be read" in certificate


def test_an_empty_variable_counts_as_missing(tmp_path: Path) -> None:
    message = refused(tmp_path, "sources: ['https://a.example/${env:K}']", K="")
    assert message.startswith("sources.yaml:1:11: the environment variable K is empty")


def test_a_missing_secret_is_the_only_problem_of_its_value(tmp_path: Path) -> None:
    assert (
        refused(tmp_path, "sources: [{url: '${env:URL}', every: '${env:EVERY}'}]").count("sources.yaml:") == 2
    )


def test_references_in_outputs_are_not_filled_in(tmp_path: Path) -> None:
    settings = loaded(tmp_path, "outputs: {a: {title: '${env:K}'}}", K=SECRET)
    assert settings.outputs[0].title == "${env:K}"
