"""What leaves an output is found on pages that never change (RFC 5005 §4), over the whole road. A number is the
line of the output rules that the test holds."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import feedparser
import pytest
from lxml import etree

from tests.loopback import Answer, Loopback
from tests.newsroom import Newsroom, item, rss

ATOM = "{http://www.w3.org/2005/Atom}"
HISTORY = "{http://purl.org/syndication/history/1.0}"
SMALL = "outputs: {front: {limit: 10, archive: %d}}\n"
DAY = timedelta(days=1)


def follow(room: Newsroom, form: str = "atom") -> list[set[str]]:
    """The ids in the output and in each page behind it, as a client comes to them."""
    name = f"front.{form}"
    found: list[set[str]] = []
    while name:
        root = etree.fromstring(room.file(name).read_bytes())
        assert (root.find(f".//{HISTORY}archive") is None) == (not found)
        links = {link.get("rel"): link.get("href") for link in root.iter(f"{ATOM}link") if inside(link)}
        assert links["self"].endswith(f"/{name}")
        assert links.get("current", "").endswith("" if not found else f"/front.{form}")
        found.append({entry.id for entry in feedparser.parse(room.file(name).read_bytes()).entries})
        name = urlsplit(links.get("prev-archive", "")).path.rpartition("/")[2]
    return found


def inside(link: etree._Element) -> bool:
    return link.getparent().tag in {f"{ATOM}feed", "channel"}


def flow(room: Newsroom, server: Loopback, *counts: int, archive: int = 5) -> Iterator[None]:
    """Documents that bring so many new entries each, two days apart; comes back after each."""
    numbers = itertools.count()
    documents = [[item(n, hours=-n / 100) for n in itertools.islice(numbers, count)] for count in counts]
    url = server.answers("/feed", *[Answer(body=rss(items[::-1])) for items in documents])
    room.configure(f"sources: [{{id: s1, url: '{url}', allow_private: true}}]\n", SMALL % archive)
    for _ in counts:
        room.once(later=2 * DAY)
        yield


@pytest.mark.parametrize("form", ["atom", "rss"])
def test_line_19_the_output_and_its_pages_hold_all_that_was_published(
    room: Newsroom, server: Loopback, form: str
) -> None:
    list(flow(room, server, 8, 1, 1, 1, 12, 3, 9))
    pages = follow(room, form)
    assert set.union(*pages) == {f"tag:news.example,2026:{n}" for n in range(35)}
    assert len(pages) == 4
    assert all(len(page) <= 10 for page in pages)


def test_line_19_a_page_never_changes_and_a_new_one_is_made_for_what_falls_off(
    room: Newsroom, server: Loopback
) -> None:
    days = flow(room, server, 10, 1, 12)
    next(days)
    next(days)
    first = {name: data for name, data in room.bytes().items() if "archive" in name}
    assert sorted(first) == [f"front.archive-1.{form}" for form in ("atom", "html", "json", "rss")]
    assert len(follow(room)[1]) == 10  # filled up with what falls off next
    next(days)
    after = room.bytes()
    assert {name: after[name] for name in first} == first
    assert "front.archive-2.atom" in after


def test_the_archive_reaches_as_far_as_configured(room: Newsroom, server: Loopback) -> None:
    days = flow(room, server, 65, 10, 10, archive=2)
    next(days)
    assert len(follow(room)) == 3
    list(days)
    kept = sorted(name for name in room.bytes() if name.startswith("front.") and name.endswith(".atom"))
    assert kept == ["front.archive-3.atom", "front.archive-4.atom", "front.atom"]
    assert b"next_url" in room.bytes()["front.json"]


def test_no_archive_where_none_is_wanted(room: Newsroom, server: Loopback) -> None:
    list(flow(room, server, 30, 5, archive=0))
    assert not [name for name in room.bytes() if "archive" in name]
    assert len(follow(room)) == 1


def test_line_19_a_page_that_somebody_removed_comes_back(room: Newsroom, server: Loopback) -> None:
    list(flow(room, server, 25))
    before = room.bytes()
    for path in (room.folder / "output").iterdir():
        path.unlink()
    room.once()
    assert room.bytes() == before


def test_an_output_that_is_no_longer_published_takes_its_archive_with_it(
    room: Newsroom, server: Loopback
) -> None:
    list(flow(room, server, 25))
    room.config.write_text(room.config.read_text().replace("front:", "other:"))
    room.close()
    room.once()
    assert not [name for name in room.bytes() if name.startswith("front.")]
