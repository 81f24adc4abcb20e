"""`identity: link | title`, for feeds whose guids are wrong. Changing it publishes nothing anew."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.newsroom import Newsroom

HOUR = timedelta(hours=2)
WORDS = "The harbour office reports on {topic} in detail, with figures for the whole year and the names of the ships."


def feed(*items: tuple[str, str, str], date: str = "Sun, 01 Mar 2026 10:0{n}:00 GMT") -> bytes:
    """Items of (guid, link, title)."""
    parts = (
        f"<item><guid isPermaLink='false'>{guid}</guid><link>http://news.example/{link}</link><title>{title}</title>"
        f"<description>{WORDS.format(topic=title)}</description><pubDate>{date.format(n=n)}</pubDate></item>"
        for n, (guid, link, title) in enumerate(items)
    )
    return f"<rss version='2.0'><channel><title>News</title>{''.join(parts)}</channel></rss>".encode()


def publish(room: Newsroom, body: bytes, identity: str) -> list[int]:
    """[new, updated] of one poll of the feed with this body."""
    (room.folder / "feed.xml").write_bytes(body)
    room.configure(f"sources:\n  - {{id: s, url: feed.xml, identity: {identity}, every: 1m}}\n")
    polled = room.poll(later=HOUR)
    return [polled.new, polled.updated]


@pytest.mark.parametrize("identity", ["link", "title"])
def test_guids_that_change_at_each_poll_make_no_item_new(room: Newsroom, identity: str) -> None:
    items = [("a", "trade", "Trade talks resume"), ("b", "ferry", "Ferry service returns")]
    assert publish(room, feed(*items), identity) == [2, 0]
    for turn in range(3):
        changed = [
            (f"{guid}-{turn}-{number}", link, title) for number, (guid, link, title) in enumerate(items)
        ]
        assert publish(room, feed(*changed), identity)[0] == 0
    assert publish(room, feed(*changed, ("x", "storm", "Storm closes the port")), identity)[0] == 1


@pytest.mark.parametrize("identity", ["link", "title"])
def test_one_guid_for_all_items_loses_none(room: Newsroom, identity: str) -> None:
    titles = ["Trade talks resume", "Ferry service returns", "Storm closes the port", "Market opens"]
    found = 0
    for count in range(1, 5):
        items = [("same", f"n{number}", titles[number]) for number in range(count)]
        found += publish(room, feed(*items), identity)[0]
    assert found == 4


def test_a_link_that_changes_makes_no_item_new_where_the_title_counts(room: Newsroom) -> None:
    assert publish(room, feed(("a", "trade?token=1", "Trade talks resume")), "title") == [1, 0]
    assert publish(room, feed(("b", "trade?token=2", "Trade talks resume")), "title")[0] == 0


def test_items_of_one_title_are_items_of_their_own_where_the_link_counts(room: Newsroom) -> None:
    items = [("same", "monday", "Open thread"), ("same", "tuesday", "Open thread")]
    assert publish(room, feed(*items), "link") == [2, 0]


@pytest.mark.parametrize(
    "steps", [["guid", "link"], ["guid", "title"], ["link", "guid"], ["title", "link", "guid", "title"]]
)
@pytest.mark.parametrize("lie", ["", "-again"], ids=["true guids", "changing guids"])
def test_a_changed_setting_publishes_nothing_anew(room: Newsroom, steps: list[str], lie: str) -> None:
    items = [("a", "trade", "Trade talks resume"), ("b", "ferry", "Ferry service returns")]
    assert publish(room, feed(*items), steps[0]) == [2, 0]
    before = room.file("front.atom").read_text("utf-8") if room.file("front.atom").exists() else ""
    for number, identity in enumerate(steps[1:]):
        edited = [(f"{guid}{lie * (number + 1)}", link, title) for guid, link, title in items]
        assert publish(room, feed(*edited) + b"<!-- -->", identity) == [0, 0]
    assert room.file("front.atom").read_text("utf-8") == before != ""
