"""WebSub's values: a subscription at a hub, a feed of ours that a hub is told of."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import ip_address
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

State = Literal["pending", "active", "denied", "expired", "leaving"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What is agreed with one hub about one source. `callback` ends with `token`: who knows it may deliver."""

    token: str = field(repr=False)
    callback: str = field(repr=False)
    source: str
    topic: str = field(repr=False)
    hubs: tuple[str, ...]  # that the source names; () where it has ceased to
    hub: str  # that is asked
    secret: str = field(repr=False)
    allow_private: bool = False  # the source's hub may be on this machine or in its network
    state: State = "pending"
    attempts: int = 0  # requests since one of them succeeded
    requested_at: datetime | None = None  # a request that was neither verified nor refused yet
    lease_end: datetime | None = None
    next_try: datetime
    error: str = ""

    @property
    def shared_secret(self) -> str:
        """The secret as far as the hub may know it: only over HTTPS (§5.1); "" means no signatures."""
        return self.secret if is_confidential(self.hub) else ""

    def is_live(self, now: datetime) -> bool:
        """Whether news can be expected to be pushed."""
        return self.state == "active" and self.lease_end is not None and now < self.lease_end


def is_confidential(url: str) -> bool:
    """Whether nobody else hears what is said to `url`: https, or this very machine."""
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
    """One feed at one hub. Nothing is due where it was told of these very bytes."""

    hub: str
    topic: str
    digest: bytes  # of the feed as it is published
    acknowledged_digest: bytes = b""  # of the feed as it was when the hub last said yes
    attempts: int = 0  # in a row that failed
    next_try: datetime
    error: str = ""


class News(NamedTuple):
    """A feed as it stands now. `changed`: its file holds other bytes than before."""

    hub: str
    topic: str
    digest: bytes
    changed: bool
