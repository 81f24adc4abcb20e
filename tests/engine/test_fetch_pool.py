"""Threads: more where most time is waited away; one that waits too long does not count, up to a bound.

No test here waits for time to pass.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from feeds.engine.fetch_pool import (
    MAX_CPU_SHARE,
    GROWTH_CHECK_SECONDS,
    MAX_THREADS_FACTOR,
    STUCK_AFTER_SECONDS,
    FetchPool,
)
from feeds.fetch.pacing import Pacing
from tests.newsroom import HandClock

AT_MOST = 30.0  # seconds until a test fails that would wait for ever


class Hangs:
    """Work that hangs until it is let go."""

    def __init__(self, size: int) -> None:
        self.begun: queue.Queue[str] = queue.Queue()
        self.done: queue.Queue[str] = queue.Queue()
        self.seconds = self.computed = 0.0
        self._go = threading.Event()
        clock = HandClock()
        self.crew: FetchPool[str, str] = FetchPool(
            self._do,
            self.done,
            Pacing(clock),
            clock,
            size,
            monotonic=lambda: self.seconds,
            cpu_seconds=lambda: self.computed,
        )

    def _do(self, work: str) -> str:
        self.begun.put(work)
        if work.startswith("hang"):
            assert self._go.wait(AT_MOST)
        return work

    def add(self, *work: str, doubtful: bool = False) -> None:
        self.crew.add((one, one, doubtful) for one in work)

    def look(self, computed: float = 0.0) -> None:
        """The next look, of a time of which a part was computed."""
        self.seconds += GROWTH_CHECK_SECONDS
        self.computed += computed * GROWTH_CHECK_SECONDS
        self.crew.start_threads()

    def later(self) -> None:
        self.seconds += 2 * STUCK_AFTER_SECONDS
        self.crew.start_threads()

    def begins(self, count: int) -> list[str]:
        return sorted(self.begun.get(timeout=AT_MOST) for _ in range(count))

    def let_go(self) -> None:
        self._go.set()


@contextmanager
def hanging(size: int = 2) -> Iterator[Hangs]:
    made = Hangs(size)
    try:
        yield made
    finally:
        made.let_go()
        made.crew.stop()
        for thread in threading.enumerate():  # the next test counts them
            if thread.name.startswith("fetch-"):
                thread.join(AT_MOST)


def test_there_are_no_more_threads_than_hosts() -> None:
    with hanging() as made:
        before = threading.active_count()
        made.add("a")
        assert made.done.get(timeout=AT_MOST) == "a"
        assert threading.active_count() <= before + 1


def test_threads_double_while_the_process_waits() -> None:
    with hanging(size=5) as made:
        made.add(*(f"hang{n}" for n in range(9)))
        for more in (1, 1, 2, 1):
            assert len(made.begins(more)) == more
            assert made.begun.empty()
            made.look()
        assert made.begun.empty()


def test_no_threads_are_added_while_the_cpu_is_busy() -> None:
    with hanging(size=5) as made:
        before = threading.active_count()
        made.add(*(f"hang{n}" for n in range(9)))
        made.look(computed=MAX_CPU_SHARE)
        assert threading.active_count() == before + 1


def test_idle_time_before_a_job_adds_no_threads() -> None:
    with hanging(size=5) as made:
        before = threading.active_count()
        made.seconds += 1000
        made.add(*(f"hang{n}" for n in range(9)))
        assert threading.active_count() == before + 1


def test_a_stuck_thread_is_replaced_by_another() -> None:
    with hanging() as made:
        made.add("hang1", "hang2", "fine")
        made.look()
        assert made.begins(2) == ["hang1", "hang2"]
        made.later()
        assert made.begins(1) == ["fine"]
        assert made.done.get(timeout=AT_MOST) == "fine"
        assert made.done.empty()


def test_the_number_of_threads_is_bounded_and_stuck_jobs_finish() -> None:
    with hanging() as made:
        most = 2 * MAX_THREADS_FACTOR
        made.add(*(f"hang{n}" for n in range(most)), "fine")
        made.look()
        for _ in range(MAX_THREADS_FACTOR):
            made.begins(2)
            made.later()
        assert made.begun.empty()
        made.let_go()
        assert sorted(made.done.get(timeout=AT_MOST) for _ in range(most + 1))[0] == "fine"


def test_unresponsive_hosts_occupy_at_most_size_threads() -> None:
    with hanging() as made:
        made.add(*(f"hang{n}" for n in range(20)), doubtful=True)
        made.look()
        made.begins(2)
        made.later()
        made.later()
        made.add("fine")
        assert made.begins(1) == ["fine"]
        assert made.begun.empty()
