"""The processes that read documents, and that may be killed for it.

feedparser and nh3 have inputs on which they are quadratic, and both hold the interpreter's lock: 20 kB froze
every thread for 12 s. So a document is read in a process with a limit on CPU time, memory and wall-clock
time; what goes over costs that document, and a new process takes the place of the old.
"""

from __future__ import annotations

import resource
import signal
from concurrent.futures import TimeoutError as Overdue
from dataclasses import dataclass

from feeds import codec
from feeds.errors import Malformed, ParseError, TooCostly
from feeds.run.job import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """For one document."""

    seconds: float = 20.0  # wall clock; CPU seconds are limited to as many
    memory: int = 1 << 30  # bytes of address space on top of what the process begins with


class Workers:
    """A pool of reading processes, started when the first document comes: a poll that brings nothing new
    needs none. Threads may share it."""

    def __init__(self, count: int, limits: Limits = Limits()) -> None:
        # Here, for the same reason: the libraries take 45 ms.
        from multiprocessing import get_context

        from pebble import ProcessPool

        context = get_context("forkserver")
        context.set_forkserver_preload(["feeds.run.reading"])
        self._limits = limits
        self._pool = ProcessPool(
            max_workers=count,
            max_tasks=2000,  # what leaks in C libraries goes with its process
            initializer=_limit_memory,
            initargs=[limits.memory],
            context=context,
        )

    def read(self, source: str, job: bytes) -> Reading:
        """The reading of one document. Raises ParseError."""
        from pebble import ProcessExpired

        limit = self._limits.seconds
        future = self._pool.schedule(_read, args=[job, limit], timeout=limit)
        try:
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
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()


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
