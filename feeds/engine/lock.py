"""The lock on the state: one process at a time. It is an operating system lock, released when its process ends.

The lock file may be deleted, so the database itself is locked too. SQLite locks it with `fcntl`, which on Linux knows
nothing of the `flock` used here. Elsewhere the two may be one, and only the lock file is used.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from feeds.errors import StateInUse, StateUnavailable
from feeds.store import access_problem, private_files
from feeds.store.held_files import inode_of

if TYPE_CHECKING:
    from filelock import BaseFileLock

_CAN_LOCK_DATABASE = sys.platform == "linux"


class StateLock:
    """Held by this process. Use it from one thread at a time."""

    def __init__(self, state: Path, now: datetime) -> None:
        self._state = state
        self._lock_path = state.with_name(f"{state.name}.lock")
        self._owner_path = state.with_name(f"{state.name}.owner")
        self._owner = {"pid": os.getpid(), "host": socket.gethostname(), "since": now.isoformat()}
        self._file: BaseFileLock | None = None
        self._file_inode: tuple[int, int] | None = None
        # A descriptor of the database is closed only after SQLite's connections: closing any descriptor of a file ends
        # all `fcntl` locks that the process has on it.
        self._databases: list[int] = []
        self._database_inode: tuple[int, int] | None = None

    def renew(self) -> bool:
        """Lock the files that have the names now, if they are not the locked ones. Returns whether the lock file was
        another one. Raises StateInUse and StateUnavailable."""
        try:
            is_new = self._file is None or inode_of(self._lock_path) != self._file_inode
            if is_new:
                self._lock_file()
            self._lock_database()
        except OSError as error:
            problem = access_problem.of_os_error(error, self._lock_path)
            raise StateUnavailable(f"the state in {self._state} cannot be locked: {problem}") from error
        return is_new

    def _lock_file(self) -> None:
        from filelock import FileLock, Timeout  # imports asyncio: too slow for `feeds --help`

        private_files.make_folder(self._state.parent)
        lock = FileLock(self._lock_path, timeout=0, mode=private_files.MODE, thread_local=False)
        try:
            lock.acquire()
        except Timeout as error:
            raise self._in_use() from error
        except NotImplementedError as error:
            raise OSError(f"its file system has no locks ({error})") from error
        self._file, self._file_inode = lock, inode_of(self._lock_path)

    def _lock_database(self) -> None:
        inode = inode_of(self._state)
        if not _CAN_LOCK_DATABASE or inode in (None, self._database_inode) or not self._state.is_file():
            return
        try:
            descriptor = os.open(self._state, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return  # opening the state says what is wrong
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(descriptor)  # no connection is open on a database that another process works on
            raise self._in_use() from error
        except OSError:  # a file system without such locks
            os.close(descriptor)
            return
        self._databases.append(descriptor)
        self._database_inode = inode

    def write_owner(self) -> None:
        """Say who has the lock. It serves the message of other processes only, so a failure is no matter."""
        with suppress(OSError):
            private_files.write_text(self._owner_path, json.dumps(self._owner))

    def release(self) -> None:
        with suppress(OSError):
            self._owner_path.unlink(missing_ok=True)
        self.release_locks()

    def release_locks(self) -> None:
        """Like `release`, if the file that names the owner may be another process's."""
        for descriptor in self._databases:
            os.close(descriptor)
        if self._file is not None:
            self._file.release()

    def _in_use(self) -> StateInUse:
        return StateInUse(
            f"{_owner(self._owner_path)} already works on {self._state}; stop it first, or set another `site.state`"
        )


@contextmanager
def lock_state(state: Path, now: datetime) -> Iterator[StateLock]:
    """Hold the lock while the block runs. Raises StateInUse, which names the process that holds it, and
    StateUnavailable. After the state is opened, call `renew`: it may be a new file."""
    lock = StateLock(state, now)
    try:
        lock.renew()
    except BaseException:
        lock.release_locks()
        raise
    try:
        lock.write_owner()
        yield lock
    finally:
        lock.release()


def _owner(owner_file: Path) -> str:
    try:
        owner = json.loads(owner_file.read_text())
        return f"process {owner['pid']} on {owner['host']} (since {owner['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
