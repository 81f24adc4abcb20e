"""Requests as the operator of a host sees them, by the request log; the clock is turned by hand.

There are two hosts: 127.0.0.1 and localhost.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from feeds.store import hosts, sources
from feeds.store.hosts import HostState
from tests.loopback import Answer, Loopback, Request
from tests.make import NOW
from tests.newsroom import Newsroom, item, prose, rss

SECOND = timedelta(seconds=1)
OTHER = "localhost"


class RequestLog:
    """Answers by path and logs the time of each request. `overlaps`: paths requested during another request."""

    def __init__(self, server: Loopback, room: Newsroom) -> None:
        self._server = server
        self._room = room
        self._in_progress: defaultdict[str, int] = defaultdict(int)
        self.lines: list[tuple[str, datetime]] = []
        self.overlaps: list[str] = []

    def page(
        self, path: str, *answers: Answer, host: str = "127.0.0.1", slow: timedelta = timedelta()
    ) -> str:
        remaining = list(answers)

        def answer(request: Request) -> Answer:
            host_name = (request.header("Host") or "").partition(":")[0]
            self._in_progress[host_name] += 1
            if self._in_progress[host_name] > 1:
                self.overlaps.append(path)
            self.lines.append((f"{host_name}{path}", self._room.clock.moment))
            self._room.clock.moment += slow
            self._in_progress[host_name] -= 1
            return remaining.pop(0) if len(remaining) > 1 else remaining[0]

        self._server.handle(path, answer)
        return self._server.url(path, host)

    def moments(self, host: str = "127.0.0.1") -> list[datetime]:
        return [moment for place, moment in self.lines if place.startswith(host)]

    def pauses(self, host: str = "127.0.0.1") -> list[timedelta]:
        return [after - before for before, after in pairwise(self.moments(host))]


@pytest.fixture
def log(server: Loopback, room: Newsroom) -> RequestLog:
    room.paced = True
    return RequestLog(server, room)


def feed(n: int) -> Answer:
    return Answer(rss([item(n)]))


# fetching checklist 16
def test_sources_of_one_host_are_polled_one_by_one_with_a_pause(room: Newsroom, log: RequestLog) -> None:
    room.configure_urls(*(log.page(f"/{n}", feed(n)) for n in range(12)))
    assert len(room.once().polled) == 12
    assert log.pauses() == [SECOND] * 11
    assert not log.overlaps


# fetching checklist 16
def test_the_pause_begins_at_the_end_of_the_response(room: Newsroom, log: RequestLog) -> None:
    room.configure_urls(*(log.page(f"/{n}", feed(n), slow=10 * SECOND) for n in range(3)))
    room.once()
    assert log.pauses() == [11 * SECOND] * 2


# fetching checklist 16
def test_other_hosts_do_not_wait(room: Newsroom, log: RequestLog) -> None:
    mine = [log.page(f"/{n}", feed(n)) for n in range(5)]
    room.configure_urls(*mine, log.page("/other", feed(9), host=OTHER))
    room.once()
    assert len(log.moments()) == 5
    assert log.moments(OTHER)[0] <= NOW + SECOND


# fetching checklist 16
def test_a_redirect_waits_for_the_turn_of_its_target_host(room: Newsroom, log: RequestLog) -> None:
    target = log.page("/feed", feed(1), host=OTHER)
    away = [log.page(f"/{n}", Answer(status=302, headers=[("Location", f"{target}?{n}")])) for n in range(4)]
    room.configure_urls(*away, log.page("/own", feed(2), host=OTHER))
    assert {result.outcome for result in room.once().polled} <= {"new", "unchanged"}
    assert len(log.moments(OTHER)) == 5
    for host in ("127.0.0.1", OTHER):
        assert min(log.pauses(host)) >= SECOND
    assert not log.overlaps


def test_a_redirected_source_moves_to_the_queue_of_the_target_host(room: Newsroom, log: RequestLog) -> None:
    target = log.page("/feed", feed(1), host=OTHER)
    room.configure_urls(log.page("/old", Answer(status=302, headers=[("Location", target)])))
    room.once()
    store, _ = room.parts()
    with store.read() as connection:
        assert [state.host for state in sources.states(connection)] == [OTHER]


# fetching checklist 16
def test_article_pages_and_robots_txt_wait_for_the_hosts_turn(
    room: Newsroom, server: Loopback, log: RequestLog
) -> None:
    short = [
        item(n, text="Short.", link=log.page(f"/article/{n}", Answer(b"<p>" + prose(n).encode())))
        for n in (1, 2)
    ]
    log.page("/robots.txt", Answer(status=404))
    room.configure_urls(log.page("/feed", Answer(rss(short))), full_text="{when: shorter_than 800}")
    room.once()
    assert [place.partition("/")[2] for place, _ in log.lines] == [
        "feed",
        "robots.txt",
        "article/1",
        "article/2",
    ]
    assert log.pauses() == [SECOND] * 3


# fetching checklist 10
def test_the_pause_of_a_host_survives_a_restart(room: Newsroom, log: RequestLog) -> None:
    first, second = log.page("/a", feed(1)), log.page("/b", feed(2))
    room.configure_urls(first)
    room.once()
    room.configure_urls(first, second)  # a new process on the same state
    room.once()
    assert [place.partition("/")[2] for place, _ in log.lines] == ["a", "b"]
    assert SECOND <= log.pauses()[0] <= 3 * SECOND


# fetching checklist 10
def test_the_interval_of_a_source_survives_restarts(room: Newsroom, log: RequestLog) -> None:
    room.configure_urls(log.page("/a", feed(1)), every="60m")
    for _ in range(60):
        room.once(later=timedelta(minutes=10))
        room.close()
    assert len(log.lines) == 10
    assert min(log.pauses()) >= timedelta(minutes=60)


# fetching checklist 10
def test_a_finished_poll_is_committed_at_shutdown(room: Newsroom, log: RequestLog) -> None:
    room.configure_urls(log.page("/a", feed(1)))
    _, poller = room.parts()
    poller.start_due()
    poller._finished.queue.put(poller._finished.queue.get(timeout=30))  # it is finished and not committed
    assert [result.outcome for result in poller.commit_remaining()] == ["new"]
    room.close()
    assert room.once(later=timedelta(minutes=10)).polled == ()
    assert len(log.lines) == 1


BUSY = Answer(status=429, headers=[("Retry-After", "3600")])


# fetching checklist 14
def test_after_retry_after_the_whole_host_is_left_alone(room: Newsroom, log: RequestLog) -> None:
    room.configure_urls(
        log.page("/1", BUSY, feed(1)),
        *(log.page(f"/{n}", feed(n)) for n in range(2, 9)),
        log.page("/other", feed(9), host=OTHER),
    )
    polled = room.once().polled
    assert {result.source: result.outcome for result in polled} == {"s1": "failed", "s9": "new"}
    assert len(log.moments()) == 1
    room.close()  # the cooldown survives a restart
    assert [result.source for result in room.once(later=timedelta(minutes=59)).polled] == []
    assert len(log.moments()) == 1


# fetching checklist 14
def test_after_a_cooldown_the_waiting_sources_are_polled_one_by_one(room: Newsroom, log: RequestLog) -> None:
    room.configure_urls(log.page("/1", BUSY, feed(1)), *(log.page(f"/{n}", feed(n)) for n in range(2, 9)))
    room.once()
    polled = room.once(later=timedelta(minutes=61)).polled
    assert len(polled) >= 7  # all that waited; the first has a backoff of its own
    assert min(log.pauses()) >= SECOND
    assert log.moments()[1] >= NOW + timedelta(hours=1)


# fetching checklist 14
def test_a_429_in_the_middle_of_a_queue_starts_the_cooldown(room: Newsroom, log: RequestLog) -> None:
    room.configure_urls(*(log.page(f"/{n}", BUSY if n == 4 else feed(n)) for n in range(1, 9)))
    polled = room.once().polled
    assert [result.outcome for result in polled] == ["new"] * 3 + ["failed"]
    assert len(log.lines) == 4
    store, _ = room.parts()
    with store.read() as connection:
        (rest,) = hosts.in_cooldown(connection, room.clock.moment)
    assert rest.name == "127.0.0.1"
    assert rest.next_request_at >= NOW + timedelta(hours=1)
    assert "429" in rest.cooldown_reason


# fetching checklist 14
@pytest.mark.parametrize("status", [429, 503, 403])
def test_a_host_that_refuses_several_sources_gets_a_cooldown(
    room: Newsroom, log: RequestLog, status: int
) -> None:
    """Without Retry-After: after one 429, or after 403 or 503 for three sources in a row."""
    room.configure_urls(*(log.page(f"/{n}", Answer(status=status)) for n in range(8)))
    requests_before = 1 if status == 429 else 3
    assert len(room.once().polled) == requests_before
    room.once(later=timedelta(minutes=14))
    assert len(log.lines) == requests_before
    room.once(later=timedelta(minutes=2))
    assert len(log.lines) == requests_before + 1  # one request is enough to see that nothing has changed
    room.once(later=timedelta(minutes=29))
    assert len(log.lines) == requests_before + 1  # twice as long


# fetching checklist 14
def test_a_redirect_to_a_host_in_cooldown_is_not_followed(room: Newsroom, log: RequestLog) -> None:
    busy = log.page("/busy", BUSY, host=OTHER)
    led = [log.page(f"/{n}", Answer(status=302, headers=[("Location", busy)])) for n in range(3)]
    room.configure_urls(*led)
    polled = room.once().polled
    assert [result.outcome for result in polled] == ["failed"] * 3
    assert len(log.moments(OTHER)) == 1
    assert all(result.due_at and result.due_at >= NOW + timedelta(hours=1) for result in polled)


def test_a_recovered_host_is_saved_without_a_cooldown(room: Newsroom, log: RequestLog) -> None:
    room.configure_urls(log.page("/1", Answer(status=429), feed(1)))
    room.once()
    room.once(later=timedelta(days=1))
    store, _ = room.parts()
    with store.read() as connection:
        (stored,) = hosts.load_all(connection)
    assert stored == HostState(name="127.0.0.1", next_request_at=stored.next_request_at)


def test_a_loopback_host_gets_no_pause(room: Newsroom, log: RequestLog) -> None:
    room.paced = False
    room.configure_urls(*(log.page(f"/{n}", feed(n)) for n in range(5)))
    room.once()
    assert log.pauses() == [timedelta()] * 4
    assert not log.overlaps
    store, _ = room.parts()
    with store.read() as connection:
        assert hosts.load_all(connection) == ()


def test_the_pause_follows_limits_host_interval(room: Newsroom, log: RequestLog) -> None:
    urls = [log.page(f"/{n}", feed(n)) for n in range(3)]
    room.configure(
        "limits: {host_interval: 20s}\nsources:\n"
        + "".join(f"  - {{url: '{url}', allow_private: true}}\n" for url in urls)
    )
    room.once()
    assert log.pauses() == [20 * SECOND] * 2
