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
from feeds.fetch.redirects import origin, safe_host
from feeds.fetch.status import MAX_RETRY_AFTER

DEFAULT_HOST_INTERVAL = timedelta(seconds=1)
"""The least pause; up to twice as long by chance, so that requests have no beat."""

MIN_FAILING_SOURCES = 3
"""Sources in a row that a host turned away, or did not answer, before it is the host and not the source."""

REFUSAL_STATUSES = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.SERVICE_UNAVAILABLE})
"""What hosts say that mean 429 (FreshRSS #8928)."""

FIRST_THROTTLE_COOLDOWN = timedelta(minutes=15)
"""The first rest of a host that asked for one without saying how long. Doubles, up to a day. Ours."""

FIRST_UNREACHABLE_COOLDOWN = timedelta(minutes=1)
"""The first rest of a host that does not answer; doubles, up to an hour: it may be back any minute. Ours."""

MAX_COOLDOWN_JITTER = timedelta(seconds=30)
"""A rest is longer by up to this: everybody was told the same moment."""

MAX_UNREACHABLE_COOLDOWN = timedelta(hours=1)
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_FREE_HOSTS = 4096  # hosts of which is remembered when they were last asked

Wait = Callable[[threading.Condition, datetime], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """What is known of one host. `rest` says why it is left alone until `free_at`; "": that is the pause."""

    next_request_at: datetime = _LONG_AGO
    cooldown_reason: str = ""
    cooldowns: int = 0  # one after the other, without an answer in between
    refused_sources: frozenset[str] = frozenset()  # sources, in a row
    unanswered_sources: frozenset[str] = frozenset()  # sources, in a row

    @property
    def unresponsive(self) -> bool:
        """Whether asking it may be waiting for nothing."""
        return bool(self.unanswered_sources)


def host_after_request(
    host: Host, source: str, error: Exception | None, now: datetime, pause: timedelta, chance: float
) -> Host:
    """The host after a request for `source` that ended now, with `error` or without. `chance` in [0, 1)."""
    rests = host.cooldowns + 1
    if isinstance(error, Throttled):
        # What it asked for; more than that only if it keeps asking (a `Retry-After: 1` for ever).
        asked = error.retry.at
        wait = (
            _doubled(FIRST_THROTTLE_COOLDOWN, rests)
            if asked is None
            else max(asked - now, _doubled(FIRST_THROTTLE_COOLDOWN, rests - 1))
        )
        return Host(
            next_request_at=now + wait + MAX_COOLDOWN_JITTER * chance,
            cooldown_reason=error.problem,
            cooldowns=rests,
        )
    paused = replace(host, next_request_at=now + pause, cooldown_reason="")
    if isinstance(error, BadStatus) and error.status in REFUSAL_STATUSES:
        paused = replace(
            paused, refused_sources=host.refused_sources | {source}, unanswered_sources=frozenset()
        )
        if not host.cooldowns and len(paused.refused_sources) < MIN_FAILING_SOURCES:
            return paused
        rest, wait = (
            f"it answered {error.status} to one source after the other",
            _doubled(FIRST_THROTTLE_COOLDOWN, rests),
        )
    elif error is None or (isinstance(error, FetchError) and not isinstance(error, TooSlow | Unreachable)):
        return Host(next_request_at=now + pause)
    else:
        paused = replace(paused, unanswered_sources=host.unanswered_sources | {source})
        if not host.cooldowns and len(paused.unanswered_sources) < MIN_FAILING_SOURCES:
            return paused
        rest, wait = (
            "it did not answer for one source after the other",
            _doubled(FIRST_UNREACHABLE_COOLDOWN, rests, MAX_UNREACHABLE_COOLDOWN),
        )
    return replace(
        paused,
        next_request_at=now + wait + MAX_COOLDOWN_JITTER * chance,
        cooldown_reason=rest,
        cooldowns=rests,
    )


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
        interval: timedelta = DEFAULT_HOST_INTERVAL,
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
        self._many = _MAX_FREE_HOSTS  # hosts at which to look for what may be forgotten

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
                if known.cooldown_reason and known.next_request_at > now:
                    problem = f"{safe_host(host)} rests until {known.next_request_at:%Y-%m-%d %H:%M} UTC: {known.cooldown_reason}"
                    raise Throttled(source, problem, Retry(at=known.next_request_at))
                if host in self._busy:
                    self._changed.wait()
                elif known.next_request_at > now:
                    self.wait(self._changed, known.next_request_at)
                else:
                    self._busy.add(host)
                    return self._clock.monotonic() - begun

    def _leave(self, source: str, host: str, error: Exception | None) -> None:
        with self._changed:
            now = self._clock.now()
            pause = self.interval * (1 + self._chance())
            before = self._hosts.get(host, Host())
            known = self._hosts[host] = host_after_request(before, source, error, now, pause, self._chance())
            if known.next_request_at > now or known.cooldowns != before.cooldowns:
                self._unsaved.add(host)
            self._busy.discard(host)
            self._forget(now)
            self._changed.notify_all()

    def _forget(self, now: datetime) -> None:
        if len(self._hosts) > self._many + len(self._unsaved):
            self._hosts = {
                name: one
                for name, one in self._hosts.items()
                if one.next_request_at > now
                or name in self._unsaved
                or one != Host(next_request_at=one.next_request_at)
            }
            # Those that must be kept may be more: they are not gone through again with each answer.
            self._many = max(_MAX_FREE_HOSTS, 2 * len(self._hosts))

    def _known(self, host: str, now: datetime) -> Host:
        known = self._hosts.get(host, Host())
        # Further off than it could have been set: the clock was put back, and the moment means nothing.
        longest = (
            MAX_RETRY_AFTER + MAX_COOLDOWN_JITTER
            if known.cooldown_reason
            else self.interval * 2 + timedelta(seconds=1)
        )
        return (
            known
            if known.next_request_at - now <= longest
            else replace(known, next_request_at=now, cooldown_reason="")
        )

    def _sleep(self, condition: threading.Condition, until: datetime) -> None:
        condition.wait(max(0.0, (until - self._clock.now()).total_seconds()))

    # ---------------------------------------------------------------------------------------- for the runner

    def next_request_at(self, host: str) -> datetime:
        """When `host` may be asked next, as far as can be told; in the past where it may be now."""
        with self._changed:
            now = self._clock.now()
            known = self._known(host, now)
            return (
                max(known.next_request_at, now + self.interval)
                if host in self._busy
                else known.next_request_at
            )

    def in_cooldown(self, host: str) -> bool:
        with self._changed:
            now = self._clock.now()
            known = self._known(host, now)
            return bool(known.cooldown_reason) and known.next_request_at > now

    def is_unresponsive(self, host: str) -> bool:
        """Whether the last requests to `host` waited for nothing."""
        with self._changed:
            return self._hosts.get(host, Host()).unresponsive

    def restore(self, hosts: Iterable[tuple[str, Host]]) -> None:
        """Take up what an earlier process knew; what is known here is newer."""
        with self._changed:
            self._hosts = dict(hosts) | self._hosts

    def take_unsaved(self) -> tuple[tuple[str, Host], ...]:
        """What the next process must know and has not been given by `unsaved` before."""
        with self._changed:
            names, self._unsaved = sorted(self._unsaved), set()
            return tuple((name, self._hosts[name]) for name in names)
