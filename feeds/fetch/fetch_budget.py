"""The budget of one fetch: the time until its deadline, the number of bytes, and which addresses are allowed.

The timeouts of `requests` are per read, so a server that sends one byte a second never times out. Therefore the
sockets (see `connection`) ask the active budget before each call that can block, and report each byte they receive:
status lines, headers, chunk sizes, trailers and redirects included.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from feeds.errors import TooLarge, TooSlow
from feeds.model import Source

Lookup = Callable[..., list[Any]]  # socket.getaddrinfo, or a replacement

TIMEOUT_TOLERANCE_SECONDS = 0.05
"""By how much a call may end too early or too late: setting the timeout of a socket is a system call."""

_active_budget: ContextVar[FetchBudget] = ContextVar("budget")


def current_budget() -> FetchBudget:
    """The budget of the fetch that runs in this thread. Raises LookupError outside of a fetch."""
    return _active_budget.get()


class FetchBudget:
    """Created for one fetch. When a limit is exceeded, the methods raise the FetchError that names the limit."""

    def __init__(self, source: Source, monotonic: Callable[[], float], lookup: Lookup) -> None:
        self.source = source.id
        self.allow_private = source.access.allow_private
        self.lookup = lookup
        self.received_bytes = 0
        self._access = source.access
        self._monotonic = monotonic
        self._started = monotonic()

    @contextmanager
    def activate(self) -> Iterator[None]:
        token = _active_budget.set(self)
        try:
            yield
        finally:
            _active_budget.reset(token)

    @property
    def elapsed_seconds(self) -> float:
        return self._monotonic() - self._started

    def extend_deadline(self, seconds: float) -> None:
        """Add the time that was spent waiting for a turn at the host: it is not the server's fault."""
        self._started += seconds

    def remaining_seconds(self) -> float:
        """The time until the deadline, always more than 0. Raises TooSlow."""
        left = self._access.timeout - self.elapsed_seconds
        if left <= 0:
            raise self.too_slow()
        return left

    @contextmanager
    def limit_call(self, sock: socket.socket) -> Iterator[None]:
        """Give one blocking call on `sock` the remaining time as its timeout. Raises TooSlow."""
        left = self.remaining_seconds()
        if abs((sock.gettimeout() or 0.0) - left) > TIMEOUT_TOLERANCE_SECONDS:
            sock.settimeout(left)
        try:
            yield
        except TimeoutError:
            raise self.too_slow() from None

    def count_received(self, count: int) -> None:
        """Count received bytes, before they are decompressed. Raises TooLarge."""
        self.received_bytes += count
        self.check_size(self.received_bytes)

    def check_size(self, count: int) -> None:
        """Raises TooLarge if `count` transferred bytes are more than allowed."""
        if count > self._access.max_transferred_bytes:
            raise self.too_large(self._access.max_transferred_bytes, "as transferred")

    def too_slow(self) -> TooSlow:
        return TooSlow(self.source, f"not complete within {self._access.timeout:g} s; see `timeout`")

    def too_large(self, limit: int, when: str) -> TooLarge:
        return TooLarge(self.source, larger_than(limit, when))


def larger_than(limit: int, when: str = "") -> str:
    """ "larger than the limit of 20 MiB as transferred; see `max_size`"; without `when` for a file."""
    return f"larger than the limit of {_format_size(limit)}{f' {when}' if when else ''}; see `max_size`"


def _format_size(count: int) -> str:
    for unit, name in ((1 << 20, "MiB"), (1 << 10, "KiB")):
        if count >= unit:
            return f"{count / unit:.4g} {name}"
    return f"{count} bytes"
