"""Holds the daemon's jobs back while the state cannot be used, and says so once.

What was fetched could not be stored, so nothing is fetched. The state is tried again after a few seconds, then after
more and more; that costs no server anything. When it can be used again, everything goes on.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from feeds.clock import Clock
from feeds.engine.log_events import log_failures
from feeds.errors import StateUnavailable

MIN_RETRY_SECONDS = 2.0
MAX_RETRY_SECONDS = 30.0

log = structlog.get_logger("feeds")


class StateGuard:
    """Use it from one thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failed_at: float | None = None  # monotonic; None while the state can be used
        self._retry_at = 0.0
        self._wait = MIN_RETRY_SECONDS

    @property
    def is_failing(self) -> bool:
        return self._failed_at is not None

    def must_wait(self) -> bool:
        return self.is_failing and self._clock.monotonic() < self._retry_at

    @contextmanager
    def job(self, event: str, **fields: str) -> Iterator[None]:
        """Log an exception that leaves the block, as `log_failures` does. A StateUnavailable is logged once, until
        `confirm`."""
        with log_failures(event, **fields):
            try:
                yield
            except StateUnavailable as error:
                self._note_failure(error)

    def _note_failure(self, error: StateUnavailable) -> None:
        now = self._clock.monotonic()
        if self._failed_at is None:
            self._failed_at = now
            log.error(
                "state.unavailable",
                error=str(error),
                action="polling stops; it goes on by itself when the state can be used again",
            )
        self._retry_at = now + self._wait
        self._wait = min(2 * self._wait, MAX_RETRY_SECONDS)

    def confirm(self) -> None:
        """The state was written."""
        if self._failed_at is not None:
            log.info("state.available", after_seconds=round(self._clock.monotonic() - self._failed_at))
            self._failed_at, self._wait = None, MIN_RETRY_SECONDS
