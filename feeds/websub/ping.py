"""What a hub has yet to be told of a feed of ours (WebSub §6), and when. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

FIRST_RETRY = timedelta(minutes=1)
LAST_RETRY = timedelta(hours=6)
"""A hub that fails is told later, each time twice as much later; ours. It is told of what stands then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """One feed at one hub. Nothing is due where it was told of these very bytes."""

    hub: str
    topic: str
    digest: bytes  # of the feed as it is published
    told: bytes = b""  # of the feed as it was when the hub last said yes
    attempts: int = 0  # in a row that failed
    next_try: datetime
    error: str = ""


def form(ping: Ping) -> bytes:
    """§6 leaves the request open; hubs in use read either `hub.url` or `hub.topic`."""
    return urlencode({"hub.mode": "publish", "hub.url": ping.topic, "hub.topic": ping.topic}).encode()


def changed(ping: Ping, digest: bytes, now: datetime) -> Ping:
    """The feed was published anew. A hub that fails is not asked sooner because of that."""
    return replace(ping, digest=digest, next_try=ping.next_try if ping.attempts else now)


def succeeded(ping: Ping, digest: bytes) -> Ping:
    """The hub said yes while the feed's bytes had this digest."""
    return replace(ping, told=digest, attempts=0, error="")


def failed(ping: Ping, why: str, now: datetime, chance: float, until: datetime | None = None) -> Ping:
    """`until`: the hub asked for patience."""
    wait = min(FIRST_RETRY * 2.0 ** min(ping.attempts, 16), LAST_RETRY) * (1 + 0.2 * chance)
    later = max(now + wait, until) if until else now + wait
    return replace(ping, attempts=ping.attempts + 1, next_try=later, error=why)
