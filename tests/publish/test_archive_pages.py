"""Entries that leave an output are kept on archive pages that never change (RFC 5005 §4), in whole cycles."""

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
    """The entry ids of the output and of each archive page, found by following the links."""
    name = f"front.{form}"
    ids_by_page: list[set[str]] = []
    while name:
        root = etree.fromstring(room.file(name).read_bytes())
        assert (root.find(f".//{HISTORY}archive") is None) == (not ids_by_page)
        links = {link.get("rel"): link.get("href") for link in root.iter(f"{ATOM}link") if inside(link)}
        assert links["self"].endswith(f"/{name}")
        assert links.get("current", "").endswith("" if not ids_by_page else f"/front.{form}")
        ids_by_page.append({entry.id for entry in feedparser.parse(room.file(name).read_bytes()).entries})
        name = urlsplit(links.get("prev-archive", "")).path.rpartition("/")[2]
    return ids_by_page


def inside(link: etree._Element) -> bool:
    return link.getparent().tag in {f"{ATOM}feed", "channel"}


def flow(room: Newsroom, server: Loopback, *counts: int, archive: int = 5) -> Iterator[None]:
    """Run a cycle for each document, two days apart, with this many new entries each. Yields after each cycle."""
    numbers = itertools.count()
    documents = [[item(n, hours=-n / 100) for n in itertools.islice(numbers, count)] for count in counts]
    url = server.answers("/feed", *[Answer(body=rss(items[::-1])) for items in documents])
    room.configure(f"sources: [{{id: s1, url: '{url}', allow_private: true}}]\n", SMALL % archive)
    for _ in counts:
        room.once(later=2 * DAY)
        yield


# output checklist 19
@pytest.mark.parametrize("form", ["atom", "rss"])
def test_the_output_and_its_archive_pages_hold_every_published_entry(
    room: Newsroom, server: Loopback, form: str
) -> None:
    list(flow(room, server, 8, 1, 1, 1, 12, 3, 9))
    pages = follow(room, form)
    assert set.union(*pages) == {f"tag:news.example,2026:{n}" for n in range(35)}
    assert len(pages) == 4
    assert all(len(page) <= 10 for page in pages)


# output checklist 19
def test_an_archive_page_never_changes_and_later_entries_get_a_new_page(
    room: Newsroom, server: Loopback
) -> None:
    days = flow(room, server, 10, 1, 12)
    next(days)
    next(days)
    first = {name: data for name, data in room.bytes().items() if "archive" in name}
    assert sorted(first) == [f"front.archive-1.{form}" for form in ("atom", "html", "json", "rss")]
    assert len(follow(room)[1]) == 10  # filled up with the entries that leave the output next
    next(days)
    after = room.bytes()
    assert {name: after[name] for name in first} == first
    assert "front.archive-2.atom" in after


def test_only_the_configured_number_of_pages_is_kept(room: Newsroom, server: Loopback) -> None:
    days = flow(room, server, 65, 10, 10, archive=2)
    next(days)
    assert len(follow(room)) == 3
    list(days)
    files = sorted(name for name in room.bytes() if name.startswith("front.") and name.endswith(".atom"))
    assert files == ["front.archive-3.atom", "front.archive-4.atom", "front.atom"]
    assert b"next_url" in room.bytes()["front.json"]


def on_disk(room: Newsroom) -> list[set[str]]:
    """The entry ids of the output and of each of its archive pages."""
    files = [room.file("front.atom"), *sorted((room.folder / "output").glob("front.archive-*.atom"))]
    return [{entry.id for entry in feedparser.parse(file.read_bytes()).entries} for file in files]


def late(room: Newsroom, server: Loopback, polls: list[list[str]], outputs: str) -> Iterator[list[set[str]]]:
    """Publish a feed of 40 entries on an output and three full pages, then these documents, an hour apart."""
    first = [item(n, hours=n) for n in range(1, 41)]
    url = server.answers("/feed", *[Answer(body=rss(items)) for items in (first, *polls)])
    room.configure(f"sources: [{{id: s1, url: '{url}', allow_private: true, flood: 500}}]\n", outputs)
    room.once()
    assert [len(page) for page in on_disk(room)] == [10, 10, 10, 10]
    for _ in polls:
        room.once(later=timedelta(hours=1))
        yield on_disk(room)


