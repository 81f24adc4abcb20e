"""The processes that read documents, and that may be killed for it.

feedparser and nh3 have inputs on which they are quadratic, and both hold the interpreter's lock: 20 kB froze
every thread for 12 s. So a document is read in a process with a limit on CPU time, memory and wall-clock
time; what goes over costs that document, and a new process takes the place of the old.
"""

from __future__ import annotations

import resource
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import TimeoutError as Overdue
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from feeds import codec
from feeds.errors import Malformed, ParseError, TooCostly
from feeds.run.job import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """For one document."""

    seconds: float = 20.0  # wall clock; CPU seconds are limited to as many
    memory: int = 1 << 30  # bytes of address space on top of what the process begins with


PATIENCE = 4
"""Documents that wait for one process before another is worth its start: 20 ms, and 40 MB."""


class Workers:
    """Up to `count` reading processes, the first started when the first document comes: a poll that brings
    nothing new needs none, and a little news needs one. Threads may share it."""

    def __init__(self, count: int, limits: Limits = Limits()) -> None:
        # Here, for the same reason: the libraries take 45 ms.
        from multiprocessing import get_context

        self._context = get_context("forkserver")
        self._context.set_forkserver_preload(["feeds.run.forked"])
        self._count = count
        self._limits = limits
        self._lock = threading.Lock()
        self._pools: list[Any] = []  # of one process each
        self._waiting: list[int] = []  # documents that each has

    @contextmanager
    def _process(self) -> Iterator[Any]:
        """The process that has the least to do."""
        with self._lock:
            at = min(range(len(self._pools)), key=self._waiting.__getitem__, default=-1)
            if at < 0 or (self._waiting[at] >= PATIENCE and len(self._pools) < self._count):
                at = len(self._pools)
                self._pools.append(self._start())
                self._waiting.append(0)
            self._waiting[at] += 1
        try:
            yield self._pools[at]
        finally:
            with self._lock:
                self._waiting[at] -= 1

    def _start(self) -> Any:
        from pebble import ProcessPool

        return ProcessPool(
            max_workers=1,
            max_tasks=2000,  # what leaks in C libraries goes with its process
            initializer=_limit_memory,
            initargs=[self._limits.memory],
            context=self._context,
        )

    def read(self, source: str, job: bytes) -> Reading:
        """The reading of one document. Raises ParseError."""
        from pebble import ProcessExpired

        limit = self._limits.seconds
        try:
            with self._process() as process:
                future = process.schedule(_read, args=[job, limit], timeout=limit)
                return codec.loads(Reading, future.result())
        except ParseError:
            raise
        except Overdue as error:
            raise TooCostly(source, f"reading it took over {limit:g} s; it was stopped") from error
        except ProcessExpired as error:
            raise TooCostly(source, "reading it went over the limit of CPU time or memory") from error
        except (MemoryError, RecursionError) as error:
            raise TooCostly(source, "reading it took too much memory, or it is nested too deeply") from error
        except Exception as error:
            # A document must not be able to stop the program, whatever it finds to trip over.
            raise Malformed(source, f"it could not be read: {type(error).__name__}: {error}") from error

    def stop(self) -> None:
        """End the processes, whatever they are doing."""
        for pool in self._pools:
            pool.stop()
        for pool in self._pools:
            pool.join()


def _limit_memory(memory: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides about Ctrl-C
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (_address_space() + memory, resource.RLIM_INFINITY))


def _address_space() -> int:
    """Bytes this process has mapped already; 1 GiB where the system does not say."""
    try:
        with open("/proc/self/statm") as statm:  # noqa: PTH123  (a Path is made for less)
            return int(statm.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 1 << 30


def _read(job: bytes, seconds: float) -> bytes:
    from feeds.run.reading import read

    usage = resource.getrusage(resource.RUSAGE_SELF)
    spent = usage.ru_utime + usage.ru_stime
    # The kernel counts over the life of a process; SIGXCPU ends one that a C library has taken over.
    resource.setrlimit(resource.RLIMIT_CPU, (int(spent + seconds) + 1, resource.RLIM_INFINITY))
    return read(job)
