"""Options of publishing: hubs, compressed copies, private outputs, an object store."""

from __future__ import annotations

from pathlib import Path

import pytest

from feeds.config.settings import Bucket
from tests.config.files import loaded, refused

SOURCES = "sources: ['https://a.example/feed']\n"
TOKEN = "0123456789abcdef"


def test_hubs_of_the_site_and_of_an_output(tmp_path: Path) -> None:
    text = (
        "site: {hubs: ['https://hub.example/', 'https://hub.example/']}\n"
        f"{SOURCES}outputs:\n  a: {{}}\n  b: {{hubs: []}}\n  c: {{hubs: ['http://127.0.0.1:1/']}}\n"
        "  d: {private: true}\n"
    )
    hubs = {output.name: output.hubs for output in loaded(tmp_path, text).outputs}
    assert hubs == {"a": ("https://hub.example/",), "b": (), "c": ("http://127.0.0.1:1/",), "d": ()}


@pytest.mark.parametrize(
    ("written", "content_codings"),
    [("true", ("gzip", "br")), ("false", ()), ("[br]", ("br",)), ("[gzip, br, gzip]", ("gzip", "br"))],
)
def test_compressed_copies(tmp_path: Path, written: str, content_codings: tuple[str, ...]) -> None:
    settings = loaded(tmp_path, f"site: {{precompress: {written}}}\n{SOURCES}")
    assert settings.site.content_codings == content_codings


def test_a_token_is_filled_in_and_never_shown(tmp_path: Path) -> None:
    text = f"{SOURCES}outputs: {{a: {{token: '${{env:TOKEN}}'}}}}\n"
    (output,) = loaded(tmp_path, text, TOKEN=TOKEN).outputs
    assert (output.private, output.token) == (True, TOKEN)
    assert TOKEN not in repr(output)
    assert "TOKEN is not set" in refused(tmp_path, text)
    assert "short" not in refused(tmp_path, text, TOKEN="short")


def test_nothing_else_of_an_output_is_filled_in(tmp_path: Path) -> None:
    text = f"{SOURCES}outputs: {{a: {{title: '${{env:TOKEN}}'}}}}\n"
    assert loaded(tmp_path, text, TOKEN=TOKEN).outputs[0].title == "${env:TOKEN}"


def test_an_object_store(tmp_path: Path) -> None:
    text = (
        "site: {output: 's3://my-bucket/a/b', s3: {endpoint: 'https://s3.example', region: r, "
        f"key: k, secret: '${{env:S}}'}}}}\n{SOURCES}"
    )
    site = loaded(tmp_path, text, S="hidden").site
    assert site.bucket == Bucket(
        name="my-bucket", prefix="a/b/", endpoint="https://s3.example/", region="r", key="k", secret="hidden"
    )
    assert site.output_location == "s3://my-bucket/a/b/"
    assert "hidden" not in repr(site)
    assert (
        loaded(tmp_path, f"site: {{output: 's3://my-bucket'}}\n{SOURCES}").site.output_location
        == "s3://my-bucket/"
    )


@pytest.mark.parametrize(
    ("site", "output", "problem"),
    [
        ("hubs: ['ftp://hub.example/']", "", "is not an http or https URL"),
        ("hubs: ['https://me:pw@hub.example/']", "", "a hub's address is public"),
        ("precompress: [zip]", "", '"zip" is not one of: gzip, br'),
        ("", "private: true, hubs: ['https://hub.example/']", "would tell everybody the address"),
        ("", "token: short", "16 to 128 letters"),
        ("output: 's3://B'", "", "names no bucket"),
        ("output: 's3://bucket/../x'", "", "what follows the bucket"),
        ("output: 'gs://bucket/x'", "", "neither a folder nor an object store"),
        ("s3: {region: x}", "", "belongs to an output in an object store"),
        ("output: 's3://bucket', s3: {key: x}", "", "key and secret belong together"),
        ("output: 's3://bucket', precompress: true", "", "needs a folder"),
    ],
)
def test_an_invalid_publishing_option_is_refused(
    tmp_path: Path, site: str, output: str, problem: str
) -> None:
    assert problem in refused(tmp_path, f"site: {{{site}}}\n{SOURCES}outputs: {{a: {{{output}}}}}\n")


@pytest.mark.parametrize(
    ("site", "message"),
    [
        (
            "websub: 'https://me:pw@a.example/'",
            'sources.yaml:1:16: websub: "https://…@a.example/" has a ?, # or @, after which no path can be appended\n'
            "    Write true, or the address at which hubs reach /websub/: https://feeds.example.org/websub/",
        ),
        (
            "websub: 5",
            "sources.yaml:1:16: websub: 5 is neither true, false nor a URL\n"
            "    Write true, or the address at which hubs reach /websub/: https://feeds.example.org/websub/",
        ),
        (
            "output: 's3://bucket', s3: {endpoint: 's3.example.net'}",
            'sources.yaml:1:46: endpoint: "s3.example.net" is not an http or https URL\n'
            "    Write the address of the object store: https://s3.example.net/",
        ),
    ],
)
def test_an_invalid_url_of_the_site_gives_one_message_with_a_hint_for_its_key(
    tmp_path: Path, site: str, message: str
) -> None:
    assert refused(tmp_path, f"site: {{{site}}}\n{SOURCES}") == message
