"""A thousand invented sources with their publication times of a year, and sources with the real times of the corpus.

Everything is drawn from seeded generators, so that a seed always gives the same sources.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from feeds.errors import ParseError
from feeds.normalize.dates import resolve_date
from feeds.parse import parse

START = datetime(2026, 1, 1, tzinfo=UTC)
YEAR = 365  # days
PAST = 60  # days before the first request in which they published, too
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SimulatedSource:
    """An invented source. `holds`: entries in its document. `down`: (start, end) of its outages. `limit`: if polled
    again within this time, it answers 429 with a Retry-After of the same length."""

    name: str
    kind: str
    published: tuple[datetime, ...]
    holds: int = 20
    dated: bool = True
    ttl: int | None = None
    down: tuple[tuple[datetime, datetime], ...] = ()
    limit: timedelta = timedelta()


def simulated_sources(seed: int = 0) -> tuple[SimulatedSource, ...]:
    found_sources = []
    for kind, (count, make) in KINDS.items():
        for n in range(count):
            name = _seeded_name(f"{kind} {n}", seed)
            found_sources.append(make(random.Random(name), name))
    return tuple(found_sources)


def _seeded_name(what: str, seed: int) -> str:
    """The name seeds everything that is random about a source, the scheduler's randomness included."""
    return f"{what} of {seed}" if seed else what


def _days() -> range:
    return range(-PAST, YEAR)


def _within_simulation(moments: list[datetime]) -> tuple[datetime, ...]:
    first, last = START - PAST * DAY, START + YEAR * DAY
    return tuple(sorted(moment for moment in moments if first <= moment < last))


def _habits(rng: random.Random, holds: int | None = None) -> dict[str, Any]:
    return {
        "holds": holds or rng.choice((10, 10, 15, 20, 20, 25, 50)),
        "dated": rng.random() > 0.1,
        "ttl": 60 if rng.random() < 0.3 else None,
    }


def _poisson(rng: random.Random, rate: Callable[[int], float]) -> list[datetime]:
    """Random publication times. `rate`: day → articles on that day."""
    moments = []
    for day in _days():
        gap = rng.expovariate(1.0)
        while gap < rate(day):
            moments.append(START + day * DAY + DAY * (gap / rate(day)))
            gap += rng.expovariate(1.0)
    return moments


def _once_a_day(
    rng: random.Random, hour: Callable[[int], float], width: float, on: Callable[[int], bool]
) -> list[datetime]:
    return [START + day * DAY + HOUR * rng.gauss(hour(day), width) for day in _days() if on(day)]


def _steady(rng: random.Random, name: str) -> SimulatedSource:
    rate = rng.choice((0.3, 1, 2, 4, 8, 12))
    return SimulatedSource(
        name, "steady", _within_simulation(_poisson(rng, lambda day: rate)), **_habits(rng)
    )


def _bursty(rng: random.Random, name: str) -> SimulatedSource:
    """A newsroom: working hours in its time zone, quiet weekends, and articles in clusters."""
    middle, daily, weekend = rng.uniform(0, 24), rng.choice((15, 30, 50)), rng.uniform(0.1, 0.7)
    moments = []
    for day in _days():
        for _ in range(int(rng.gauss(daily / 3, daily / 12) * (weekend if (day + 3) % 7 > 4 else 1))):
            begun = START + day * DAY + HOUR * rng.gauss(middle, 3.5)
            moments += [begun + HOUR * rng.expovariate(2) for _ in range(rng.choice((1, 2, 3, 6)))]
    return SimulatedSource(
        name, "bursty", _within_simulation(moments), **_habits(rng, rng.choice((25, 30, 50)))
    )


def _daily(rng: random.Random, name: str) -> SimulatedSource:
    hour, width = rng.uniform(0, 24), rng.choice((0.1, 0.3, 1.0))
    workdays = rng.random() < 0.4
    moments = _once_a_day(rng, lambda day: hour, width, lambda day: not (workdays and (day + 3) % 7 > 4))
    return SimulatedSource(name, "daily", _within_simulation(moments), **_habits(rng))


def _weekly(rng: random.Random, name: str) -> SimulatedSource:
    hour, width, weekday = rng.uniform(0, 24), rng.choice((0.2, 1.0, 3.0)), rng.randrange(7)
    moments = _once_a_day(rng, lambda day: hour, width, lambda day: day % 7 == weekday)
    return SimulatedSource(name, "weekly", _within_simulation(moments), **_habits(rng))


def _dying(rng: random.Random, name: str) -> SimulatedSource:
    rate, end, half = rng.choice((1, 3, 10, 20)), rng.randrange(30, 250), rng.choice((0.1, 20, 60))
    moments = _poisson(rng, lambda day: rate * (1 if day < end else 0.5 ** ((day - end) / half)) + 1e-9)
    return SimulatedSource(name, "dying", _within_simulation(moments), **_habits(rng))


def _moving(rng: random.Random, name: str) -> SimulatedSource:
    """Daily, with daylight saving time, and at another hour from some day on."""
    before, after, day_of_change = rng.uniform(0, 24), rng.uniform(0, 24), rng.randrange(60, 300)

    def hour(day: int) -> float:
        return (before if day < day_of_change else after) - (87 <= day < 297)

    return SimulatedSource(
        name,
        "moving",
        _within_simulation(_once_a_day(rng, hour, 0.3, lambda day: True)),
        **_habits(rng),
    )


def _limited(rng: random.Random, name: str) -> SimulatedSource:
    rate = rng.choice((1, 4, 12, 30))
    moments = _within_simulation(_poisson(rng, lambda day: rate))
    limit = timedelta(minutes=rng.choice((20, 50, 90)))
    return SimulatedSource(name, "rate-limited", moments, **_habits(rng, 30), limit=limit)


def _flapping(rng: random.Random, name: str) -> SimulatedSource:
    rate, down, at = rng.choice((1, 4, 12)), [], START
    while at < START + YEAR * DAY:
        begun = at + HOUR * rng.expovariate(1 / rng.choice((6, 48)))
        at = begun + HOUR * rng.expovariate(1 / rng.choice((0.5, 8)))
        down.append((begun, at))
    moments = _within_simulation(_poisson(rng, lambda day: rate))
    return SimulatedSource(name, "flapping", moments, **_habits(rng, 30), down=tuple(down))


KINDS: dict[str, tuple[int, Callable[[random.Random, str], SimulatedSource]]] = {
    "steady": (210, _steady),
    "bursty": (150, _bursty),
    "daily": (210, _daily),
    "weekly": (170, _weekly),
    "dying": (100, _dying),
    "moving": (100, _moving),
    "rate-limited": (50, _limited),
    "flapping": (50, _flapping),
}


def real(documents: Iterator[Path], seed: int = 0) -> tuple[SimulatedSource, ...]:
    """Sources with the dates of the corpus documents that have six dated entries or more. The dates are repeated,
    shifted by whole weeks, so that hours and weekdays stay the same."""
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
        found.append(
            SimulatedSource(
                _seeded_name(path.name, seed), "real", _within_simulation(played), max(10, len(items))
            )
        )
    assert found, "no document of the corpus has dates"
    return tuple(found)
