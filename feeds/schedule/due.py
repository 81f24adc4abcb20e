"""When is a source due next, and why? A pure function of what is known; `now` and chance are arguments.

    the user's `every`                                          as it stands
    otherwise  the source's rhythm                              between the shortest and the longest interval
               shorter, where a document held nothing but news  not under the shortest
               longer, where the server or the feed asks for it
               a few minutes by chance, off the full hour       so that no two sources march in step

Everything counts from `now`, which is when the answer was there: the request was sent before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from feeds.errors import Retry
from feeds.model import Feed, Fetched, Schedule, Source
from feeds.schedule import cache_hints, publishing_pattern
from feeds.schedule.publishing_pattern import PATIENCE, Rhythm

SHORTEST_ALLOWED = timedelta(minutes=5)
"""However often a server says that it may be asked: more often only if the user says so. Ours."""

FOR_GOOD = timedelta(days=36500)
"""Until the user acts: a source that said 410 is not asked again."""

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_SPREAD = timedelta(minutes=10)
_REFUSED = frozenset({401, 402, 403, 404, 405, 406, 407, 451})
_UNHURRIED = _REFUSED | {429}  # whatever is lost meanwhile


@dataclass(frozen=True, slots=True)
class Due:
    at: datetime
    why: str  # one clause, for `feeds status`


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What the last document brought. `held`: its entries; `new`: those of them that nobody had seen;
    `since`: how long before it the one before was asked for."""

    held: int = 0
    new: int = 0
    since: timedelta | None = None

    @property
    def may_have_missed(self) -> bool:
        """Nothing that was known is in it any more: others may have come and gone between."""
        return self.since is not None and self.held > 1 and self.new >= self.held


def after_answer(
    source: Source,
    feed: Feed | None,
    fetched: Fetched | None,
    now: datetime,
    chance: float,
    *,
    learned: Rhythm | None = None,
    brought: Brought = Brought(),
    pushed: bool = False,
    patience: float = PATIENCE,
) -> Due:
    """After a document, or "unchanged".

    `feed`: what the newest document says of itself, also where it is an older one. `learned`: when the source
    publishes. `pushed`: a live subscription brings what is new, and asking only makes sure of it. `chance` in
    [0, 1). `patience`: see `rhythm`.
    """
    schedule = source.schedule
    if schedule.every is not None:
        return Due(now + schedule.every, f"every {say(schedule.every)}, as configured")
    if source.scheme.poll_interval is not None:
        return Due(now + source.scheme.poll_interval, source.scheme.noun)
    interval, why = _own(schedule, shortest(schedule, feed, fetched), now, learned, brought, pushed, patience)
    hint = cache_hints.longest(feed, fetched, now)
    # A `max` that the user wrote is the user's word against the server's.
    wished = hint.wait if schedule.max is None else min(hint.wait, schedule.longest)
    if wished > interval:
        interval, why = wished, f"{hint.by}, {say(wished)}"
    at = _off_the_hour(now + interval + min(interval * 0.05, _SPREAD) * chance, chance)
    free = cache_hints.out_of_skipped(feed, at)
    if free > at:
        at, why = _off_the_hour(free + _SPREAD * chance, chance), "the feed's skipHours and skipDays"
    return Due(at, why)


def shortest(schedule: Schedule, feed: Feed | None, fetched: Fetched | None) -> timedelta:
    """The interval under which `auto` does not go: the user's `min`; else an hour, or less where the server
    or the feed says that this is often enough."""
    if schedule.min is not None:
        return schedule.min
    allowed = cache_hints.allowed(feed, fetched)
    if allowed is None:
        return schedule.shortest
    return min(max(allowed, SHORTEST_ALLOWED), schedule.shortest)


def _own(
    schedule: Schedule,
    least: timedelta,
    now: datetime,
    learned: Rhythm | None,
    brought: Brought,
    pushed: bool,
    patience: float,
) -> tuple[timedelta, str]:
    """The interval that suits the source, without regard to what it asks for."""
    if pushed:
        return schedule.longest, "news is pushed to us; this only makes sure"
    # What is new may be livelier than its first days: it is not left alone for longer than it has been known.
    longest = max(min(schedule.longest, learned.known(now)), least) if learned else schedule.longest
    learned = learned or Rhythm(at=now)
    interval = publishing_pattern.next_look(learned, now, least, longest, patience)
    if brought.may_have_missed and brought.since is not None and brought.since / 2 < interval:
        return max(brought.since / 2, least), "every entry was new: some may have come and gone unseen"
    return interval, publishing_pattern.say(learned, now)


def after_failure(
    source: Source,
    failures: int,
    retry: Retry,
    now: datetime,
    chance: float,
    *,
    status: int = 0,
    feed: Feed | None = None,
    learned: Rhythm | None = None,
    silent: timedelta = timedelta(),
) -> Due:
    """After failure number `failures` in a row, without an answer for so long as it is `silent`. Doubles from
    the shortest interval up to a day, and goes on for ever: hosts come back after months (miniflux #149, #879).

    Up to less than a day where the document turns over fast: while it is down, each article pushes one out that
    nobody has seen. A 64th of the turnover, and an hour at least, keeps a document of thirty entries to half an
    article; the longer the silence, the less likely that it ends just now. Who answers, and refuses, is asked
    less often from the beginning: 401, 403, 404 and their like seldom pass."""
    if retry.never:
        return Due(now + FOR_GOOD, "it ended: remove it, or give it a new URL")
    interval = source.schedule.every or source.scheme.poll_interval or source.schedule.shortest
    ceiling = _DAY - _SPREAD
    if learned is not None and status not in _UNHURRIED:
        # As of the last answer: what came since then is not known.
        share = max(learned.turnover(now - silent), silent) / 64
        ceiling = min(ceiling, max(share, 1.2 * interval, 1.2 * _HOUR))
    ceiling = max(ceiling, interval)
    steps = min(failures - 1 + 2 * (status in _REFUSED), 16)
    # By chance up to a fifth longer, also where the ceiling is reached: what failed together comes apart.
    wait = min(max(min(interval * 2.0**steps, ceiling / 1.2), interval) * (1 + 0.2 * chance), ceiling)
    why = f"failed {failures} time{'s' if failures > 1 else ''} in a row"
    if retry.at is not None:
        asked = min(max(retry.at - now, timedelta()), cache_hints.CAP) + timedelta(seconds=1 + 30 * chance)
        if asked > wait:
            wait, why = asked, "the server asked for patience"
    if source.scheme.is_local:
        return Due(now + wait, why)
    at = _off_the_hour(now + wait, chance)
    free = cache_hints.out_of_skipped(feed, at)
    return Due(_off_the_hour(free + _SPREAD * chance, chance) if free > at else at, why)


def _off_the_hour(at: datetime, chance: float) -> datetime:
    """Not within two minutes of the full hour, when everybody's cron jobs come: up to ten minutes later."""
    past = timedelta(minutes=at.minute, seconds=at.second, microseconds=at.microsecond)
    if timedelta(minutes=2) <= past < timedelta(minutes=58):
        return at
    hour = at - past + timedelta(hours=at.minute >= 58)
    return hour + timedelta(minutes=2) + timedelta(minutes=6) * chance


def say(interval: timedelta) -> str:
    """90 min → "90 min"; two hours → "2 h"."""
    minutes = round(interval.total_seconds() / 60)
    if minutes < 1:
        return f"{round(interval.total_seconds())} s"
    if minutes % 1440 == 0:
        return f"{minutes // 1440} d"
    return f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} min"
