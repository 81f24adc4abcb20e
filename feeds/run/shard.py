"""The engine: due sources → polls in threads → commits in the caller's thread.

    store ─due→ lanes ─threads→ outcomes ─drain→ store

One thread at a time works on a lane (a host), so that no host sees two requests at once, and a host that
hangs holds up one thread and not the others' sources. Everything that writes happens in the one thread that
calls `drain`. The queue between is bounded: fetching waits for the state, and memory stays flat.
"""

from __future__ import annotations

import queue
import random
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from feeds.clock import Clock
from feeds.config import Settings
from feeds.dedupe.identity import Known
from feeds.fetch import Fetcher
from feeds.fetch.robots import Robots
from feeds.model import DedupePolicy, Source
from feeds.run import lists
from feeds.run.commit import Polled, Rules, commit
from feeds.run.poll import Outcome, poll
from feeds.run.workers import Limits, Workers
from feeds.store import Store, articles, sources
from feeds.store.sources import SourceState

BATCH = 50
"""Polls in one transaction: a row costs 15 us so, against 37 us in a transaction of its own."""


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
        workers: Callable[[int, Limits], Workers] = Workers,
    ) -> None:
        self._store = store
        self._clock = clock
        self._chance = chance
        self._user_agent = user_agent
        self._make_fetcher = fetcher
        self._make_workers = workers
        self._ready: queue.SimpleQueue[str | None] = queue.SimpleQueue()  # lanes that have work and no thread
        self._done: queue.Queue[Outcome] = queue.Queue(maxsize=4 * BATCH)
        self._lock = threading.Lock()  # around the two below
        self._lanes: dict[str, deque[tuple[Source, SourceState]]] = {}
        self._stopping = False
        self._in_flight: set[str] = set()
        self._workers: Workers | None = None
        self._threads: list[threading.Thread] = []
        self.adopt(settings)

    # ------------------------------------------------------------------------------------- configuration

    def adopt(self, settings: Settings) -> None:
        """Work by this configuration from now on. Polls under way end under the old one."""
        now = self._clock.now()
        with self._store.write() as connection:
            sources.sync(connection, settings.sources, now)
        self._fetcher = self._make_fetcher(
            settings.directory, self._clock, self._user_agent, settings.limits.fetch_threads
        )
        self._robots = Robots(self._fetcher)
        self.settings = settings
        self._take_sources()

    def _take_sources(self) -> None:
        """The configured sources and those that OPML lists brought; the configured ones win."""
        with self._store.read() as connection:
            self.sources = lists.all_sources(connection, self.settings.sources)
        self._rules = Rules(
            outputs=self.settings.outputs,
            sources={one.id: one for one in self.sources},
            window=max(
                (output.dedupe.window for output in self.settings.outputs), default=DedupePolicy().window
            ),
        )

    # ------------------------------------------------------------------------------------------- polling

    def busy(self) -> bool:
        """Whether polls are under way."""
        return bool(self._in_flight)

    def enqueue(self, *, everything: bool = False, files: bool = False) -> int:
        """Begin to poll what is due and not under way. Returns how many sources that are.

        `everything`: due or not. `files`: files as well, due or not.
        """
        with self._store.read() as connection:
            due = sources.due(connection, self._clock.now(), everything=everything, files=files)
        lanes: defaultdict[str, list[tuple[Source, SourceState]]] = defaultdict(list)
        for state in due:
            source = self._rules.sources.get(state.id)
            if source and state.id not in self._in_flight:
                lanes[state.lane].append((source, state))
        for lane, work in lanes.items():
            self._in_flight.update(source.id for source, _ in work)
            self._give(lane, work)
        self._start_threads(len(lanes))
        return sum(map(len, lanes.values()))

    def _give(self, lane: str, work: Sequence[tuple[Source, SourceState]]) -> None:
        with self._lock:
            waiting = self._lanes.get(lane)
            if waiting is None:  # nobody works on it
                self._lanes[lane] = deque(work)
                self._ready.put(lane)
            else:
                waiting.extend(work)

    def _start_threads(self, lanes: int) -> None:
        # Daemon threads: at the end a fetch that hangs must not keep the process.
        missing = min(self.settings.limits.fetch_threads, lanes) - len(self._threads)
        for _ in range(missing):
            thread = threading.Thread(target=self._work, name=f"fetch-{len(self._threads)}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def _work(self) -> None:
        while (lane := self._ready.get()) is not None:
            while (work := self._next(lane)) is not None:
                source, state = work
                now = self._clock.now()
                self._done.put(
                    poll(
                        source, state, self._fetcher, self._pool, now, known=self._known, robots=self._robots
                    )
                )

    def _known(self, source: str, keys: Sequence[bytes]) -> Mapping[bytes, Known]:
        with self._store.read() as connection:
            return articles.known(connection, source, keys)

    def _next(self, lane: str) -> tuple[Source, SourceState] | None:
        """The next poll of a lane; None gives the lane back."""
        with self._lock:
            waiting = self._lanes[lane]
            if waiting and not self._stopping:
                return waiting.popleft()
            del self._lanes[lane]
            return None

    def _pool(self) -> Workers:
        with self._lock:
            if self._workers is None:
                limits = self.settings.limits
                self._workers = self._make_workers(
                    limits.parse_workers,
                    Limits(seconds=limits.parse_timeout, memory=limits.parse_memory),
                )
            return self._workers

    # ------------------------------------------------------------------------------------------ commits

    def drain(self, wait: float) -> list[Polled]:
        """Commit what was polled by now, in one transaction; waits up to `wait` seconds for the first."""
        batch: list[Outcome] = []
        try:
            batch.append(self._done.get(timeout=wait) if wait else self._done.get_nowait())
            while len(batch) < BATCH:
                batch.append(self._done.get_nowait())
        except queue.Empty:
            pass
        if not batch:
            return []
        try:
            return self._commit(batch)
        finally:
            self._in_flight.difference_update(outcome.source.id for outcome in batch)

    def take(self, outcome: Outcome) -> list[Polled]:
        """Commit a poll that somebody else made of a source as it stands now."""
        with self._store.read() as connection:
            seen = next(one for one in sources.states(connection) if one.id == outcome.source.id)
        return self._commit([replace(outcome, seen=seen)])

    def _commit(self, batch: Sequence[Outcome]) -> list[Polled]:
        polled: list[Polled] = []
        relisted = False
        configured = {one.id for one in self.settings.sources}
        with self._store.write() as connection:
            for outcome in batch:
                now = self._clock.now()
                with connection.begin_nested():
                    done = commit(connection, outcome, self._rules, now, self._chance)
                    if outcome.source.kind == "opml" and done.result not in {"failed", "late"}:
                        changed = lists.take_in(connection, outcome, configured, now)
                        relisted |= changed
                        done = replace(done, result="new" if changed else "unchanged")
                polled.append(done)
        if relisted:
            self._take_sources()
        return polled

    def stop(self) -> None:
        """Begin nothing more, and abandon what is under way: its sources stay due."""
        with self._lock:
            self._stopping = True
        for _ in self._threads:
            self._ready.put(None)
        if self._workers is not None:
            self._workers.stop()
        self._fetcher.close()
