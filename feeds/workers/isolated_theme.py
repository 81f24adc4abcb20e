"""IsolatedTheme: the user's templates, rendered in a process that is killed if a page takes too long.

The built-in templates need none, so an instance without templates of its own starts no process.
"""

from __future__ import annotations

import pickle
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from feeds.errors import PublishError, TemplateStopped
from feeds.render.pages.theme import Theme
from feeds.workers.job_process import JobProcess
from feeds.workers.process_limits import describe_inherited_memory
from feeds.workers.template_process import FAILED, STOPPED

MAX_PAGE_SECONDS = 3.0
"""CPU time for one page. A page of a hundred entries takes 20 ms."""

WALL_CLOCK_FACTOR = 3.0
"""A process may wait for the processor, on a machine that is busy."""

MAX_PAGE_MEMORY_BYTES = 512 << 20
"""Memory for one page, beyond that of the process."""


class IsolatedTheme(Theme):
    """Made for one publication: a template that was stopped is not tried again for other pages. To be closed."""

    def __init__(self, folder: Path, zone: str, page_seconds: float | None = None) -> None:
        super().__init__(folder, zone)
        page_seconds = MAX_PAGE_SECONDS if page_seconds is None else page_seconds
        self._arguments = (str(folder), zone, str(page_seconds), str(MAX_PAGE_MEMORY_BYTES))
        self._page_seconds = page_seconds
        self._process: JobProcess | None = None
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
            self._process = JobProcess("feeds.workers.template_process", self._arguments)
        try:
            self._process.begin(job)
            deadline = time.monotonic() + WALL_CLOCK_FACTOR * self._page_seconds
            status, data = self._process.answer(deadline)
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
        """Kill the process. Returns its exit status. `wait`: it is ending already."""
        process, self._process = self._process, None
        if process is None:
            return None
        if wait:
            process.wait_briefly()
        return process.kill()
