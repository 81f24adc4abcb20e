"""A document with too many items keeps the newest, whatever its order."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from feeds.model import Document
from feeds.parse import limits, parse
from feeds.parse.limits import MAX_ITEMS, dropped_items_note
from feeds.parse.newest import cut_to_newest, parse_written_date

NEWEST = datetime(2026, 5, 4, 10, tzinfo=UTC)
COUNT = MAX_ITEMS + 40
NEWEST_FIRST = range(COUNT)
OLDEST_FIRST = range(COUNT - 1, -1, -1)
MIXED = sorted(NEWEST_FIRST, key=lambda number: number * 7919 % COUNT)


def date_of(number: int) -> datetime:
    return NEWEST - timedelta(hours=number)


def rss(numbers: Sequence[int], *, dated: Sequence[int] = NEWEST_FIRST, head: str = "") -> bytes:
    items = (
        f"<item><guid>{number}</guid><description><![CDATA[</item> <b>x</b>]]></description>"
        + (f"<pubDate>{format_datetime(date_of(number))}</pubDate>" if number in dated else "")
        + "</item>"
        for number in numbers
    )
    return f'{head}<rss version="2.0"><channel><title>t</title>{"".join(items)}</channel></rss>'.encode()


def atom(numbers: Sequence[int]) -> bytes:
    entries = (
        f"<entry><id>{number}</id><updated>{NEWEST.isoformat()}</updated>"
        f"<published>{date_of(number).isoformat()}</published></entry>"
        for number in numbers
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title>{"".join(entries)}</feed>'.encode()


def json_feed(numbers: Sequence[int]) -> bytes:
    items = [{"id": number, "date_published": format_datetime(date_of(number))} for number in numbers]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}).encode()


def read(body: bytes) -> Document:
    return parse("s", body, url="https://a.example/feed")


def numbers_in(document: Document) -> list[int]:
    return [int(item.guid) for item in document.items]


@pytest.mark.parametrize("order", [NEWEST_FIRST, OLDEST_FIRST, MIXED], ids=["newest", "oldest", "mixed"])
@pytest.mark.parametrize("write", [rss, atom, json_feed])
def test_the_newest_items_are_kept_in_their_order(
    write: Callable[[Sequence[int]], bytes], order: Sequence[int]
) -> None:
    document = read(write(order))
    assert numbers_in(document) == [number for number in order if number < MAX_ITEMS]
    assert document.notes == (dropped_items_note(COUNT - MAX_ITEMS),)


def test_documents_that_are_left_to_feedparser_keep_the_newest_too() -> None:
    document = read(rss(OLDEST_FIRST, head='<!DOCTYPE rss [<!ENTITY a "b">]>'))
    assert numbers_in(document) == list(OLDEST_FIRST[-MAX_ITEMS:])


def test_without_dates_the_first_items_are_kept() -> None:
    assert numbers_in(read(rss(OLDEST_FIRST, dated=()))) == list(OLDEST_FIRST[:MAX_ITEMS])


@pytest.mark.parametrize(
    ("dates", "kept"),
    [
        ((None, 1, None, 3, None, 2), [3, 4]),  # above the first dated one: like that
        ((3, None, 1, None), [0, 1]),
        ((2, 2, 2), [0, 1]),
        ((None, None, None), [0, 1]),
    ],
)
def test_an_undated_item_counts_as_dated_like_the_one_before_it(
    dates: Sequence[int | None], kept: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_ITEMS", 2)
    assert (
        limits.newest_items([None if day is None else NEWEST + timedelta(days=day) for day in dates]) == kept
    )


@pytest.mark.parametrize(
    "body",
    [
        b"<rss><channel>" + b"<item><item></item></item>" * MAX_ITEMS + b"</channel></rss>",
        b"<rss><channel>" + b"<item></item>" * (MAX_ITEMS + 1) + b"<![CDATA[ </channel></rss>",
    ],
    ids=["nested items", "a section without end"],
)
def test_a_document_whose_items_are_in_doubt_is_not_cut(body: bytes) -> None:
    assert cut_to_newest(body) == (body, 0)


@pytest.mark.parametrize(
    "unit", [b"<item>", b"<item ", b"<item><![CDATA[", b"<!--", b"<item/>", b"</item>", b"<item><pubDate>x"]
)
def test_cutting_takes_linear_time(unit: bytes) -> None:
    def seconds(count: int) -> float:
        body = unit * count
        began = time.process_time()
        cut_to_newest(body)
        return time.process_time() - began

    seconds(20_000)
    assert seconds(160_000) < 40 * max(seconds(20_000), 0.005)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Mon, 04 May 2026 10:00:00 GMT", NEWEST),
        ("Mon, 04 May 2026 12:00:00 +0200", NEWEST),
        ("2026-05-04T10:00:00Z", NEWEST),
        ("2026-05-04T10:00:00", NEWEST),
        ("2026年5月4日 10:00", NEWEST),
        ("04.05.2026 10:00", NEWEST),
        ("May 4, 2026 at 10:00 AM", NEWEST),
        ("1777888800", NEWEST),
        ("10:00", None),
        ("yesterday", None),
        ("", None),
        ("0001-01-01T00:00:00+14:00", None),
    ],
)
def test_written_dates(written: str, expected: datetime | None) -> None:
    assert parse_written_date(written) == expected
