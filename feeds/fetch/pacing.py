"""Spaces the requests to each host: one at a time, a pause after each, none during a cooldown.

All requests pass through `HostPacer`, whatever they are for: a poll, the next hop of a redirect, an article's page,
robots.txt, a hub. The key is the host without its port: to the operator who reads the log it is one machine. Hosts of
one domain share the pause (`domains`), and the cooldown only if several of them ask for one.
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
from feeds.errors import BadStatus, FetchError, ProxyFailed, Retry, Throttled, TooSlow, Unreachable
from feeds.fetch.domains import SharedQueues, domain_of_queue
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
NO_ANSWER_REASON = "it did not answer for several sources in a row"
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_FREE_HOSTS = 4096  # hosts without a cooldown that are remembered

Wait = Callable[[threading.Condition, datetime], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """What is known of one host, or of a queue that hosts of one domain share. Without a `cooldown_reason`,
    `next_request_at` is the end of the pause."""

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

    Only what the host itself does can start a cooldown. An answer that cannot be used (`BadAnswer`, a redirect that
    leads nowhere) is an answer, and a proxy that fails says nothing of the host.
    """
    extra = MAX_COOLDOWN_JITTER * jitter
    if isinstance(error, ProxyFailed):
        return replace(host, next_request_at=now + pause, cooldown_reason="")
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
    host: Host,
    source: str,
    status: int,
    now: datetime,
    pause: timedelta,
    extra: timedelta,
    asked: str = "sources",
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
    return _with_cooldown(paused, f"it answered {status} to several {asked} in a row", now + wait + extra)


