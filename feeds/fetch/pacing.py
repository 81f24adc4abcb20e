"""One request at a time to a host, a pause after each, and none while the host rests.

Every request passes here, whatever it is for: a poll, a redirect's next hop, an article's page, robots.txt, a
hub. The key is the host, without its port: to the operator who reads the log it is one machine. What to make of
an answer (`after`) is a pure function; `Pacing` keeps the result for each host, and makes threads wait.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from feeds.clock import Clock
from feeds.errors import BadStatus, FetchError, Retry, Throttled, TooSlow, Unreachable
from feeds.fetch.redirects import origin, shown
from feeds.fetch.status import MAX_PATIENCE

INTERVAL = timedelta(seconds=1)
"""The least pause; up to twice as long by chance, so that requests have no beat."""

SEVERAL = 3
"""Sources in a row that a host turned away, or did not answer, before it is the host and not the source."""

TURNED_AWAY = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.SERVICE_UNAVAILABLE})
"""What hosts say that mean 429 (FreshRSS #8928)."""

REST = timedelta(minutes=15)
"""The first rest of a host that asked for one without saying how long. Doubles, up to a day. Ours."""

SILENCE = timedelta(minutes=1)
"""The first rest of a host that does not answer; doubles, up to an hour: it may be back any minute. Ours."""

HERD = timedelta(seconds=30)
"""A rest is longer by up to this: everybody was told the same moment."""

HOUR = timedelta(hours=1)
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_KEPT = 4096  # hosts of which is remembered when they were last asked

Wait = Callable[[threading.Condition, datetime], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """What is known of one host. `rest` says why it is left alone until `free_at`; "": that is the pause."""

    free_at: datetime = _LONG_AGO
    rest: str = ""
    rests: int = 0  # one after the other, without an answer in between
    turned_away: frozenset[str] = frozenset()  # sources, in a row
    unanswered: frozenset[str] = frozenset()  # sources, in a row

    @property
    def doubtful(self) -> bool:
        """Whether asking it may be waiting for nothing."""
        return bool(self.unanswered)


def after(
    host: Host, source: str, error: Exception | None, now: datetime, pause: timedelta, chance: float
) -> Host:
    """The host after a request for `source` that ended now, with `error` or without. `chance` in [0, 1)."""
    rests = host.rests + 1
    if isinstance(error, Throttled):
        # What it asked for; more than that only if it keeps asking (a `Retry-After: 1` for ever).
        asked = error.retry.at
        wait = _doubled(REST, rests) if asked is None else max(asked - now, _doubled(REST, rests - 1))
        return Host(free_at=now + wait + HERD * chance, rest=error.problem, rests=rests)
    paused = replace(host, free_at=now + pause, rest="")
    if isinstance(error, BadStatus) and error.status in TURNED_AWAY:
        paused = replace(paused, turned_away=host.turned_away | {source}, unanswered=frozenset())
        if not host.rests and len(paused.turned_away) < SEVERAL:
            return paused
        rest, wait = f"it answered {error.status} to one source after the other", _doubled(REST, rests)
    elif error is None or (isinstance(error, FetchError) and not isinstance(error, TooSlow | Unreachable)):
        return Host(free_at=now + pause)
    else:
        paused = replace(paused, unanswered=host.unanswered | {source})
        if not host.rests and len(paused.unanswered) < SEVERAL:
            return paused
        rest, wait = "it did not answer for one source after the other", _doubled(SILENCE, rests, HOUR)
    return replace(paused, free_at=now + wait + HERD * chance, rest=rest, rests=rests)


def _doubled(first: timedelta, times: int, longest: timedelta = timedelta(days=1)) -> timedelta:
    return min(first * 2.0 ** min(times - 1, 16), longest) if times > 0 else timedelta()


def host_of(url: str) -> str:
    """The key of a URL; "" where it has no host."""
    return origin(url)[1].rstrip(".")


class Pacing:
    """The hosts of one process. From any number of threads.

    `interval`: the least pause after a request; zero: none. `chance` draws from [0, 1). `wait` sleeps until the
    condition is notified or the moment has come; tests turn the clock instead.
    """

    def __init__(
        self,
        clock: Clock,
        interval: timedelta = INTERVAL,
        chance: Callable[[], float] = random.random,
        *,
        wait: Wait | None = None,
    ) -> None:
        self.interval = interval
        self.wait = wait or self._sleep
        self._clock = clock
        self._chance = chance
        self._changed = threading.Condition()  # around what follows
        self._hosts: dict[str, Host] = {}
        self._busy: set[str] = set()
        self._unsaved: set[str] = set()
        self._many = _KEPT  # hosts at which to look for what may be forgotten

    @contextmanager
    def turn(self, source: str, host: str) -> Iterator[float]:
        """Our turn at `host`, for one request and its whole answer. Gives the seconds that were waited for it.

        What the request comes to is told by the error that leaves the block: let it pass. One turn at a time
        to a thread. Raises Throttled, and nothing is to be asked, where the host rests.
        """
        waited = self._enter(source, host)
        failed: Exception | None = None
        try:
            yield waited
        except Exception as error:
            failed = error
            raise
        finally:
            self._leave(source, host, failed)

    def _enter(self, source: str, host: str) -> float:
        begun = self._clock.monotonic()
        with self._changed:
            while True:
                now = self._clock.now()
                known = self._known(host, now)
                if known.rest and known.free_at > now:
                    problem = f"{shown(host)} rests until {known.free_at:%Y-%m-%d %H:%M} UTC: {known.rest}"
                    raise Throttled(source, problem, Retry(at=known.free_at))
                if host in self._busy:
                    self._changed.wait()
                elif known.free_at > now:
                    self.wait(self._changed, known.free_at)
                else:
                    self._busy.add(host)
                    return self._clock.monotonic() - begun

    def _leave(self, source: str, host: str, error: Exception | None) -> None:
        with self._changed:
            now = self._clock.now()
            pause = self.interval * (1 + self._chance())
            before = self._hosts.get(host, Host())
            known = self._hosts[host] = after(before, source, error, now, pause, self._chance())
            if known.free_at > now or known.rests != before.rests:
                self._unsaved.add(host)
            self._busy.discard(host)
            self._forget(now)
            self._changed.notify_all()

    def _forget(self, now: datetime) -> None:
        if len(self._hosts) > self._many + len(self._unsaved):
            self._hosts = {
                name: one
                for name, one in self._hosts.items()
                if one.free_at > now or name in self._unsaved or one != Host(free_at=one.free_at)
            }
            # Those that must be kept may be more: they are not gone through again with each answer.
            self._many = max(_KEPT, 2 * len(self._hosts))

    def _known(self, host: str, now: datetime) -> Host:
        known = self._hosts.get(host, Host())
        # Further off than it could have been set: the clock was put back, and the moment means nothing.
        longest = MAX_PATIENCE + HERD if known.rest else self.interval * 2 + timedelta(seconds=1)
        return known if known.free_at - now <= longest else replace(known, free_at=now, rest="")

    def _sleep(self, condition: threading.Condition, until: datetime) -> None:
        condition.wait(max(0.0, (until - self._clock.now()).total_seconds()))

    # ---------------------------------------------------------------------------------------- for the runner

    def free_at(self, host: str) -> datetime:
        """When `host` may be asked next, as far as can be told; in the past where it may be now."""
        with self._changed:
            now = self._clock.now()
            known = self._known(host, now)
            return max(known.free_at, now + self.interval) if host in self._busy else known.free_at

    def rests(self, host: str) -> bool:
        with self._changed:
            now = self._clock.now()
            known = self._known(host, now)
            return bool(known.rest) and known.free_at > now

    def doubtful(self, host: str) -> bool:
        """Whether the last requests to `host` waited for nothing."""
        with self._changed:
            return self._hosts.get(host, Host()).doubtful

    def recall(self, hosts: Iterable[tuple[str, Host]]) -> None:
        """Take up what an earlier process knew; what is known here is newer."""
        with self._changed:
            self._hosts = dict(hosts) | self._hosts

    def unsaved(self) -> tuple[tuple[str, Host], ...]:
        """What the next process must know and has not been given by `unsaved` before."""
        with self._changed:
            names, self._unsaved = sorted(self._unsaved), set()
            return tuple((name, self._hosts[name]) for name in names)
