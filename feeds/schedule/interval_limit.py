"""The longest automatic interval, which no hint of a server or a feed exceeds. Pure.

Hints are often wrong: a `max-age` meant for pictures, a `ttl` in seconds, a template's yearly `updatePeriod`. They are
cut to the source's longest interval (`max`, a day by default), and to half the time in which the document's entries are
replaced. `Retry-After` is no such hint: it is obeyed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from feeds.model import Schedule
from feeds.schedule.cache_hints import Hint
from feeds.schedule.publishing_pattern import PublishingPattern
from feeds.schedule.rotation import longest_safe_interval, rotation_time

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentNovelty:
    """How much of a document was new."""

    entries: int = 0
    new_entries: int = 0
    time_since_previous_request: timedelta | None = None
    """None if this document cannot be compared with the previous one."""

    @property
    def may_have_missed(self) -> bool:
        """Whether every entry was new, so that others may have come and gone since the previous poll."""
        return (
            self.time_since_previous_request is not None
            and self.entries > 1
            and self.new_entries >= self.entries
        )


NOTHING_NEW = DocumentNovelty()


@dataclass(frozen=True, slots=True)
class IntervalLimit:
    wait: timedelta
    reason: str  # one clause, for `feeds status`
    is_strict: bool  # not even random minutes may exceed it


def interval_limit(
    schedule: Schedule,
    shortest: timedelta,
    pattern: PublishingPattern | None,
    novelty: DocumentNovelty,
    now: datetime,
) -> IntervalLimit:
    """The longest interval that the settings, and the entries of the document, allow."""
    setting = "`max`" if schedule.max else "`min`" if schedule.longest == schedule.min else "`max` by default"
    limit = IntervalLimit(
        schedule.longest, f"the longest interval is {format_interval(schedule.longest)} ({setting})", False
    )
    if pattern is not None and pattern.holds > 1:
        safe = longest_safe_interval(pattern, now, shortest)
        if safe < limit.wait:
            replaced = _format_estimate(rotation_time(pattern, now))
            limit = IntervalLimit(safe, f"its {pattern.holds} entries are replaced within {replaced}", True)
    if novelty.may_have_missed and novelty.time_since_previous_request is not None:
        half = max(novelty.time_since_previous_request / 2, shortest)
        if half < limit.wait:
            limit = IntervalLimit(half, "every entry was new, so some may have been missed", True)
    if schedule.min is not None and limit.wait < schedule.min:
        return IntervalLimit(schedule.min, limit.reason, False)
    return limit


def cut_hint(hint: Hint, limit: IntervalLimit) -> Hint:
    """`hint`, at most as long as `limit`. Its reason says by how much it was cut, and why."""
    if hint.wait <= limit.wait:
        return Hint(hint.wait, f"{hint.reason}, {format_interval(hint.wait)}")
    asked, cut = _format_estimate(hint.wait), _format_estimate(limit.wait)
    return Hint(limit.wait, f"{hint.reason} asks for {asked}, cut to {cut}: {limit.reason}")


def format_interval(interval: timedelta) -> str:
    """90 min → "90 min"; two hours → "2 h"."""
    minutes = round(interval.total_seconds() / 60)
    if minutes < 1:
        return f"{round(interval.total_seconds())} s"
    if minutes % 1440 == 0:
        return f"{minutes // 1440} d"
    return f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} min"


def _format_estimate(interval: timedelta) -> str:
    """Like `format_interval`, but rounded: an estimate of 1,187 minutes is "20 h"."""
    if interval >= 48 * _HOUR:
        return f"{round(interval / (24 * _HOUR))} d"
    if interval >= 3 * _HOUR and interval != timedelta(days=1):
        return f"{round(interval / _HOUR)} h"
    return format_interval(interval)
