"""`python -m bench.polling`: a year of polling a thousand sources, ours against fixed intervals.

`--log`: 30 days of one ordinary source, as its server's operator would see them. `--curve`: requests against
delay for several `min` and `patience`, on every sixth source. `--every N`: only every Nth source. `--seed N`:
another thousand of the same kinds.

What a poller misses by rotation is partly luck: which minute of the hour is its own. So "60 saw", what the hourly
poller saw and another did not, is also counted for one that asks every hour too, half an hour later; and "stood 1 h"
is what was missed of the entries that stood for an hour or more, which an hourly poller sees whatever its minute is.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import pairwise
from statistics import mean, median

from bench.polling.play import Fixed, Ours, Poller, Seen, play, stood, year
from bench.polling.world import DAY, HOUR, KINDS, START, YEAR, Spring, real, springs
from feeds.model import Schedule
from feeds.schedule.publishing_pattern import REQUEST_COST_ARTICLE_HOURS
from tests.shared import CORPUS_DIR, corpus_documents

HEAD = f"{'':26} requests         refused   304          delay, minutes               missed"
HEAD2 = f"{'':26}  per day  of 60                  median    p95   mean   typical          60 saw  stood 1 h"

AS_PROMPT = (30, 0.4)
AS_MANY = (10, 0.05)
"""Points of the curve below, for the goals: no later than every 60 minutes, and for no more requests."""

GOALS_ON = 6  # every sixth source: as many requests as every 60 minutes makes take their time to play

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
"""`min` in minutes, and article-hours that are as dear as a request."""


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m bench.polling", description=__doc__)
    options.add_argument("--log", action="store_true")
    options.add_argument("--curve", action="store_true")
    options.add_argument("--every", type=int, default=1, metavar="N")
    options.add_argument("--seed", type=int, default=0, metavar="N")
    chosen = options.parse_args()
    world = springs(chosen.seed)
    if chosen.log:
        log(world)
    elif chosen.curve:
        curve(world[:: max(6, chosen.every)])
    else:
        table(world[:: chosen.every], chosen.seed)
        goals(world[:: max(GOALS_ON, chosen.every)])


def table(world: Sequence[Spring], seed: int) -> None:
    groups = {kind: [one for one in world if one.kind == kind] for kind in KINDS}
    groups = {"all invented": list(world)} | {kind: found for kind, found in groups.items() if found}
    if CORPUS_DIR.is_dir():
        groups["real times"] = list(real(corpus_documents(), seed))
    else:
        print("../shared/corpus is not there: without real publication times")
    print(
        f"{YEAR} days; delays from publication to our seeing it; typical: the median of the sources' medians\n"
    )
    print(HEAD, HEAD2, sep="\n")
    makers: dict[str, Callable[[Spring], Poller]] = {
        "every 15 min": lambda one: Fixed(one, 15),
        "every 60 min": lambda one: Fixed(one, 60),
        "  half an hour later": lambda one: Fixed(one, 60, later=0.5),
        "auto": lambda one: Ours(one, Schedule()),
    }
    done: dict[str, dict[str, Seen]] = {policy: {} for policy in makers}
    for group, members in groups.items():
        print(f"{group} ({len(members)})")
        for policy, make in makers.items():
            for one in members:
                if one.name not in done[policy]:
                    done[policy][one.name] = year(one, make(one))
        for policy, seen in done.items():
            row(
                f"  {policy}",
                [seen[one.name] for one in members],
                [done["every 60 min"][one.name] for one in members],
                members,
            )
    rotation(world, *(done[policy] for policy in ("auto", "every 60 min", "  half an hour later")))


def rotation(
    world: Sequence[Spring], ours: dict[str, Seen], hourly: dict[str, Seen], other: dict[str, Seen]
) -> None:
    """The third goal; as it is written, another hourly poller does not reach it either."""
    begrudged = [(one, place) for one in world for place in ours[one.name].missed - hourly[one.name].missed]
    lasting = sum(stood(*one) >= HOUR for one in begrudged)
    longest = max((stood(*one) for one in begrudged), default=timedelta()) / timedelta(minutes=1)
    theirs = sum(len(other[one.name].missed - hourly[one.name].missed) for one in world)
    print(
        "\ngoal: no entry missed that every 60 min saw"
        f"\n  whatever its minute (it stood for an hour): {lasting} missed, {met(not lasting)}"
        f"\n  at the minute that it had: {len(begrudged)} missed, {met(not begrudged)}; they stood for"
        f" {longest:.0f} min at the most; every 60 min, half an hour later: {theirs}"
    )


def goals(world: Sequence[Spring]) -> None:
    """What the rule does where it is to be as prompt as the hourly poller, or may ask as often."""
    print(f"\n{len(world)} sources\n", HEAD, HEAD2, sep="\n")
    hourly = [year(one, Fixed(one, 60)) for one in world]
    requests, delay = row("every 60 min", hourly, hourly, world)
    for (minutes, patience), goal in (
        (AS_PROMPT, "at the median delay of every 60 min, at most a third of its requests"),
        (AS_MANY, "for the requests of every 60 min, at most half its median delay"),
    ):
        schedule = Schedule(min=timedelta(minutes=minutes))
        seen = [year(one, Ours(one, schedule, patience)) for one in world]
        asked, waited = row(f"auto, min {minutes}m, {patience:g} h", seen, hourly, world)
        prompt = (minutes, patience) == AS_PROMPT
        reached = (
            waited <= delay and asked <= requests / 3 if prompt else waited <= delay / 2 and asked <= requests
        )
        print(f"goal: {goal}: {asked / requests:.0%} at {waited / delay:.0%} of the delay, {met(reached)}")


def met(reached: bool) -> str:
    return "met" if reached else "NOT met"


def curve(world: Sequence[Spring]) -> None:
    print(f"{len(world)} sources\n", HEAD, HEAD2, sep="\n")
    hourly = [year(one, Fixed(one, 60)) for one in world]
    requests, delay = row("every 60 min", hourly, hourly, world)
    row("every 15 min", [year(one, Fixed(one, 15)) for one in world], hourly, world)
    points = []
    for minutes, patience in CURVE:
        schedule = Schedule(min=timedelta(minutes=minutes))
        seen = [year(one, Ours(one, schedule, patience)) for one in world]
        points.append(row(f"auto, min {minutes}m, {patience:g} h", seen, hourly, world))
    points.sort()
    at_delay = between([(d, r) for r, d in points], delay) / requests
    print(f"\nat the median delay of every 60 min: {at_delay:.0%} of its requests")
    print(f"at the requests of every 60 min: {between(points, requests) / delay:.0%} of its median delay")


def between(points: Sequence[tuple[float, float]], x: float) -> float:
    """What the curve through `points` is at `x`; beyond its ends, what it is at the nearer one."""
    ordered = sorted(points)
    x = min(max(x, ordered[0][0]), ordered[-1][0])
    for (x1, y1), (x2, y2) in pairwise(ordered):
        if x1 <= x <= x2:
            return y1 + (y2 - y1) * (x - x1) / (x2 - x1) if x2 > x1 else y1
    return ordered[0][1]


def row(
    name: str, seen: Sequence[Seen], hourly: Sequence[Seen], world: Sequence[Spring]
) -> tuple[float, float]:
    """Print one policy's line. Returns requests a day and source, and the median delay in minutes."""
    delays = sorted(60 * delay for one in seen for delay in one.delays.values())
    requests = sum(one.requests for one in seen)
    daily = requests / len(seen) / YEAR
    if not delays:
        print(f"{name:26} {daily:8.2f}  nothing came")
        return daily, float("inf")
    middle = delays[len(delays) // 2]
    typical = median(60 * median(one.delays.values()) for one in seen if one.delays)
    missed = sum(len(one.missed) for one in seen)
    theirs = sum(len(one.missed - other.missed) for one, other in zip(seen, hourly, strict=True))
    lasting = sum(
        stood(spring, place) >= HOUR for spring, one in zip(world, seen, strict=True) for place in one.missed
    )
    of_hourly = requests / sum(one.requests for one in hourly)
    print(
        f"{name:26} {daily:8.2f} {of_hourly:6.0%}  {sum(one.refused for one in seen) / requests:7.1%}"
        f"  {sum(one.unchanged for one in seen) / requests:4.0%}  {middle:6.0f} {delays[len(delays) * 95 // 100]:6.0f}"
        f" {mean(delays):6.0f} {typical:9.0f}  {missed:6} {theirs:8} {lasting:10}",
        flush=True,
    )
    return daily, middle


def log(world: Sequence[Spring]) -> None:
    """An article on most working days, at about the same hour: after four months, when its rhythm is known."""
    ordinary = next(one for one in world if one.kind == "daily" and not one.ttl and one.dated)
    begun = START + 120 * DAY
    _, asked = play(ordinary, Ours(ordinary, Schedule()))
    shown = [one for one in asked if begun <= one.at < begun + 30 * DAY]
    for one in shown:
        size = "1 new entry" if one.new == 1 else f"{one.new} new entries" if one.new else "-"
        print(f"{one.at:%a %Y-%m-%d %H:%M:%S} GET /feed {one.status}  {size:12}  next: {one.why}")
    new = [one for one in shown if one.new]
    gaps = [(b.at - a.at) / timedelta(minutes=1) for a, b in pairwise(shown)]
    print(
        f"\n{len(shown)} requests in 30 days, {len(new)} of them answered with news; "
        f"the shortest time between two: {min(gaps):.0f} min; within two minutes of a full hour: "
        f"{sum(one.at.minute < 2 or one.at.minute >= 58 for one in shown)}."
    )


if __name__ == "__main__":
    main()
