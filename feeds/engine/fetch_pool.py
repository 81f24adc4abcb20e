"""The threads that fetch: how many there are, and what each does next.

Fetching is waiting, most of the time: up to `size` threads are at work. One begins, and their number doubles as long as
the time goes by with waiting; where answers come at once, more threads would but take the interpreter from each other.

One that has been at the same poll for longer than PATIENCE (its host hangs, or lets it wait for its turn) does not
count, and another takes its place. So a tenth of all hosts that hang holds up threads, and not the others' polls.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from feeds.clock import Clock
from feeds.engine.host_queues import Lanes
from feeds.fetch.pacing import Pacing

W = TypeVar("W")
R = TypeVar("R")

LOOK = 0.05
"""Seconds between two looks whether more threads are worth it: hosts that take their time have 16 after 0.2 s."""

BUSY = 0.25
"""Of a core: where as much is computed, answers come so fast that several hundred polls a second are made."""

PATIENCE = 1.0
"""Seconds; nine answers in ten take less than half a second."""

MOST = 16
"""Times `size` threads at the most, those that wait included. One costs 100 kB and a socket; with a quarter of them
200 sources that hang, on as many hosts that are not known yet, held up all others for minutes."""


class Crew(Generic[W, R]):
    """Does the work of the lanes with `do`, and puts what comes of it into `done`, which may make it wait."""

    def __init__(
        self,
        do: Callable[[W], R],
        done: queue.Queue[R],
        pacing: Pacing,
        clock: Clock,
        size: int,
        monotonic: Callable[[], float] = time.monotonic,
        computed: Callable[[], float] = time.process_time,
    ) -> None:
        self._do = do
        self._done = done
        self._pacing = pacing
        self._clock = clock
        self._size = size
        self._monotonic = monotonic
        self._computed = computed
        self._worth = 1  # threads, as far as seen
        self._looked = monotonic(), computed()
        self._changed = threading.Condition()  # around what follows
        self._lanes: Lanes[W] = Lanes(pacing, size)
        self._begun: dict[int, float] = {}  # thread → when its poll began
        self._doing: dict[int, W] = {}  # thread → its poll, until its result is in the queue
        self._threads: list[threading.Thread] = []
        self._stopping = False

    def resize(self, size: int) -> None:
        with self._changed:
            self._size = self._lanes.at_once = size

    def add(self, work: Iterable[tuple[str, W, bool]]) -> None:
        """(lane, work, whether it may be waiting for nothing)."""
        with self._changed:
            for name, one, doubtful in work:
                self._lanes.add(name, one, doubtful=doubtful)
            self._looked = self._monotonic(), self._computed()
            self._changed.notify_all()
        self.man()

    def man(self) -> None:
        """Start the threads that are missing. To be called from time to time, for no thread sees itself wait."""
        with self._changed:
            self._look()
            at_work = min(self._size, self._worth)
            wanted = min(len(self._lanes), at_work + self._waiting(), self._size * MOST)
            for number in range(len(self._threads), wanted):
                # Daemon threads: at the end a fetch that hangs must not keep the process.
                thread = threading.Thread(target=self._work, name=f"fetch-{number}", daemon=True)
                thread.start()
                self._threads.append(thread)

    def returned(self) -> list[W]:
        """What was given back since the last time, undone: its host rests."""
        with self._changed:
            found, self._lanes.returned = self._lanes.returned, []
            return found

    def under_way(self) -> list[W]:
        """What was begun, and has not come to anything yet."""
        with self._changed:
            return list(self._doing.values())

    def stop(self) -> None:
        """Begin nothing more."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()

    def _look(self) -> None:
        """Let more threads work where most of the time went by with waiting."""
        (before, computed_before), now = self._looked, self._monotonic()
        if now - before >= LOOK:
            computed = self._computed()
            if computed - computed_before < BUSY * (now - before):
                self._worth = min(2 * self._worth, self._size)
            self._looked = now, computed

    def _waiting(self) -> int:
        """How many threads have been at the same poll for too long."""
        now = self._monotonic()
        return sum(now - begun > PATIENCE for begun in self._begun.values())

    def _work(self) -> None:
        me = threading.get_ident()
        while (taken := self._next(me)) is not None:
            name, work = taken
            result = self._do(work)
            with self._changed:
                self._lanes.end(name)
                self._begun[me] = float("inf")  # if the state cannot keep up, more threads are no help
                self._changed.notify()
            self._done.put(result)
            with self._changed:
                self._doing.pop(me, None)

    def _next(self, me: int) -> tuple[str, W] | None:
        with self._changed:
            self._begun.pop(me, None)
            while not self._stopping:
                if len(self._begun) - self._waiting() >= self._size:
                    self._changed.wait(PATIENCE)
                    continue
                now = self._clock.now()
                taken = self._lanes.take(now)
                if taken is not None:
                    self._begun[me] = self._monotonic()
                    self._doing[me] = taken[1]
                    return taken
                next_at = self._lanes.next_at()
                if next_at is None:
                    self._changed.wait()
                else:
                    self._pacing.wait(self._changed, next_at)
            return None
