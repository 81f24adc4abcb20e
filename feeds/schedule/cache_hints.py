"""What a response and a document say of how often they want to be asked for (RFC 9111, RSS, mod_syndication). Pure.

All of it is somebody's guess about a document of theirs: it lengthens our interval and never orders one. Only
a fresh `max-age` or a `ttl` below the hour also *allows* a shorter one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from feeds.fetch.status import parse_http_date
from feeds.model import Feed, Fetched, Response
from feeds.normalize.dates import parse_date

CAP = timedelta(days=31)
"""A server that asks for more is taken to be mistaken."""

_DIRECTIVE = re.compile(r'([^\s,;="]+)\s*(?:=\s*(?:"([^"]*)"|([^\s,;"]*)))?')  # RFC 9111 §5.2
_PERIODS = {"hourly": 1, "daily": 24, "weekly": 24 * 7, "monthly": 24 * 30, "yearly": 24 * 365}  # hours
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Hint:
    """Not to be asked for this long; `by` whom, in words."""

    wait: timedelta
    by: str


NONE = Hint(timedelta(), "")


def longest(feed: Feed | None, fetched: Fetched | None, now: datetime) -> Hint:
    """The longest of the intervals that they ask for, at most `CAP`; NONE where they ask for none."""
    wishes = [NONE]
    if fetched is not None:
        wishes.append(_freshness(fetched, now))
    if feed is not None:
        if feed.ttl:
            wishes.append(Hint(_minutes(feed.ttl), "the feed's ttl"))
        wishes.append(_syndication(feed, now))
    wish = max(wishes, key=lambda one: one.wait)
    return Hint(min(wish.wait, CAP), wish.by)


def freshened(fetched: Fetched, cache_control: str) -> Fetched:
    """A 304 without a Cache-Control leaves that of the document in force (RFC 9111 §3.2), from its own moment on."""
    if not cache_control or isinstance(fetched, Response) or fetched.header("cache-control"):
        return fetched
    return replace(fetched, headers=(*fetched.headers, ("cache-control", cache_control)))


def allowed(feed: Feed | None, fetched: Fetched | None) -> timedelta | None:
    """The interval that they call frequent enough, where they name one: the longest of `max-age` and `ttl`."""
    named = []
    if fetched is not None:
        directives = _directives(fetched.header("cache-control"))
        if not _distrusted(directives) and (lifetime := _seconds(directives.get("max-age"))):
            named.append(lifetime)
    if feed is not None and feed.ttl:
        named.append(_minutes(feed.ttl))
    return max(named, default=None)


def out_of_skipped(feed: Feed | None, at: datetime) -> datetime:
    """`at`, or the end of the hours and days (GMT) in which the feed does not want to be read. A feed that
    leaves no hour of the week cannot mean it."""
    if feed is None or not (feed.skip_hours or feed.skip_days):
        return at
    days = {_DAYS.index(day) for day in feed.skip_days if day in _DAYS}
    moment = at
    for _ in range(24 * 7 + 1):
        if moment.hour not in feed.skip_hours and moment.weekday() not in days:
            return moment
        moment = moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return at


def _freshness(fetched: Fetched, now: datetime) -> Hint:
    """How much longer the response is fresh (RFC 9111 §4.2). What is stale, or may not be reused unasked,
    asks for no interval: it is revalidated at the usual one."""
    directives = _directives(fetched.header("cache-control"))
    if _distrusted(directives):
        return NONE
    # In caches; of a list the first counts (§5.1).
    age = _seconds(fetched.header("age").partition(",")[0].strip()) or timedelta()
    if "max-age" in directives:  # beats Expires, even where it cannot be understood (§4.2.1)
        lifetime = _seconds(directives["max-age"]) or timedelta()
        return Hint(max(lifetime - age, timedelta()), "the server's max-age")
    expires = parse_http_date(fetched.header("expires"))
    if expires is None:  # "0" and other non-dates mean that it has expired (§5.3)
        return NONE
    date = parse_http_date(fetched.header("date"))
    # Of the response's own Date: the server's clock may be wrong, its arithmetic is not.
    left = expires - date - age if date else expires - now
    return Hint(max(left, timedelta()), "the server's Expires")


def _directives(value: str) -> dict[str, str]:
    """Names in lower case → arguments; the first of each counts."""
    found: dict[str, str] = {}
    for match in _DIRECTIVE.finditer(value):
        found.setdefault(match[1].lower(), match[2] or match[3] or "")
    return found


def _distrusted(directives: dict[str, str]) -> bool:
    # no-cache="Set-Cookie" is about that field only (§5.2.2.4)
    return directives.get("no-cache") == "" or "no-store" in directives


def _seconds(text: str | None) -> timedelta | None:
    if not text or not (text.isascii() and text.isdigit()):
        return None
    # Ten digits are three centuries; thousands of them would not even become an int.
    return timedelta(seconds=int(text)) if len(text) < 10 else 2 * CAP


def _minutes(count: int) -> timedelta:
    return timedelta(minutes=min(count, 10**6))


def _syndication(feed: Feed, now: datetime) -> Hint:
    """RSS 1.0's syndication module: `updateFrequency` times in an `updatePeriod`, counted from `updateBase`."""
    if not feed.update_period and feed.update_frequency is None:
        return NONE
    hours = _PERIODS.get(feed.update_period.strip().lower(), _PERIODS["daily"])
    every = timedelta(hours=hours) / max(1, min(feed.update_frequency or 1, 10**6))
    wait = every
    base = parse_date(feed.update_base)
    if base is not None and every >= timedelta(hours=1):
        # The next moment of its timetable: what was published at the last one is there already.
        base = base.replace(tzinfo=UTC) if base.tzinfo is None else base
        wait = every - (now - base) % every
    return Hint(wait, f"the feed's timetable ({feed.update_period.strip().lower()[:20] or 'daily'})")
