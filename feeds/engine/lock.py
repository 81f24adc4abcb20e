"""One process per state: a lock of the operating system's. It goes with its process, however that ends."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from feeds.errors import FeedsError


class InUse(FeedsError):
    """Another process works on this state."""


@contextmanager
def sole_owner(state: Path, now: datetime) -> Iterator[None]:
    """Hold the state for as long as the block runs. Raises InUse, naming who holds it.

    The note beside the lock only tells who that is; nothing is decided by it.
    """
    from filelock import FileLock, Timeout  # with asyncio: not for `feeds --help`

    state.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(state.with_name(f"{state.name}.lock"), timeout=0)
    note = state.with_name(f"{state.name}.owner")
    try:
        lock.acquire()
    except Timeout as error:
        raise InUse(
            f"{_holder(note)} already works on {state}; stop it first, or name another state"
        ) from error
    try:
        note.write_text(
            json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": now.isoformat()})
        )
        yield
    finally:
        note.unlink(missing_ok=True)
        lock.release()


def _holder(note: Path) -> str:
    try:
        facts = json.loads(note.read_text())
        return f"process {facts['pid']} on {facts['host']} (since {facts['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
