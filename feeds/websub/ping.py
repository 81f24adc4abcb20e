"""What a hub has yet to be told of a feed of ours (WebSub §6), and when. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from feeds.model import Ping

FIRST_RETRY = timedelta(minutes=1)
LAST_RETRY = timedelta(hours=6)
"""A hub that fails is told later, each time twice as much later; ours. It is told of what stands then."""


def form(ping: Ping) -> bytes:
    """§6 leaves the request open; hubs in use read either `hub.url` or `hub.topic`."""
    return urlencode({"hub.mode": "publish", "hub.url": ping.topic, "hub.topic": ping.topic}).encode()


def succeeded(ping: Ping, digest: bytes) -> Ping:
    """The hub said yes while the feed's bytes had this digest."""
    return replace(ping, told=digest, attempts=0, error="")


def failed(ping: Ping, why: str, now: datetime, chance: float, until: datetime | None = None) -> Ping:
    """`until`: the hub asked for patience."""
    wait = min(FIRST_RETRY * 2.0 ** min(ping.attempts, 16), LAST_RETRY) * (1 + 0.2 * chance)
    later = max(now + wait, until) if until else now + wait
    return replace(ping, attempts=ping.attempts + 1, next_try=later, error=why)
