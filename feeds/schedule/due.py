"""Computes when a source is due next, and why. Pure: `now` and the random number are arguments.

    `every`, if the user wrote it         used as it is
    otherwise the publishing pattern      between the shortest and the longest interval
      shorter if every entry was new      not under the shortest interval
      longer if the server or feed asks   within the limit of `interval_limit`
      plus a few random minutes           not near the full hour, so that sources are not polled in step

Intervals count from `now`, the time of the answer, which is later than the request.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from feeds.errors import Retry
from feeds.model import Feed, Fetched, Schedule, Source
from feeds.schedule import cache_hints, publishing_pattern
from feeds.schedule.interval_limit import (
    NOTHING_NEW,
    DocumentNovelty,
    IntervalLimit,
    cut_hint,
    format_interval,
    interval_limit,
)
from feeds.schedule.publishing_pattern import REQUEST_COST_ARTICLE_HOURS, PublishingPattern

MIN_ALLOWED_INTERVAL = timedelta(minutes=5)
"""The shortest interval that a server may allow. Shorter ones need the user's `every` or `min`. Our own choice."""

MAX_SKIPPED_TIME = timedelta(days=3)
"""skipHours and skipDays are obeyed for so long, if the entries last: a weekend without requests is common, and
documents that name nearly all days are mistakes."""

NEVER_DUE_INTERVAL = timedelta(days=36500)
"""The interval of a source that answered 410: it is not polled again until the user acts.
`feeds status` shows a due time more than ten years ahead as "never"."""

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_MAX_JITTER = timedelta(minutes=10)
_REFUSAL_STATUSES = frozenset({401, 402, 403, 404, 405, 406, 407, 451})
_FULL_BACKOFF_STATUSES = _REFUSAL_STATUSES | {429}  # backoff even if the document turns over meanwhile


@dataclass(frozen=True, slots=True)
class Due:
    at: datetime
    reason: str  # one clause, for `feeds status`


def after_answer(
    source: Source,
    feed: Feed | None,
    fetched: Fetched | None,
    now: datetime,
    jitter: float,
    *,
    pattern: PublishingPattern | None = None,
    novelty: DocumentNovelty = NOTHING_NEW,
    has_live_subscription: bool = False,
    request_cost: float = REQUEST_COST_ARTICLE_HOURS,
) -> Due:
    """The due time after a document or "unchanged".

    `feed`: the metadata of the newest document that was read. `has_live_subscription`: a hub delivers the news, and
    polls only verify that. `jitter` in [0, 1). `request_cost`: see `publishing_pattern`.
    """
    schedule = source.schedule
    if schedule.every is not None:
        return Due(now + schedule.every, f"every {format_interval(schedule.every)}, as configured")
    if source.scheme.poll_interval is not None:
        every = format_interval(source.scheme.poll_interval)
        return Due(now + source.scheme.poll_interval, f"{source.scheme.noun} is read every {every}")
    shortest = min_interval(schedule, feed, fetched)
    limit = interval_limit(schedule, shortest, pattern, novelty, now)
    interval, reason = _auto_interval(
        schedule, shortest, now, pattern, has_live_subscription, request_cost, limit
    )
    hint = cache_hints.longest_wait(feed, fetched, now)
    is_cut, hint = hint.wait > limit.wait, cut_hint(hint, limit)
    if hint.wait > interval or is_cut:
        interval, reason = hint.wait, hint.reason
    at = _off_the_hour(now + interval + min(interval * 0.05, _MAX_JITTER) * jitter, jitter)
    if limit.is_strict and at > now + limit.wait:
        earlier = _before_the_hour(now + limit.wait - min(limit.wait * 0.05, _MAX_JITTER) * jitter, jitter)
        floor = shortest if limit.wait >= shortest else MIN_ALLOWED_INTERVAL
        at = earlier if earlier - now >= floor else at
    latest = limit.wait if limit.is_strict else max(limit.wait, MAX_SKIPPED_TIME)
    return _after_skipped_times(feed, Due(at, reason), now + latest, jitter)


def latest_due(source: Source, pattern: PublishingPattern | None, answered_at: datetime) -> Due:
    """The latest time at which a source that answered at `answered_at` may be due: later ones were stored by an older
    version, or under other settings."""
    schedule = source.schedule
    slack = 2 * _MAX_JITTER  # random minutes, and off the full hour
    if fixed := schedule.every or source.scheme.poll_interval:
        return Due(answered_at + fixed, f"every {format_interval(fixed)}")
    limit = interval_limit(schedule, schedule.shortest, pattern, NOTHING_NEW, answered_at)
    return Due(answered_at + limit.wait + slack, limit.reason)


def min_interval(schedule: Schedule, feed: Feed | None, fetched: Fetched | None) -> timedelta:
    """The shortest automatic interval: the user's `min`; else an hour, or less if the server or the feed allows it."""
    if schedule.min is not None:
        return schedule.min
    allowed = cache_hints.allowed_interval(feed, fetched)
    if allowed is None:
        return schedule.shortest
    return min(max(allowed, MIN_ALLOWED_INTERVAL), schedule.shortest)


