"""The engine: due sources → polls in threads → commits in the caller's thread.

    store ─due→ lanes ─crew→ outcomes ─drain→ store

A lane is a host: `lanes` says which may be asked now, the threads of `crew` do it, and `fetch.pacing` sees to it
that no host sees two requests at once. Everything that writes happens in the one thread that calls `drain`. The
queue between is bounded: fetching waits for the state, and memory stays flat.
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
from feeds.dedupe.identity import Known
from feeds.engine import host_state
from feeds.engine.fetch_pool import LOOK, Crew
from feeds.fetch import Fetcher
from feeds.fetch.pacing import Pacing
from feeds.fetch.robots import Robots
from feeds.ingest import opml_sources, record_poll
from feeds.ingest.articles import Intake, Rules
from feeds.ingest.poll_source import Outcome, poll
from feeds.ingest.record_poll import Polled
from feeds.model import DedupePolicy, Source, SourceState
from feeds.store import Store, articles, sources
from feeds.websub import delivery
from feeds.websub.delivery import Read, Tools
from feeds.websub.publisher import Pings, Told
from feeds.websub.subscriber import Asked, Push
from feeds.workers.parse_pool import Limits, Workers

BATCH = 50
"""Polls in one transaction: a row costs 15 us so, against 37 us in a transaction of its own."""

READ = 2 << 20
"""Bytes of readings in one transaction, give or take a document, some 500 articles: they lie in memory, and other
writers wait half a second for them."""

GATHER = 0.01
"""Seconds in which further polls that brought nothing join the first of a transaction: it is a hand-over for all of
them, in place of one for each."""

CONNECTIONS = 128
"""Hosts whose connections are kept: their turns come round again after a second or two."""


class Shard:
    """All sources of one state, polled by one process. Use it from one thread."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        clock: Clock,
        user_agent: str,
        chance: Callable[[], float] = random.random,
        fetcher: Callable[..., Fetcher] = Fetcher,
        workers: Callable[[int, Limits, Callable[[], bool]], Workers] = Workers,
        *,
        pacing: Pacing | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._chance = chance
        self._user_agent = user_agent
        self._make_fetcher = fetcher
        self._make_workers = workers
        self._done: queue.Queue[Outcome | Asked | Read | Told] = queue.Queue(maxsize=BATCH // 2)
        self._push = Push(store, clock, chance, self._done)
        self._pings = Pings(store, clock, chance, self._done)
        self._in_flight: set[str] = set()
        self._used = 0  # bytes of readings since memory was given back
        self._intake: Intake | None = None  # of the last transaction
        self._lock = threading.Lock()  # around the next
        self._workers: Workers | None = None
        self._pacing = pacing or Pacing(clock, chance=chance)
        with store.read() as connection:
            self._pacing.recall(host_state.recalled(connection))
        self._crew = Crew(self._poll, self._done, self._pacing, clock, settings.limits.fetch_threads)
        self.adopt(settings)

    # ------------------------------------------------------------------------------------- configuration

    def adopt(self, settings: Settings) -> None:
        """Work by this configuration from now on. Polls under way end under the old one."""
        now = self._clock.now()
        with self._store.write() as connection:
            sources.sync(connection, settings.sources, now)
        self._crew.resize(settings.limits.fetch_threads)
        self._pacing.interval = settings.limits.host_interval
        self._fetcher = self._make_fetcher(
            settings.directory, self._clock, self._user_agent, CONNECTIONS, pacing=self._pacing
        )
        self._robots = Robots(self._fetcher)
        self._pings.adopt(settings, self._fetcher)
        self.settings = settings
        self._take_sources()

    def _take_sources(self) -> None:
        """The configured sources and those that OPML lists brought; the configured ones win."""
        with self._store.read() as connection:
            self.sources = opml_sources.all_sources(connection, self.settings.sources)
        self._rules = Rules(
            outputs=self.settings.outputs,
            sources={one.id: one for one in self.sources},
            window=max(
                (output.dedupe.window for output in self.settings.outputs), default=DedupePolicy().window
            ),
        )
        tools = Tools(fetcher=self._fetcher, robots=self._robots, workers=self._pool, known=self._known)
        self._push.adopt(self.settings, self._rules.sources, tools)

    # ------------------------------------------------------------------------------------------- polling

    def busy(self) -> bool:
        """Whether polls, or requests to hubs for news, are under way."""
        return bool(self._in_flight) or self._push.busy()

    def enqueue(self, *, everything: bool = False, files: bool = False, exclude: Collection[str] = ()) -> int:
        """Begin what is due and not under way: polls, requests to hubs, deliveries. Returns how many.

        `everything`: due or not. `files`: files as well, due or not. `exclude`: ids of sources not to poll.
        """
        with self._store.read() as connection:
            due = sources.due(connection, self._clock.now(), everything=everything, files=files)
        work = []
        for state in due:
            source = self._rules.sources.get(state.id)
            if state.id in exclude:
                continue
            if source and state.id not in self._in_flight and not self._pacing.rests(state.lane):
                self._in_flight.add(state.id)
                work.append((state.lane, (source, state), state.silent))
        self._crew.add(work)
        return len(work) + self._push.begin()

    def _poll(self, work: tuple[Source, SourceState]) -> Outcome:
        source, state = work
        now = self._clock.now()
        return poll(
            source,
            state,
            self._fetcher,
            self._pool,
            now,
            known=self._known,
            entries=self._entries,
            robots=self._robots,
        )

    def _known(self, source: str, keys: Sequence[bytes]) -> Mapping[bytes, Known]:
        with self._store.read() as connection:
            return articles.known(connection, source, keys)

    def _entries(self, source: str) -> bytes:
        with self._store.read() as connection:
            return sources.entries(connection, source)

    def _pool(self) -> Workers:
        with self._lock:
            if self._workers is None:
                limits = self.settings.limits
                self._workers = self._make_workers(
                    limits.parse_workers,
                    Limits(seconds=limits.parse_timeout, memory=limits.parse_memory),
                    self._done.empty,
                )
            return self._workers

    # ------------------------------------------------------------------------------------------ commits

    def drain(self, wait: float) -> list[Polled]:
        """Commit what came by now, in one transaction; waits up to `wait` seconds for the first."""
        batch: list[Outcome | Asked | Read | Told] = []
        try:
            batch.append(self._first(wait))
            read = _size(batch[0])
            if not read and len(self._in_flight) > 1 and self._done.qsize() < BATCH // 2:
                time.sleep(GATHER)
            while len(batch) < BATCH and read < READ:
                batch.append(self._done.get_nowait())
                read += _size(batch[-1])
        except queue.Empty:
            pass
        # Those whose host asked for patience stay due, for when it has had it.
        self._in_flight.difference_update(source.id for source, _ in self._crew.returned())
        if not batch:
            return []
        try:
            return self._commit(batch)
        finally:
            for one in batch:
                if isinstance(one, Outcome):
                    self._in_flight.discard(one.source.id)
                elif isinstance(one, Told):
                    self._pings.done(one)
                else:
                    self._push.done(one)

    def _first(self, wait: float) -> Outcome | Asked | Read | Told:
        """Raises queue.Empty where nothing comes within `wait` seconds; the crew is looked after meanwhile."""
        end = self._clock.monotonic() + wait
        while True:
            self._crew.man()
            left = end - self._clock.monotonic()
            try:
                return self._done.get(timeout=min(left, LOOK)) if left > 0 else self._done.get_nowait()
            except queue.Empty:
                if left <= LOOK:
                    raise

    def take(self, outcome: Outcome) -> list[Polled]:
        """Commit a poll that somebody else made of a source as it stands now."""
        with self._store.read() as connection:
            seen = next(one for one in sources.states(connection) if one.id == outcome.source.id)
        return self._commit([replace(outcome, seen=seen)])

    def _commit(self, batch: Sequence[Outcome | Asked | Read | Told]) -> list[Polled]:
        polled: list[Polled] = []
        relisted = False
        with self._store.write() as connection:
            pushed = self._push.live(connection)
            recent = self._intake.recent if self._intake else None
            intake = self._intake = Intake(connection, self._rules, recent)
            for outcome in batch:
                now = self._clock.now()
                if isinstance(outcome, Asked):
                    self._push.settle(connection, outcome)
                    continue
                if isinstance(outcome, Told):
                    self._pings.settle(connection, outcome)
                    continue
                if isinstance(outcome, Read):
                    polled.append(delivery.commit(connection, outcome, intake, now))
                    continue
                outcome = outcome.opened()  # noqa: PLW2901  (one at a time)
                done = record_poll.commit(connection, outcome, intake, now, self._chance, pushed)
                if outcome.source.kind == "opml" and done.result not in {"failed", "late"}:
                    configured = {one.id for one in self.settings.sources}
                    changed = opml_sources.take_in(connection, outcome, configured, now)
                    relisted |= changed
                    done = replace(done, result="new" if changed else "unchanged")
                if done.result not in {"failed", "late"}:
                    self._push.note(connection, outcome)
                polled.append(done)
            host_state.note(connection, self._pacing)
        if relisted:
            self._take_sources()
        self._used += sum(_size(one) for one in batch)
        if self._used >= READ:
            from feeds.workers.malloc_trim import (
                give_back,  # as long as there is little news, there is little to give
            )

            give_back()
            self._used = 0
        return polled

    def tell(self, seconds: float) -> None:
        """Tell hubs of what was published, and wait for their answers, for so long at most. With 0 the answers come
        out of `drain`. What is not said when the process ends is said by the next one."""
        end = self._clock.monotonic() + seconds
        self._pings.begin()
        while self._pings.busy() and (left := end - self._clock.monotonic()) > 0:
            self.drain(min(left, 1.0))

    def settle(self) -> list[Polled]:
        """Begin nothing more, and commit what has come: who answered is not asked again after a restart. Nor is who
        was asked and has not answered yet, before its usual time."""
        self._crew.stop()
        settled: list[Polled] = []
        while polled := self.drain(0):
            settled += polled
        if abandoned := self._crew.under_way():
            with self._store.write() as connection:
                for source, seen in abandoned:
                    record_poll.abandoned(connection, source, seen, self._clock.now(), self._chance())
        return settled

    def dismiss(self) -> None:
        """End the reading processes; the next document starts one again."""
        with self._lock:
            workers, self._workers = self._workers, None
        if workers is not None:
            workers.stop()

    def stop(self) -> None:
        """Begin nothing more, and abandon what is under way: its sources stay due."""
        self._crew.stop()
        self._push.stop()
        self._pings.stop()
        self.dismiss()
        self._fetcher.close()


def _size(done: Outcome | Asked | Read | Told) -> int:
    """Bytes of its reading."""
    return len(done.shut) if isinstance(done, Outcome) else 0
