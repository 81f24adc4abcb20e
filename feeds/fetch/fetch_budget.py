"""What one fetch may use: time until its deadline, bytes off the wire and unpacked, and which addresses.

The timeouts of `requests` are per read: a server that sends a byte every second is never too slow for it. So
the sockets themselves (see `connection`) ask the allowance in force before every call that can block, and
report to it every byte they receive: status lines, headers, chunk sizes, trailers and redirects included.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from feeds.errors import TooLarge, TooSlow
from feeds.model import Source

Lookup = Callable[..., list[Any]]  # socket.getaddrinfo, or what stands in for it

TIMEOUT_TOLERANCE_SECONDS = 0.05
"""Seconds by which a call may come to its end too soon or too late: to set the time of a socket is a system call."""

_active_budget: ContextVar[FetchBudget] = ContextVar("allowance")


def current_budget() -> FetchBudget:
    """The allowance of the fetch that runs in this thread. Raises LookupError outside of one."""
    return _active_budget.get()


class FetchBudget:
    """Made for one fetch and used up by it. Says no by raising the FetchError that names the limit."""

    def __init__(self, source: Source, monotonic: Callable[[], float], lookup: Lookup) -> None:
        self.source = source.id
        self.allow_private = source.access.allow_private
        self.lookup = lookup
        self.received_bytes = 0  # bytes
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
        """Seconds since the fetch began."""
        return self._monotonic() - self._started

    def extend_deadline(self, seconds: float) -> None:
        """Give back time that was not the server's: it went by before its turn came."""
        self._started += seconds

    def seconds(self) -> float:
        """Seconds that are left: always more than 0. Raises TooSlow."""
        left = self._access.timeout - self.elapsed_seconds
        if left <= 0:
            raise self.too_slow()
        return left

    @contextmanager
    def limit_call(self, sock: socket.socket) -> Iterator[None]:
        """Let one blocking call on `sock` take the time that is left, and no more. Raises TooSlow."""
        left = self.seconds()
        if abs((sock.gettimeout() or 0.0) - left) > TIMEOUT_TOLERANCE_SECONDS:
            sock.settimeout(left)
        try:
            yield
        except TimeoutError:
            raise self.too_slow() from None

    def count_received(self, count: int) -> None:
        """Account for `count` bytes that came off the wire. Raises TooLarge."""
        self.received_bytes += count
        self.check_size(self.received_bytes)

    def check_size(self, count: int) -> None:
        """Raises TooLarge where a body of `count` bytes is more than may come."""
        if count > self._access.max_wire:
            raise self.too_large(self._access.max_wire, "on the wire")

    def too_slow(self) -> TooSlow:
        return TooSlow(self.source, f"not complete within {self._access.timeout:g} s")

    def too_large(self, limit: int, when: str) -> TooLarge:
        return TooLarge(self.source, f"larger than the limit of {_size(limit)} {when}")


def _size(count: int) -> str:
    for unit, name in ((1 << 20, "MiB"), (1 << 10, "KiB")):
        if count >= unit:
            return f"{count / unit:.4g} {name}"
    return f"{count} bytes"
