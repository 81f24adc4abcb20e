"""Spaces the requests to each host: one at a time, a pause after each, none during a cooldown.

All requests pass through `HostPacer`, whatever they are for: a poll, the next hop of a redirect, an article's page,
robots.txt, a hub. The key is the host without its port: to the operator who reads the log it is one machine.
`host_after_request` decides what an answer means for its host; `HostPacer` keeps the result and makes threads wait.
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
from feeds.fetch.status import MAX_RETRY_AFTER
from feeds.model.urls import origin, safe_host

DEFAULT_HOST_INTERVAL = timedelta(seconds=1)
"""The minimum pause between two requests, randomly up to twice as long, so that requests are not periodic."""

MIN_FAILING_SOURCES = 3
"""How many different sources in a row must be refused, or get no answer, before the whole host gets a cooldown."""

REFUSAL_STATUSES = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.SERVICE_UNAVAILABLE})
"""Statuses that some hosts send when they mean 429 (FreshRSS #8928)."""

FIRST_THROTTLE_COOLDOWN = timedelta(minutes=15)
"""The first cooldown of a host that asks for fewer requests without saying how long to wait. It doubles up to a day.
Our own choice."""

FIRST_UNREACHABLE_COOLDOWN = timedelta(minutes=1)
"""The first cooldown of a host that does not answer. It doubles up to an hour only, because the host may be back at any
minute. Our own choice."""

MAX_COOLDOWN_JITTER = timedelta(seconds=30)
"""Added to a cooldown at random: the host names the same moment to all its clients."""

MAX_UNREACHABLE_COOLDOWN = timedelta(hours=1)
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_FREE_HOSTS = 4096  # hosts without a cooldown that are remembered

Wait = Callable[[threading.Condition, datetime], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """What is known of one host. Without a `cooldown_reason`, `next_request_at` is the end of the pause."""

    next_request_at: datetime = _LONG_AGO
    cooldown_reason: str = ""
    cooldowns: int = 0  # in a row, without an answer in between
    refused_sources: frozenset[str] = frozenset()  # in a row
    unanswered_sources: frozenset[str] = frozenset()  # in a row

    @property
    def unresponsive(self) -> bool:
        """Whether the last requests got no answer, so that another one may wait in vain."""
        return bool(self.unanswered_sources)


def host_after_request(
    host: Host, source: str, error: Exception | None, now: datetime, pause: timedelta, jitter: float
) -> Host:
    """What is known of the host after a request for `source` ended now, with `error` or without. `jitter` in [0, 1).

    `Unreachable` counts as no answer, although it is also raised for a document that is empty or cannot be decoded,
    and for a request that could not be sent.
    """
    extra = MAX_COOLDOWN_JITTER * jitter
    if isinstance(error, Throttled):
        return _after_throttled(host, error, now, extra)
    if isinstance(error, BadStatus) and error.status in REFUSAL_STATUSES:
        return _after_refusal(host, source, error.status, now, pause, extra)
    if error is None or (isinstance(error, FetchError) and not isinstance(error, TooSlow | Unreachable)):
        return Host(next_request_at=now + pause)
    return _after_no_answer(host, source, now, pause, extra)


def _after_throttled(host: Host, error: Throttled, now: datetime, extra: timedelta) -> Host:
    if error.retry.at is None:
        wait = _doubled(FIRST_THROTTLE_COOLDOWN, host.cooldowns + 1)
    else:
        # As long as it asked for; longer only if it keeps refusing (a `Retry-After: 1` for ever).
        wait = max(error.retry.at - now, _doubled(FIRST_THROTTLE_COOLDOWN, host.cooldowns))
    return _with_cooldown(Host(cooldowns=host.cooldowns), error.problem, now + wait + extra)


def _after_refusal(
    host: Host, source: str, status: int, now: datetime, pause: timedelta, extra: timedelta
) -> Host:
    paused = replace(
        host,
        next_request_at=now + pause,
        cooldown_reason="",
        refused_sources=host.refused_sources | {source},
        unanswered_sources=frozenset(),
    )
    if not host.cooldowns and len(paused.refused_sources) < MIN_FAILING_SOURCES:
        return paused
    wait = _doubled(FIRST_THROTTLE_COOLDOWN, host.cooldowns + 1)
    return _with_cooldown(paused, f"it answered {status} to several sources in a row", now + wait + extra)


def _after_no_answer(host: Host, source: str, now: datetime, pause: timedelta, extra: timedelta) -> Host:
    paused = replace(
        host,
        next_request_at=now + pause,
        cooldown_reason="",
        unanswered_sources=host.unanswered_sources | {source},
    )
    if not host.cooldowns and len(paused.unanswered_sources) < MIN_FAILING_SOURCES:
        return paused
    wait = _doubled(FIRST_UNREACHABLE_COOLDOWN, host.cooldowns + 1, MAX_UNREACHABLE_COOLDOWN)
    return _with_cooldown(paused, "it did not answer for several sources in a row", now + wait + extra)


def _with_cooldown(host: Host, reason: str, until: datetime) -> Host:
    return replace(host, next_request_at=until, cooldown_reason=reason, cooldowns=host.cooldowns + 1)


def _doubled(first: timedelta, times: int, longest: timedelta = timedelta(days=1)) -> timedelta:
    return min(first * 2.0 ** min(times - 1, 16), longest) if times > 0 else timedelta()


def host_of(url: str) -> str:
    """The host of a URL, the key by which requests are spaced; "" if it has none.

    The column `source.host`, by which sources are queued, holds `feeds.model.schemes.queue_key` until the first answer
    and this afterwards. The two differ for a local source, a name with a final dot, and an internationalized name:
    `queue_key` takes the configured URL, this function the requested one, in which the name is in ASCII.
    """
    return origin(url)[1].rstrip(".")


class HostPacer:
    """The hosts of one process, for any number of threads.

    `interval`: the minimum pause after a request; zero for no pause. `draw` draws from [0, 1). `wait` sleeps until
    the condition is notified or the given time has come; tests advance their clock instead.
    """

    def __init__(
        self,
        clock: Clock,
        interval: timedelta = DEFAULT_HOST_INTERVAL,
        draw: Callable[[], float] = random.random,
        *,
        wait: Wait | None = None,
    ) -> None:
        self.interval = interval
        self.wait = wait or self._sleep
        self._clock = clock
        self._draw = draw
        self._changed = threading.Condition()  # guards the fields below
        self._hosts: dict[str, Host] = {}
        self._busy: set[str] = set()
        self._unsaved: set[str] = set()
        self._cleanup_size = _MAX_FREE_HOSTS  # number of hosts at which `_forget` looks for hosts to drop

    @contextmanager
    def turn(self, source: str, host: str) -> Iterator[float]:
        """Wait for the turn at `host`, for one request and its whole answer. Yields the seconds spent waiting.

        The exception that leaves the block tells how the request ended, so do not catch it inside. A thread has one
        turn at a time. Raises Throttled if the host is in cooldown; then no request may be sent.
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
        started = self._clock.monotonic()
        with self._changed:
            while True:
                now = self._clock.now()
                known = self._known(host, now)
                if known.cooldown_reason and known.next_request_at > now:
                    until = f"{known.next_request_at:%Y-%m-%d %H:%M} UTC"
                    problem = f"{safe_host(host)} is in cooldown until {until}: {known.cooldown_reason}"
                    raise Throttled(source, problem, Retry(at=known.next_request_at))
                if host in self._busy:
                    self._changed.wait()
                elif known.next_request_at > now:
                    self.wait(self._changed, known.next_request_at)
                else:
                    self._busy.add(host)
                    return self._clock.monotonic() - started

    def _leave(self, source: str, host: str, error: Exception | None) -> None:
        with self._changed:
            now = self._clock.now()
            pause = self.interval * (1 + self._draw())
            before = self._hosts.get(host, Host())
            known = self._hosts[host] = host_after_request(before, source, error, now, pause, self._draw())
            if known.next_request_at > now or known.cooldowns != before.cooldowns:
                self._unsaved.add(host)
            self._busy.discard(host)
            self._forget(now)
            self._changed.notify_all()

    def _forget(self, now: datetime) -> None:
        if len(self._hosts) > self._cleanup_size + len(self._unsaved):
            self._hosts = {
                name: known
                for name, known in self._hosts.items()
                if known.next_request_at > now
                or name in self._unsaved
                or known != Host(next_request_at=known.next_request_at)
            }
            # More hosts than the maximum may have to be kept. They are not scanned again after each answer.
            self._cleanup_size = max(_MAX_FREE_HOSTS, 2 * len(self._hosts))

    def _known(self, host: str, now: datetime) -> Host:
        known = self._hosts.get(host, Host())
        # A time later than any pause or cooldown could set means that the clock was set back.
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

    # ---------------------------------------------------------------------------------------- for the engine

    def next_request_at(self, host: str) -> datetime:
        """When the next request to `host` may start, as far as is known; in the past if it may start now."""
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
        """Whether the last requests to `host` got no answer."""
        with self._changed:
            return self._hosts.get(host, Host()).unresponsive

    def restore(self, hosts: Iterable[tuple[str, Host]]) -> None:
        """Add what an earlier process knew. What this process knows is newer and stays."""
        with self._changed:
            self._hosts = dict(hosts) | self._hosts

    def take_unsaved(self) -> tuple[tuple[str, Host], ...]:
        """The hosts that changed since the last call, for the state that the next process reads."""
        with self._changed:
            names, self._unsaved = sorted(self._unsaved), set()
            return tuple((name, self._hosts[name]) for name in names)
