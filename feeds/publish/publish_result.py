"""What is told of a publication."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What became of one output."""

    output: str
    entries: int = 0
    written: tuple[str, ...] = ()  # files whose bytes changed
    left: tuple[str, ...] = ()  # files that stand as they were
    left_out: tuple[str, ...] = ()  # entries that could not be rendered, and why
    error: str = ""
