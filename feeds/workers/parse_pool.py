"""The pool of parse processes, each of which can be killed.

feedparser and nh3 take quadratic time for some inputs, and both hold the interpreter's lock: a document of 20 kB froze
every thread for 12 s. So a document is parsed in a process with a limit on CPU time, memory and wall-clock time. A
document over a limit is read again without the item that costs (`costly_items`), by a new process in place of the
killed one. A parse process runs `parse_process`.
"""

from __future__ import annotations

import itertools
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from feeds import codec
from feeds.errors import Malformed, NotAFeed, ParseError, TooCostly
from feeds.workers.costly_items import StoppedAttempt, next_attempt
from feeds.workers.job_process import JobProcess
from feeds.workers.parse_job import FAILED, ParseFailure, ParseJob
from feeds.workers.process_limits import CPU_LIMIT_NAME, describe_inherited_memory, inherited_cpu_seconds
from feeds.workers.progress import Progress, create_shared_memory


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseLimits:
    """The limits for one document."""

    seconds: float  # CPU time, see also WALL_CLOCK_FACTOR
    memory_bytes: int  # address space on top of what the process begins with


WALL_CLOCK_FACTOR = 3
"""A document may take so many times its CPU time: on a busy machine, other programs take their share."""

MIN_WAITING_TO_GROW = 4
"""Another process is started only if at least this many documents wait for each process."""

MIN_PARSED_TO_GROW = 64
"""Another process, which costs 0.2 s of CPU and 40 MB, is started only after a process has parsed this many documents.
While the first process starts, many documents wait for it, however little news there is."""

MIN_IDLE_SUBMISSIONS_TO_GROW = 16
"""Another process is started only if this many documents in a row were submitted while the thread that commits results
was waiting for one. A single document may only mean that this thread just took a batch."""


class PoolStopped(RuntimeError):
    """The pool was stopped: the program ends. This says nothing about the document."""


class _ProcessGone(Exception):
    """The process had ended already, over another document."""


class _ProcessFailedToStart(Exception):
    """The process did not start, or ended before it began this document."""


class _Stopped(Exception):
    """The document cost too much: the process was killed, crashed, or gave up."""

    def __init__(self, attempt: StoppedAttempt) -> None:
        super().__init__(attempt)
        self.attempt = attempt


class _Process:
    """One parse process. Threads that use it wait for each other."""

    def __init__(self, limits: ParseLimits) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self.waiting_documents = 0  # including the one that is being parsed
        self.parsed_documents = 0
        progress = create_shared_memory()
        self._progress = Progress(progress)
        arguments = [str(limits.seconds), str(limits.memory_bytes), str(progress)]
        self._process = JobProcess("feeds.workers.parse_process", arguments, pass_fds=[progress])
        os.close(progress)
        self.alive = True

    def parse(self, job: bytes) -> bytes | ParseFailure:
        """Raises _ProcessGone, _ProcessFailedToStart, and _Stopped."""
        with self._lock:
            if not self.alive:
                raise _ProcessGone
            begun_at = 0.0
            try:
                self._process.begin(job)
                begun_at = time.monotonic()
                status, data = self._process.answer(begun_at + WALL_CLOCK_FACTOR * self._limits.seconds)
            except OSError as error:
                if not begun_at:
                    self._end()
                    raise _ProcessFailedToStart from error
                raise _Stopped(self._stopped(begun_at, isinstance(error, TimeoutError))) from error
            self.parsed_documents += 1
            if status != FAILED:
                return data
            failure = codec.loads(ParseFailure, data)
            if failure.error_class == "TooCostly":
                raise _Stopped(replace(self._attempt(begun_at, failure.problem), is_limit=True))
            return failure

    def _stopped(self, begun_at: float, is_late: bool) -> StoppedAttempt:
        """End the process, and say why it was stopped."""
        status = None if is_late else self._process.wait_briefly()
        limit = f"limits.parse_timeout ({self._limits.seconds:g} s)"
        if not is_late and inherited_cpu_seconds() < self._limits.seconds:
            limit = f"{CPU_LIMIT_NAME} ({inherited_cpu_seconds():g} s)"
        if is_late or status == -signal.SIGXCPU:
            problem = f"reading it takes longer than {limit}"
        elif status in (None, -signal.SIGKILL):
            problem = "the process that read it was killed: see limits.parse_timeout and limits.parse_memory"
            problem += describe_inherited_memory()
        else:
            problem = "the process that read it crashed"
        crashed = not is_late and status not in (None, -signal.SIGKILL, -signal.SIGXCPU)
        attempt = replace(self._attempt(begun_at, problem), crashed=crashed)
        self._end()
        return attempt

    def _attempt(self, begun_at: float, problem: str) -> StoppedAttempt:
        now, item = time.monotonic(), self._progress.read()
        return StoppedAttempt(
            problem=problem,
            item=item,
            seconds=now - begun_at,
            item_seconds=now - item.began if item else 0.0,
        )

    def stop(self) -> None:
        """Kill the process, whatever it is doing."""
        self.alive = False
        self._process.popen.kill()
        with self._lock:  # a thread that waits for a result gets its error first
            self._end()

    def _end(self) -> None:
        self.alive = False
        self._process.kill()
        self._progress.close()


