"""Edits of items in whole cycles: after each poll the output has one entry for each item, always with the same id."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from xml.sax.saxutils import escape, quoteattr

import pytest

from tests.loopback import Answer, Loopback
from tests.newsroom import Newsroom, rss

OUTPUTS = "outputs:\n  front: {title: Front page, dedupe: off}\n"


def item(title: str, day: int, link: str, text: str, *, guid: str = "", file: str = "") -> str:
    return (
        f"<item><title>{escape(title)}</title><link>{escape(link)}</link><description>{escape(text)}</description>"
        + (f'<guid isPermaLink="false">{escape(guid)}</guid>' if guid else "")
        + (f'<enclosure url={quoteattr(file)} type="audio/mpeg" length="1"/>' if file else "")
        + f"<pubDate>Mon, {day:02} Nov 2026 10:05:00 GMT</pubDate></item>"
    )


def change(version: str, day: int, text: str) -> str:
    return item(version, day, f"https://tool.example/changes#v{version}", text)


def episode(number: int, title: str, file: str) -> str:
    return item(title, number, "https://show.example/", "Subscribe.", file=f"https://{file}")


def report(number: int, version: int, title: str) -> str:
    page = f"https://paper.example/{number}"
    text = f"The ferry {number} ran aground, officials said on Monday morning, and tugs are there."
    return item(title, number + version, f"{page}?at_medium=RSS", text, guid=f"{page}#{version}")


def atom(*entries: tuple[str, str]) -> bytes:
    written = "".join(
        f"<entry><id>{id_}</id><title>{title}</title><updated>2026-11-02T10:05:00Z</updated></entry>"
        for id_, title in entries
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><id>urn:x-t:1</id>{written}</feed>'.encode()


def json_feed(*items: dict[str, str]) -> bytes:
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "t", "items": items}).encode()


STORM = "The ferry to the islands leaves no pier while the storm lasts."
NOTE = "The ferry to the islands leaves an hour later today."
OTHER = "A bakery opens at the market on Friday, with rye bread."

# Each document, and the titles that the output has after it, in the order in which the items first came
POLLS: dict[str, Sequence[tuple[bytes, Sequence[str]]]] = {
    "a page of changes without guids": [
        (rss([change("1.0", 2, "First.")]), ["1.0"]),
        (rss([change("1.1", 3, "Mends a leak."), change("1.0", 2, "First.")]), ["1.0", "1.1"]),
        (rss([change("1.1", 3, "Mends two leaks."), change("1.0 (old)", 2, "First.")]), ["1.0 (old)", "1.1"]),
        (rss([change("1.2", 4, "More.")]), ["1.0 (old)", "1.1", "1.2"]),
    ],
    "episodes without guids, in files whose addresses change": [
        (rss([episode(2, "Rain", "cdn.example/1.mp3?token=a")]), ["Rain"]),
        (
            rss([episode(3, "Snow", "cdn.example/2.mp3"), episode(2, "Rainy", "cdn.example/1.mp3?token=b")]),
            ["Rainy", "Snow"],
        ),
        (
            rss(
                [
                    episode(3, "Snowy", "dts.podtrac.com/redirect.mp3/cdn.example/2.mp3"),
                    episode(4, "Rainy", "dts.podtrac.com/redirect.mp3/cdn.example/1.mp3?token=c"),
                ]
            ),
            ["Rainy", "Snowy"],
        ),
    ],
    "episodes without guids, on servers that change": [
        (
            rss([episode(2, "Rain", "a1.cdn.example/1.mp3"), episode(3, "Snow", "a1.cdn.example/2.mp3")]),
            ["Rain", "Snow"],
        ),
        (
            rss([episode(2, "Rain", "b7.cdn.example/1.mp3"), episode(3, "Snowy", "c.cdn.example/2.mp3")]),
            ["Rain", "Snowy"],
        ),
    ],
    "notes that are only text": [
        (json_feed({"content_text": NOTE}, {"content_text": OTHER}), [NOTE, OTHER]),
        (json_feed({"content_text": OTHER}, {"content_text": f"{NOTE} Soon."}), [f"{NOTE} Soon.", OTHER]),
        (json_feed({"content_text": STORM}), [f"{NOTE} Soon.", OTHER, STORM]),
    ],
    "links to other pages in a JSON Feed": [
        (json_feed({"external_url": "https://o.example/1", "title": "A"}), ["A"]),
        (
            json_feed(
                {"external_url": "https://o.example/2", "title": "B"},
                {"external_url": "https://o.example/1", "title": "Aa", "content_text": "More."},
            ),
            ["Aa", "B"],
        ),
    ],
    "versions of one page": [
        (
            rss([report(1, 1, "Ferry stuck"), report(2, 0, "Fair opens"), report(1, 4, "Ferry freed")]),
            ["Ferry freed", "Fair opens"],
        ),
        (rss([report(2, 0, "Fair opens"), report(1, 5, "Ferry home")]), ["Ferry home", "Fair opens"]),
    ],
    "Atom ids that are the only links": [
        (atom(("http://a.example/1", "One"), ("http://a.example/2", "Two")), ["One", "Two"]),
        (atom(("https://www.a.example/2/", "Second"), ("https://a.example/1", "One")), ["One", "Second"]),
    ],
    "JSON Feed without ids": [
        (
            json_feed({"url": "https://j.example/a", "title": "A"}, {"title": "B", "content_text": "b"}),
            ["A", "B"],
        ),
        (
            json_feed(
                {"title": "B", "content_text": "b, and c"}, {"url": "https://j.example/a", "title": "Aa"}
            ),
            ["Aa", "B"],
        ),
    ],
}


@pytest.mark.parametrize("name", POLLS)
def test_each_item_has_one_entry_after_each_poll(room: Newsroom, server: Loopback, name: str) -> None:
    url = server.answers("/feed", *(Answer(body) for body, _ in POLLS[name]))
    room.configure(f"sources: [{{id: s1, url: '{url}', allow_private: true}}]\n", OUTPUTS)
    ids: list[str] = []
    for _, titles in POLLS[name]:
        room.once(later=timedelta(hours=2))
        entry_ids = {entry.title: entry.id for entry in room.entries()}
        assert sorted(entry_ids) == sorted(titles)
        assert len(room.entries()) == len(titles)
        now = [entry_ids[title] for title in titles]
        assert now[: len(ids)] == ids
        ids = now


def test_a_new_item_under_the_link_of_an_old_one_has_an_entry_of_its_own(
    room: Newsroom, server: Loopback
) -> None:
    """With the usual deduplication, for which an equal link makes articles equal."""
    link = "https://p.example/puzzle"
    first = item("Cracking the code of gulls", 2, link, "A riddle about birds and boats.", guid="puzzle-1")
    second = item("Seven bridges at night", 4, link, "Find the way home without a map.", guid="puzzle-2")
    url = server.answers("/feed", Answer(rss([first])), Answer(rss([second])))
    room.configure_urls(url)
    room.once()
    room.once(later=timedelta(hours=2))
    assert sorted(room.titles()) == ["Cracking the code of gulls", "Seven bridges at night"]
