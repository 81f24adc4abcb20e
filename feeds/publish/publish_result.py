"""PublishResult: what one publication did to one output."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishResult:
    output: str
    entries: int = 0
    written: tuple[str, ...] = ()  # files whose bytes changed
    left: tuple[str, ...] = ()  # files that were up to date already
    left_out: tuple[str, ...] = ()  # entries that could not be rendered, each with the reason
    error: str = ""
