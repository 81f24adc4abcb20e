"""One source through a year of polling: by the product's own due times, or at a fixed interval.

From request to request; nothing happens between them. Sources do not meet, so each is played alone.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from bench.polling.world import DAY, START, YEAR, Spring
from feeds.errors import BACKOFF, Retry
from feeds.model import Feed, Schedule, Source, Unchanged
from feeds.schedule.due import Due, PollYield, after_answer, after_failure
from feeds.schedule.publishing_pattern import REQUEST_COST_ARTICLE_HOURS, PublishingPattern, learn

END = START + YEAR * DAY


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as the server's operator sees it, and what it brought."""

    at: datetime
    status: int
    new: int
    why: str


@dataclass(slots=True)
class Seen:
    """What came of a year. `delays`: hours, by the entry's place in what was published."""

    requests: int = 0
    unchanged: int = 0
    refused: int = 0
    missed: set[int] = field(default_factory=set)
    delays: dict[int, float] = field(default_factory=dict)


def stood(spring: Spring, place: int) -> timedelta:
    """For how long the entry could be had without a break: until it was pushed out, or its host went down. One that
    stood for an hour is seen by whoever asks every hour; of the others it is the minute that decides."""
    begun, out = spring.published[place], place + spring.holds
    end = spring.published[out] if out < len(spring.published) else END
    longest = timedelta()
    for down, up in (*spring.down, (END, END)):
        longest = max(longest, min(down, end) - begun)
        begun = max(begun, up)
    return longest


class Poller(Protocol):
    def first(self) -> datetime: ...
    def answered(self, now: datetime, held: int, new: list[datetime | None]) -> Due: ...
    def failed(self, now: datetime, status: int, retry: Retry) -> Due: ...


class Fixed:
    """Every so many minutes, whatever happens. `later`: begun by such a share of the interval later."""

    def __init__(self, spring: Spring, minutes: int, later: float = 0.0) -> None:
        self._interval = timedelta(minutes=minutes)
        self._first = START + self._interval * ((random.Random(spring.name).random() + later) % 1)

    def first(self) -> datetime:
        return self._first

    def answered(self, now: datetime, held: int, new: list[datetime | None]) -> Due:
        return Due(now + self._interval, "")

    def failed(self, now: datetime, status: int, retry: Retry) -> Due:
        return Due(now + self._interval, "")


class Ours:
    """The product's own decisions, fed as `run/commit.py` feeds them."""

    def __init__(self, spring: Spring, schedule: Schedule, patience: float = REQUEST_COST_ARTICLE_HOURS) -> None:
        self._source = Source(id="s", url="https://s.example/feed", schedule=schedule)
        self._feed = Feed(ttl=spring.ttl)
        self._patience = patience
        self._chance = random.Random(spring.name).random
        self._rhythm: PublishingPattern | None = None
        self._asked: datetime | None = None
        self._ok_at: datetime | None = None
        self._read = False
        self._failures = 0

    def first(self) -> datetime:
        return START + timedelta(hours=self._chance())

    def answered(self, now: datetime, held: int, new: list[datetime | None]) -> Due:
        brought = PollYield()
        if new or not self._read:
            since = now - self._asked if self._asked and self._read else None
            self._rhythm = learn(self._rhythm, new, now, self._asked, held)
            brought = PollYield(entries=held, new_entries=len(new), since_previous=since)
        self._asked, self._ok_at, self._failures, self._read = now, now, 0, True
        return after_answer(
            self._source,
            self._feed,
            _UNCHANGED,
            now,
            self._chance(),
            pattern=self._rhythm,
            poll_yield=brought,
            request_cost=self._patience,
        )

    def failed(self, now: datetime, status: int, retry: Retry) -> Due:
        self._asked = now
        self._failures += 1
        return after_failure(
            self._source,
            self._failures,
            retry,
            now,
            self._chance(),
            status=status,
            feed=self._feed,
            pattern=self._rhythm,
            down_for=now - (self._ok_at or now),
        )


_UNCHANGED = Unchanged(url="https://s.example/feed")


def play(spring: Spring, poller: Poller) -> tuple[Seen, Iterator[Asked]]:
    """The whole year, and its log."""
    seen = Seen()
    log = list(_polls(spring, poller, seen))
    return seen, iter(log)


def year(spring: Spring, poller: Poller) -> Seen:
    seen = Seen()
    if isinstance(poller, Fixed) and not spring.down and not spring.limit:
        _steps(spring, poller, seen)
    else:
        for _ in _polls(spring, poller, seen):
            pass
    return seen


def _steps(spring: Spring, poller: Fixed, seen: Seen) -> None:
    """The same as `_polls`, only that requests which cannot find anything are counted and not made."""
    published, interval = spring.published, poller.answered(START, 0, []).at - START
    at, known = poller.first(), bisect_right(spring.published, START)
    seen.requests = int((END - at) / interval)
    found = 0
    while known < len(published):
        at += interval * max(0, -((at - published[known]) // interval))
        if at >= END:
            break
        come = bisect_right(published, at)
        _take(spring, seen, known, come, at)
        known, found = come, found + 1
    seen.unchanged = seen.requests - found


def _polls(spring: Spring, poller: Poller, seen: Seen) -> Iterator[Asked]:
    published, known, first = spring.published, bisect_right(spring.published, START), True
    at, refused, down, before = poller.first(), datetime.min.replace(tzinfo=START.tzinfo), 0, None
    while at < END:
        seen.requests += 1
        while down < len(spring.down) and spring.down[down][1] <= at:
            down += 1
        if down < len(spring.down) and spring.down[down][0] <= at:
            due, status, new = poller.failed(at, 503, BACKOFF), 503, 0
            seen.refused += 1
        elif spring.limit and (at < refused or (before is not None and at - before < spring.limit)):
            refused = at + spring.limit
            due, status, new = poller.failed(at, 429, Retry(at=refused)), 429, 0
            seen.refused += 1
        else:
            come = bisect_right(published, at)
            held = min(spring.holds, come)
            begin = come - held if first else max(known, come - held)
            fresh: list[datetime | None] = [
                moment if spring.dated else None for moment in published[begin:come]
            ]
            _take(spring, seen, known, come, at)
            due, status, new = poller.answered(at, held, fresh), 200 if fresh else 304, come - known
            seen.unchanged += not fresh
            known, first = come, False
        before = at
        yield Asked(at, status, new, due.why)
        at = due.at


def _take(spring: Spring, seen: Seen, known: int, come: int, at: datetime) -> None:
    for place in range(known, come):
        if place < come - spring.holds:
            seen.missed.add(place)
        else:
            seen.delays[place] = (at - spring.published[place]).total_seconds() / 3600