def domain_after_request(
    domain: Host, host: str, error: Exception | None, now: datetime, jitter: float
) -> Host:
    """What is known of a domain after a request to one of its hosts.

    One host that is throttled says nothing of the others: it may be one blog of thousands. If MIN_FAILING_SOURCES
    different hosts in a row ask for fewer requests, the service means us, and the whole domain gets a cooldown.
    """
    if isinstance(error, Throttled) or (isinstance(error, BadStatus) and error.status in REFUSAL_STATUSES):
        extra = MAX_COOLDOWN_JITTER * jitter
        return _after_refusal(domain, host, error.status, now, timedelta(), extra, "hosts of the domain")
    if error is None or (isinstance(error, FetchError) and not isinstance(error, TooSlow | Unreachable)):
        return Host()
    return replace(domain, next_request_at=now, cooldown_reason="")  # a host that is down is not the service


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
    return _with_cooldown(paused, NO_ANSWER_REASON, now + wait + extra)


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
        self._hosts: dict[str, Host] = {}  # hosts, domains and shared queues, by name
        self._queues = SharedQueues()
        self._busy: set[str] = set()  # queues
        self._unsaved: set[str] = set()
        self._cleanup_size = _MAX_FREE_HOSTS  # number of hosts at which `_forget` looks for hosts to drop

    @contextmanager
    def turn(self, source: str, host: str) -> Iterator[float]:
        """Wait for the turn at `host`, for one request and its whole answer. Yields the seconds spent waiting.

        The exception that leaves the block tells how the request ended, so do not catch it inside. A thread has one
        turn at a time. Raises Throttled if the host is in cooldown; then no request may be sent.
        """
        waited, queue = self._enter(source, host)
        failed: Exception | None = None
        try:
            yield waited
        except Exception as error:
            failed = error
            raise
        finally:
            self._leave(source, host, queue, failed)

    def _enter(self, source: str, host: str) -> tuple[float, str]:
        """(seconds spent waiting, queue that is busy now)."""
        started = self._clock.monotonic()
        with self._changed:
            while True:
                now = self._clock.now()
                queue, names = self._queues.of(host), self._queues.names(host)
                if cooldown := self._cooldown(host, queue, now):
                    until = f"{cooldown.next_request_at:%Y-%m-%d %H:%M} UTC"
                    problem = f"{safe_host(host)} is in cooldown until {until}: {cooldown.cooldown_reason}"
                    raise Throttled(source, problem, Retry(at=cooldown.next_request_at))
                paused_until = self._paused_until(names, now)
                if not self._busy.isdisjoint(names):
                    self._changed.wait()
                elif paused_until > now:
                    self.wait(self._changed, paused_until)
                else:
                    self._busy.add(queue)
                    return self._clock.monotonic() - started, queue

    def _leave(self, source: str, host: str, queue: str, error: Exception | None) -> None:
        with self._changed:
            now = self._clock.now()
            pause, jitter = self.interval * (1 + self._draw()), self._draw()
            known = host_after_request(self._hosts.get(host, Host()), source, error, now, pause, jitter)
            if queue != host:
                domain = domain_of_queue(queue)
                before = self._hosts.get(domain, Host())
                self._remember(domain, domain_after_request(before, host, error, now, jitter), now)
                if not self._hosts[domain].cooldown_reason:
                    paused = replace(self._hosts.get(queue, Host()), next_request_at=now + pause)
                    self._remember(queue, paused, now)
                if not known.cooldown_reason:
                    known = replace(known, next_request_at=_LONG_AGO)  # the pause is that of the queue
            self._remember(host, known, now)
            self._busy.discard(queue)
            self._forget(now)
            self._changed.notify_all()

    def _remember(self, name: str, known: Host, now: datetime) -> None:
        before = self._hosts.get(name, Host())
        self._hosts[name] = known
        if known.next_request_at > now or known.cooldowns != before.cooldowns:
            self._unsaved.add(name)

    def _cooldown(self, host: str, queue: str, now: datetime) -> Host | None:
        """The cooldown of the host or of its domain, if one of them is in cooldown."""
        for name in (host, domain_of_queue(queue)):
            known = self._known(name, now)
            if known.cooldown_reason and known.next_request_at > now:
                return known
        return None

    def _paused_until(self, names: Iterable[str], now: datetime) -> datetime:
        known = (self._known(name, now) for name in names)
        return max((host.next_request_at for host in known if not host.cooldown_reason), default=_LONG_AGO)

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

    def queue_of(self, host: str) -> str:
        """The queue of the host's sources: a host, or a name that hosts of one domain share. The methods below take
        either."""
        with self._changed:
            return self._queues.of(host)

    def next_request_at(self, host: str) -> datetime:
        """When the next request to `host` may start, as far as is known; in the past if it may start now."""
        with self._changed:
            now = self._clock.now()
            names = self._queues.names(host)
            cooldown = self._cooldown(host, names[0], now)
            earliest = cooldown.next_request_at if cooldown else self._paused_until(names, now)
            return earliest if self._busy.isdisjoint(names) else max(earliest, now + self.interval)

    def in_cooldown(self, host: str) -> bool:
        with self._changed:
            return self._cooldown(host, self._queues.of(host), self._clock.now()) is not None

    def is_unresponsive(self, host: str) -> bool:
        """Whether the last requests to `host` got no answer."""
        with self._changed:
            return self._hosts.get(host, Host()).unresponsive

    def forgive(self, hosts: Iterable[str]) -> None:
        """Forget that these hosts did not answer, and the cooldowns that followed: our own network was away."""
        with self._changed:
            for name in {name for host in hosts for name in (host, domain_of_queue(self._queues.of(host)))}:
                known = self._hosts.get(name)
                if known and (known.unresponsive or known.cooldown_reason == NO_ANSWER_REASON):
                    self._hosts[name] = Host(next_request_at=self._clock.now())
                    self._unsaved.add(name)
            self._changed.notify_all()

    def restore(self, hosts: Iterable[tuple[str, Host]]) -> None:
        """Add what an earlier process knew. What this process knows is newer and stays."""
        with self._changed:
            self._hosts = dict(hosts) | self._hosts

    def take_unsaved(self) -> tuple[tuple[str, Host], ...]:
        """The hosts that changed since the last call, for the state that the next process reads."""
        with self._changed:
            names, self._unsaved = sorted(self._unsaved), set()
            return tuple((name, self._hosts[name]) for name in names)

    def mark_unsaved(self, names: Iterable[str]) -> None:
        """The state could not be written: give these hosts out again."""
        with self._changed:
            self._unsaved.update(name for name in names if name in self._hosts)
