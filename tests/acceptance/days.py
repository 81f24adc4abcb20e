"""Simulate some days of one ordinary source: what its operator finds in the server's log."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from tests.acceptance.scene import Scene
from tests.acceptance.server import combined, conditions, gaps, headers, http_date
from tests.loopback import Answer, Request
from tests.make import NOW
from tests.newsroom import item, rss

HOUR = timedelta(hours=1)
ITEMS_IN_FEED = 20


def local_paper(scene: Scene, days: int) -> str:
    """A source with four or five items a working day and one a day at weekends, between 7 and 19 hours, with ETag and
    Last-Modified. It is out of order for two hours on the tenth day. Returns its URL."""
    draw, began = random.Random(5), scene.now
    dawn = began.replace(hour=0)
    moments = sorted(
        dawn + timedelta(days=day, hours=draw.uniform(7, 19))
        for day in range(-10, days)
        for _ in range(draw.choice((4, 5)) if (dawn + timedelta(days=day)).weekday() < 5 else 1)
    )
    broken = began + timedelta(days=9.8)

    def current() -> Answer:
        if broken <= scene.now < broken + 2 * HOUR:
            return Answer(b"out of order", 503, headers(date=http_date(scene.now)))
        out = [n for n, at in enumerate(moments) if at <= scene.now]
        newest = moments[out[-1]].replace(microsecond=0)
        items = [item(n, hours=(NOW - moments[n]) / HOUR) for n in reversed(out[-ITEMS_IN_FEED:])]
        named = headers(
            date=http_date(scene.now),
            etag=f'"{out[-1]:x}-{ITEMS_IN_FEED:x}"',
            last_modified=http_date(newest),
        )
        return Answer(rss(items), headers=named)

    return scene.herald.answers_conditionally("/news.xml", current)


def simulate(folder: Path, days: int) -> tuple[Request, ...]:
    """The log after `days` days; the instance is restarted once a week."""
    with Scene(folder) as scene:
        scene.configure(local_paper(scene, days))
        for _ in range(days // 7):
            scene.run(days=7)
            scene.restart()
        scene.run(days=days % 7)
        return tuple(scene.log)


def report(log: tuple[Request, ...]) -> Iterator[str]:
    yield from map(combined, log)
    days = (log[-1].at - log[0].at) / timedelta(days=1)
    statuses = ", ".join(
        f"{count} × {status}" for status, count in sorted(Counter(request.status for request in log).items())
    )
    waits = gaps(log)
    yield ""
    yield f"{len(log)} requests in {days:.0f} days, {len(log) / max(days, 1):.1f} a day: {statuses}"
    conditional = sum(any(conditions(request)) for request in log)
    yield f"{conditional} of them conditional; {sum(request.sent for request in log):,} bytes sent"
    yield f"minutes between two: {min(waits):.0f} at the least, {max(waits):.0f} at the most"
