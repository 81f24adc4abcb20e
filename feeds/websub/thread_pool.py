"""A few threads for requests that may hang."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

R = TypeVar("R")
R_contra = TypeVar("R_contra", contravariant=True)


class ResultQueue(Protocol[R_contra]):
    """The method of `queue.Queue` that is used here."""

    def put(self, item: R_contra, /) -> None: ...


class ThreadPool(Generic[R]):
    """Runs jobs in up to `max_threads` daemon threads, and puts their results into `results`."""

    def __init__(self, name: str, max_threads: int, results: ResultQueue[R]) -> None:
        self._name, self._max_threads, self._results = name, max_threads, results
        self._jobs: queue.SimpleQueue[Callable[[], R] | None] = queue.SimpleQueue()
        self._started = 0

    def submit(self, job: Callable[[], R]) -> None:
        self._jobs.put(job)
        if self._started < self._max_threads:
            # Daemon threads: a hub that hangs must not keep the process from ending.
            name = f"{self._name}-{self._started}"
            threading.Thread(target=self._run, name=name, daemon=True).start()
            self._started += 1

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            self._results.put(job())

    def stop(self) -> None:
        for _ in range(self._started):
            self._jobs.put(None)
