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
from concurrent.futures import wait
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

ALIVE = 1.0
"""Seconds after which a reader looks whether its process still stands."""


class _Ended(Exception):
    """The process ended between two documents, or cannot start."""


@dataclass(slots=True, eq=False)
class _Process:
    pool: Any  # of one process: pebble replaces it when a document was too much for it
    waiting: int = 0  # documents

    def read(self, job: bytes, seconds: float) -> bytes:
        """Raises _Ended."""
        from concurrent.futures.process import BrokenProcessPool

        try:
            future = self.pool.schedule(_read, args=[job, seconds], timeout=seconds)
        except RuntimeError as error:  # pebble's word for a pool that has ended
            raise _Ended from error
        # What is scheduled while a pool is found to be broken is never answered.
        for _ in range(int(seconds * (self.waiting + 1) / ALIVE) + 1):
            if wait([future], timeout=ALIVE).done or not self.pool.active:
                break
        if not future.done():
            raise _Ended
        try:
            read: bytes = future.result()
        except BrokenProcessPool as error:
            raise _Ended from error
        return read

    def stop(self) -> None:
        self.pool.stop()
        self.pool.join()


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
        self._processes: list[_Process] = []

    @contextmanager
    def _process(self) -> Iterator[_Process]:
        """The process that has the least to do."""
        with self._lock:
            process = min(self._processes, key=lambda one: one.waiting, default=None)
            if process is None or (process.waiting >= PATIENCE and len(self._processes) < self._count):
                process = _Process(self._start())
                self._processes.append(process)
            process.waiting += 1
        try:
            yield process
        except _Ended:
            self._forget(process)
            raise
        finally:
            with self._lock:
                process.waiting -= 1

    def _forget(self, process: _Process) -> None:
        """Of a process that was killed from outside (by the system for want of memory, say) pebble gives up the
        whole pool; it goes, and the next document starts another."""
        with self._lock:
            if process not in self._processes:
                return  # another thread was here before
            self._processes.remove(process)
        threading.Thread(target=process.stop, daemon=True).start()

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
            return codec.loads(Reading, self._read(job))
        except ParseError:
            raise
        except Overdue as error:
            raise TooCostly(source, f"reading it took over {limit:g} s; it was stopped") from error
        except ProcessExpired as error:
            raise TooCostly(source, "reading it went over the limit of CPU time or memory") from error
        except _Ended as error:
            raise TooCostly(
                source, "the process that was to read it was killed, and so was the next"
            ) from error
        except (MemoryError, RecursionError) as error:
            raise TooCostly(source, "reading it took too much memory, or it is nested too deeply") from error
        except Exception as error:
            # A document must not be able to stop the program, whatever it finds to trip over.
            raise Malformed(source, f"it could not be read: {type(error).__name__}: {error}") from error

    def _read(self, job: bytes) -> bytes:
        try:
            with self._process() as process:
                return process.read(job, self._limits.seconds)
        except _Ended:  # no fault of this document: it was not begun
            with self._process() as process:
                return process.read(job, self._limits.seconds)

    def stop(self) -> None:
        """End the processes, whatever they are doing."""
        for process in self._processes:
            process.pool.stop()
        for process in self._processes:
            process.stop()


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
