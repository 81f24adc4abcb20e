"""One cycle: poll the sources that are due, publish what changed, ping hubs, do the housekeeping."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from feeds.config import Settings
from feeds.engine.network_watch import NetworkChange
from feeds.engine.poller import Poller
from feeds.engine.publish_pace import PublishPace
from feeds.ingest.record_poll import PollResult
from feeds.model import DedupePolicy, Source
from feeds.publish.health_report import publish_health_report
from feeds.publish.publish_result import PublishResult
from feeds.publish.publish_site import publish_site
from feeds.store import Store, hosts, outputs, retention
from feeds.store.store import load_fact, save_fact

HOUSEKEEPING_INTERVAL = timedelta(days=1)

MAX_FETCH_TIME = timedelta(hours=1)
"""How long a cycle waits for polls. A thousand sources on one host take 25 minutes, at a request every 1.5 s."""

WAITING_NOTICE_SECONDS = 3.0
"""Without a result for so long, a cycle says what it waits for."""

WAITING_REPEAT_SECONDS = 60.0

HUB_PING_SECONDS = 15.0
"""Upper bound of the time for pinging hubs at the end of a cycle: whoever runs cycles from cron waits for it."""

_HOUSEKEEPING_FACT = "kept_house_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleReport:
    """The results of one cycle, for a person to read."""

    polled: tuple[PollResult, ...] = ()
    unfinished: tuple[str, ...] = ()  # sources that were due and for which it did not wait
    published: tuple[PublishResult, ...] = field(
        default=()
    )  # one for each output; several publications add up
    deleted: retention.Pruned | None = None  # by the housekeeping, if it was due

    @property
    def unreached(self) -> tuple[PollResult, ...]:
        """Sources that nothing was recorded for, because the network is away."""
        return tuple(polled for polled in self.polled if polled.outcome == "unreached")

    @property
    def failed(self) -> tuple[PollResult, ...]:
        return tuple(polled for polled in self.polled if polled.outcome == "failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What a cycle waits for."""

    count: int  # of the sources without a result
    slowest: tuple[tuple[Source, float], ...]  # those being fetched, with the seconds since their poll began
    max_seconds: float  # the cycle waits no longer


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Functions that are called while a cycle runs."""

    started: Callable[[int], None] = lambda count: None
    """The number of polls and deliveries that were started. A negative number means that so many of them were put off,
    because their host is in cooldown."""

    polled: Callable[[PollResult], None] = lambda polled: None
    published: Callable[[Sequence[PublishResult]], None] = lambda results: None
    network: Callable[[NetworkChange], None] = lambda change: None
    waiting: Callable[[Waiting], None] = lambda waiting: None
    """From time to time while no result comes."""


def run_cycle(
    poller: Poller,
    store: Store,
    now: Callable[[], datetime],
    progress: Progress | None = None,
    *,
    ignore_due_times: bool = False,
    final: bool = False,
    max_fetch_time: timedelta = MAX_FETCH_TIME,
    monotonic: Callable[[], float] = time.monotonic,
) -> CycleReport:
    """Poll every source that is due and every local file, then publish. Each source is polled once, even if it
    becomes due again during the cycle. While sources are slow, what the others have sent is published.

    `ignore_due_times`: also sources that are not due, except those that have ended (410). `final`: this process runs no
    further cycle, so the parse processes are stopped before publishing. `max_fetch_time`: polls that have no result
    then are abandoned (`Poller.commit_remaining`); the poller starts no more polls afterwards.
    """
    cycle = _Cycle(poller, store, now, monotonic, progress or Progress(), max_fetch_time)
    cycle.fetch(ignore_due_times=ignore_due_times)
    if final:
        poller.stop_parsers()
    cycle.publish()
    poller.ping_hubs(HUB_PING_SECONDS)
    health_report = publish_health_report(store, poller.settings, poller.sources, now())
    return CycleReport(
        polled=tuple(cycle.results),
        unfinished=cycle.unfinished,
        published=(*_added_up(cycle.publications), *([health_report] if health_report else ())),
        deleted=run_housekeeping(store, poller.settings, now()),
    )


class _Cycle:
    """The polls and publications of one cycle."""

    def __init__(
        self,
        poller: Poller,
        store: Store,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
        progress: Progress,
        max_fetch_time: timedelta,
    ) -> None:
        self.results: list[PollResult] = []
        self.publications: list[tuple[PublishResult, ...]] = []
        self.unfinished: tuple[str, ...] = ()
        self._poller = poller
        self._store = store
        self._now = now
        self._monotonic = monotonic
        self._progress = progress
        started = monotonic()
        self._deadline = started + max_fetch_time.total_seconds()
        self._notice_at = started + WAITING_NOTICE_SECONDS
        with store.read() as connection:
            self._pace = PublishPace(started, dirty=outputs.any_changed(connection))

    def fetch(self, *, ignore_due_times: bool) -> None:
        """Poll until every result is committed, or until the deadline."""
        poller, progress = self._poller, self._progress
        progress.started(poller.start_due(ignore_due_times=ignore_due_times, include_local=True))
        while poller.busy():
            left = self._deadline - self._monotonic()
            if left <= 0:
                self._abandon()
                return
            self._take(poller.commit_finished(wait=min(1.0, left)))
            for change in poller.take_network_changes():
                progress.network(change)
            if put_off := poller.take_put_off():
                progress.started(-put_off)
            if not poller.busy():  # an OPML list may have added sources
                polled = frozenset(result.source for result in self.results)
                progress.started(poller.start_due(exclude=polled))
            if poller.busy():
                if self._pace.is_due(self._monotonic()):
                    self.publish()
                self._report_waiting()

    def _take(self, results: Sequence[PollResult]) -> None:
        for polled in results:
            self._progress.polled(polled)
            self.results.append(polled)
        if results:
            now = self._monotonic()
            self._pace.note_results(now, news=any(polled.outcome == "new" for polled in results))
            self._notice_at = now + WAITING_NOTICE_SECONDS

    def _abandon(self) -> None:
        unfinished = set(self._poller.unfinished())
        remaining = self._poller.commit_remaining()
        self._take(remaining)
        self.unfinished = tuple(sorted(unfinished.difference(polled.source for polled in remaining)))

    def _report_waiting(self) -> None:
        now = self._monotonic()
        if now >= self._notice_at:
            self._notice_at = now + WAITING_REPEAT_SECONDS
            waiting = Waiting(
                count=len(self._poller.unfinished()),
                slowest=tuple(self._poller.slowest()),
                max_seconds=max(0.0, self._deadline - now),
            )
            self._progress.waiting(waiting)

    def publish(self) -> None:
        poller, started = self._poller, self._monotonic()
        results = publish_site(self._store, poller.settings, poller.sources, self._now())
        failed = any(result.error for result in results)
        self._pace.note_publication(started, self._monotonic(), failed=failed)
        self.publications.append(results)
        self._progress.published(results)


def _added_up(publications: Sequence[Sequence[PublishResult]]) -> tuple[PublishResult, ...]:
    """One result for each name: that of the last publication, with the files that the earlier ones wrote. An error
    that the last publication does not repeat is over."""
    last = {result.name: result for result in publications[-1]}
    written: dict[str, dict[str, None]] = {}
    for results in publications:
        for result in results:
            written.setdefault(result.name, {}).update(dict.fromkeys(result.written))
    return tuple(
        replace(
            last.get(name, PublishResult(name=name)),
            written=tuple(files),
            unchanged=tuple(file for file in last[name].unchanged if file not in files)
            if name in last
            else (),
        )
        for name, files in written.items()
        if files or name in last
    )


def run_housekeeping(store: Store, settings: Settings, now: datetime) -> retention.Pruned | None:
    """Delete what is older than `settings.retention`, once a day. None if it was done less than a day ago."""
    with store.read() as connection:
        last = load_fact(connection, _HOUSEKEEPING_FACT)
    if last and timedelta() <= now - datetime.fromisoformat(last) < HOUSEKEEPING_INTERVAL:
        return None
    from feeds.store import near_index  # imports numpy, which other cycles do not need

    with store.write() as connection:
        save_fact(connection, _HOUSEKEEPING_FACT, now.isoformat())
        hosts.delete_free(connection, now)
        windows = [output.dedupe.window for output in settings.outputs]
        near_index.delete_expired(connection, now, max(windows, default=DedupePolicy().window))
        policy = settings.retention
        return retention.prune(
            connection, now, age=policy.age, per_source=policy.per_source, ledger_age=policy.ledger
        )
