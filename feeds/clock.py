"""The one clock. The functional core never asks it: it is handed `now`."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol

from feeds.model import utc


class Clock(Protocol):
    """`now` dates things; `monotonic` (seconds) measures intervals and knows no jumps."""

    def now(self) -> datetime: ...

    def monotonic(self) -> float: ...


class SystemClock:
    def now(self) -> datetime:
        return utc(datetime.now(UTC))

    def monotonic(self) -> float:
        return time.monotonic()
