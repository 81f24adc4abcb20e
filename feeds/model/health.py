"""Trouble: what is, or was, wrong with a source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

TroubleKind = Literal["gone", "failing", "silent", "moved", "flooding"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One thing that is, or was, wrong with a source."""

    source: str  # Source.id
    kind: TroubleKind
    said: str  # in words that follow the source's name, as it was when it began
    since: datetime
    until: datetime | None = None  # None: it still is
