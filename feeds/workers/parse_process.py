"""A parse process: jobs come in one after the other (`job_protocol`), and results or failures go out.

Everything is imported before the first job begins, and the limits are set on top of that.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable

from feeds import codec
from feeds.errors import NotAFeed, ParseError
from feeds.workers.job_protocol import BEGUN, next_job, open_peer, send_answer
from feeds.workers.parse_job import FAILED, PARSED, ParseFailure
from feeds.workers.process_limits import MEMORY_LIMIT_NAME, has_cpu_time, limit_cpu_time, limit_memory
from feeds.workers.progress import BeginItem, Progress

MAX_JOBS = 2000
"""Jobs of one process. Memory that C libraries leak is freed with it."""


def main() -> None:
    """`parse_process SECONDS BYTES DESCRIPTOR`: the limits of one job, see `parse_pool.ParseLimits`, and the memory for
    `Progress`."""
    seconds, memory_bytes, progress = float(sys.argv[1]), int(sys.argv[2]), Progress(int(sys.argv[3]))
    with open_peer() as peer:
        # feedparser imports what it would fetch with. Nothing is fetched here, and OpenSSL takes 6 MB.
        sys.modules.update(dict.fromkeys(("ssl", "_hashlib")))  # type: ignore[arg-type]
        from feeds.normalize.credits import promo_lines
        from feeds.parse import feed  # noqa: F401  (some documents need it; it counts for no job's limits)
        from feeds.workers.parse_document import parse_document

        promo_lines.compile_shared_patterns()
        is_inherited = limit_memory(memory_bytes)
        serve(
            peer,
            parse_document,
            seconds,
            progress,
            memory_limit=MEMORY_LIMIT_NAME if is_inherited else "limits.parse_memory",
        )


def serve(
    peer: socket.socket,
    parse: Callable[[bytes, BeginItem], bytes],
    seconds: float,
    progress: Progress,
    *,
    memory_limit: str = "limits.parse_memory",
) -> None:
    """Answer jobs until the peer sends no more, MAX_JOBS are done, or an inherited limit leaves too little CPU time for
    another. `memory_limit`: its name in messages."""
    with peer.makefile("rb") as jobs:
        for _ in range(MAX_JOBS):
            if (job := next_job(jobs)) is None:
                return
            progress.clear()
            peer.sendall(BEGUN)
            limit_cpu_time(seconds)
            outcome, data = _answer(lambda: parse(job, progress.begin), memory_limit)
            send_answer(peer, outcome, data)
            if not has_cpu_time(seconds):
                return


def _answer(parse: Callable[[], bytes], memory_limit: str) -> tuple[bytes, bytes]:
    """PARSED and the result, or FAILED and a ParseFailure."""
    try:
        return PARSED, parse()
    except NotAFeed as error:
        failure = ParseFailure(error_class="NotAFeed", problem=error.problem, candidates=error.candidates)
    except ParseError as error:
        failure = ParseFailure(error_class=type(error).__name__, problem=error.problem)
    except (MemoryError, RecursionError) as error:
        problem = "it is nested too deeply"
        if isinstance(error, MemoryError):
            problem = f"it needs more memory than {memory_limit}"
        failure = ParseFailure(error_class="TooCostly", problem=problem)
    except Exception as error:
        # No document may stop the program, whatever error it provokes.
        problem = f"it could not be read: {type(error).__name__}: {error}"
        failure = ParseFailure(error_class="Malformed", problem=problem)
    return FAILED, codec.dumps(failure)
