"""Notices that the wall clock was set."""

from __future__ import annotations

from feeds.clock import Clock

CLOCK_JUMP_SECONDS = 60.0
"""Drift of the wall clock from the monotonic clock that counts as a jump."""

WRONG_CLOCK_SECONDS = 7 * 86400.0
"""After a jump this large, one of the two times was wrong. Whatever deletes by age waits for a day."""

DISTRUST_SECONDS = 86400.0


class ClockWatch:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._offset = self._current_offset()
        self._trusted_at = 0.0  # monotonic

    def jump(self) -> float:
        """The seconds by which the wall clock was set since the last call; 0 if they are few."""
        drift = self._current_offset() - self._offset
        if abs(drift) <= CLOCK_JUMP_SECONDS:
            return 0.0
        self._offset += drift
        if abs(drift) > WRONG_CLOCK_SECONDS:
            self._trusted_at = self._clock.monotonic() + DISTRUST_SECONDS
        return drift

    def is_trusted(self) -> bool:
        """Whether the time may decide what is old."""
        return self._clock.monotonic() >= self._trusted_at

    def _current_offset(self) -> float:
        return self._clock.now().timestamp() - self._clock.monotonic()
