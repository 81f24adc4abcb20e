"""FetchPool: threads are added while the process waits; a stuck thread is replaced, up to a bound.

No test here waits for time to pass.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from feeds.engine.fetch_pool import (
    GROWTH_CHECK_SECONDS,
    MAX_CPU_SHARE,
    MAX_THREADS_FACTOR,
    STUCK_AFTER_SECONDS,
    FetchPool,
)
from feeds.fetch.pacing import HostPacer
from tests.newsroom import ManualClock

TIMEOUT_SECONDS = 30.0  # a failing test ends after this time


class HangingJobs:
    """A pool whose jobs named "hang…" hang until `let_go`."""

    def __init__(self, size: int) -> None:
        self.started: queue.Queue[str] = queue.Queue()
        self.results: queue.Queue[str] = queue.Queue()
        self.seconds = self.cpu = 0.0
        self._go = threading.Event()
        clock = ManualClock()
        self.pool: FetchPool[str, str] = FetchPool(
            self._run_job,
            self.results,
            HostPacer(clock),
            clock,
            size,
            monotonic=lambda: self.seconds,
            cpu_seconds=lambda: self.cpu,
        )

    def _run_job(self, job: str) -> str:
        self.started.put(job)
        if job.startswith("hang"):
            assert self._go.wait(TIMEOUT_SECONDS)
        return job

    def add(self, *names: str, unresponsive: bool = False) -> None:
        self.pool.add((name, name, unresponsive) for name in names)

    def check(self, cpu_share: float = 0.0) -> None:
        """Let the time to the next check pass, with this CPU share, and check."""
        self.seconds += GROWTH_CHECK_SECONDS
        self.cpu += cpu_share * GROWTH_CHECK_SECONDS
        self.pool.start_threads()

    def advance(self) -> None:
        self.seconds += 2 * STUCK_AFTER_SECONDS
        self.pool.start_threads()

    def await_started(self, count: int) -> list[str]:
        return sorted(self.started.get(timeout=TIMEOUT_SECONDS) for _ in range(count))

    def let_go(self) -> None:
        self._go.set()


@contextmanager
def hanging(size: int = 2) -> Iterator[HangingJobs]:
    jobs = HangingJobs(size)
    try:
        yield jobs
    finally:
        jobs.let_go()
        jobs.pool.stop()
        for thread in threading.enumerate():  # the next test counts threads
            if thread.name.startswith("fetch-"):
                thread.join(TIMEOUT_SECONDS)


def test_there_are_no_more_threads_than_hosts() -> None:
    with hanging() as jobs:
        before = threading.active_count()
        jobs.add("a")
        assert jobs.results.get(timeout=TIMEOUT_SECONDS) == "a"
        assert threading.active_count() <= before + 1


def test_threads_double_while_the_process_waits() -> None:
    with hanging(size=5) as jobs:
        jobs.add(*(f"hang{n}" for n in range(9)))
        for more in (1, 1, 2, 1):
            assert len(jobs.await_started(more)) == more
            assert jobs.started.empty()
            jobs.check()
        assert jobs.started.empty()


def test_no_threads_are_added_while_the_cpu_is_busy() -> None:
    with hanging(size=5) as jobs:
        before = threading.active_count()
        jobs.add(*(f"hang{n}" for n in range(9)))
        jobs.check(cpu_share=MAX_CPU_SHARE)
        assert threading.active_count() == before + 1


def test_idle_time_before_a_job_adds_no_threads() -> None:
    with hanging(size=5) as jobs:
        before = threading.active_count()
        jobs.seconds += 1000
        jobs.add(*(f"hang{n}" for n in range(9)))
        assert threading.active_count() == before + 1


def test_a_stuck_thread_is_replaced_by_another() -> None:
    with hanging() as jobs:
        jobs.add("hang1", "hang2", "fine")
        jobs.check()
        assert jobs.await_started(2) == ["hang1", "hang2"]
        jobs.advance()
        assert jobs.await_started(1) == ["fine"]
        assert jobs.results.get(timeout=TIMEOUT_SECONDS) == "fine"
        assert jobs.results.empty()


def test_the_number_of_threads_is_bounded_and_stuck_jobs_finish() -> None:
    with hanging() as jobs:
        most = 2 * MAX_THREADS_FACTOR
        jobs.add(*(f"hang{n}" for n in range(most)), "fine")
        jobs.check()
        for _ in range(MAX_THREADS_FACTOR):
            jobs.await_started(2)
            jobs.advance()
        assert jobs.started.empty()
        jobs.let_go()
        assert sorted(jobs.results.get(timeout=TIMEOUT_SECONDS) for _ in range(most + 1))[0] == "fine"


def test_unresponsive_hosts_occupy_at_most_size_threads() -> None:
    with hanging() as jobs:
        jobs.add(*(f"hang{n}" for n in range(20)), unresponsive=True)
        jobs.check()
        jobs.await_started(2)
        jobs.advance()
        jobs.advance()
        jobs.add("fine")
        assert jobs.await_started(1) == ["fine"]
        assert jobs.started.empty()
