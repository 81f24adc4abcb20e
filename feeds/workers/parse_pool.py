"""The processes that read documents, and that may be killed for it.

feedparser and nh3 have inputs on which they are quadratic, and both hold the interpreter's lock: 20 kB froze
every thread for 12 s. So a document is read in a process with a limit on CPU time, memory and wall-clock
time; what goes over costs that document, and a new process takes the place of the old. The process itself is
`reader`: a program of its own, started anew, for one with threads cannot fork.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from feeds import codec
from feeds.errors import Malformed, NotAFeed, ParseError, TooCostly
from feeds.workers.parse_job import Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """For one document."""

    seconds: float = 20.0  # wall clock; CPU seconds are limited to as many
    memory: int = 1 << 30  # bytes of address space on top of what the process begins with


PATIENCE = 4
"""Documents that wait for one process before another helps."""

WORTH = 64
"""Documents that one has read before another is worth its start, which costs 0.2 s of CPU, and 40 MB. Many are waiting
as soon as the first is started, however little news there is."""

STARVED = 16
"""Documents in a row that came while what is read was waited for: it is not only that a batch was just taken."""

START = 60.0
"""Seconds that a process may take to begin with a document: it loads its libraries, on a machine that is busy."""

_PROGRAM = "import sys; sys.path[:] = {path!r}; from feeds.workers.parse_process import main; main()"


class _Gone(Exception):
    """The process ended before it was this document's turn."""


class _NotBegun(Exception):
    """The process ended, or did not start, when it should have begun with this document."""


class _Ended(Exception):
    """The process ended over this document."""


class _Process:
    """One of them. Threads wait for it in line."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._turn = threading.Lock()
        self.waiting = 0  # documents, with the one that is read
        self.done = 0
        ours, theirs = socket.socketpair()
        with theirs:
            program = _PROGRAM.format(path=sys.path)
            told = [str(limits.seconds), str(limits.memory)]
            # Isolated, and without `site`: all that it needs of the environment is the path.
            self._popen = subprocess.Popen(  # noqa: S603
                [sys.executable, "-I", "-S", "-c", program, *told],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
            )
        self._peer = ours
        self.pid: int = self._popen.pid
        self.alive = True

    def read(self, job: bytes) -> bytes | Failure:
        """Raises _Gone, _NotBegun, _Ended, and TimeoutError where it was stopped because it took too long."""
        from feeds.workers.parse_process import BEGUN, FAILED, LENGTH

        with self._turn:
            if not self.alive:
                raise _Gone
            begun = False
            try:
                self._peer.settimeout(START)
                self._peer.sendall(len(job).to_bytes(LENGTH, "big"))
                self._peer.sendall(job)
                begun = self._receive(1, time.monotonic() + START) == BEGUN
                deadline = time.monotonic() + self._limits.seconds
                head = self._receive(1 + LENGTH, deadline)
                data = self._receive(int.from_bytes(head[1:], "big"), deadline)
            except TimeoutError:
                self._end()
                raise
            except OSError as error:
                self._end()
                raise _Ended if begun else _NotBegun from error
            self.done += 1
            return codec.loads(Failure, data) if head[:1] == FAILED else data

    def _receive(self, size: int, deadline: float) -> bytes:
        data = bytearray(size)
        rest = memoryview(data)
        while rest:
            self._peer.settimeout(max(deadline - time.monotonic(), 1e-3))
            got = self._peer.recv_into(rest)
            if not got:
                raise ConnectionError
            rest = rest[got:]
        return bytes(data)

    def stop(self) -> None:
        """End it, whatever it is doing."""
        self.alive = False
        self._popen.kill()
        with self._turn:  # whoever waits for an answer sees that there is none
            self._end()

    def _end(self) -> None:
        self.alive = False
        self._popen.kill()
        self._popen.wait()
        self._peer.close()


class Workers:
    """Up to `count` reading processes, the first started when the first document comes: a poll that brings
    nothing new needs none, and a little news needs one. Threads may share it.

    `hungry`: whether what is read is waited for; else another process would but fill the queue behind it.
    """

    def __init__(
        self, count: int, limits: Limits = Limits(), hungry: Callable[[], bool] = lambda: True
    ) -> None:
        self._count = count
        self._limits = limits
        self._hungry = hungry
        self._starved = 0  # documents in a row
        self._lock = threading.Lock()  # around what follows
        self._processes: list[_Process] = []
        self._stopped = False

    @contextmanager
    def _process(self) -> Iterator[_Process]:
        """The process that has the least to do."""
        with self._lock:
            if self._stopped:
                raise RuntimeError("the program ends")
            self._processes = [one for one in self._processes if one.alive]
            process = min(self._processes, key=lambda one: one.waiting, default=None)
            self._starved = self._starved + 1 if self._hungry() else 0
            if process is None or (len(self._processes) < self._count and self._falls_behind(process)):
                process = _Process(self._limits)
                self._processes.append(process)
            process.waiting += 1
        try:
            yield process
        finally:
            with self._lock:
                process.waiting -= 1

    def _falls_behind(self, process: _Process) -> bool:
        return process.waiting >= PATIENCE and process.done >= WORTH and self._starved >= STARVED

    def read(self, source: str, job: bytes) -> bytes:
        """The reading of one document, as `opened` takes it. Raises ParseError."""
        try:
            read = self._read(job)
        except TimeoutError as error:
            limit = self._limits.seconds
            raise TooCostly(source, f"reading it took over {limit:g} s; it was stopped") from error
        except _Ended as error:
            raise TooCostly(source, "reading it went over the limit of CPU time or memory") from error
        except _NotBegun as error:
            raise TooCostly(
                source, "the process that was to read it was killed, and so was the next"
            ) from error
        except Exception as error:
            raise Malformed(source, f"it could not be read: {type(error).__name__}: {error}") from error
        if isinstance(read, Failure):
            raise _error(source, read)
        return read

    def _read(self, job: bytes) -> bytes | Failure:
        tried = False
        while True:
            try:
                with self._process() as process:
                    return process.read(job)
            except _Gone:  # over another document: it has been replaced
                continue
            except _NotBegun:  # no fault of this document
                if tried:
                    raise
                tried = True

    def stop(self) -> None:
        """End the processes, whatever they are doing."""
        with self._lock:
            self._stopped = True
        for process in self._processes:
            process.stop()


def _error(source: str, failure: Failure) -> ParseError:
    if failure.kind == "NotAFeed":
        return NotAFeed(source, failure.problem, candidates=failure.candidates)
    return (TooCostly if failure.kind == "TooCostly" else Malformed)(source, failure.problem)
