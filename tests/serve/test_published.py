"""Published files that the server treats in a special way: packed copies, private files, hub links."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest

from feeds.publish.directory import Directory
from feeds.websub.publisher import hub_links
from tests.config.files import loaded
from tests.serve.conftest import ATOM, Site, serving

TOKEN = "0123456789abcdef"
PRIVATE = f"private/{TOKEN}/own.atom"
LINK = '<https://hub.example/>; rel="hub", <https://feeds.example/world.atom>; rel="self"'


@pytest.fixture
def published(tmp_path: Path) -> Iterator[Site]:
    directory = Directory(tmp_path, ("gzip", "br"))
    for name in ("world.atom", PRIVATE):
        directory.write(name, ATOM)
    directory.finish()
    with serving(tmp_path, links={"world.atom": LINK}) as served:
        yield served


# output checklist 20
@pytest.mark.parametrize("coding", ["gzip", "br"])
def test_a_packed_copy_is_sent_as_it_is(published: Site, coding: str) -> None:
    answer = published.get("world.atom", Accept_Encoding=coding)
    ending = {"gzip": ".gz", "br": ".br"}[coding]
    assert answer.headers["Content-Encoding"] == coding
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["Content-Length"] == str(
        (published.directory / f"world.atom{ending}").stat().st_size
    )
    assert answer.content == ATOM


# output checklist 20
def test_each_coding_has_its_own_etag_and_a_304_repeats_it(published: Site) -> None:
    tags = []
    for accepted in ("identity", "gzip", "br"):
        first = published.get("world.atom", Accept_Encoding=accepted)
        tags.append(first.headers["ETag"])
        again = published.get("world.atom", Accept_Encoding=accepted, If_None_Match=f"W/{tags[-1]}")
        assert (again.status_code, again.content) == (304, b"")
        for name in ("ETag", "Cache-Control", "Vary"):  # RFC 9110 §15.4.5
            assert again.headers[name] == first.headers[name]
        head = published.get("world.atom", "HEAD", Accept_Encoding=accepted)
        assert {**head.headers, "Date": ""} == {**first.headers, "Date": ""}
    assert len(set(tags)) == 3


# output checklist 20
@pytest.mark.parametrize(
    ("accepted", "coding"),
    [("gzip, br", "br"), ("gzip, br;q=0.5", "gzip"), ("br;q=0, gzip", "gzip"), ("br;q=0.1, identity", None)],
)
def test_the_clients_preferred_coding_is_used(published: Site, accepted: str, coding: str | None) -> None:
    assert published.get("world.atom", Accept_Encoding=accepted).headers.get("Content-Encoding") == coding


def test_a_packed_copy_of_another_version_is_not_used(published: Site) -> None:
    copy = published.directory / "world.atom.gz"
    copy.write_bytes(gzip.compress(b"yesterday's news"))
    os.utime(copy, (1, 1))
    (published.directory / "world.atom.br").write_bytes(brotli.compress(b"yesterday's news"))
    assert published.get("world.atom", Accept_Encoding="gzip, br").content == ATOM
    assert "Content-Encoding" not in published.get("world.atom", Accept_Encoding="br").headers


def test_a_packed_copy_written_later_is_used(published: Site) -> None:
    (published.directory / "world.atom.br").unlink()
    assert published.get("world.atom", Accept_Encoding="gzip, br").headers["Content-Encoding"] == "gzip"
    Directory(published.directory, ("gzip", "br")).finish()
    assert published.get("world.atom", Accept_Encoding="gzip, br").headers["Content-Encoding"] == "br"


def test_packed_copies_are_404(published: Site) -> None:
    assert published.get("world.atom.gz").status_code == 404


def test_a_private_file_has_private_headers(published: Site) -> None:
    answer = published.get(PRIVATE)
    assert (answer.status_code, answer.content) == (200, ATOM)
    assert answer.headers["Content-Type"] == "application/atom+xml"
    assert answer.headers["Cache-Control"] == "private, max-age=1800"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    again = published.get(PRIVATE, If_None_Match=answer.headers["ETag"])
    assert (again.status_code, again.headers["Cache-Control"]) == (304, "private, max-age=1800")
    assert "X-Robots-Tag" not in published.get("world.atom").headers
    assert published.get("world.atom").headers["Cache-Control"] == "max-age=1800"


@pytest.mark.parametrize(
    "name",
    [
        "private",
        "private/",
        f"private/{TOKEN}",
        f"private/{TOKEN}/",
        f"private/{TOKEN[:-1]}/own.atom",
        f"private/{TOKEN}x/own.atom",
        f"private/{TOKEN.upper()}/own.atom",
        "private//own.atom",
        "private/own.atom",
        "private/%E2%82%AC/own.atom",
        f"private/{TOKEN}/world.atom",
    ],
)
def test_without_the_right_token_private_files_are_404(published: Site, name: str) -> None:
    answer = published.get(name)
    assert answer.status_code == 404
    assert TOKEN not in answer.text


# output checklist 21
def test_the_link_header_names_the_hub_and_one_self(published: Site) -> None:
    answer = published.get("world.atom")
    assert answer.headers["Link"] == LINK
    assert answer.headers["Link"].count('rel="self"') == 1
    assert "Link" not in published.get(PRIVATE).headers


# output checklist 21
def test_hub_links_follow_the_configuration(tmp_path: Path) -> None:
    text = (
        "site: {base_url: 'https://feeds.example/', hubs: ['https://hub.example/']}\n"
        "sources: ['https://a.example/feed']\n"
        "outputs:\n  world: {}\n  own: {private: true}\n  quiet: {hubs: []}\n"
        "  two: {hubs: ['https://hub.example/', 'https://other.example/hub'], formats: [rss, html]}\n"
    )
    links = hub_links(loaded(tmp_path, text))
    assert set(links) == {"world.atom", "world.rss", "world.json", "two.rss"}
    assert links["world.atom"] == LINK
    assert links["two.rss"].startswith(
        '<https://hub.example/>; rel="hub", <https://other.example/hub>; rel="hub"'
    )
