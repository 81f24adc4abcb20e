"""The clock. Code that decides does not read it, but takes `now` as an argument."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol

from feeds.model import utc


class Clock(Protocol):
    """`now` is the time in UTC. `monotonic` is in seconds, for measuring intervals; it never jumps."""

    def now(self) -> datetime: ...

    def monotonic(self) -> float: ...


class SystemClock:
    def now(self) -> datetime:
        return utc(datetime.now(UTC))

    def monotonic(self) -> float:
        return time.monotonic()
