from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from feeds.errors import Blocked, TooLarge, Unreachable
from feeds.fetch import Fetcher
from feeds.model import Response, Unchanged
from tests.fetch.conftest import NOTHING, Ask, source

BODY = b"<rss version='2.0'/>"


@pytest.fixture(autouse=True)
def newsroom(tmp_path: Path) -> Path:
    folder = tmp_path / "newsroom"
    folder.mkdir()
    (folder / "agency.xml").write_bytes(BODY)
    return folder


def test_a_file_below_the_directory_is_a_document(ask: Ask, tmp_path: Path) -> None:
    fetched = ask("newsroom/agency.xml")
    assert isinstance(fetched, Response)
    assert (fetched.status, fetched.body, fetched.wire_bytes) == (200, BODY, len(BODY))
    assert fetched.header("content-type") == "application/xml"
    assert fetched.url == fetched.validators.url == "newsroom/agency.xml"
    assert str(tmp_path) not in repr(fetched)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.atom", "application/atom+xml"),
        ("a.RSS", "application/rss+xml"),
        ("a.json", "application/json"),
        ("a.html", "text/html"),
        ("a.opml", "text/x-opml"),
        ("a", ""),
        ("a.exe", ""),
    ],
)
def test_the_content_type_follows_from_the_file_name_extension(
    ask: Ask, tmp_path: Path, name: str, kind: str
) -> None:
    (tmp_path / name).write_bytes(BODY)
    assert ask(name).header("content-type") == kind


def test_a_file_with_the_same_mtime_size_and_inode_is_unchanged(ask: Ask, newsroom: Path) -> None:
    path = newsroom / "agency.xml"
    first = ask("newsroom/agency.xml")
    again = ask("newsroom/agency.xml", first.validators)
    assert isinstance(again, Unchanged)
    assert again.validators == first.validators
    os.utime(path, ns=(1, 1))
    touched = ask("newsroom/agency.xml", again.validators)
    assert isinstance(touched, Response)
    replacement = newsroom / "new"
    replacement.write_bytes(BODY)
    os.utime(replacement, ns=(1, 1))
    replacement.replace(path)
    assert isinstance(ask("newsroom/agency.xml", touched.validators), Response)


def test_validators_of_one_file_are_not_used_for_another(ask: Ask, newsroom: Path) -> None:
    first = ask("newsroom/agency.xml")
    (newsroom / "link.xml").symlink_to("agency.xml")
    assert isinstance(ask("newsroom/link.xml", first.validators), Response)


@pytest.mark.parametrize(
    "url",
    [
        "../outside.xml",
        "/etc/passwd",
        "newsroom/../../outside.xml",
        "newsroom/out.xml",
        "newsroom/up/outside.xml",
    ],
)
def test_a_file_outside_is_blocked(ask: Ask, tmp_path: Path, newsroom: Path, url: str) -> None:
    outside = tmp_path.parent / "outside.xml"
    outside.write_bytes(b"secret")
    (newsroom / "out.xml").symlink_to(outside)
    (newsroom / "up").symlink_to(tmp_path.parent)
    with pytest.raises(Blocked, match="is outside the folder of the configuration"):
        ask(url)


@pytest.mark.parametrize("url", ["newsroom", ".", "", "newsroom/pipe.xml", "nul\0.xml"])
def test_anything_but_a_regular_file_is_blocked(ask: Ask, newsroom: Path, url: str) -> None:
    os.mkfifo(newsroom / "pipe.xml")
    with pytest.raises(Blocked, match=r"not a regular file|its path is not valid"):
        ask(url)


@pytest.mark.parametrize(
    ("url", "hint"),
    [
        ("newsroom/agenzy.xml", "; did you mean newsroom/agency.xml?"),
        ("newsrom/agency.xml", ""),
        ("newsroom/zzz", ""),
    ],
)
def test_a_missing_file_is_unreachable_and_a_similar_name_is_suggested(ask: Ask, url: str, hint: str) -> None:
    with pytest.raises(Unreachable) as caught:
        ask(url)
    assert caught.value.problem == f"there is no file {url} below the folder of the configuration{hint}"


def test_link_loops_and_files_used_as_folders_are_errors(ask: Ask, newsroom: Path) -> None:
    (newsroom / "circle").symlink_to("circle")
    for url in ("newsroom/circle", "newsroom/agency.xml/feed", "n" * 300):
        with pytest.raises((Blocked, Unreachable)):
            ask(url)


def test_the_size_limit_holds_for_files(ask: Ask) -> None:
    assert ask("newsroom/agency.xml", max_decoded_bytes=len(BODY)).status == 200
    with pytest.raises(TooLarge, match=f"larger than the limit of {len(BODY) - 1} bytes; see `max_size`"):
        ask("newsroom/agency.xml", max_decoded_bytes=len(BODY) - 1)


@pytest.mark.parametrize(
    ("name", "kind"), [("a.xml.gz", "application/xml"), ("a.JSON.GZ", "application/json"), ("a", "")]
)
def test_a_compressed_file_is_unpacked(ask: Ask, tmp_path: Path, name: str, kind: str) -> None:
    (tmp_path / name).write_bytes(packed := gzip.compress(BODY * 99))
    fetched = ask(name)
    assert isinstance(fetched, Response)
    assert (fetched.body, fetched.wire_bytes) == (BODY * 99, len(packed))
    assert fetched.header("content-type") == kind
    with pytest.raises(TooLarge):
        ask(name, max_decoded_bytes=len(BODY) * 99 - 1)
    (tmp_path / name).write_bytes(packed[:-5])
    with pytest.raises(Unreachable, match="the document was cut off"):
        ask(name)


@pytest.mark.parametrize("url", ["http://elsewhere.example/feed", "newsroom/other.xml"])
def test_a_file_is_read_only_for_the_source_that_names_it(fetcher: Fetcher, newsroom: Path, url: str) -> None:
    """A feed, a page or a list that links to a file does not get it read."""
    for named in (
        "newsroom/agency.xml",
        "./newsroom/agency.xml",
        str(newsroom / "agency.xml"),
        "file:agency.xml",
    ):
        with pytest.raises(Blocked, match="links to a file, which is not followed"):
            fetcher.fetch(source(url), named, NOTHING)
