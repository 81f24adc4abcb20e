"""The poller: starts the polls that are due, and commits their results in the caller's thread.

    store ─ sources due → HostQueues ─ FetchPool's threads → queue of results ─ commit_finished → store

`HostQueues` says which host may be asked now. The threads of `FetchPool` poll, and `fetch.pacing` makes sure that no
host sees two requests at once. Only the thread that calls the poller writes to the store. The queue of results is
bounded: when the store is slow, fetching waits, and memory use stays flat.
"""

from __future__ import annotations

import queue
import random
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from feeds.clock import Clock
from feeds.config import Settings
from feeds.dedupe.identity import KnownArticle
from feeds.engine import host_state
from feeds.engine.fetch_pool import GROWTH_CHECK_SECONDS, FetchPool
from feeds.fetch import Fetcher
from feeds.fetch.pacing import Pacing
from feeds.fetch.robots import Robots
from feeds.ingest import opml_sources, record_poll
from feeds.ingest.articles import DocumentIngest, IngestRules
from feeds.ingest.poll_source import PollOutcome, poll_source
from feeds.ingest.record_poll import PollResult
from feeds.model import DedupePolicy, Source, SourceState
from feeds.store import Store, articles, sources
from feeds.websub import delivery
from feeds.websub.delivery import ParseContext, ParsedDelivery
from feeds.websub.publisher import PingResult, Publisher
from feeds.websub.subscriber import HubReply, Subscriber
from feeds.workers.parse_pool import ParseLimits, ParsePool

MAX_POLLS_PER_COMMIT = 50
"""Measured: 15 us a row then, against 37 us in a transaction of its own."""

MAX_COMMIT_BYTES = 2 << 20
"""Bytes of encoded parse results in one transaction; the last document may exceed it. Some 500 articles: they are in
memory, and other writers wait half a second for them."""

GATHER_SECONDS = 0.01
"""Seconds to wait for more finished polls, so that one transaction commits several."""

MAX_OPEN_CONNECTIONS = 128
"""Hosts with a kept connection. A host with several sources is asked again after a second or two."""

JobResult = PollOutcome | HubReply | ParsedDelivery | PingResult
"""What a thread puts into the queue of results."""


