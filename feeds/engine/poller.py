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
from feeds.dedupe.reused_keys import KnownArticle
from feeds.engine import host_state
from feeds.engine.commit import Committer
from feeds.engine.fetch_pool import FetchPool
from feeds.engine.finished_jobs import FinishedJobs, JobResult
from feeds.fetch import Fetcher
from feeds.fetch.pacing import HostPacer
from feeds.fetch.robots import Robots
from feeds.ingest import opml_sources, record_poll
from feeds.ingest.articles import IngestSettings
from feeds.ingest.poll_source import PollOutcome, poll_source
from feeds.ingest.record_poll import PollResult
from feeds.model import DedupePolicy, Source, SourceState
from feeds.store import Store, known_articles, sources
from feeds.websub.delivery import ParseContext
from feeds.websub.publisher import PingResult, Publisher
from feeds.websub.subscriber import Subscriber
from feeds.workers.parse_pool import ParseLimits, ParsePool

MAX_POOLED_HOSTS = 128
"""Hosts with a kept connection. A host with several sources is sent the next request after a second or two."""


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
        self._pacing = pacing or HostPacer(clock, draw=draw)
        with store.read() as connection:
            self._pacing.restore(host_state.load_hosts(connection))
        self._committer = Committer(store, clock, draw, self._pacing, self._subscriber, self._publisher)
        self._fetch_pool = FetchPool(
            self._poll, self._finished.queue, self._pacing, clock, settings.limits.fetch_threads
        )
        self.reconfigure(settings)

    # ------------------------------------------------------------------------------------- configuration

    def reconfigure(self, settings: Settings) -> None:
        """Use these settings from now on. Polls that are running finish under the old ones."""
        now = self._clock.now()
        with self._store.write() as connection:
            sources.sync(connection, settings.sources, now)
        self._fetch_pool.resize(settings.limits.fetch_threads)
        self._pacing.interval = settings.limits.host_interval
        self._fetcher = self._make_fetcher(
            settings.directory, self._clock, self._user_agent, MAX_POOLED_HOSTS, pacing=self._pacing
        )
        self._robots = Robots(self._fetcher)
        self._publisher.reconfigure(settings, self._fetcher)
        self.settings = settings
        self._load_sources()

    def _load_sources(self) -> None:
        """Load the configured sources and the members of OPML lists; on a conflict the configured source wins."""
        with self._store.read() as connection:
            self.sources = opml_sources.all_sources(connection, self.settings.sources)
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
        with self._store.read() as connection:
            due = sources.due(
                connection, self._clock.now(), ignore_due_times=ignore_due_times, include_local=include_local
            )
        jobs = []
        for state in due:
            source = self._ingest_settings.sources.get(state.id)
            if state.id in exclude:
                continue
            if source and state.id not in self._in_flight and not self._pacing.in_cooldown(state.host):
                self._in_flight.add(state.id)
                jobs.append((state.host, (source, state), state.was_unresponsive))
        self._fetch_pool.add(jobs)
        return len(jobs) + self._subscriber.start_due()

    def _poll(self, job: tuple[Source, SourceState]) -> PollOutcome:
        source, state = job
        now = self._clock.now()
        return poll_source(
            source,
            state,
            self._fetcher,
            self._parse_pool,
            now,
            find_known=self._find_known,
            load_seen_entries=self._load_seen_entries,
            robots=self._robots,
        )

    def _find_known(self, source_id: str, keys: Sequence[bytes]) -> Mapping[bytes, KnownArticle]:
        with self._store.read() as connection:
            return known_articles.find_known(connection, source_id, keys)

    def _load_seen_entries(self, source_id: str) -> bytes:
        with self._store.read() as connection:
            return sources.load_seen_entries(connection, source_id)

    def _parse_pool(self) -> ParsePool:
        with self._parsers_lock:
            if self._parsers is None:
                limits = self.settings.limits
                self._parsers = self._make_parse_pool(
                    limits.parse_workers,
                    ParseLimits(seconds=limits.parse_timeout, memory_bytes=limits.parse_memory),
                    self._finished.queue.empty,
                )
            return self._parsers

    # ------------------------------------------------------------------------------------------ commits

    def commit_finished(self, wait: float) -> list[PollResult]:
        """Commit finished jobs in one transaction. Waits up to `wait` seconds for the first. Returns the results of
        polls and deliveries."""
        batch = self._finished.take_batch(
            wait, self._fetch_pool.start_threads, polls_in_flight=len(self._in_flight)
        )
        # Sources whose host is in cooldown stay due, and are polled when the cooldown ends.
        put_off = self._fetch_pool.take_jobs_in_cooldown()
        self._in_flight.difference_update(source.id for source, _ in put_off)
        self._put_off += len(put_off)
        if not batch:
            return []
        try:
            return self._commit(batch)
        finally:
            for result in batch:
                self._release(result)

    def _release(self, result: JobResult) -> None:
        """The result is committed or lost: the next job of its kind may start."""
        match result:
            case PollOutcome():
                self._in_flight.discard(result.source.id)
            case PingResult():
                self._publisher.release(result)
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
        results = self._committer.commit(batch)
        if self._committer.members_changed:
            self._load_sources()
        return results

    def ping_hubs(self, seconds: float) -> None:
        """Ping the hubs of changed feeds, and wait up to `seconds` for their responses. With 0, `commit_finished`
        commits the results later. Pings that are not sent when the process ends are sent by the next one."""
        end = self._clock.monotonic() + seconds
        self._publisher.start_due()
        while self._publisher.busy() and (left := end - self._clock.monotonic()) > 0:
            self.commit_finished(min(left, 1.0))

    def commit_remaining(self) -> list[PollResult]:
        """Start no more polls, and commit what has finished, so that a restart does not repeat it.

        Sources whose poll is in progress become due after their shortest interval.
        """
        self._fetch_pool.stop()
        results: list[PollResult] = []
        while committed := self.commit_finished(0):
            results += committed
        if abandoned := self._fetch_pool.in_progress():
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
