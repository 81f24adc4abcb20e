"""`python -m bench.polling`: simulates a year of polling a thousand sources, by the schedule and at fixed intervals.

`--log`: 30 days of one ordinary source, as its server's operator sees them. `--curve`: requests against delay for
several values of `min` and the cost of a request, on every sixth source. `--every N`: only every Nth source.
`--seed N`: another thousand sources of the same kinds.

Which entries a poller misses depends partly on the minute of the hour at which it polls. Therefore "60 saw", the
entries that the hourly poller saw and another one missed, is also counted for an hourly poller that starts half an hour
later. "stood 1 h" counts the missed entries that were listed for an hour or more: an hourly poller sees those whatever
its minute is.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import pairwise
from statistics import mean, median

from bench.polling.simulate import (
    AutoSchedule,
    FixedInterval,
    Poller,
    PollingResult,
    listed_for,
    simulate,
    simulate_with_log,
)
from bench.polling.sources import DAY, HOUR, KINDS, START, YEAR, SimulatedSource, real, simulated_sources
from feeds.model import Schedule
from feeds.schedule.publishing_pattern import REQUEST_COST_ARTICLE_HOURS
from tests.shared import CORPUS_DIR, corpus_documents

HEAD = f"{'':26} requests         refused   304          delay, minutes               missed"
HEAD2 = f"{'':26}  per day  of 60                  median    p95   mean   typical          60 saw  stood 1 h"

SAME_DELAY = (30, 0.4)
SAME_REQUESTS = (10, 0.05)
"""(`min` in minutes, cost of a request) for the goals: the delay, or the number of requests, of an hourly poller."""

GOALS_SOURCE_STEP = 6
"""Only every sixth source: an hourly poller makes many requests, which take long to simulate."""

CURVE = (
    (60, REQUEST_COST_ARTICLE_HOURS),
    (60, 0.25),
    (30, 0.5),
    (30, 0.3),
    (20, 0.2),
    (15, 0.1),
    (10, 0.05),
    (5, 0.03),
    (5, 0.02),
)
"""(`min` in minutes, cost of a request in article-hours)."""


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m bench.polling", description=__doc__)
    options.add_argument("--log", action="store_true")
    options.add_argument("--curve", action="store_true")
    options.add_argument("--every", type=int, default=1, metavar="N")
    options.add_argument("--seed", type=int, default=0, metavar="N")
    chosen = options.parse_args()
    sources = simulated_sources(chosen.seed)
    if chosen.log:
        log(sources)
    elif chosen.curve:
        curve(sources[:: max(6, chosen.every)])
    else:
        table(sources[:: chosen.every], chosen.seed)
        goals(sources[:: max(GOALS_SOURCE_STEP, chosen.every)])


def table(sources: Sequence[SimulatedSource], seed: int) -> None:
    groups = {kind: [one for one in sources if one.kind == kind] for kind in KINDS}
    groups = {"all invented": list(sources)} | {kind: found for kind, found in groups.items() if found}
    if CORPUS_DIR.is_dir():
        groups["real times"] = list(real(corpus_documents(), seed))
    else:
        print("../shared/corpus is not there: without real publication times")
    print(
        f"{YEAR} days; delays from publication to our seeing it; typical: the median of the sources' medians\n"
    )
    print(HEAD, HEAD2, sep="\n")
    makers: dict[str, Callable[[SimulatedSource], Poller]] = {
        "every 15 min": lambda one: FixedInterval(one, 15),
        "every 60 min": lambda one: FixedInterval(one, 60),
        "  half an hour later": lambda one: FixedInterval(one, 60, later=0.5),
        "auto": lambda one: AutoSchedule(one, Schedule()),
    }
    done: dict[str, dict[str, PollingResult]] = {policy: {} for policy in makers}
    for group, members in groups.items():
        print(f"{group} ({len(members)})")
        for policy, make in makers.items():
            for one in members:
                if one.name not in done[policy]:
                    done[policy][one.name] = simulate(one, make(one))
        for policy, seen in done.items():
            row(
                f"  {policy}",
                [seen[one.name] for one in members],
                [done["every 60 min"][one.name] for one in members],
                members,
            )
    rotation(sources, *(done[policy] for policy in ("auto", "every 60 min", "  half an hour later")))


def rotation(
    sources: Sequence[SimulatedSource],
    ours: dict[str, PollingResult],
    hourly: dict[str, PollingResult],
    other: dict[str, PollingResult],
) -> None:
    """Print the third goal. Taken literally, not even another hourly poller reaches it."""
    missed_by_ours = [
        (one, place) for one in sources for place in ours[one.name].missed - hourly[one.name].missed
    ]
    missed_for_an_hour = sum(listed_for(*one) >= HOUR for one in missed_by_ours)
    longest = max((listed_for(*one) for one in missed_by_ours), default=timedelta()) / timedelta(minutes=1)
    missed_by_other = sum(len(other[one.name].missed - hourly[one.name].missed) for one in sources)
    print(
        "\ngoal: no entry missed that every 60 min saw"
        f"\n  whatever its minute (it stood for an hour): {missed_for_an_hour} missed, {met(not missed_for_an_hour)}"
        f"\n  at the minute that it had: {len(missed_by_ours)} missed, {met(not missed_by_ours)}; they stood for"
        f" {longest:.0f} min at the most; every 60 min, half an hour later: {missed_by_other}"
    )


def goals(sources: Sequence[SimulatedSource]) -> None:
    """Print the first two goals: with the delay of the hourly poller, and with its number of requests."""
    print(f"\n{len(sources)} sources\n", HEAD, HEAD2, sep="\n")
    hourly = [simulate(one, FixedInterval(one, 60)) for one in sources]
    requests, delay = row("every 60 min", hourly, hourly, sources)
    for (minutes, request_cost), goal in (
        (SAME_DELAY, "at the median delay of every 60 min, at most a third of its requests"),
        (SAME_REQUESTS, "for the requests of every 60 min, at most half its median delay"),
    ):
        schedule = Schedule(min=timedelta(minutes=minutes))
        seen = [simulate(one, AutoSchedule(one, schedule, request_cost)) for one in sources]
        asked, waited = row(f"auto, min {minutes}m, {request_cost:g} h", seen, hourly, sources)
        prompt = (minutes, request_cost) == SAME_DELAY
        reached = (
            waited <= delay and asked <= requests / 3 if prompt else waited <= delay / 2 and asked <= requests
        )
        print(f"goal: {goal}: {asked / requests:.0%} at {waited / delay:.0%} of the delay, {met(reached)}")


def met(reached: bool) -> str:
    return "met" if reached else "NOT met"


def curve(sources: Sequence[SimulatedSource]) -> None:
    print(f"{len(sources)} sources\n", HEAD, HEAD2, sep="\n")
    hourly = [simulate(one, FixedInterval(one, 60)) for one in sources]
    requests, delay = row("every 60 min", hourly, hourly, sources)
    row("every 15 min", [simulate(one, FixedInterval(one, 15)) for one in sources], hourly, sources)
    points = []
    for minutes, request_cost in CURVE:
        schedule = Schedule(min=timedelta(minutes=minutes))
        seen = [simulate(one, AutoSchedule(one, schedule, request_cost)) for one in sources]
        points.append(row(f"auto, min {minutes}m, {request_cost:g} h", seen, hourly, sources))
    points.sort()
    at_delay = between([(d, r) for r, d in points], delay) / requests
    print(f"\nat the median delay of every 60 min: {at_delay:.0%} of its requests")
    print(f"at the requests of every 60 min: {between(points, requests) / delay:.0%} of its median delay")


def between(points: Sequence[tuple[float, float]], x: float) -> float:
    """The value at `x` of the line through `points`; beyond its ends, that of the nearer end."""
    ordered = sorted(points)
    x = min(max(x, ordered[0][0]), ordered[-1][0])
    for (x1, y1), (x2, y2) in pairwise(ordered):
        if x1 <= x <= x2:
            return y1 + (y2 - y1) * (x - x1) / (x2 - x1) if x2 > x1 else y1
    return ordered[0][1]


def row(
    name: str,
    seen: Sequence[PollingResult],
    hourly: Sequence[PollingResult],
    sources: Sequence[SimulatedSource],
) -> tuple[float, float]:
    """Print one policy's line. Returns (requests per day and source, median delay in minutes)."""
    delays = sorted(60 * delay for one in seen for delay in one.delays.values())
    requests = sum(one.requests for one in seen)
    daily = requests / len(seen) / YEAR
    if not delays:
        print(f"{name:26} {daily:8.2f}  nothing came")
        return daily, float("inf")
    middle = delays[len(delays) // 2]
    typical = median(60 * median(one.delays.values()) for one in seen if one.delays)
    missed = sum(len(one.missed) for one in seen)
    missed_by_other = sum(len(one.missed - other.missed) for one, other in zip(seen, hourly, strict=True))
    missed_for_an_hour = sum(
        listed_for(source, place) >= HOUR
        for source, one in zip(sources, seen, strict=True)
        for place in one.missed
    )
    of_hourly = requests / sum(one.requests for one in hourly)
    print(
        f"{name:26} {daily:8.2f} {of_hourly:6.0%}  {sum(one.refused for one in seen) / requests:7.1%}"
        f"  {sum(one.unchanged for one in seen) / requests:4.0%}  {middle:6.0f} {delays[len(delays) * 95 // 100]:6.0f}"
        f" {mean(delays):6.0f} {typical:9.0f}  {missed:6} {missed_by_other:8} {missed_for_an_hour:10}",
        flush=True,
    )
    return daily, middle


def log(sources: Sequence[SimulatedSource]) -> None:
    """Print the polls of a source with about an article a day, after four months, when its pattern is known."""
    ordinary = next(one for one in sources if one.kind == "daily" and not one.ttl and one.dated)
    begun = START + 120 * DAY
    _, asked = simulate_with_log(ordinary, AutoSchedule(ordinary, Schedule()))
    shown = [one for one in asked if begun <= one.at < begun + 30 * DAY]
    for one in shown:
        size = "1 new entry" if one.new == 1 else f"{one.new} new entries" if one.new else "-"
        print(f"{one.at:%a %Y-%m-%d %H:%M:%S} GET /feed {one.status}  {size:12}  next: {one.reason}")
    new = [one for one in shown if one.new]
    gaps = [(b.at - a.at) / timedelta(minutes=1) for a, b in pairwise(shown)]
    print(
        f"\n{len(shown)} requests in 30 days, {len(new)} of them answered with news; "
        f"the shortest time between two: {min(gaps):.0f} min; within two minutes of a full hour: "
        f"{sum(one.at.minute < 2 or one.at.minute >= 58 for one in shown)}."
    )


if __name__ == "__main__":
    main()
