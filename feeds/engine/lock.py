"""The lock on the state: one process at a time. It is an operating system lock, released when its process ends."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from feeds.errors import FeedsError


class StateInUse(FeedsError):
    """Another process works on this state."""


@contextmanager
def lock_state(state: Path, now: datetime) -> Iterator[None]:
    """Hold the lock while the block runs. Raises StateInUse, which names the process that holds it.

    The file beside the lock only serves that message; the lock does not depend on it.
    """
    from filelock import FileLock, Timeout  # imports asyncio: too slow for `feeds --help`

    state.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(state.with_name(f"{state.name}.lock"), timeout=0)
    owner_file = state.with_name(f"{state.name}.owner")
    try:
        lock.acquire()
    except Timeout as error:
        raise StateInUse(
            f"{_owner(owner_file)} already works on {state}; stop it first, or set another `site.state`"
        ) from error
    try:
        owner_file.write_text(
            json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": now.isoformat()})
        )
        yield
    finally:
        owner_file.unlink(missing_ok=True)
        lock.release()


def _owner(owner_file: Path) -> str:
    try:
        owner = json.loads(owner_file.read_text())
        return f"process {owner['pid']} on {owner['host']} (since {owner['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