def _auto_interval(
    schedule: Schedule,
    shortest: timedelta,
    now: datetime,
    pattern: PublishingPattern | None,
    has_live_subscription: bool,
    request_cost: float,
    limit: IntervalLimit,
) -> tuple[timedelta, str]:
    """(interval, reason) by the publishing pattern and the limit, without the hints of server and feed."""
    if has_live_subscription:
        interval, reason = schedule.longest, "a hub delivers the news; this poll only checks"
    else:
        # A new source may publish more than its first days show: wait no longer than it has been known.
        longest = (
            max(min(schedule.longest, pattern.observed_for(now)), shortest) if pattern else schedule.longest
        )
        pattern = pattern or PublishingPattern(at=now)
        interval = publishing_pattern.next_interval(pattern, now, shortest, longest, request_cost)
        reason = publishing_pattern.describe(pattern, now)
    return (limit.wait, limit.reason) if interval > limit.wait else (interval, reason)


def after_failure(
    source: Source,
    failures: int,
    retry: Retry,
    now: datetime,
    jitter: float,
    *,
    status: int = 0,
    feed: Feed | None = None,
    pattern: PublishingPattern | None = None,
    down_for: timedelta = timedelta(),
) -> Due:
    """The due time after failure number `failures` in a row, when the last good answer came `down_for` ago.

    Polls go on for ever: hosts come back after months (miniflux #149, #879).
    """
    if retry.never:
        return Due(now + NEVER_DUE_INTERVAL, "it is gone (410): remove it, or give it a new URL")
    wait = _backoff_wait(source, failures, now, jitter, status, pattern, down_for)
    reason = "after a failure" if failures <= 1 else f"after {failures} failures in a row"
    if retry.at is not None:
        requested_wait = min(max(retry.at - now, timedelta()), cache_hints.MAX_REQUESTED_WAIT)
        requested_wait += timedelta(seconds=1 + 30 * jitter)
        if requested_wait > wait:
            wait, reason = requested_wait, "the server asks for a longer wait (Retry-After)"
    if source.scheme.is_local:
        return Due(now + wait, reason)
    at = _off_the_hour(now + wait, jitter)
    latest = max(source.schedule.longest, MAX_SKIPPED_TIME)
    due = _after_skipped_times(feed, Due(at, reason), now + latest, jitter)
    return Due(due.at, reason)


def _backoff_wait(
    source: Source,
    failures: int,
    now: datetime,
    jitter: float,
    status: int,
    pattern: PublishingPattern | None,
    down_for: timedelta,
) -> timedelta:
    """The interval doubles with each failure, from the shortest one up to a day.

    If the document turns over fast, the maximum is lower, because while the host is down each new article pushes out
    one that nobody has seen. With a 64th of the turnover time (an hour or more), a document of thirty entries loses
    half an article. The longer the host is down, the less likely it is to come back just now, so the maximum is never
    below a 64th of `down_for`. Refusals (401, 403, 404 and the like) seldom pass: the interval is four times as long
    from the first one on.
    """
    interval = source.schedule.every or source.scheme.poll_interval or source.schedule.shortest
    ceiling = _DAY - _MAX_JITTER
    if pattern is not None and status not in _FULL_BACKOFF_STATUSES:
        # As of the last answer: what was published since then is not known.
        turnover_limit = max(pattern.turnover(now - down_for), down_for) / 64
        ceiling = min(ceiling, max(turnover_limit, 1.2 * interval, 1.2 * _HOUR))
    ceiling = max(ceiling, interval)
    steps = min(failures - 1 + 2 * (status in _REFUSAL_STATUSES), 16)
    # Randomly up to a fifth longer, also at the ceiling, so that sources that failed together are spread out.
    return min(max(min(interval * 2.0**steps, ceiling / 1.2), interval) * (1 + 0.2 * jitter), ceiling)


def _off_the_hour(at: datetime, jitter: float) -> datetime:
    """`at`, or a few minutes later if it is within two minutes of a full hour, when many cron jobs run."""
    hour = _near_full_hour(at)
    return at if hour is None else hour + timedelta(minutes=2) + timedelta(minutes=6) * jitter


def _before_the_hour(at: datetime, jitter: float) -> datetime:
    """`at`, or a few minutes earlier if it is within two minutes of a full hour."""
    hour = _near_full_hour(at)
    return at if hour is None else hour - timedelta(minutes=2.5) - timedelta(minutes=1) * jitter


def _near_full_hour(at: datetime) -> datetime | None:
    """The full hour that `at` is within two minutes of."""
    past = timedelta(minutes=at.minute, seconds=at.second, microseconds=at.microsecond)
    if timedelta(minutes=2) <= past < timedelta(minutes=58):
        return None
    return at - past + timedelta(hours=at.minute >= 58)


def _after_skipped_times(feed: Feed | None, due: Due, latest: datetime, jitter: float) -> Due:
    """`due`, moved behind the skipHours and skipDays that it falls into, but not beyond `latest`."""
    allowed_at = cache_hints.after_skipped_times(feed, due.at)
    if allowed_at <= due.at:
        return due
    at = _off_the_hour(allowed_at + _MAX_JITTER * jitter, jitter)
    if at <= latest:
        return Due(at, "the feed's skipHours and skipDays")
    at = max(due.at, _before_the_hour(latest, jitter))
    return Due(at, f"the feed's skipHours and skipDays last too long: {due.reason}")
