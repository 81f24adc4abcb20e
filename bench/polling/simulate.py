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

from bench.polling.sources import DAY, START, YEAR, SimulatedSource
from feeds.errors import BACKOFF, Retry
from feeds.model import Feed, Schedule, Source, Unchanged
from feeds.schedule.due import Due, after_answer, after_failure
from feeds.schedule.interval_limit import DocumentNovelty
from feeds.schedule.publishing_pattern import REQUEST_COST_ARTICLE_HOURS, PublishingPattern, update_pattern

END = START + YEAR * DAY


@dataclass(frozen=True, slots=True)
class PollLogEntry:
    """A request as the server's operator sees it, and the number of new entries."""

    at: datetime
    status: int
    new: int
    reason: str  # for the next due time


@dataclass(slots=True)
class PollingResult:
    """The result of a year. `missed`: indexes into `published`. `delays`: index → hours."""

    requests: int = 0
    unchanged: int = 0
    refused: int = 0
    missed: set[int] = field(default_factory=set)
    delays: dict[int, float] = field(default_factory=dict)


def listed_for(source: SimulatedSource, index: int) -> timedelta:
    """The longest time for which the entry could be fetched without a break: until it was pushed out of the document,
    or its host went down. An hourly poller sees every entry that was listed for an hour."""
    start, out = source.published[index], index + source.holds
    end = source.published[out] if out < len(source.published) else END
    longest = timedelta()
    for down, up in (*source.down, (END, END)):
        longest = max(longest, min(down, end) - start)
        start = max(start, up)
    return longest


class Poller(Protocol):
    def first(self) -> datetime: ...
    def answered(self, now: datetime, held: int, new: list[datetime | None]) -> Due: ...
    def failed(self, now: datetime, status: int, retry: Retry) -> Due: ...


class FixedInterval:
    """Polls at a fixed interval. `later`: the fraction of the interval by which it starts later."""

    def __init__(self, source: SimulatedSource, minutes: int, later: float = 0.0) -> None:
        self._interval = timedelta(minutes=minutes)
        self._first = START + self._interval * ((random.Random(source.name).random() + later) % 1)

    def first(self) -> datetime:
        return self._first

    def answered(self, now: datetime, held: int, new: list[datetime | None]) -> Due:
        return Due(now + self._interval, "")

    def failed(self, now: datetime, status: int, retry: Retry) -> Due:
        return Due(now + self._interval, "")


class AutoSchedule:
    """The decisions of `feeds.schedule`, called as `feeds.ingest.record_poll` calls them."""

    def __init__(
        self, source: SimulatedSource, schedule: Schedule, request_cost: float = REQUEST_COST_ARTICLE_HOURS
    ) -> None:
        self._source = Source(id="s", url="https://s.example/feed", schedule=schedule)
        self._feed = Feed(ttl=source.ttl)
        self._request_cost = request_cost
        self._draw = random.Random(source.name).random
        self._pattern: PublishingPattern | None = None
        self._requested_at: datetime | None = None
        self._ok_at: datetime | None = None
        self._read = False
        self._failures = 0

    def first(self) -> datetime:
        return START + timedelta(hours=self._draw())

    def answered(self, now: datetime, held: int, new: list[datetime | None]) -> Due:
        novelty = DocumentNovelty()
        if new or not self._read:
            since = now - self._requested_at if self._requested_at and self._read else None
            self._pattern = update_pattern(self._pattern, new, now, self._requested_at, held)
            novelty = DocumentNovelty(entries=held, new_entries=len(new), time_since_previous_request=since)
        self._requested_at, self._ok_at, self._failures, self._read = now, now, 0, True
        return after_answer(
            self._source,
            self._feed,
            _UNCHANGED,
            now,
            self._draw(),
            pattern=self._pattern,
            novelty=novelty,
            request_cost=self._request_cost,
        )

    def failed(self, now: datetime, status: int, retry: Retry) -> Due:
        self._requested_at = now
        self._failures += 1
        return after_failure(
            self._source,
            self._failures,
            retry,
            now,
            self._draw(),
            status=status,
            feed=self._feed,
            pattern=self._pattern,
            down_for=now - (self._ok_at or now),
        )


_UNCHANGED = Unchanged(url="https://s.example/feed")


def simulate_with_log(
    source: SimulatedSource, poller: Poller
) -> tuple[PollingResult, Iterator[PollLogEntry]]:
    """The result of the year, and the log of its polls."""
    seen = PollingResult()
    log = list(_simulate_polls(source, poller, seen))
    return seen, iter(log)


def simulate(source: SimulatedSource, poller: Poller) -> PollingResult:
    seen = PollingResult()
    if isinstance(poller, FixedInterval) and not source.down and not source.limit:
        _simulate_fixed(source, poller, seen)
    else:
        for _ in _simulate_polls(source, poller, seen):
            pass
    return seen


def _simulate_fixed(source: SimulatedSource, poller: FixedInterval, seen: PollingResult) -> None:
    """The same as `_simulate_polls`, but requests that find nothing are only counted."""
    published, interval = source.published, poller.answered(START, 0, []).at - START
    at, known = poller.first(), bisect_right(source.published, START)
    seen.requests = int((END - at) / interval)
    found = 0
    while known < len(published):
        at += interval * max(0, -((at - published[known]) // interval))
        if at >= END:
            break
        published_count = bisect_right(published, at)
        _record_entries(source, seen, known, published_count, at)
        known, found = published_count, found + 1
    seen.unchanged = seen.requests - found


def _simulate_polls(source: SimulatedSource, poller: Poller, seen: PollingResult) -> Iterator[PollLogEntry]:
    published, known, first = source.published, bisect_right(source.published, START), True
    at, refused, down, before = poller.first(), datetime.min.replace(tzinfo=START.tzinfo), 0, None
    while at < END:
        seen.requests += 1
        while down < len(source.down) and source.down[down][1] <= at:
            down += 1
        if down < len(source.down) and source.down[down][0] <= at:
            due, status, new = poller.failed(at, 503, BACKOFF), 503, 0
            seen.refused += 1
        elif source.limit and (at < refused or (before is not None and at - before < source.limit)):
            refused = at + source.limit
            due, status, new = poller.failed(at, 429, Retry(at=refused)), 429, 0
            seen.refused += 1
        else:
            published_count = bisect_right(published, at)
            held = min(source.holds, published_count)
            begin = published_count - held if first else max(known, published_count - held)
            new_dates: list[datetime | None] = [
                moment if source.dated else None for moment in published[begin:published_count]
            ]
            _record_entries(source, seen, known, published_count, at)
            due, status, new = (
                poller.answered(at, held, new_dates),
                200 if new_dates else 304,
                published_count - known,
            )
            seen.unchanged += not new_dates
            known, first = published_count, False
        before = at
        yield PollLogEntry(at, status, new, due.reason)
        at = due.at


def _record_entries(
    source: SimulatedSource, seen: PollingResult, known: int, published_count: int, at: datetime
) -> None:
    for index in range(known, published_count):
        if index < published_count - source.holds:
            seen.missed.add(index)
        else:
            seen.delays[index] = (at - source.published[index]).total_seconds() / 3600
