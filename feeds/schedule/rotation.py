"""How fast the entries of a document are replaced: the longest interval at which no entry comes and goes unseen. Pure.

Two estimates, of which the shorter counts: the average rate, which changes over weeks (`PublishingPattern.turnover`),
and the times of the latest publications, which show at once that a source publishes faster than usual, and which the
first document already states.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from feeds.schedule.publishing_pattern import PublishingPattern

MAX_RECENT = 16
"""Publication times that are kept; of a longer document, the latest ones stand for all. 16 take 80 bytes."""

MIN_ENTRIES_BELOW_SHORTEST = 10
"""Entries that a document must hold to be polled more often than the shortest interval: two articles within a minute
replace a document of two, which means nothing."""

MIN_ROTATION_INTERVAL = timedelta(minutes=15)
"""The shortest interval that the rotation of a document alone leads to. Our own choice: many large readers poll busy
feeds that often."""


def add_recent(recent: tuple[int, ...], dates: Iterable[datetime]) -> tuple[int, ...]:
    """The latest publication times, as minutes since 1970, the oldest first."""
    added = (int(date.timestamp() // 60) for date in dates)
    return tuple(sorted((*recent, *added))[-MAX_RECENT:])


def rotation_time(pattern: PublishingPattern, now: datetime) -> timedelta:
    """How long it takes until every entry of the document is replaced; `timedelta.max` if that is unknown."""
    return min(pattern.turnover(now), _latest_rotation(pattern, now))


def _latest_rotation(pattern: PublishingPattern, now: datetime) -> timedelta:
    count = min(pattern.holds, MAX_RECENT)
    if pattern.holds < 2 or len(pattern.recent) < count:
        return timedelta.max
    oldest = datetime.fromtimestamp(pattern.recent[-count] * 60, UTC)
    # Between the oldest of n publications and now lie n - 1 to n intervals: the shorter estimate is the careful one.
    return max(now - oldest, timedelta()) * (pattern.holds / count)


def longest_safe_interval(pattern: PublishingPattern, now: datetime, shortest: timedelta) -> timedelta:
    """Half the rotation time. Not below `shortest`, unless the document is long enough and proves it by its latest
    entries; then not below MIN_ROTATION_INTERVAL."""
    half = rotation_time(pattern, now) / 2
    if pattern.holds < MIN_ENTRIES_BELOW_SHORTEST or _latest_rotation(pattern, now) / 2 >= shortest:
        return max(half, shortest)
    return max(half, min(MIN_ROTATION_INTERVAL, shortest))
