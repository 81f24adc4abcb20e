"""IsolatedTheme: the user's templates, rendered in a process that is killed if a page takes too long.

The built-in templates need none, so an instance without templates of its own starts no process.
"""

from __future__ import annotations

import pickle
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from feeds.errors import PublishError, TemplateStopped
from feeds.render.pages.theme import Theme
from feeds.workers.process_limits import describe_inherited_memory
from feeds.workers.template_process import FAILED, LENGTH_BYTES, STOPPED

MAX_PAGE_SECONDS = 3.0
"""CPU time for one page. A page of a hundred entries takes 20 ms."""

WALL_CLOCK_FACTOR = 3.0
"""A process may wait for the processor, on a machine that is busy."""

START_SECONDS = 60.0
"""Time for a process to load its libraries and to begin."""

MAX_PAGE_MEMORY_BYTES = 512 << 20
"""Memory for one page, beyond that of the process."""

_PROGRAM = "import sys; sys.path[:] = {path!r}; from feeds.workers.template_process import main; main()"


class IsolatedTheme(Theme):
    """Made for one publication: a template that was stopped is not tried again for other pages. To be closed."""

    def __init__(self, folder: Path, zone: str, page_seconds: float | None = None) -> None:
        super().__init__(folder, zone)
        page_seconds = MAX_PAGE_SECONDS if page_seconds is None else page_seconds
        self._arguments = (str(folder), zone, str(page_seconds), str(MAX_PAGE_MEMORY_BYTES))
        self._page_seconds = page_seconds
        self._process: _Process | None = None
        self._stopped: dict[str, str] = {}  # template → why it was stopped

    def render(self, name: str, values: Mapping[str, Any]) -> bytes:
        """Raises PublishError; TemplateStopped if the template takes too much time or memory."""
        if name in self._stopped:
            raise TemplateStopped(self._stopped[name])
        try:
            return self._render(name, values)
        except TemplateStopped as error:
            self._stopped[name] = str(error)
            raise

    def _render(self, name: str, values: Mapping[str, Any]) -> bytes:
        job = pickle.dumps((name, dict(values)))
        if self._process is None:
            self._process = _Process(self._arguments)
        try:
            status, data = self._process.render(job, WALL_CLOCK_FACTOR * self._page_seconds)
        except BaseException as error:  # also KeyboardInterrupt: the template may still run
            exit_status = self._end(wait=isinstance(error, ConnectionError))
            if not isinstance(error, OSError):
                raise
            if isinstance(error, TimeoutError) or exit_status == -signal.SIGXCPU:
                problem = f"it takes longer than {self._page_seconds:g} s. Look for a loop that does not end"
            else:
                problem = "the process that rendered it ended (it may have run out of memory)"
                problem += describe_inherited_memory()
            raise TemplateStopped(self.error_message(name, problem)) from error
        if status == STOPPED:
            raise TemplateStopped(data.decode())
        if status == FAILED:
            raise PublishError(data.decode())
        return data

    def close(self) -> None:
        if self._process is not None:
            self._end(wait=False)

    def _end(self, *, wait: bool) -> int | None:
        process, self._process = self._process, None
        return process.end(wait=wait) if process else None


class _Process:
    def __init__(self, arguments: tuple[str, ...]) -> None:
        self._peer, theirs = socket.socketpair()
        with theirs:
            # Isolated, and without `site`: the process needs nothing of the environment but the path.
            self._popen = subprocess.Popen(  # noqa: S603
                [sys.executable, "-I", "-S", "-c", _PROGRAM.format(path=sys.path), *arguments],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
            )

    def render(self, job: bytes, seconds: float) -> tuple[bytes, bytes]:
        """Status and data. Raises OSError: TimeoutError, or ConnectionError if the process ended."""
        self._peer.settimeout(START_SECONDS)
        self._peer.sendall(len(job).to_bytes(LENGTH_BYTES, "big"))
        self._peer.sendall(job)
        self._receive(1, time.monotonic() + START_SECONDS)  # BEGUN
        deadline = time.monotonic() + seconds
        head = self._receive(1 + LENGTH_BYTES, deadline)
        return head[:1], self._receive(int.from_bytes(head[1:], "big"), deadline)

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

    def end(self, *, wait: bool) -> int:
        """Kill the process. Returns its exit status. `wait`: it is ending already."""
        if wait:
            with suppress(subprocess.TimeoutExpired):
                self._popen.wait(1)
        self._popen.kill()
        self._peer.close()
        return self._popen.wait()
