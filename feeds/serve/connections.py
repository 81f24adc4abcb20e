"""The connections of the server: their number, in all and per client, and how long each may take.

A connection waits for its client as long as it has no complete request, or its response is not read. Waiting costs
the client nothing, so a hostile one opens many connections and sends a byte now and then. Where the limit is reached,
the connection that has waited longest, of the client with the most, makes room for the new one: a reader whose request
arrives at once is never in the way, and never has to wait.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from time import monotonic
from typing import Any

from waitress.channel import HTTPChannel

from feeds.serve.access_log import LoggedErrorTask, LoggedTask
from feeds.serve.strict_request import StrictRequest


@dataclass(frozen=True, slots=True)
class Limits:
    """Our choices. Readers come hourly, so a connection without traffic gains nothing."""

    connections: int = 1000
    """Idle ones are cheap: only a complete request gets a thread."""
    per_client: int = 200
    """An IPv4 address or an IPv6 network of 64 bits is one client; so is a proxy with all of its readers."""
    header_seconds: float = 10.0
    """The header must be complete by then, even if its bytes keep arriving."""
    request_seconds: float = 20.0
    """So must the whole request."""
    idle_seconds: float = 30.0
    """A connection without traffic is closed after this, while the server waits for a request or for the client to
    read its response."""
    send_bytes_per_second: int = 1024
    """A client that reads more slowly, after `idle_seconds`, loses its connection."""


class Connection(HTTPChannel):  # type: ignore[misc]
    """A connection that knows since when it waits for its client. Times are of the monotonic clock."""

    parser_class = StrictRequest
    task_class = LoggedTask
    error_task_class = LoggedErrorTask

    def __init__(self, server: Any, sock: Any, address: Any, settings: Any, map: dict[int, Any]) -> None:  # noqa: A002  named by waitress
        self.client = client_of(address[0])
        self._idle_since = monotonic()
        self._begun_at: float | None = None  # when the first byte of the unfinished request came
        self._sending_since = self._progress_at = 0.0
        self._to_send = self._unsent = 0
        super().__init__(server, sock, address, settings, map=map)

    def received(self, data: bytes) -> bool:
        now = monotonic()
        if self._begun_at is None:
            self._begun_at = now
        accepted: bool = super().received(data)
        if self.requests:  # an empty line is no request, and gains no time
            self._begun_at = None if self.request is None else now
        return accepted

    def write_soon(self, data: Any) -> int:
        if not self.total_outbufs_len:
            self._sending_since = self._progress_at = monotonic()
            self._to_send = self._unsent = 0
        self._to_send += len(data)
        written: int = super().write_soon(data)
        return written

    def service(self) -> None:
        super().service()
        self._idle_since = monotonic()

    @property
    def is_waiting(self) -> bool:
        """Whether it waits for its client, and not for the server."""
        return not self.requests or self.total_outbufs_len > 0

    @property
    def waiting_since(self) -> float:
        if self.total_outbufs_len:
            return self._sending_since
        return self._idle_since if self._begun_at is None else self._begun_at

    def is_overdue(self, now: float, limits: Limits) -> bool:
        """Whether the client has had its time. To be called about once a second."""
        if self.total_outbufs_len:
            if self.total_outbufs_len != self._unsent:
                self._unsent, self._progress_at = self.total_outbufs_len, now
            allowed = limits.idle_seconds + self._to_send / limits.send_bytes_per_second
            return now - self._progress_at >= limits.idle_seconds or now - self._sending_since >= allowed
        if self.requests:
            return False
        if self._begun_at is None:
            return now - self._idle_since >= limits.idle_seconds
        reading_body = self.request is not None and self.request.headers_finished
        return now - self._begun_at >= (limits.request_seconds if reading_body else limits.header_seconds)


def client_of(address: str) -> str:
    """What counts as one client: the IPv4 address, or the IPv6 network of 64 bits, which one customer has."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return address
    return str(parsed.ipv4_mapped or parsed.packed[:8].hex())


def connection_to_close(
    connections: Collection[Connection], client: str, limits: Limits
) -> tuple[bool, Connection | None]:
    """Whether a limit is reached for a new connection of `client`, and the connection that makes room for it; None:
    all of them are being answered."""
    per_client = Counter(connection.client for connection in connections)
    if per_client[client] >= limits.per_client:
        crowded: Collection[str] = {client}
    elif len(connections) >= limits.connections:
        most = max(per_client.values())
        crowded = {name for name, count in per_client.items() if count == most}
    else:
        return False, None
    waiting = [each for each in connections if each.is_waiting and each.client in crowded]
    return True, min(waiting, key=lambda connection: connection.waiting_since, default=None)
