"""A reading process: a job after the other comes in at standard input, which is a socket, and its reading goes out.

    → length, job      ← BEGUN, then READ or FAILED, length, reading or failure

What it imports is imported before the first job is begun, and the limits are set on top of that.
"""

from __future__ import annotations

import os
import resource
import signal
import socket
import sys
from collections.abc import Callable
from typing import BinaryIO

from feeds import codec
from feeds.errors import NotAFeed, ParseError
from feeds.workers.parse_job import Failure

BEGUN, READ, FAILED = b"b", b"r", b"f"
LENGTH = 8
"""Bytes of a length, the first the greatest."""

MOST = 2000
"""Jobs of one process: what leaks in C libraries goes with it."""


def main() -> None:
    """`reader SECONDS MEMORY`: for one job, see `workers.Limits`."""
    seconds, memory = float(sys.argv[1]), int(sys.argv[2])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides about Ctrl-C
    with socket.socket(fileno=os.dup(0)) as peer:
        # Nothing that is read can talk to who waits for the reading.
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        # feedparser looks for what it would fetch with; nothing is fetched here, and OpenSSL takes 6 MB.
        sys.modules.update(dict.fromkeys(("ssl", "_hashlib")))  # type: ignore[arg-type]
        from feeds.normalize.credits import promo_lines
        from feeds.parse import feed  # noqa: F401  (which some documents need, and all are limited alike)
        from feeds.workers.parse_document import read

        promo_lines.ready()
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (_address_space() + memory, resource.RLIM_INFINITY))
        serve(peer, read, seconds)


def serve(peer: socket.socket, read: Callable[[bytes], bytes], seconds: float) -> None:
    """Answer jobs until none comes any more."""
    with peer.makefile("rb") as jobs:
        for _ in range(MOST):
            if (job := _next(jobs)) is None:
                return
            peer.sendall(BEGUN)
            _limit_time(seconds)
            word, data = _answer(read, job)
            peer.sendall(word + len(data).to_bytes(LENGTH, "big") + data)


def _next(jobs: BinaryIO) -> bytes | None:
    length = jobs.read(LENGTH)
    return jobs.read(int.from_bytes(length, "big")) if len(length) == LENGTH else None


def _answer(read: Callable[[bytes], bytes], job: bytes) -> tuple[bytes, bytes]:
    try:
        return READ, read(job)
    except NotAFeed as error:
        failure = Failure(kind="NotAFeed", problem=error.problem, candidates=error.candidates)
    except ParseError as error:
        failure = Failure(kind=type(error).__name__, problem=error.problem)
    except (MemoryError, RecursionError):
        problem = "reading it took too much memory, or it is nested too deeply"
        failure = Failure(kind="TooCostly", problem=problem)
    except Exception as error:
        # A document must not be able to stop the program, whatever it finds to trip over.
        problem = f"it could not be read: {type(error).__name__}: {error}"
        failure = Failure(kind="Malformed", problem=problem)
    return FAILED, codec.dumps(failure)


def _limit_time(seconds: float) -> None:
    """The kernel counts over the life of a process; SIGXCPU ends one that a C library has taken over."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(usage.ru_utime + usage.ru_stime + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (spent, resource.RLIM_INFINITY))


def _address_space() -> int:
    """Bytes this process has mapped already; 1 GiB where the system does not say."""
    try:
        with open("/proc/self/statm") as statm:  # noqa: PTH123  (a Path is made for less)
            return int(statm.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 1 << 30