class Poller:
    """Polls all sources of one store. Use it from one thread, and from one process per store."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        clock: Clock,
        user_agent: str,
        chance: Callable[[], float] = random.random,
        fetcher: Callable[..., Fetcher] = Fetcher,
        parse_pool: Callable[[int, ParseLimits, Callable[[], bool]], ParsePool] = ParsePool,
        *,
        pacing: Pacing | None = None,
    ) -> None:
        """`chance` draws from [0, 1). `fetcher` and `parse_pool` make those objects; tests pass their own."""
        self._store = store
        self._clock = clock
        self._chance = chance
        self._user_agent = user_agent
        self._make_fetcher = fetcher
        self._make_parse_pool = parse_pool
        self._results: queue.Queue[JobResult] = queue.Queue(maxsize=MAX_POLLS_PER_COMMIT // 2)
        self._subscriber = Subscriber(store, clock, chance, self._results)
        self._publisher = Publisher(store, clock, chance, self._results)
        self._in_flight: set[str] = set()  # ids of sources
        self._committed_bytes = 0  # of parse results, since the last malloc_trim
        self._ingest: DocumentIngest | None = None  # of the last transaction
        self._parsers_lock = threading.Lock()  # guards _parsers
        self._parsers: ParsePool | None = None  # started by the first document
        self._pacing = pacing or Pacing(clock, chance=chance)
        with store.read() as connection:
            self._pacing.restore(host_state.load_hosts(connection))
        self._fetch_pool = FetchPool(
            self._poll, self._results, self._pacing, clock, settings.limits.fetch_threads
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
            settings.directory, self._clock, self._user_agent, MAX_OPEN_CONNECTIONS, pacing=self._pacing
        )
        self._robots = Robots(self._fetcher)
        self._publisher.reconfigure(settings, self._fetcher)
        self.settings = settings
        self._load_sources()

    def _load_sources(self) -> None:
        """Load the configured sources and the members of OPML lists; on a conflict the configured source wins."""
        with self._store.read() as connection:
            self.sources = opml_sources.all_sources(connection, self.settings.sources)
        self._rules = IngestRules(
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
        self._subscriber.reconfigure(self.settings, self._rules.sources, context)

    # ------------------------------------------------------------------------------------------- polling

    def busy(self) -> bool:
        """Whether polls, subscription requests to hubs, or deliveries are in progress. Pings do not count."""
        return bool(self._in_flight) or self._subscriber.busy()

    def start_due(
        self,
        *,
        ignore_due_times: bool = False,
        include_local: bool = False,
        exclude: Collection[str] = (),
    ) -> int:
        """Start the polls, requests to hubs and deliveries that are due and not in progress. Returns their number.

        `ignore_due_times`: poll every source. `include_files`: poll every source that is a local file.
        `exclude`: ids of sources not to poll.
        """
        with self._store.read() as connection:
            due = sources.due(connection, self._clock.now(), everything=ignore_due_times, include_local=include_local)
        jobs = []
        for state in due:
            source = self._rules.sources.get(state.id)
            if state.id in exclude:
                continue
            if source and state.id not in self._in_flight and not self._pacing.in_cooldown(state.host):
                self._in_flight.add(state.id)
                jobs.append((state.host, (source, state), state.silent))
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
            load_entries=self._load_entries,
            robots=self._robots,
        )

    def _find_known(self, source_id: str, keys: Sequence[bytes]) -> Mapping[bytes, KnownArticle]:
        with self._store.read() as connection:
            return articles.find_known(connection, source_id, keys)

    def _load_entries(self, source_id: str) -> bytes:
        with self._store.read() as connection:
            return sources.load_entries(connection, source_id)

    def _parse_pool(self) -> ParsePool:
        with self._parsers_lock:
            if self._parsers is None:
                limits = self.settings.limits
                self._parsers = self._make_parse_pool(
                    limits.parse_workers,
                    ParseLimits(seconds=limits.parse_timeout, memory_bytes=limits.parse_memory),
                    self._results.empty,
                )
            return self._parsers

    # ------------------------------------------------------------------------------------------ commits

    def commit_finished(self, wait: float) -> list[PollResult]:
        """Commit finished jobs in one transaction. Waits up to `wait` seconds for the first. Returns the results of
        polls and deliveries."""
        batch: list[JobResult] = []
        try:
            batch.append(self._next_result(wait))
            batch_bytes = _result_bytes(batch[0])
            if (
                not batch_bytes
                and len(self._in_flight) > 1
                and self._results.qsize() < MAX_POLLS_PER_COMMIT // 2
            ):
                time.sleep(GATHER_SECONDS)
            while len(batch) < MAX_POLLS_PER_COMMIT and batch_bytes < MAX_COMMIT_BYTES:
                batch.append(self._results.get_nowait())
                batch_bytes += _result_bytes(batch[-1])
        except queue.Empty:
            pass
        # Sources whose host is in cooldown stay due, and are polled when the cooldown ends.
        self._in_flight.difference_update(source.id for source, _ in self._fetch_pool.take_returned())
        if not batch:
            return []
        try:
            return self._commit(batch)
        finally:
            for result in batch:
                if isinstance(result, PollOutcome):
                    self._in_flight.discard(result.source.id)
                elif isinstance(result, PingResult):
                    self._publisher.release(result)
                else:
                    self._subscriber.release(result)

    def _next_result(self, wait: float) -> JobResult:
        """The next result from the queue; starts fetch threads while it waits. Raises queue.Empty after `wait`
        seconds."""
        end = self._clock.monotonic() + wait
        while True:
            self._fetch_pool.start_threads()
            left = end - self._clock.monotonic()
            try:
                if left <= 0:
                    return self._results.get_nowait()
                return self._results.get(timeout=min(left, GROWTH_CHECK_SECONDS))
            except queue.Empty:
                if left <= GROWTH_CHECK_SECONDS:
                    raise

    def ingest_one(self, outcome: PollOutcome) -> list[PollResult]:
        """Commit the outcome of a poll that the caller made, against the source's current state."""
        with self._store.read() as connection:
            current = next(state for state in sources.states(connection) if state.id == outcome.source.id)
        return self._commit([replace(outcome, state=current)])

    def _commit(self, batch: Sequence[JobResult]) -> list[PollResult]:
        results: list[PollResult] = []
        members_changed = False
        with self._store.write() as connection:
            pushed = self._subscriber.live_sources(connection)
            recent = self._ingest.recent if self._ingest else None
            ingest = self._ingest = DocumentIngest(connection, self._rules, recent)
            for outcome in batch:
                now = self._clock.now()
                if isinstance(outcome, HubReply):
                    self._subscriber.record_reply(connection, outcome)
                    continue
                if isinstance(outcome, PingResult):
                    self._publisher.record_result(connection, outcome)
                    continue
                if isinstance(outcome, ParsedDelivery):
                    results.append(delivery.commit_delivery(connection, outcome, ingest, now))
                    continue
                outcome = outcome.decoded()  # noqa: PLW2901  decoded one at a time, to save memory
                result = record_poll.record_poll(connection, outcome, ingest, now, self._chance, pushed)
                if outcome.source.kind == "opml" and result.result not in {"failed", "late"}:
                    configured = {source.id for source in self.settings.sources}
                    changed = opml_sources.sync_members(connection, outcome, configured, now)
                    members_changed |= changed
                    result = replace(result, result="new" if changed else "unchanged")
                if result.result not in {"failed", "late"}:
                    self._subscriber.update_from_poll(connection, outcome)
                results.append(result)
            host_state.save_hosts(connection, self._pacing)
        if members_changed:
            self._load_sources()
        self._committed_bytes += sum(_result_bytes(outcome) for outcome in batch)
        if self._committed_bytes >= MAX_COMMIT_BYTES:
            from feeds.workers.malloc_trim import malloc_trim  # a run without news never needs it

            malloc_trim()
            self._committed_bytes = 0
        return results

    def notify_hubs(self, seconds: float) -> None:
        """Ping the hubs of published feeds, and wait up to `seconds` for their answers. With 0, `commit_finished`
        commits the answers later. Pings that are not sent when the process ends are sent by the next one."""
        end = self._clock.monotonic() + seconds
        self._publisher.start_due()
        while self._publisher.busy() and (left := end - self._clock.monotonic()) > 0:
            self.commit_finished(min(left, 1.0))

    def commit_remaining(self) -> list[PollResult]:
        """Start no more polls, and commit what has finished, so that a restart does not repeat it.

        Sources that were asked and have not answered become due after their usual interval.
        """
        self._fetch_pool.stop()
        results: list[PollResult] = []
        while committed := self.commit_finished(0):
            results += committed
        if abandoned := self._fetch_pool.in_progress():
            with self._store.write() as connection:
                for source, state in abandoned:
                    record_poll.record_abandoned(connection, source, state, self._clock.now(), self._chance())
        return results

    def stop_parsers(self) -> None:
        """Stop the parse processes. The next document starts them again."""
        with self._parsers_lock:
            parsers, self._parsers = self._parsers, None
        if parsers is not None:
            parsers.stop()

    def stop(self) -> None:
        """Start nothing more, and abandon what is in progress; its sources stay due."""
        self._fetch_pool.stop()
        self._subscriber.stop()
        self._publisher.stop()
        self.stop_parsers()
        self._fetcher.close()


def _result_bytes(result: JobResult) -> int:
    """Length of the encoded parse result; 0 if there is none."""
    return result.result_bytes if isinstance(result, PollOutcome) else 0
