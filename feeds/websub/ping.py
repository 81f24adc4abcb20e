"""The state of one ping, of one hub about one of our feeds (WebSub §6): pure functions."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from feeds.model import Ping

MIN_RETRY_DELAY = timedelta(minutes=1)
MAX_RETRY_DELAY = timedelta(hours=6)
"""A failed ping is repeated after a delay that doubles each time; our choice. It then stands for the feed's
newest bytes."""


def request_body(ping: Ping) -> bytes:
    """The form to POST. §6 does not specify it; hubs in use read either `hub.url` or `hub.topic`."""
    return urlencode({"hub.mode": "publish", "hub.url": ping.topic, "hub.topic": ping.topic}).encode()


def succeeded(ping: Ping, digest: bytes) -> Ping:
    """The hub accepted the ping. `digest`: of the feed's bytes when it was sent."""
    return replace(ping, acknowledged_digest=digest, attempts=0, error="")


def failed(ping: Ping, error: str, now: datetime, jitter: float, until: datetime | None = None) -> Ping:
    """The ping failed. `until`: the earliest retry, if the hub sent Retry-After. `jitter` in [0, 1)."""
    wait = min(MIN_RETRY_DELAY * 2.0 ** min(ping.attempts, 16), MAX_RETRY_DELAY) * (1 + 0.2 * jitter)
    next_try = max(now + wait, until) if until else now + wait
    return replace(ping, attempts=ping.attempts + 1, next_try=next_try, error=error)
