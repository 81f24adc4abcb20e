"""When is a source due next, and why? A pure function of what is known; `now` and chance are arguments."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from feeds.errors import Retry
from feeds.model import Feed, Fetched, Schedule, Source

FILE_INTERVAL = timedelta(minutes=1)
"""Nobody minds how often a file of the user's own is looked at."""

HINT_CAP = timedelta(days=31)
"""A server that asks for more is taken to be mistaken."""

FOR_GOOD = timedelta(days=36500)
"""Until the user acts: a source that said 410 is not asked again."""


@dataclass(frozen=True, slots=True)
class Due:
    at: datetime
    why: str  # one clause, for `feeds status`


def after_answer(
    source: Source, feed: Feed | None, fetched: Fetched | None, now: datetime, chance: float
) -> Due:
    """After a document, or "unchanged". `chance` in [0, 1): keeps sources from marching in step."""
    interval, why = interval_of(source.schedule, source.is_file)
    if source.schedule.every is None and not source.is_file:
        asked, by = _asked_for(feed, fetched)
        if asked > interval:
            interval, why = min(asked, max(source.schedule.max, interval)), by
        interval += interval * 0.05 * chance
    return Due(now + interval, why)


def after_failure(source: Source, failures: int, retry: Retry, now: datetime, chance: float) -> Due:
    """After failure number `failures` in a row. Doubles from the source's interval up to a day, and goes on
    for ever: hosts come back after months (miniflux #149, #879)."""
    if retry.never:
        return Due(now + FOR_GOOD, "it ended: remove it, or give it a new URL")
    interval, _ = interval_of(source.schedule, source.is_file)
    ceiling = max(timedelta(hours=24), interval)
    wait = min(interval * 2.0 ** min(failures - 1, 16) * (1 + 0.2 * chance), ceiling)
    if retry.at is not None:
        asked = min(max(retry.at - now, timedelta()), HINT_CAP) + timedelta(seconds=1 + 30 * chance)
        return Due(now + max(asked, wait), "the server asked for patience")
    return Due(now + wait, f"failed {failures} time{'s' if failures > 1 else ''} in a row")


def interval_of(schedule: Schedule, is_file: bool) -> tuple[timedelta, str]:
    """The interval that the configuration asks for, without regard to the server."""
    if schedule.every is not None:
        return schedule.every, f"every {say(schedule.every)}, as configured"
    if is_file:
        return FILE_INTERVAL, "a file"
    return schedule.min, f"every {say(schedule.min)}"


_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,10})", re.IGNORECASE)


def _asked_for(feed: Feed | None, fetched: Fetched | None) -> tuple[timedelta, str]:
    """The longest interval that the server or the document asks for; these may only lengthen ours."""
    wishes = [(timedelta(), "")]
    if fetched is not None and (found := _MAX_AGE.search(fetched.header("cache-control"))):
        age = fetched.header("age")
        seconds = int(found[1]) - (int(age) if age.isascii() and age.isdigit() else 0)
        wishes.append((timedelta(seconds=max(0, seconds)), "the server's max-age"))
    if feed is not None and feed.ttl:
        wishes.append((timedelta(minutes=min(feed.ttl, 10**6)), "the feed's ttl"))
    asked, by = max(wishes)
    return min(asked, HINT_CAP), by


def say(interval: timedelta) -> str:
    """90 min → "90 min"; two hours → "2 h"."""
    minutes = round(interval.total_seconds() / 60)
    if minutes < 1:
        return f"{round(interval.total_seconds())} s"
    if minutes % 1440 == 0:
        return f"{minutes // 1440} d"
    return f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} min"
