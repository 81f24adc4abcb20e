"""PublishResult: what one publication did to the files of one output, or to other files of the site."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishResult:
    """`name`: an output, or "index" (the site pages), "templates" (the user's theme) or "health"."""

    name: str
    entries: int = 0
    written: tuple[str, ...] = ()  # files whose bytes changed
    unchanged: tuple[str, ...] = ()  # files that were up to date already
    unrenderable: tuple[str, ...] = ()  # entries that could not be rendered, each with the reason
    stopped_searches: tuple[str, ...] = ()  # expressions of its rules that take too long, each as a sentence
    error: str = ""
