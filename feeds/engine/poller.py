"""The poller: starts the polls that are due, and commits their results in the caller's thread.

    store ─ sources due → HostQueues ─ FetchPool's threads → queue of results ─ commit_finished → store

`HostQueues` says which host may get a request now. The threads of `FetchPool` poll, and `fetch.pacing` makes sure that
no host sees two requests at once. Only the thread that calls the poller writes to the store. The queue of results is
bounded: when the store is slow, fetching waits, and memory use stays flat.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from feeds.clock import Clock
from feeds.config import Settings
from feeds.config.settings import Limits
from feeds.dedupe.reused_keys import KnownArticle
from feeds.engine import host_state
from feeds.engine.commit import Committer
from feeds.engine.fetch_pool import FetchPool
from feeds.engine.finished_jobs import FinishedJobs, JobResult
from feeds.engine.network import Network, unreached
from feeds.engine.network_watch import NetworkChange, ProbeReport
from feeds.errors import StateUnavailable
from feeds.fetch import Fetcher
from feeds.fetch.pacing import HostPacer
from feeds.fetch.robots import Robots
from feeds.ingest import opml_sources, record_poll
from feeds.ingest.articles import IngestSettings
from feeds.ingest.poll_source import PollOutcome, poll_source
from feeds.ingest.record_poll import PollResult
from feeds.ingest.shorten_waits import shorten_waits
from feeds.model import DedupePolicy, Source, SourceState
from feeds.store import Store, known_articles, sources
from feeds.websub.delivery import ParseContext
from feeds.websub.publisher import PingResult, Publisher
from feeds.websub.subscriber import Subscriber
from feeds.workers.parse_pool import ParseLimits, ParsePool

MAX_POOLED_HOSTS = 128
"""Hosts with a kept connection. A host with several sources is sent the next request after a second or two."""


def parse_limits(limits: Limits) -> tuple[int, ParseLimits]:
    """(number of processes, limits of each)."""
    return limits.parse_workers, ParseLimits(seconds=limits.parse_timeout, memory_bytes=limits.parse_memory)


class Poller:
    """Polls all sources of one store. Use it from one thread, and from one process per store."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        clock: Clock,
        user_agent: str,
        draw: Callable[[], float] = random.random,
        fetcher: Callable[..., Fetcher] = Fetcher,
        parse_pool: Callable[[int, ParseLimits, Callable[[], bool]], ParsePool] = ParsePool,
        *,
        pacing: HostPacer | None = None,
    ) -> None:
        """`draw` draws from [0, 1). `fetcher` and `parse_pool` make those objects; tests pass their own."""
        self._store = store
        self._clock = clock
        self._draw = draw
        self._user_agent = user_agent
        self._make_fetcher = fetcher
        self._make_parse_pool = parse_pool
        self._finished = FinishedJobs(clock)
        self._subscriber = Subscriber(store, clock, draw, self._finished.queue)
        self._publisher = Publisher(store, clock, draw, self._finished.queue)
        self._in_flight: set[str] = set()  # ids of sources
        self._put_off = 0  # see take_put_off
        self._parsers_lock = threading.Lock()  # guards _parsers
        self._parsers: ParsePool | None = None  # started by the first document
        self.pacing = self._pacing = pacing or HostPacer(clock, draw=draw)
        with store.read() as connection:
            self._pacing.restore(host_state.load_hosts(connection))
        self._committer = Committer(store, clock, draw, self._pacing, self._subscriber, self._publisher)
        self._network = Network(store, clock, self._finished.queue)
        self._fetch_pool = FetchPool(
            self._poll, self._finished.queue, self._pacing, clock, settings.limits.fetch_threads
        )
        self.reconfigure(settings)

    # ------------------------------------------------------------------------------------- configuration

    def reconfigure(self, settings: Settings, user_agent: str | None = None) -> None:
        """Use these settings from now on, or raise and keep the old ones. Polls that are running finish under the old
        ones. `user_agent`: as sent; None: as before."""
        # What may fail comes first: a reload that fails halfway must not leave a mixture.
        agent = self._user_agent if user_agent is None else user_agent
        fetcher = self._make_fetcher(
            settings.directory,
            self._clock,
            agent,
            MAX_POOLED_HOSTS,
            pacing=self._pacing,
            extra_ca=settings.site.ca,
        )
        robots, now = Robots(fetcher), self._clock.now()
        with self._store.write() as connection:
            sources.sync(connection, settings.sources, now)
            configured = opml_sources.all_sources(connection, settings.sources)
            shorten_waits(connection, configured, now)
        self._fetch_pool.resize(settings.limits.fetch_threads)
        self._pacing.interval = settings.limits.host_interval
        self._user_agent, self._fetcher, self._robots = agent, fetcher, robots
        self._replace_parsers(settings)
        self.settings = settings
        self._use_sources(configured)
        self._publisher.reconfigure(settings, self._fetcher)

    def _replace_parsers(self, settings: Settings) -> None:
        """The next document starts processes with the limits of these settings."""
        with self._parsers_lock:
            parsers, limits = self._parsers, settings.limits
            if parsers is None or parse_limits(limits) == parse_limits(self.settings.limits):
                return
            self._parsers = None
        parsers.retire()

    def _load_sources(self) -> None:
        """Load the configured sources and the members of OPML lists; on a conflict the configured source wins."""
        with self._store.read() as connection:
            self._use_sources(opml_sources.all_sources(connection, self.settings.sources))

    def _use_sources(self, all_sources: tuple[Source, ...]) -> None:
        self.sources = all_sources
        self._ingest_settings = IngestSettings(
            outputs=self.settings.outputs,
            sources={source.id: source for source in self.sources},
            window=max(
                (output.dedupe.window for output in self.settings.outputs), default=DedupePolicy().window
            ),
        )
        context = ParseContext(
            fetcher=self._fetcher,
            robots=self._robots,
            parse_pool=self._parse_pool,
            find_known=self._find_known,
        )
        self._network.reconfigure(self._ingest_settings.sources, self._fetcher)
        self._subscriber.reconfigure(self.settings, self._ingest_settings.sources, context)
        self._committer.reconfigure(self.settings, self._ingest_settings)

    # ------------------------------------------------------------------------------------------- polling

    def busy(self) -> bool:
        """Whether polls, subscription requests to hubs, or deliveries are in progress. Pings do not count."""
        return bool(self._in_flight) or self._subscriber.busy()

    def unfinished(self) -> list[str]:
        """The ids of the sources whose poll was started and is not committed."""
        return sorted(self._in_flight)

    def slowest(self) -> list[tuple[Source, float]]:
        """The sources that are being fetched, with the seconds since their poll began, the longest first."""
        running = [(source, seconds) for (source, _), seconds in self._fetch_pool.running()]
        return sorted(running, key=lambda poll: (-poll[1], poll[0].id))

    def start_due(
        self,
        *,
        ignore_due_times: bool = False,
        include_local: bool = False,
        exclude: Collection[str] = (),
    ) -> int:
        """Start the polls, deliveries and requests to hubs that are due and not in progress. Returns the number of the
        polls and deliveries.

        `include_local`: also local sources that are not due. `ignore_due_times`: also sources that are not due, except
        those that have ended (410). `exclude`: ids of sources not to poll.
        """
        if self._committer.held:  # what was fetched cannot be stored
            return 0
        with self._store.read() as connection:
            due = sources.due(
                connection, self._clock.now(), ignore_due_times=ignore_due_times, include_local=include_local
            )
        jobs = []
        for state in due:
            source = self._ingest_settings.sources.get(state.id)
            if not source or state.id in exclude or not self._network.may_poll(source):
                continue
            if state.id in self._committer.unrecordable:
                continue
            if state.id not in self._in_flight and not self._pacing.in_cooldown(state.host):
                self._in_flight.add(state.id)
                jobs.append((state.host, (source, state), state.was_unresponsive))
        self._fetch_pool.add(jobs)
        return len(jobs) + (0 if self._network.is_away else self._subscriber.start_due())

    def _poll(self, job: tuple[Source, SourceState]) -> PollOutcome:
        source, state = job
        outcome = poll_source(
            source,
            state,
            self._fetcher,
            self._parse_pool,
            self._clock.now(),
            find_known=self._find_known,
            load_seen_entries=self._load_seen_entries,
            robots=self._robots,
        )
        return replace(outcome, ended_at=self._clock.now())

    def _find_known(self, source_id: str, keys: Sequence[bytes]) -> Mapping[bytes, KnownArticle]:
        with self._store.read() as connection:
            return known_articles.find_known(connection, source_id, keys)

    def _load_seen_entries(self, source_id: str) -> bytes:
        with self._store.read() as connection:
            return sources.load_seen_entries(connection, source_id)

    def _parse_pool(self) -> ParsePool:
        with self._parsers_lock:
            if self._parsers is None:
                count, limits = parse_limits(self.settings.limits)
                self._parsers = self._make_parse_pool(count, limits, self._finished.queue.empty)
            return self._parsers

    # ------------------------------------------------------------------------------------------ commits

    def commit_finished(self, wait: float) -> list[PollResult]:
        """Commit finished jobs in one transaction. Waits up to `wait` seconds for the first. Returns the results of
        polls and deliveries.

        Raises StateUnavailable. The next call then commits the same jobs, and nothing is polled before.
        """
        if held := self._committer.held:
            return self._commit(held)
        batch = self._finished.take_batch(
            wait, self._fetch_pool.start_threads, polls_in_flight=len(self._in_flight)
        )
        # Sources whose host is in cooldown stay due, and are polled when the cooldown ends.
        put_off = self._fetch_pool.take_jobs_in_cooldown()
        self._in_flight.difference_update(source.id for source, _ in put_off)
        self._put_off += len(put_off)
        batch, unreached_polls = self._sift(batch)
        return unreached_polls + self._commit(batch) if batch else unreached_polls

    def _sift(self, batch: Sequence[JobResult]) -> tuple[list[JobResult], list[PollResult]]:
        """(what to commit, polls that failed because the network is away). Other polls are held for a few seconds."""
        sifted = self._network.sift(
            [result for result in batch if isinstance(result, PollOutcome)],
            [result for result in batch if isinstance(result, ProbeReport)],
            polls_in_flight=len(self._in_flight),
        )
        for outcome in sifted.dropped:
            self._in_flight.discard(outcome.source.id)
        self._pacing.forgive({outcome.state.host for outcome in sifted.dropped if not outcome.state.failures})
        if sifted.dropped:
            self._robots.forget_failures()
        others = [result for result in batch if not isinstance(result, PollOutcome | ProbeReport)]
        return [*sifted.ready, *others], [unreached(outcome) for outcome in sifted.dropped]

    def take_network_changes(self) -> list[NetworkChange]:
        """Whether the network went away or came back since the last call."""
        return self._network.take_changes()

    def _release(self, result: JobResult) -> None:
        """The result is committed or lost: the next job of its kind may start."""
        match result:
            case PollOutcome():
                self._in_flight.discard(result.source.id)
            case PingResult():
                self._publisher.release(result)
            case ProbeReport():
                pass
            case _:
                self._subscriber.release(result)

    def take_put_off(self) -> int:
        """The number of polls, since the last call, that were started and did not run: their host is in cooldown."""
        count, self._put_off = self._put_off, 0
        return count

    def commit_outcome(self, outcome: PollOutcome) -> list[PollResult]:
        """Commit the outcome of a poll that the caller has made, against the source's current state."""
        with self._store.read() as connection:
            current = next(state for state in sources.states(connection) if state.id == outcome.source.id)
        return self._commit([replace(outcome, state=current)])

    def _commit(self, batch: Sequence[JobResult]) -> list[PollResult]:
        try:
            results = self._committer.commit(batch)
        finally:
            held = set(map(id, self._committer.held))
            for result in batch:
                if id(result) not in held:
                    self._release(result)
        if self._committer.members_changed:
            self._load_sources()
        return results

    def pause(self, *, paused: bool) -> None:
        """Start none of the polls that wait for their turn, until they may."""
        self._fetch_pool.pause(paused=paused)

    def ping_hubs(self, seconds: float) -> None:
        """Ping the hubs of changed feeds, and wait up to `seconds` for their responses. With 0, `commit_finished`
        commits the results later. Pings that are not sent when the process ends are sent by the next one."""
        end = self._clock.monotonic() + seconds
        if not self._network.is_away:
            self._publisher.start_due()
        while self._publisher.busy() and (left := end - self._clock.monotonic()) > 0:
            self.commit_finished(min(left, 1.0))

    def commit_remaining(self) -> list[PollResult]:
        """Start no more polls, and commit what has finished, so that a restart does not repeat it.

        Sources whose poll is in progress become due after their shortest interval, and so do those whose result needs
        more room than the disk has.
        """
        self._fetch_pool.stop()
        results: list[PollResult] = []
        unstored: list[JobResult] = []
        try:
            while committed := self.commit_finished(0):
                results += committed
        except StateUnavailable:
            unstored = [*self._committer.held, *self._finished.take_all()]
        asked = [(job.source, job.state) for job in unstored if isinstance(job, PollOutcome)]
        if abandoned := asked + self._fetch_pool.in_progress():
            with self._store.write() as connection:
                for source, state in abandoned:
                    record_poll.record_abandoned(connection, source, state, self._clock.now(), self._draw())
        return results

    def stop_parsers(self) -> None:
        """Stop the parse processes. The next document starts them again."""
        with self._parsers_lock:
            parsers, self._parsers = self._parsers, None
        if parsers is not None:
            parsers.stop()

    def stop(self) -> None:
        """Start nothing more, and abandon what is in progress. Call `commit_remaining` first, so that a restart does
        not send the same requests at once."""
        self._fetch_pool.stop()
        self._subscriber.stop()
        self._publisher.stop()
        self.stop_parsers()
        self._fetcher.close()
