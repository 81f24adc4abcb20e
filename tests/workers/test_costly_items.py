"""A document that costs too much loses the item that costs, and no other. Real parse processes read real documents."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from feeds import codec
from feeds.errors import TooCostly
from feeds.workers.costly_items import MAX_ATTEMPTS, StoppedAttempt, next_attempt
from feeds.workers.parse_job import CostlyItem, ParseJob, ParseResult, decode_result
from feeds.workers.parse_pool import ParseLimits, ParsePool
from feeds.workers.progress import ItemInProgress

SECONDS = 2.0
"""The limit for a document. On a fast machine, the costly items below take twice as much CPU time, and the other items
a hundredth of it."""

CONTENT = "xmlns:content='http://purl.org/rss/1.0/modules/content/'"
HEAD = f"<rss version='2.0' {CONTENT}><channel><title>News</title>"
TAIL = "</channel></rss>"
LINE = "<br>a"  # slow for its length: about 3 microseconds for each character


def xml_item(name: str, inner: str = "") -> str:
    words = f"The harbour council voted on {name} about the pier that the storm damaged in the spring."
    return (
        f"<item><title>{name}</title><link>https://news.example/{name}</link><guid>{name}</guid>"
        f"{inner or f'<description>{words}</description>'}</item>"
    )


def long_body(size: int) -> str:
    """Two bodies that take long to normalize: about 3 seconds for half a million characters."""
    body = f"<![CDATA[{LINE * (size // len(LINE))}"
    return f"<description>{body}]]></description><content:encoded>{body}.]]></content:encoded>"


NORMALIZED_SLOWLY = xml_item("costly", long_body(1_800_000))
PARSED_SLOWLY = xml_item(
    "costly", "".join(f"<category>{n}</category><e:x xmlns:e='urn:{n}'/>" for n in range(150_000))
)
TOO_MANY_ATTRIBUTES = xml_item("costly", "<odd " + " ".join(f"a{n}=''" for n in range(2_000)) + "/>")


def job(document: str, **more: object) -> bytes:
    values: dict[str, object] = {
        "source_id": "s1",
        "kind": "feed",
        "title": "",
        "extract": None,
        "url": "https://news.example/feed",
        "content_type": "",
        "body": document.encode(),
        "now": datetime(2026, 11, 20, tzinfo=UTC),
    }
    return codec.dumps(ParseJob(**(values | more)))  # type: ignore[arg-type]


class CountedPool(ParsePool):
    """Counts the attempts at documents."""

    attempts = 0

    def _parse(self, job: bytes) -> object:  # type: ignore[override]
        self.attempts += 1
        return super()._parse(job)


@contextmanager
def started(memory: int = 4 << 30, seconds: float = SECONDS) -> Iterator[CountedPool]:
    pool = CountedPool(1, ParseLimits(seconds=seconds, memory_bytes=memory))
    try:
        yield pool
    finally:
        pool.stop()


def read(pool: ParsePool, document: str, **more: object) -> ParseResult:
    return decode_result("s1", pool.parse("s1", job(document, **more)))


def guids(result: ParseResult) -> list[str]:
    return [article.guid for article in result.articles]


def feed(*items: str, head: str = HEAD) -> str:
    return head + "".join(items) + TAIL


@pytest.mark.parametrize(
    "costly",
    [
        pytest.param(NORMALIZED_SLOWLY, id="normalized slowly"),
        pytest.param(PARSED_SLOWLY, id="parsed slowly"),
        pytest.param(TOO_MANY_ATTRIBUTES, id="over a limit of the parser"),
    ],
)
@pytest.mark.parametrize("head", [HEAD, "<!DOCTYPE rss>" + HEAD], ids=["", "cannot be split"])
def test_only_the_costly_item_is_lost_and_it_costs_once(costly: str, head: str) -> None:
    with started() as pool:
        result = read(pool, feed(xml_item("first"), costly, xml_item("last"), head=head))
        assert guids(result) == ["first", "last"]
        assert result.complete
        (note,) = result.notes
        assert "item 2 (costly)" in note
        assert "left out until it changes" in note
        assert 1 < pool.attempts <= MAX_ATTEMPTS

        pool.attempts = 0
        document = feed(xml_item("newest"), xml_item("first"), costly, xml_item("last"), head=head)
        later = read(pool, document, seen_entries=result.seen_entries)
        assert pool.attempts == 1
        assert "newest" in guids(later)
        assert len(later.articles) + len(later.unchanged_keys) == 3
        (note,) = later.notes
        assert "item 3 (costly)" in note
        assert "limits.parse_timeout" in note

        mended = feed(xml_item("first"), xml_item("costly"), xml_item("last"), head=head)
        assert "costly" in guids(read(pool, mended, seen_entries=later.seen_entries))


def test_the_costly_item_of_a_json_feed_is_lost_alone() -> None:
    body = LINE * 1_200_000
    items = [
        {"id": name, "title": name, "content_html": "<p>Words</p>"} for name in ("first", "costly", "last")
    ]
    items[1] |= {"content_html": body, "summary": body}
    document = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "News", "items": items})
    with started() as pool:
        result = read(pool, document)
        assert guids(result) == ["first", "last"]
        assert "costly" in result.notes[0]
        assert "limits.parse_timeout" in result.notes[0]
        pool.attempts = 0
        assert guids(read(pool, document, seen_entries=result.seen_entries)) == ["first", "last"]
        assert pool.attempts == 1


def test_the_only_item_of_a_feed_may_be_the_costly_one() -> None:
    with started() as pool:
        result = read(pool, feed(PARSED_SLOWLY))
    assert result.feed.title == "News"
    assert result.articles == ()
    assert "limits.parse_timeout (2 s)" in result.notes[0]


def test_an_item_that_takes_too_much_memory_is_lost_alone() -> None:
    big = xml_item("costly", long_body(1_800_000))
    with started(memory=150 << 20, seconds=60) as pool:
        result = read(pool, feed(xml_item("first"), big, xml_item("last")))
    assert guids(result) == ["first", "last"]
    assert "item 2 (costly): it needs more memory than limits.parse_memory" in result.notes[0]


def test_of_too_many_items_the_first_are_read_and_the_others_at_the_next_polls() -> None:
    """No single item stands out: each takes a small part of the limit."""
    names = [f"n{number}" for number in range(120)]
    document = feed(*(xml_item(name, long_body(8_000).replace("<br>a", f"<br>{name}", 3)) for name in names))
    read_names: list[str] = []
    seen = b""
    with started(seconds=1) as pool:
        for _ in range(40):
            result = read(pool, document, seen_entries=seen)
            read_names += guids(result)
            seen = result.seen_entries
            if result.complete:
                break
            assert "left for the next poll" in result.notes[-1]
    assert sorted(read_names) == sorted(names)
    assert pool.attempts > 2


# ------------------------------------------------------------------------------- which attempt comes next

JOB = codec.loads(ParseJob, job(feed()))


def stopped(number: int, share: float = 1.0, digest: bytes = b"12345678") -> StoppedAttempt:
    item = ItemInProgress(0.0, number, digest, "title")
    return StoppedAttempt(problem="slow", item=item, seconds=10, item_seconds=10 * share)


def test_an_item_that_took_most_of_the_time_is_left_out_of_the_next_attempt() -> None:
    following = next_attempt(JOB, stopped(7), 1, 20)
    assert following == replace(JOB, costly=(CostlyItem(digest=b"12345678", problem="slow"),))


def test_without_such_an_item_fewer_items_are_read() -> None:
    assert next_attempt(JOB, stopped(100, 0.01), 1, 20) == replace(JOB, max_items=74)


def test_in_the_last_attempt_only_items_before_the_costly_one_are_read() -> None:
    following = next_attempt(JOB, stopped(7), MAX_ATTEMPTS - 1, 20)
    assert following is not None
    assert following.max_items == 6


def test_entries_are_read_alone_if_parsing_the_document_took_too_long_and_then_fewer() -> None:
    whole = stopped(100, digest=b"")
    alone = next_attempt(JOB, whole, 1, 20)
    assert alone == replace(JOB, alone_seconds=2.5)
    assert alone is not None
    assert next_attempt(alone, whole, 2, 20) == replace(JOB, max_items=50)
    assert next_attempt(replace(JOB, max_items=1), whole, 3, 20) is None


@pytest.mark.parametrize(
    ("job_", "stopped_", "attempt"),
    [
        (JOB, stopped(3), MAX_ATTEMPTS),
        (JOB, StoppedAttempt(problem="slow"), 1),
        (replace(JOB, kind="opml"), stopped(3), 1),
    ],
)
def test_there_is_no_further_attempt(job_: ParseJob, stopped_: StoppedAttempt, attempt: int) -> None:
    assert next_attempt(job_, stopped_, attempt, 20) is None


def test_a_document_without_items_that_costs_too_much_is_lost_with_the_name_of_the_limit() -> None:
    outlines = "".join(f"<a{n} xmlns='urn:{n}'/>" for n in range(400_000))
    with started(seconds=0.2) as pool, pytest.raises(TooCostly, match=r"limits\.parse_timeout \(0\.2 s\)"):
        read(pool, f"<opml version='2.0'><body>{outlines}</body></opml>", kind="opml")