class ParsePool:
    """Up to `count` parse processes. The first is started with the first document: polls that bring nothing new need
    none, and a little news needs one. Threads may share the pool.

    `is_consumer_waiting`: whether the thread that commits results waits for one. If not, another process would only
    fill the queue.
    """

    def __init__(
        self,
        count: int,
        limits: ParseLimits,
        is_consumer_waiting: Callable[[], bool] = lambda: True,
    ) -> None:
        self._count = count
        self._limits = limits
        self._is_consumer_waiting = is_consumer_waiting
        self._submitted_while_idle = 0  # documents in a row, see MIN_IDLE_SUBMISSIONS_TO_GROW
        self._lock = threading.Lock()  # around the attributes below
        self._processes: list[_Process] = []
        self._stopped = False
        self._retired = False

    @contextmanager
    def _least_busy(self) -> Iterator[_Process]:
        """The process with the fewest waiting documents."""
        with self._lock:
            if self._stopped:
                raise PoolStopped
            self._processes = [process for process in self._processes if process.alive]
            process = min(self._processes, key=lambda process: process.waiting_documents, default=None)
            self._submitted_while_idle = self._submitted_while_idle + 1 if self._is_consumer_waiting() else 0
            if process is None or (len(self._processes) < self._count and self._falls_behind(process)):
                process = _Process(self._limits)
                self._processes.append(process)
            process.waiting_documents += 1
        try:
            yield process
        finally:
            with self._lock:
                process.waiting_documents -= 1
                is_done = self._retired and not process.waiting_documents
            if is_done:
                process.stop()

    def _falls_behind(self, process: _Process) -> bool:
        return (
            process.waiting_documents >= MIN_WAITING_TO_GROW
            and process.parsed_documents >= MIN_PARSED_TO_GROW
            and self._submitted_while_idle >= MIN_IDLE_SUBMISSIONS_TO_GROW
        )

    def parse(self, source_id: str, job: bytes) -> bytes:
        """Parse one document, without the items that cost too much. Returns an encoded ParseResult
        (`parse_job.decode_result`). Raises ParseError, and PoolStopped."""
        try:
            result = self._parse_affordable(source_id, job)
        except _ProcessFailedToStart as error:
            raise TooCostly(
                source_id,
                "the process that was to read it was killed, and so was the next"
                + describe_inherited_memory(),
            ) from error
        except (PoolStopped, ParseError):
            raise
        except Exception as error:
            raise Malformed(source_id, f"it could not be read: {type(error).__name__}: {error}") from error
        if isinstance(result, ParseFailure):
            raise _error(source_id, result)
        return result

    def _parse_affordable(self, source_id: str, job: bytes) -> bytes | ParseFailure:
        for attempt in itertools.count(1):
            try:
                return self._parse(job)
            except _Stopped as error:
                stopped = error.attempt
                decoded = codec.loads(ParseJob, job)
                following = next_attempt(decoded, stopped, attempt, self._limits.seconds)
                if following is None:
                    raise TooCostly(source_id, _description(stopped)) from error
                job = codec.dumps(following)
        raise AssertionError

    def _parse(self, job: bytes) -> bytes | ParseFailure:
        tried = False
        while True:
            try:
                with self._least_busy() as process:
                    return process.parse(job)
            except _ProcessGone:  # over another document; a new process replaces it
                continue
            except _ProcessFailedToStart:  # not the fault of this document
                if tried:
                    raise
                tried = True

    def retire(self) -> None:
        """Let each process end with its last document: another pool takes the next ones."""
        with self._lock:
            self._retired = True
            idle = [process for process in self._processes if not process.waiting_documents]
        for process in idle:
            process.stop()

    def stop(self) -> None:
        """Kill the processes, whatever they are doing."""
        with self._lock:
            self._stopped = True
        for process in self._processes:
            process.stop()


def _description(stopped: StoppedAttempt) -> str:
    if stopped.is_limit:
        return stopped.problem
    at = f" at {stopped.item}" if stopped.item and stopped.item.digest else ""
    return f"{stopped.problem}; it was stopped{at}"


def _error(source_id: str, failure: ParseFailure) -> ParseError:
    if failure.error_class == "NotAFeed":
        return NotAFeed(source_id, failure.problem, candidates=failure.candidates)
    return Malformed(source_id, failure.problem)
