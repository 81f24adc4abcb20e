"""WebSub: subscriptions to sources at their hubs, and notices to hubs about published feeds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import ip_address
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

State = Literal["pending", "active", "denied", "expired", "leaving"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A subscription to one source at one hub. `callback` ends with `token`, a secret: who knows it can deliver."""

    token: str = field(repr=False)
    callback: str = field(repr=False)
    source: str
    topic: str = field(repr=False)
    hubs: tuple[str, ...]  # all that the source names now; () if it no longer names any
    hub: str  # the one of them that is used
    secret: str = field(repr=False)
    allow_private: bool = False  # the hub may be on this machine or in its network
    state: State = "pending"
    attempts: int = 0  # requests since the last one that succeeded
    requested_at: datetime | None = None  # time of a request that the hub has not answered yet
    lease_end: datetime | None = None
    next_try: datetime
    error: str = ""

    @property
    def shared_secret(self) -> str:
        """The secret that the hub is sent: only over HTTPS (§5.1). "" means that deliveries are not signed."""
        return self.secret if is_confidential(self.hub) else ""

    def is_live(self, now: datetime) -> bool:
        """Whether the hub can be expected to deliver news."""
        return self.state == "active" and self.lease_end is not None and now < self.lease_end


def is_confidential(url: str) -> bool:
    """Whether a request to `url` cannot be read on the way: HTTPS, or this machine."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "https" or host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """The state of the notices to one hub about one feed. A notice is due while the two digests differ."""

    hub: str
    topic: str
    digest: bytes  # of the feed as it is published
    acknowledged_digest: bytes = b""  # of the feed at the last notice that the hub accepted
    attempts: int = 0  # failed in a row
    next_try: datetime
    error: str = ""


class PublishedFeed(NamedTuple):
    """A published feed and one of its hubs. `changed`: this run wrote its file with new bytes."""

    hub: str
    topic: str
    digest: bytes
    changed: bool
