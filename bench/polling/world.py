"""A thousand invented sources and what they publish in a year; and the real times of the corpus, played on.

Everything is drawn from seeded generators: of one seed, the same world at every run.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from feeds.errors import ParseError
from feeds.normalize.dates import resolve_date
from feeds.parse import parse

START = datetime(2026, 1, 1, tzinfo=UTC)
YEAR = 365  # days
PAST = 60  # days that were published before the first request
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Spring:
    """A source as the world knows it. `holds`: entries of its document; `down`: from when to when it fails;
    `limit`: asked again within this, it answers 429 and wants to be left alone for as long."""

    name: str
    kind: str
    published: tuple[datetime, ...]
    holds: int = 20
    dated: bool = True
    ttl: int | None = None
    down: tuple[tuple[datetime, datetime], ...] = ()
    limit: timedelta = timedelta()


def springs(seed: int = 0) -> tuple[Spring, ...]:
    made = []
    for kind, (count, make) in KINDS.items():
        for n in range(count):
            name = _named(f"{kind} {n}", seed)
            made.append(make(random.Random(name), name))
    return tuple(made)


def _named(what: str, seed: int) -> str:
    """All chance that a source meets, ours as well, is drawn by its name."""
    return f"{what} of {seed}" if seed else what


def _days() -> range:
    return range(-PAST, YEAR)


def _kept(moments: list[datetime]) -> tuple[datetime, ...]:
    first, last = START - PAST * DAY, START + YEAR * DAY
    return tuple(sorted(moment for moment in moments if first <= moment < last))


def _habits(chance: random.Random, holds: int | None = None) -> dict[str, object]:
    return {
        "holds": holds or chance.choice((10, 10, 15, 20, 20, 25, 50)),
        "dated": chance.random() > 0.1,
        "ttl": 60 if chance.random() < 0.3 else None,
    }


def _poisson(chance: random.Random, rate: Callable[[int], float]) -> list[datetime]:
    """Moments at random; `rate`: of a day, an article a day."""
    moments = []
    for day in _days():
        gap = chance.expovariate(1.0)
        while gap < rate(day):
            moments.append(START + day * DAY + DAY * (gap / rate(day)))
            gap += chance.expovariate(1.0)
    return moments


def _once(
    chance: random.Random, hour: Callable[[int], float], width: float, on: Callable[[int], bool]
) -> list[datetime]:
    return [START + day * DAY + HOUR * chance.gauss(hour(day), width) for day in _days() if on(day)]


def _steady(chance: random.Random, name: str) -> Spring:
    rate = chance.choice((0.3, 1, 2, 4, 8, 12))
    return Spring(name, "steady", _kept(_poisson(chance, lambda day: rate)), **_habits(chance))  # type: ignore[arg-type]


def _bursty(chance: random.Random, name: str) -> Spring:
    """A newsroom: a working day in its zone, quiet weekends, and stories that come in clusters."""
    middle, daily, weekend = chance.uniform(0, 24), chance.choice((15, 30, 50)), chance.uniform(0.1, 0.7)
    moments = []
    for day in _days():
        for _ in range(int(chance.gauss(daily / 3, daily / 12) * (weekend if (day + 3) % 7 > 4 else 1))):
            begun = START + day * DAY + HOUR * chance.gauss(middle, 3.5)
            moments += [begun + HOUR * chance.expovariate(2) for _ in range(chance.choice((1, 2, 3, 6)))]
    return Spring(name, "bursty", _kept(moments), **_habits(chance, chance.choice((25, 30, 50))))  # type: ignore[arg-type]


def _daily(chance: random.Random, name: str) -> Spring:
    hour, width = chance.uniform(0, 24), chance.choice((0.1, 0.3, 1.0))
    workdays = chance.random() < 0.4
    moments = _once(chance, lambda day: hour, width, lambda day: not (workdays and (day + 3) % 7 > 4))
    return Spring(name, "daily", _kept(moments), **_habits(chance))  # type: ignore[arg-type]


def _weekly(chance: random.Random, name: str) -> Spring:
    hour, width, weekday = chance.uniform(0, 24), chance.choice((0.2, 1.0, 3.0)), chance.randrange(7)
    moments = _once(chance, lambda day: hour, width, lambda day: day % 7 == weekday)
    return Spring(name, "weekly", _kept(moments), **_habits(chance))  # type: ignore[arg-type]


def _dying(chance: random.Random, name: str) -> Spring:
    rate, end, half = chance.choice((1, 3, 10, 20)), chance.randrange(30, 250), chance.choice((0.1, 20, 60))
    moments = _poisson(chance, lambda day: rate * (1 if day < end else 0.5 ** ((day - end) / half)) + 1e-9)
    return Spring(name, "dying", _kept(moments), **_habits(chance))  # type: ignore[arg-type]


def _moving(chance: random.Random, name: str) -> Spring:
    """Daily, by a clock that changes in spring and autumn, and in another month with another hour."""
    before, after, day_of_change = chance.uniform(0, 24), chance.uniform(0, 24), chance.randrange(60, 300)

    def hour(day: int) -> float:
        return (before if day < day_of_change else after) - (87 <= day < 297)

    return Spring(name, "moving", _kept(_once(chance, hour, 0.3, lambda day: True)), **_habits(chance))  # type: ignore[arg-type]


def _limited(chance: random.Random, name: str) -> Spring:
    rate = chance.choice((1, 4, 12, 30))
    moments = _kept(_poisson(chance, lambda day: rate))
    limit = timedelta(minutes=chance.choice((20, 50, 90)))
    return Spring(name, "rate-limited", moments, **_habits(chance, 30), limit=limit)  # type: ignore[arg-type]


def _flapping(chance: random.Random, name: str) -> Spring:
    rate, down, at = chance.choice((1, 4, 12)), [], START
    while at < START + YEAR * DAY:
        begun = at + HOUR * chance.expovariate(1 / chance.choice((6, 48)))
        at = begun + HOUR * chance.expovariate(1 / chance.choice((0.5, 8)))
        down.append((begun, at))
    moments = _kept(_poisson(chance, lambda day: rate))
    return Spring(name, "flapping", moments, **_habits(chance, 30), down=tuple(down))  # type: ignore[arg-type]


KINDS: dict[str, tuple[int, Callable[[random.Random, str], Spring]]] = {
    "steady": (210, _steady),
    "bursty": (150, _bursty),
    "daily": (210, _daily),
    "weekly": (170, _weekly),
    "dying": (100, _dying),
    "moving": (100, _moving),
    "rate-limited": (50, _limited),
    "flapping": (50, _flapping),
}


def real(documents: Iterator[Path], seed: int = 0) -> tuple[Spring, ...]:
    """The documents of the corpus that hold six dated entries or more, each played over and over: shifted by
    whole weeks, so that its hours and weekdays stay its own."""
    found = []
    for path in documents:
        try:
            items = parse("real", path.read_bytes(), url="https://real.example/").items
        except ParseError:
            continue
        moments = {moment for item in items if (moment := resolve_date(item.published, START + YEAR * DAY))}
        moments = {moment for moment in moments if max(moments) - moment < 180 * DAY}
        if len(moments) < 6 or max(moments) - min(moments) < HOUR:
            continue
        span = 7 * DAY * -(-(max(moments) - min(moments)) // (7 * DAY))
        shift = 7 * DAY * -((min(moments) - (START - PAST * DAY)) // (7 * DAY))
        turns = range(-1, (YEAR + PAST) * DAY // span + 1)
        played = [moment + shift + turn * span for moment in moments for turn in turns]
        found.append(Spring(_named(path.name, seed), "real", _kept(played), max(10, len(items))))
    assert found, "no document of the corpus has dates"
    return tuple(found)
