"""All exceptions of the package.

    FeedsError
    ├ ConfigError(problems)                problems in a file, which the user must correct
    ├ SourceError(source, problem, retry)  one poll of one source failed; the cycle goes on
    │ ├ FetchError
    │ │ ├ Unreachable   DNS, connection or TLS failed, or the connection broke
    │ │ │ └ ProxyFailed the source's proxy failed; nothing is known of the host
    │ │ ├ BadAnswer     the host answered, and the answer cannot be used: empty, wrongly compressed, not HTTP
    │ │ ├ BadStatus     an HTTP status other than success or 304
    │ │ ├ Throttled     429; 403 or 503 with Retry-After; or its host is in cooldown, and nothing was sent
    │ │ ├ Gone          410: the source was removed for good
    │ │ ├ TooLarge      more bytes than allowed, compressed or decompressed
    │ │ ├ TooSlow       not complete before the deadline
    │ │ └ Blocked       not allowed: a private address, robots.txt, another scheme, a file outside the directory
    │ └ ParseError
    │   ├ NotAFeed      a document of another kind; holds the feeds that it links to
    │   ├ Malformed     no entry could be read
    │   └ TooCostly     stopped at a limit of CPU time, memory or nesting depth
    ├ StoreError
    │ ├ StateDamaged      the file is no usable database; the next process with the lock sets it aside
    │ └ StateUnavailable  for now: disk full, no right, locked
    ├ StateInUse            another process has the lock
    └ PublishError

Exceptions of libraries are translated where the library is called, with ``from``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


class FeedsError(Exception):
    """Base class of all errors that `feeds` raises on purpose."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem in a file: where it is, what is wrong, and how to correct it."""

    where: str  # "sources.yaml:12:5"
    problem: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.problem}" + (f"\n    {self.hint}" if self.hint else "")


class ConfigError(FeedsError):
    """The configuration cannot be used. `problems` holds every problem found in the file, not only the first."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


@dataclass(frozen=True, slots=True)
class Retry:
    """When to poll a failed source again.

    ``at``: not before then, because the server said so. ``never``: only after the user changes something. Neither:
    after the usual back-off.
    """

    never: bool = False
    at: datetime | None = None


BACKOFF = Retry()
NEVER = Retry(never=True)


class SourceError(FeedsError):
    """One poll of one source failed."""

    def __init__(self, source: str, problem: str, retry: Retry = BACKOFF) -> None:
        super().__init__(source, problem, retry)
        self.source = source
        self.problem = problem
        self.retry = retry

    def __str__(self) -> str:
        return f"{self.source}: {self.problem}"


class FetchError(SourceError):
    """The document could not be fetched."""


def internal_error(source_id: str, activity: str, error: Exception) -> FetchError:
    """A bug, as an error of the source. `activity`: what was being done, "reading this delivery"."""
    what = f"internal error while {activity} ({type(error).__name__}: {error})"
    problem = f"{what}. Please report it; it will be retried."
    internal = FetchError(source_id, problem, BACKOFF)
    internal.__cause__ = error
    return internal


class Unreachable(FetchError):
    """No connection could be made, or it broke before the document was complete."""


class ProxyFailed(Unreachable):
    """The source's own proxy cannot be reached, or refuses. It says nothing of the host behind it."""


class BadAnswer(FetchError):
    """The host answered, and the answer cannot be used: it is empty, wrongly compressed or not HTTP. That is the fault
    of this address, not of its host. `status`: the HTTP status; 0 if there was none."""

    def __init__(self, source: str, problem: str, retry: Retry = BACKOFF, status: int = 0) -> None:
        super().__init__(source, problem, retry)
        self.status = status


class BadStatus(FetchError):
    """The server answered with a status other than success or 304."""

    def __init__(self, source: str, problem: str, retry: Retry = BACKOFF, status: int = 0) -> None:
        super().__init__(source, problem, retry)
        self.status = status


class Throttled(BadStatus):
    """The server asks for fewer requests (429; 403 or 503 with Retry-After), or its host is still in cooldown and
    nothing was sent."""


class Gone(BadStatus):
    """410: the source was removed for good (RFC 9110 §15.5.11)."""


class TooLarge(FetchError):
    """More bytes than the source's limit allows."""


class TooSlow(FetchError):
    """Not complete before the source's deadline."""


class Blocked(FetchError):
    """The request is not allowed: a private address, robots.txt, another URL scheme, a file outside the configuration's
    directory."""


class ParseError(SourceError):
    """The document could not be parsed."""


class NotAFeed(ParseError):
    """A document of another kind. `candidates`: URLs of the feeds that it links to, best first."""

    def __init__(
        self, source: str, problem: str, retry: Retry = BACKOFF, candidates: tuple[str, ...] = ()
    ) -> None:
        super().__init__(source, problem, retry)
        self.candidates = candidates


class Malformed(ParseError):
    """The document is broken, and no entry could be read."""


class TooCostly(ParseError):
    """Parsing exceeded a limit of CPU time, memory or nesting depth and was stopped."""


class StoreError(FeedsError):
    """The state database cannot be read or written."""


class StateDamaged(StoreError):
    """The file of the state is not a usable database: SQLite finds it malformed, or tables are missing."""


class StateUnavailable(StoreError):
    """The state cannot be read or written for now: the disk is full, a right is missing, another process locks it."""


class StateInUse(FeedsError):
    """Another process works on this state."""


class PublishError(FeedsError):
    """An output cannot be written."""


class CheckFailed(PublishError):
    """A rendered file is not what its ending promises."""


class TemplateStopped(PublishError):
    """A template takes too much time or memory."""
