"""A few threads for requests that may hang."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Any


class Threads:
    """Does work in a few threads, and puts what comes of it into `done`."""

    def __init__(self, name: str, most: int, done: queue.Queue[Any]) -> None:
        self._name, self._most, self._done = name, most, done
        self._work: queue.SimpleQueue[Callable[[], object] | None] = queue.SimpleQueue()
        self._started = 0

    def do(self, work: Callable[[], object]) -> None:
        self._work.put(work)
        if self._started < self._most:
            # Daemon threads: at the end a hub that hangs must not keep the process.
            name = f"{self._name}-{self._started}"
            threading.Thread(target=self._run, name=name, daemon=True).start()
            self._started += 1

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            self._done.put(work())

    def stop(self) -> None:
        for _ in range(self._started):
            self._work.put(None)
