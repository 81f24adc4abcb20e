"""The one error tree.

    FeedsError
    ├ ConfigError(problems)                what a user must mend in a file of theirs
    ├ SourceError(source, problem, retry)  one source, this time; never stops a cycle
    │ ├ FetchError
    │ │ ├ Unreachable   no connection, no name, no TLS, or cut off half-way
    │ │ ├ BadStatus     a status that is neither a document nor "unchanged"
    │ │ ├ Throttled     the server asks for patience; the whole host rests
    │ │ ├ Gone          410: the server says that this ended for good
    │ │ ├ TooLarge      more bytes than allowed, on the wire or unpacked
    │ │ ├ TooSlow       not complete within the deadline
    │ │ └ Blocked       an address or a file that must not be read
    │ └ ParseError
    │   ├ NotAFeed      a document, but of another kind; may carry the feeds it names
    │   ├ Malformed     no entry could be read out of it
    │   └ TooCostly     stopped at a limit of CPU time, memory or depth
    ├ StoreError
    └ PublishError

Arguments equal fields, so that they cross a process boundary. Library errors are translated once, where the
library is called, with ``from``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


class FeedsError(Exception):
    """Something went wrong that `feeds` knows how to name."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a file: where it stands, what is wrong, what would mend it."""

    where: str  # "sources.yaml:12:5"
    problem: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.problem}" + (f"\n    {self.hint}" if self.hint else "")


class ConfigError(FeedsError):
    """The configuration cannot be used; holds every problem of the file, not the first one."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


@dataclass(frozen=True, slots=True)
class Retry:
    """When a failed source may be asked again.

    ``at`` set: not before then, because the server said so. ``never``: only after the user acts.
    Neither: back off.
    """

    never: bool = False
    at: datetime | None = None


BACKOFF = Retry()
NEVER = Retry(never=True)


class SourceError(FeedsError):
    """One source failed, this time."""

    def __init__(self, source: str, problem: str, retry: Retry = BACKOFF) -> None:
        super().__init__(source, problem, retry)
        self.source = source
        self.problem = problem
        self.retry = retry

    def __str__(self) -> str:
        return f"{self.source}: {self.problem}"


class FetchError(SourceError):
    """The document could not be had."""


class Unreachable(FetchError):
    """No connection could be made, or it broke before the document was whole."""


class BadStatus(FetchError):
    """The server answered with a status that carries no document."""

    def __init__(self, source: str, problem: str, retry: Retry = BACKOFF, status: int = 0) -> None:
        super().__init__(source, problem, retry)
        self.args = (source, problem, retry, status)
        self.status = status


class Throttled(BadStatus):
    """The server asks for fewer requests (429, or 503 with Retry-After); its whole host rests."""


class Gone(BadStatus):
    """410: the source has ended (RFC 9110 §15.5.11)."""


class TooLarge(FetchError):
    """More bytes than the source's limit allows."""


class TooSlow(FetchError):
    """Not complete within the source's deadline."""


class Blocked(FetchError):
    """The address is private, or the file lies outside the configuration's directory."""


class ParseError(SourceError):
    """The document could not be read."""


class NotAFeed(ParseError):
    """A document of another kind. `candidates` holds the feeds that it names, best first."""

    def __init__(
        self, source: str, problem: str, retry: Retry = BACKOFF, candidates: tuple[str, ...] = ()
    ) -> None:
        super().__init__(source, problem, retry)
        self.args = (source, problem, retry, candidates)
        self.candidates = candidates


class Malformed(ParseError):
    """The document is broken, and no entry could be read out of it."""


class TooCostly(ParseError):
    """Reading the document went over a limit of time, memory or depth; its process was ended."""


class StoreError(FeedsError):
    """The state cannot be read or written."""


class PublishError(FeedsError):
    """An output cannot be written."""
