"""A process that renders the user's templates: jobs come in at standard input, which is a socket, and pages go out.

    → length, pickled (template, variables)      ← BEGUN, then a status, length, page or error message

A template may loop for ever, call itself, or make a page of any size. Here it ends with this process.
"""

from __future__ import annotations

import os
import pickle
import signal
import socket
import sys
from typing import TYPE_CHECKING, BinaryIO

from feeds.errors import PublishError, TemplateStopped
from feeds.workers.process_limits import limit_cpu_time, limit_memory

if TYPE_CHECKING:
    from feeds.render.pages.theme import Theme

BEGUN, RENDERED, FAILED, STOPPED = b"B", b"R", b"F", b"S"
LENGTH_BYTES = 8


def main() -> None:
    """`template_process FOLDER ZONE SECONDS BYTES`: see `Theme`, and the limits of one page."""
    folder, zone, seconds, memory_bytes = sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides about Ctrl-C
    with socket.socket(fileno=os.dup(0)) as peer:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        from pathlib import Path

        from feeds.render.pages.theme import Theme

        theme = Theme(Path(folder), zone)
        limit_memory(memory_bytes)
        with peer.makefile("rb") as jobs:
            while (job := _next_job(jobs)) is not None:
                peer.sendall(BEGUN)
                limit_cpu_time(seconds)
                status, data = _answer(theme, job)
                peer.sendall(status + len(data).to_bytes(LENGTH_BYTES, "big") + data)


def _next_job(jobs: BinaryIO) -> bytes | None:
    length = jobs.read(LENGTH_BYTES)
    return jobs.read(int.from_bytes(length, "big")) if len(length) == LENGTH_BYTES else None


def _answer(theme: Theme, job: bytes) -> tuple[bytes, bytes]:
    name, values = pickle.loads(job)  # noqa: S301 - it comes from the process that started this one
    try:
        return RENDERED, theme.render(name, values)
    except TemplateStopped as error:
        return STOPPED, str(error).encode("utf-8", "replace")
    except PublishError as error:
        return FAILED, str(error).encode("utf-8", "replace")