@pytest.mark.parametrize("at_once", [1, 4, 30])
@pytest.mark.parametrize(
    "hours", [1000, 15, 35]
)  # older than the archive; as old as its newest and its oldest page
def test_old_entries_that_arrive_late_push_no_full_page_out(
    room: Newsroom, server: Loopback, at_once: int, hours: float
) -> None:
    polls = [
        [item(n, hours=hours + n / 1000) for n in range(100 + at_once * poll, 100 + at_once * (poll + 1))]
        for poll in range(12)
    ]
    newest = {f"tag:news.example,2026:{n}" for n in range(1, 11)}
    for pages in late(room, server, polls, SMALL % 3):
        assert pages[0] == newest
        assert [len(page) for page in pages] == [10, 10, 10, 10]
        ages = {int(id_.rpartition(":")[2]) for id_ in set.union(*pages)}
        dates = [n if n < 100 else hours for n in ages]
        assert len(dates) == 40
        assert max(dates) <= 40  # nothing older took the place of something newer


@pytest.mark.parametrize("old", [9, 13, 200])
def test_old_entries_that_arrive_late_beside_news_push_no_full_page_out(
    room: Newsroom, server: Loopback, old: int
) -> None:
    polls = [
        [
            *(item(500 + 2 * poll + n, hours=-poll - n / 10) for n in range(2)),
            *(item(1000 + old * poll + n, hours=480 + n / 1000) for n in range(old)),
        ]
        for poll in range(6)
    ]
    for poll, pages in enumerate(late(room, server, polls, SMALL % 3), 1):
        news = [*range(500, 500 + 2 * poll), *range(1, 41)]
        numbers = {int(id_.rpartition(":")[2]) for id_ in set.union(*pages)}
        assert numbers == set(news[: len(numbers)])
        assert len(numbers) > 30  # a new page may hold entries that the output still shows


def test_late_entries_are_archived_together_with_the_next_that_fall_out(
    room: Newsroom, server: Loopback
) -> None:
    """There is room: nothing that the feed published is missing once a page is full."""
    polls = [[item(100 + n, hours=50 + n)] for n in range(12)] + [
        [item(200 + n, hours=-1 - n / 100) for n in range(11)]
    ]
    pages = list(late(room, server, polls, SMALL % 9))
    assert all(len(page) == 10 for found in pages for page in found)
    ids = {int(id_.rpartition(":")[2]) for id_ in set.union(*pages[-1])}
    assert ids >= {*range(1, 41), *range(200, 211), *range(100, 110)}


def test_entries_that_per_source_holds_back_push_no_full_page_out(room: Newsroom, server: Loopback) -> None:
    other = [item(1000 + n, hours=n) for n in range(1, 36)]
    busy = [[item(100 + n, hours=-n)] for n in range(8)]
    urls = (
        server.page("/other", rss(other)),
        server.answers("/busy", *[Answer(body=rss(items)) for items in busy]),
    )
    lines = [f"{{id: s{n}, url: '{url}', allow_private: true}}" for n, url in enumerate(urls)]
    outputs = "outputs: {front: {limit: 10, archive: 2, per_source: 9}}\n"
    room.configure(f"sources: [{', '.join(lines)}]\n", outputs)
    for _ in busy:
        room.once(later=timedelta(hours=1))
        assert [len(page) for page in on_disk(room)][1:] == [10, 10]


def test_archive_0_makes_no_pages(room: Newsroom, server: Loopback) -> None:
    list(flow(room, server, 30, 5, archive=0))
    assert not [name for name in room.bytes() if "archive" in name]
    assert len(follow(room)) == 1


# output checklist 19
def test_removed_files_are_written_again_with_the_same_bytes(room: Newsroom, server: Loopback) -> None:
    list(flow(room, server, 25))
    before = room.bytes()
    for path in (room.folder / "output").iterdir():
        path.unlink()
    room.once()
    assert room.bytes() == before


def test_the_archive_of_a_removed_output_is_removed(room: Newsroom, server: Loopback) -> None:
    list(flow(room, server, 25))
    room.config.write_text(room.config.read_text().replace("front:", "other:"))
    room.close()
    room.once()
    assert not [name for name in room.bytes() if name.startswith("front.")]
