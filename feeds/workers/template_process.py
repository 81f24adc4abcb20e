"""A process that renders the user's templates (`job_protocol`).

A job is a pickled (template, variables), its answer a page or an error message.

A template may loop for ever, call itself, or make a page of any size. Here it ends with this process.
"""

from __future__ import annotations

import pickle
import sys
from typing import TYPE_CHECKING

from feeds.errors import PublishError, TemplateStopped
from feeds.workers.job_protocol import BEGUN, next_job, open_peer, send_answer
from feeds.workers.process_limits import limit_cpu_time, limit_memory

if TYPE_CHECKING:
    from feeds.render.pages.theme import Theme

RENDERED, FAILED, STOPPED = b"R", b"F", b"S"


def main() -> None:
    """`template_process FOLDER ZONE SECONDS BYTES`: see `Theme`, and the limits of one page."""
    folder, zone, seconds, memory_bytes = sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4])
    with open_peer() as peer:
        from pathlib import Path

        from feeds.render.pages.theme import Theme

        theme = Theme(Path(folder), zone)
        limit_memory(memory_bytes)
        with peer.makefile("rb") as jobs:
            while (job := next_job(jobs)) is not None:
                peer.sendall(BEGUN)
                limit_cpu_time(seconds)
                status, data = _answer(theme, job)
                send_answer(peer, status, data)


def _answer(theme: Theme, job: bytes) -> tuple[bytes, bytes]:
    name, values = pickle.loads(job)  # noqa: S301 - it comes from the process that started this one
    try:
        return RENDERED, theme.render(name, values)
    except TemplateStopped as error:
        return STOPPED, str(error).encode("utf-8", "replace")
    except PublishError as error:
        return FAILED, str(error).encode("utf-8", "replace")
