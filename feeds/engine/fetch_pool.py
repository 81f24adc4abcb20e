"""The pool of fetch threads: how many threads there are, and which job each runs next.

Fetching is mostly waiting, so up to `size` threads work at once. The pool starts with one thread and doubles while the
process mostly waits. Where answers come at once, more threads would only compete for the interpreter.

A thread that works on one poll for longer than STUCK_AFTER_SECONDS (its host hangs, or the thread waits for the host's
turn) does not count, and another takes its place. So hosts that hang, even a tenth of all hosts, occupy threads and do
not delay the other polls.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from feeds.clock import Clock
from feeds.engine.host_queues import HostQueues
from feeds.fetch.pacing import HostPacer

W = TypeVar("W")
R = TypeVar("R")

GROWTH_CHECK_SECONDS = 0.05
"""Seconds between two checks whether more threads are needed. With slow hosts there are 16 threads after 0.2 s."""

MAX_CPU_SHARE = 0.25
"""No thread is added while the process uses more than this share of one core: responses then come so fast that it
makes several hundred polls a second."""

STUCK_AFTER_SECONDS = 1.0
"""A poll that takes longer than this counts as stuck. Nine answers in ten take less than half a second."""

MAX_THREADS_FACTOR = 16
"""Upper bound of threads, stuck ones included, as a multiple of `size`. A thread costs 100 kB and a socket. Measured
with 4: 200 hanging sources on as many hosts that were not known yet delayed all others for minutes."""


class FetchPool(Generic[W, R]):
    """Threads that run the queued jobs with `run_job` and put the results into the queue `results`.

    A thread waits while that queue is full.
    """

    def __init__(
        self,
        run_job: Callable[[W], R],
        results: queue.Queue[R],
        pacing: HostPacer,
        clock: Clock,
        size: int,
        monotonic: Callable[[], float] = time.monotonic,
        cpu_seconds: Callable[[], float] = time.process_time,
    ) -> None:
        self._run_job = run_job
        self._results = results
        self._pacing = pacing
        self._clock = clock
        self._size = size
        self._monotonic = monotonic
        self._cpu_seconds = cpu_seconds
        self._target = 1  # threads that should be at work; grows up to _size
        self._last_check = monotonic(), cpu_seconds()
        self._changed = threading.Condition()  # guards everything below
        self._queues: HostQueues[W] = HostQueues(pacing, size)
        self._started_at: dict[int, float] = {}  # thread → monotonic time at which its job started
        self._jobs: dict[int, W] = {}  # thread → its job, until the result is in the queue
        self._threads: list[threading.Thread] = []
        self._stopping = False
        self._paused = False

    def resize(self, size: int) -> None:
        with self._changed:
            self._size = self._queues.max_unresponsive = size

    def add(self, jobs: Iterable[tuple[str, W, bool]]) -> None:
        """Queue jobs: (host, job, whether its source did not answer the last time)."""
        with self._changed:
            for host, job, unresponsive in jobs:
                self._queues.add(host, job, unresponsive=unresponsive)
            self._last_check = self._monotonic(), self._cpu_seconds()
            self._changed.notify_all()
        self.start_threads()

    def start_threads(self) -> None:
        """Start threads that are missing. Call it regularly: a waiting thread cannot see that it is stuck."""
        with self._changed:
            self._adjust_target()
            at_work = min(self._size, self._target)
            wanted = min(len(self._queues), at_work + self._stuck_threads(), self._size * MAX_THREADS_FACTOR)
            for number in range(len(self._threads), wanted):
                # Daemon threads: a fetch that hangs must not keep the process from ending.
                thread = threading.Thread(target=self._run_thread, name=f"fetch-{number}", daemon=True)
                thread.start()
                self._threads.append(thread)

    def pause(self, *, paused: bool) -> None:
        """Start no job until `pause(paused=False)`. Those that are running finish."""
        with self._changed:
            self._paused = paused
            self._changed.notify_all()

    def take_jobs_in_cooldown(self) -> list[W]:
        """Jobs that did not run, because their host is in cooldown. Each is given out once."""
        with self._changed:
            jobs, self._queues.jobs_in_cooldown = self._queues.jobs_in_cooldown, []
            return jobs

    def in_progress(self) -> list[W]:
        """Jobs that have started and whose result is not in the queue yet."""
        with self._changed:
            return list(self._jobs.values())

    def running(self) -> list[tuple[W, float]]:
        """Jobs that have started and have no result yet, with the seconds since their start."""
        with self._changed:
            now = self._monotonic()
            return [
                (job, now - started)
                for thread, job in self._jobs.items()
                if (started := self._started_at.get(thread, now)) <= now
            ]

    def stop(self) -> None:
        """Start no more jobs."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()

    def _adjust_target(self) -> None:
        """Double the target if the process was mostly waiting since the last check."""
        (last_at, last_cpu), now = self._last_check, self._monotonic()
        if now - last_at >= GROWTH_CHECK_SECONDS:
            cpu = self._cpu_seconds()
            if cpu - last_cpu < MAX_CPU_SHARE * (now - last_at):
                self._target = min(2 * self._target, self._size)
            self._last_check = now, cpu

    def _stuck_threads(self) -> int:
        now = self._monotonic()
        return sum(now - started > STUCK_AFTER_SECONDS for started in self._started_at.values())

    def _run_thread(self) -> None:
        thread = threading.get_ident()
        while (started := self._next_job(thread)) is not None:
            host, job = started
            result = self._run_job(job)
            with self._changed:
                self._queues.finish(host)
                # If the store cannot keep up, more threads are no help: this one is not stuck while it waits.
                self._started_at[thread] = float("inf")
                self._changed.notify()
            self._results.put(result)
            with self._changed:
                self._jobs.pop(thread, None)

    def _next_job(self, thread: int) -> tuple[str, W] | None:
        """Waits for a job: (host, job). None when the pool stops."""
        with self._changed:
            self._started_at.pop(thread, None)
            while not self._stopping:
                if self._paused:
                    self._changed.wait()
                    continue
                if len(self._started_at) - self._stuck_threads() >= self._size:
                    self._changed.wait(STUCK_AFTER_SECONDS)
                    continue
                now = self._clock.now()
                started = self._queues.start_next(now)
                if started is not None:
                    self._started_at[thread] = self._monotonic()
                    self._jobs[thread] = started[1]
                    return started
                next_start = self._queues.next_start()
                if next_start is None:
                    self._changed.wait()
                else:
                    self._pacing.wait(self._changed, next_start)
            return None
