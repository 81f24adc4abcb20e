"""A second instance that reads what the first one publishes knows what the first one knows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.loopback import Answer, Loopback
from tests.newsroom import Newsroom, item, rss

HOUR = timedelta(hours=1)
FORMATS = ("atom", "rss", "json")
TYPES = {"atom": "application/atom+xml", "rss": "application/rss+xml", "json": "application/feed+json"}


def headline(n: int) -> str:
    return f"Harbour council votes for more ferries, part {n}"


def herald(*numbers: int) -> bytes:
    return rss([item(n, title=headline(n)) for n in numbers], title="The Herald")


def ledger(*numbers: int) -> bytes:
    """The same stories at another outlet."""
    items = [
        item(n, title=headline(n), link=f"https://ledger.example/{n}", guid=f"tag:ledger.example,2026:{n}")
        for n in numbers
    ]
    return rss(items, title="The Ledger & Times")


@pytest.fixture
def second(tmp_path: Path) -> Iterator[Newsroom]:
    folder = tmp_path / "second"
    folder.mkdir()
    newsroom = Newsroom(folder)
    yield newsroom
    newsroom.close()


def serve_output(server: Loopback, room: Newsroom, form: str) -> str:
    """The URL at which the file of an output is served as it is now."""
    headers = [("Content-Type", TYPES[form])]
    server.handle(
        f"/{form}", lambda _request: Answer(room.file(f"front.{form}").read_bytes(), headers=headers)
    )
    return server.url(f"/{form}")


def items_of(room: Newsroom) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = json.loads(room.file("front.json").read_bytes())["items"]
    return items


def also_in(room: Newsroom) -> list[list[str]]:
    return [[page["source"] for page in item["_feeds"].get("also_in", ())] for item in items_of(room)]


@pytest.mark.parametrize("form", FORMATS)
def test_the_second_instance_publishes_the_same_entries(
    room: Newsroom, second: Newsroom, server: Loopback, form: str
) -> None:
    room.configure_urls(server.page("/herald", herald(1, 2)), server.page("/ledger", ledger(2)))
    room.once()
    second.configure_urls(serve_output(server, room, form))
    second.once()
    for first, again in zip(items_of(room), items_of(second), strict=True):
        if form == "rss":  # it says no more of a source than its title and URL
            assert first["_feeds"]["origin"].pop("home_page_url") == "https://news.example/"
        assert again == first
    assert also_in(second) == [[], ["The Ledger & Times"]]


@pytest.mark.parametrize("form", FORMATS)
def test_an_outlet_that_carries_the_story_later_is_named_without_a_new_date(
    room: Newsroom, second: Newsroom, server: Loopback, form: str
) -> None:
    room.configure_urls(
        server.page("/herald", herald(1)),
        server.answers("/ledger", Answer(ledger(9)), Answer(ledger(9, 1))),
    )
    second.configure_urls(serve_output(server, room, form))
    for newsroom in (room, second):
        newsroom.once()
    before = {entry.id: (entry.published, entry.updated) for entry in second.entries()}
    for newsroom in (room, second):
        newsroom.once(later=2 * HOUR)
    assert also_in(second) == also_in(room) == [["The Herald"], []]  # the Ledger leads now
    assert {entry.id: (entry.published, entry.updated) for entry in second.entries()} == before


@pytest.mark.parametrize("form", FORMATS)
def test_copies_that_the_second_instance_reads_itself_are_named_once(
    room: Newsroom, second: Newsroom, server: Loopback, form: str
) -> None:
    """The first instance names the Ledger, which the second one reads too; and both read the Herald."""
    pages = server.page("/herald", herald(1)), server.page("/ledger", ledger(1))
    room.configure_urls(*pages)
    room.once()
    second.configure_urls(serve_output(server, room, form), *pages)
    second.once()
    [entry] = items_of(second)
    named = [page["source"] for page in entry["_feeds"].get("also_in", ())]
    outlets = [entry["_feeds"]["origin"]["title"], *named]
    assert sorted(outlets) == ["The Herald", "The Ledger & Times"]
    assert entry["content_html"].count("<p>Also in: ") == 1
