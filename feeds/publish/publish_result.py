"""PublishResult: what one publication did to the files of one output, or to other files of the site."""

from __future__ import annotations

from dataclasses import dataclass

from feeds.publish.failed_files import FailedFile


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishResult:
    """`name`: an output, or "index" (the site pages) or "health"."""

    name: str
    entries: int = 0
    written: tuple[str, ...] = ()  # files whose bytes changed
    unchanged: tuple[str, ...] = ()  # files that were up to date already
    unrenderable: tuple[str, ...] = ()  # entries that could not be rendered, each with the reason
    stopped_searches: tuple[str, ...] = ()  # expressions of its rules that take too long, each as a sentence
    failed: tuple[
        FailedFile, ...
    ] = ()  # files that are not rendered now, each tried again at a time of its own
    error: str = ""  # it was not published, or a file could not be written; tried again soon

    @property
    def errors(self) -> tuple[str, ...]:
        """Everything that is wrong, old or new."""
        return tuple(filter(None, (self.error, *(record.error for record in self.failed))))
