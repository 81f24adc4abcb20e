"""What unusual answers of a server do to the state and to the published files, through a whole cycle."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from feeds.model import SourceState
from feeds.store import sources
from tests.loopback import Answer, Loopback, Request
from tests.newsroom import Newsroom, item, rss

HOURS = timedelta(hours=2)
DAY = timedelta(days=1.1)


def state(room: Newsroom, source: str = "s1") -> SourceState:
    store, _ = room.parts()
    with store.read() as connection:
        return next(state for state in sources.states(connection) if state.id == source)


def conditions(server: Loopback) -> list[str | None]:
    return [request.header("If-None-Match") for request in server.requests]


# fetching checklist 6
@pytest.mark.parametrize(
    "body",
    [
        b"<html><body>We are back soon</body></html>",
        b"<rss",
        b"{}",
        b"\xff\xfe\x00\x01" * 40,
        b"Service temporarily unavailable",
    ],
)
def test_an_answer_that_is_not_a_feed_changes_no_entries_and_no_validators(
    room: Newsroom, server: Loopback, body: bytes
) -> None:
    good = Answer(rss([item(1)]), headers=[("ETag", '"good"')])
    room.configure_urls(server.answers("/feed", good, Answer(body, headers=[("ETag", '"bad"')]), good))
    room.once()
    before = room.bytes()
    assert room.poll(later=HOURS).outcome == "failed"
    assert room.bytes() == before
    assert state(room).validators.etag == '"good"'
    assert room.poll(later=DAY).outcome == "unchanged"
    assert conditions(server) == [None, '"good"', '"good"']


# fetching checklist 6
def test_a_truncated_document_stores_no_validators_even_if_it_is_repeated(
    room: Newsroom, server: Loopback
) -> None:
    """No length, no chunks: nothing on the wire says that it was cut off."""
    whole = rss([item(1), item(2)])
    half = whole[: whole.index(b"<item><title>Title 2") + 20]
    head = b'HTTP/1.1 200 OK\r\nETag: "half"\r\n\r\n'
    room.configure_urls(server.raw("/feed", head + half))
    assert room.poll().new == 1
    room.once(later=HOURS)
    assert not state(room).validators
    server.page("/feed", whole, headers=[("ETag", '"whole"')])
    assert room.poll(later=HOURS).new == 1
    assert conditions(server) == [None, None, None]
    assert room.titles() == ["Title 1", "Title 2"]


# fetching checklist 7
def test_a_304_to_an_unconditional_request_is_recorded_as_an_error(room: Newsroom, server: Loopback) -> None:
    room.configure_urls(server.answers("/feed", Answer(status=304), Answer(rss([item(1)]))))
    polled = room.poll()
    assert (polled.outcome, polled.status) == ("failed", 304)
    assert "to an unconditional request" in state(room).error
    assert room.poll(later=HOURS).new == 1
    assert state(room).error == ""


# fetching checklist 9
def test_an_endless_304_gets_one_unconditional_request_a_week(room: Newsroom, server: Loopback) -> None:
    first = Answer(rss([item(1)]), headers=[("ETag", '"one"')])
    room.configure_urls(server.answers("/feed", first, Answer(status=304)))
    start = room.clock.now()
    asked: list[tuple[timedelta, bool]] = []
    while (age := room.clock.now() - start) < timedelta(days=30):
        room.once()
        if len(asked) < len(server.requests):
            asked.append((age, conditions(server)[-1] is None))
        room.clock.moment += timedelta(hours=1)
    doubts = [age for age, whole in asked if whole]
    assert len(doubts) == 5  # the first, and four weeks
    assert all(later - earlier >= timedelta(days=7) for earlier, later in pairwise(doubts))
    assert room.titles() == ["Title 1"]


# fetching checklist 22
def test_a_226_with_new_entries_only_is_merged(room: Newsroom, server: Loopback) -> None:
    def delta(request: Request) -> Answer:
        if request.header("A-IM") == "feed" and request.header("If-None-Match") == '"one"':
            return Answer(rss([item(3)]), 226, [("ETag", '"two"'), ("IM", "feed")])
        if request.header("If-None-Match") == '"two"':
            return Answer(status=304)
        etag = '"two"' if len(server.requests) > 2 else '"one"'
        return Answer(rss([item(1), item(2)]), 200, [("ETag", etag)])

    room.configure_urls(server.handle("/feed", delta))
    room.once()
    whole = state(room).full_response_at
    assert room.poll(later=HOURS).new == 1
    assert room.titles() == ["Title 1", "Title 2", "Title 3"]
    assert state(room).validators.etag == '"two"'
    assert state(room).full_response_at == whole  # the weekly whole document counts from the last one
    assert room.poll(later=DAY).outcome == "unchanged"


@pytest.mark.parametrize("status", [400, 412, 431])
def test_an_error_that_validators_may_cause_is_retried_without_them(
    room: Newsroom, server: Loopback, status: int
) -> None:
    first = Answer(rss([item(1)]), headers=[("ETag", '"one"')])
    room.configure_urls(
        server.answers("/feed", first, Answer(status=status), Answer(rss([item(1), item(2)])))
    )
    room.once()
    assert room.poll(later=HOURS).outcome == "failed"
    assert room.poll(later=DAY).new == 1
    assert conditions(server) == [None, '"one"', None]


# fetching checklist 28
def test_robots_txt_is_not_fetched_if_the_source_ignores_it(room: Newsroom, server: Loopback) -> None:
    server.page("/robots.txt", b"User-agent: *\nDisallow: /")
    page = server.page("/page", b"<html><body><ul><li><a href='/1'>One</a></li></ul></body></html>")
    feed = server.page(
        "/feed", rss([item(1, text="Short.", link=server.page("/1", b"<html><p>x</p></html>"))])
    )
    room.configure(
        "sources:\n"
        f"  - {{id: page, page: '{page}', robots: false, extract: {{item: li, title: a}}, allow_private: true}}\n"
        f"  - {{id: feed, url: '{feed}', robots: false, full_text: {{when: shorter_than 80}}, "
        "allow_private: true}\n"
    )
    report = room.once()
    assert {polled.source: polled.outcome for polled in report.polled} == {"feed": "new", "page": "new"}
    assert sorted(server.paths()) == ["/1", "/feed", "/page"]


# fetching checklist 15
def test_a_busy_source_that_is_down_is_polled_often_and_then_less_often(
    room: Newsroom, server: Loopback
) -> None:
    lively = Answer(rss([item(n, hours=2 * n) for n in range(1, 31)]))
    room.configure_urls(server.answers("/feed", lively, Answer(b"out of order", 500)), every="auto")
    room.once()
    waits = []
    for days in (0.2, 0.2, 0.2, 0.2, 10, 30, 30):
        assert room.poll(later=timedelta(days=days)).status == 500
        waits.append((state(room).due_at - room.clock.now()) / timedelta(hours=1))
    assert max(waits[:4]) <= 1.3
    assert 3 <= waits[4] <= 5
    assert waits[-1] >= 19
