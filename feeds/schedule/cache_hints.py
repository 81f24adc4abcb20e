"""Reads how often the server and the feed want to be polled (RFC 9111, RSS, mod_syndication). Pure.

These values are estimates of the publisher. They can only lengthen the interval. The exceptions are `max-age` and
`ttl`: if they are below an hour, they also allow an interval shorter than that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from feeds.model import Feed, Fetched, Response
from feeds.model.http_dates import parse_http_date
from feeds.normalize.dates import parse_date

MAX_REQUESTED_WAIT = timedelta(days=31)
"""A longer wait is taken for a mistake and cut to this."""

_DIRECTIVE = re.compile(r'([^\s,;="]+)\s*(?:=\s*(?:"([^"]*)"|([^\s,;"]*)))?')  # RFC 9111 §5.2
_PERIOD_HOURS = {"hourly": 1, "daily": 24, "weekly": 24 * 7, "monthly": 24 * 30, "yearly": 24 * 365}
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Hint:
    """Do not poll for this long."""

    wait: timedelta
    reason: str  # for `feeds status`: "the feed's ttl"


NO_HINT = Hint(timedelta(), "")


def longest_wait(feed: Feed | None, fetched: Fetched | None, now: datetime) -> Hint:
    """The longest of the requested intervals, at most `MAX_REQUESTED_WAIT`; `NO_HINT` if there are none."""
    hints = [NO_HINT]
    if fetched is not None:
        hints.append(_freshness_hint(fetched, now))
    if feed is not None:
        if feed.ttl:
            hints.append(Hint(_capped_minutes(feed.ttl), "the feed's ttl"))
        hints.append(_timetable_hint(feed, now))
    longest = max(hints, key=lambda hint: hint.wait)
    return Hint(min(longest.wait, MAX_REQUESTED_WAIT), longest.reason)


def with_stored_cache_control(fetched: Fetched, cache_control: str) -> Fetched:
    """`fetched`, with the stored Cache-Control if it is a 304 without one (RFC 9111 §3.2)."""
    if not cache_control or isinstance(fetched, Response) or fetched.header("cache-control"):
        return fetched
    return replace(fetched, headers=(*fetched.headers, ("cache-control", cache_control)))


def allowed_interval(feed: Feed | None, fetched: Fetched | None) -> timedelta | None:
    """The interval that server and feed call frequent enough: the longest of `max-age` and `ttl`; None without them."""
    intervals = []
    if fetched is not None:
        directives = _directives(fetched.header("cache-control"))
        if not _forbids_reuse(directives) and (lifetime := _parse_seconds(directives.get("max-age"))):
            intervals.append(lifetime)
    if feed is not None and feed.ttl:
        intervals.append(_capped_minutes(feed.ttl))
    return max(intervals, default=None)


def after_skipped_times(feed: Feed | None, at: datetime) -> datetime:
    """`at`, or the end of the skipHours and skipDays (GMT) that it falls into. A feed that excludes every hour of the
    week is ignored."""
    if feed is None or not (feed.skip_hours or feed.skip_days):
        return at
    days = {_WEEKDAYS.index(day) for day in feed.skip_days if day in _WEEKDAYS}
    candidate = at
    for _ in range(24 * 7 + 1):
        if candidate.hour not in feed.skip_hours and candidate.weekday() not in days:
            return candidate
        candidate = candidate.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return at


def _freshness_hint(fetched: Fetched, now: datetime) -> Hint:
    """How much longer the response is fresh (RFC 9111 §4.2). A response that is stale, or may not be reused without
    revalidation, gives no hint: it is revalidated at the usual interval."""
    directives = _directives(fetched.header("cache-control"))
    if _forbids_reuse(directives):
        return NO_HINT
    # Time spent in caches. Of a list, the first value counts (§5.1).
    age = _parse_seconds(fetched.header("age").partition(",")[0].strip()) or timedelta()
    if "max-age" in directives:  # overrides Expires, even if its value is not valid (§4.2.1)
        lifetime = _parse_seconds(directives["max-age"]) or timedelta()
        return Hint(max(lifetime - age, timedelta()), "the server's max-age")
    expires = parse_http_date(fetched.header("expires"))
    if expires is None:  # "0" and other non-dates mean that it has expired (§5.3)
        return NO_HINT
    date = parse_http_date(fetched.header("date"))
    # Relative to the response's own Date, because the server's clock may be wrong.
    left = expires - date - age if date else expires - now
    return Hint(max(left, timedelta()), "the server's Expires")


def _directives(value: str) -> dict[str, str]:
    """Directive names in lower case → arguments. Of several with the same name the first counts."""
    found: dict[str, str] = {}
    for match in _DIRECTIVE.finditer(value):
        found.setdefault(match[1].lower(), match[2] or match[3] or "")
    return found


def _forbids_reuse(directives: dict[str, str]) -> bool:
    # no-cache="Set-Cookie" is about that field only (§5.2.2.4)
    return directives.get("no-cache") == "" or "no-store" in directives


def _parse_seconds(text: str | None) -> timedelta | None:
    if not text or not (text.isascii() and text.isdigit()):
        return None
    # Ten digits are three centuries; thousands of digits cannot be converted to an int.
    return timedelta(seconds=int(text)) if len(text) < 10 else 2 * MAX_REQUESTED_WAIT


def _capped_minutes(count: int) -> timedelta:
    return timedelta(minutes=min(count, 10**6))


def _timetable_hint(feed: Feed, now: datetime) -> Hint:
    """RSS 1.0's syndication module: `updateFrequency` times in an `updatePeriod`, counted from `updateBase`."""
    if not feed.update_period and feed.update_frequency is None:
        return NO_HINT
    hours = _PERIOD_HOURS.get(feed.update_period.strip().lower(), _PERIOD_HOURS["daily"])
    every = timedelta(hours=hours) / max(1, min(feed.update_frequency or 1, 10**6))
    wait = every
    base = parse_date(feed.update_base)
    if base is not None and every >= timedelta(hours=1):
        # Wait for the next date of the timetable.
        base = base.replace(tzinfo=UTC) if base.tzinfo is None else base
        wait = every - (now - base) % every
    return Hint(wait, f"the feed's timetable ({feed.update_period.strip().lower()[:20] or 'daily'})")
