"""Waits that are too long for what a document shows: asked for by a server, or stored by an older version."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feeds.model import SourceState
from feeds.store import sources
from feeds.store.poll_changes import PollChanges
from tests.loopback import Answer, Loopback
from tests.newsroom import Newsroom, item, rss

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
A_MONTH = [("Cache-Control", "max-age=2592000")]


def state(room: Newsroom) -> SourceState:
    store, _ = room.parts()
    with store.read() as connection:
        (found,) = sources.states(connection)
    return found


def set_due(room: Newsroom, wait: timedelta) -> None:
    store, _ = room.parts()
    with store.write() as connection:
        changes = PollChanges(due_at=room.clock.now() + wait, due_reason="the server's max-age, 30 d")
        sources.note_news(connection, "s1", changes)


def test_a_document_of_twenty_hours_is_polled_within_ten_whatever_the_server_asks_for(
    room: Newsroom, server: Loopback
) -> None:
    newest_first = list(range(-40, 21))  # one every hour
    pages = [
        Answer(rss([item(n) for n in newest_first[40 - shift : 60 - shift]]), headers=A_MONTH)
        for shift in (0, 9, 18)
    ]
    room.configure_urls(server.answers("/feed", *pages), every="auto")
    for _ in pages:
        assert room.once().polled[0].due_reason.startswith("the server's max-age asks for 30 d, cut to ")
        wait = state(room).due_at - room.clock.now()
        assert 8 * HOUR < wait <= 10 * HOUR
        room.clock.moment += wait
    # Only the new entries were parsed, and still the length of the document is known.
    assert "its 20 entries are replaced within" in state(room).due_reason


@pytest.mark.parametrize(
    ("options", "longest"),
    [
        ({"every": "auto"}, 10.4 * HOUR),
        ({"every": "auto", "max": "3h"}, 3.4 * HOUR),
        ({"every": "2h"}, 2 * HOUR),
    ],
)
def test_a_stored_due_time_a_month_ahead_is_cut_when_the_state_is_opened(
    room: Newsroom, server: Loopback, options: dict[str, str], longest: timedelta
) -> None:
    url = server.page("/feed", rss([item(n) for n in range(20)]))
    room.configure_urls(url, every="auto")
    room.once()
    set_due(room, 30 * DAY)
    answered = room.clock.now()
    room.configure_urls(url, **options)
    room.parts()
    assert answered < state(room).due_at <= answered + longest
    assert state(room).due_reason.startswith("the wait of 30 d is cut: ")
    room.clock.moment += 5 * DAY
    set_due(room, 25 * DAY)
    room.close()
    assert [polled.source for polled in room.once().polled] == ["s1"]


def test_a_failed_source_waits_as_long_as_its_server_asks_for(room: Newsroom, server: Loopback) -> None:
    busy = Answer(status=503, headers=[("Retry-After", str(10 * 86400))])
    room.configure_urls(server.answers("/feed", busy), every="auto")
    room.once()
    due = state(room).due_at
    assert due >= room.clock.now() + 10 * DAY
    room.close()
    room.parts()
    assert state(room).due_at == due
