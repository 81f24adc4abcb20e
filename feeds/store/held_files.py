"""The files of an open state, which somebody may delete or replace while a process works on them.

On Linux and other Unix systems an open file stays readable after its name is gone. SQLite then continues to write into
files that nobody can open any more, and everything is lost when the process ends. So the process that has the lock
holds one connection, looks whether the files are in place, and writes the state back from that connection.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from feeds.store import private_files

_WAL, _SHM = "-wal", "-shm"
_TEMPORARY_SUFFIX = ".restoring"


class HeldFiles:
    """Raises sqlite3.Error and OSError."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection = sqlite3.connect(database_uri(path), uri=True, check_same_thread=False)
        self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # opens the WAL
        self._inodes = self._current_inodes()

    def in_place(self) -> bool:
        """Whether the names still lead to the files that are open."""
        return self._current_inodes() == self._inodes

    def is_replaced(self) -> bool:
        """Whether another database has the name now: somebody has restored a backup."""
        try:
            status = self._path.stat()
        except OSError:
            return False
        return status.st_size > 0 and (status.st_dev, status.st_ino) != self._inodes[0]

    def write_back(self) -> None:
        """Write the whole state to a new file under its name."""
        private_files.make_folder(self._path.parent)
        temporary = self._path.with_name(f"{self._path.name}{_TEMPORARY_SUFFIX}")
        try:
            private_files.create(temporary)
            with closing(sqlite3.connect(temporary)) as copy:
                self._connection.backup(copy)
            for suffix in (_WAL, _SHM):  # they belong to the file that is gone
                self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
            temporary.replace(self._path)
        finally:
            temporary.unlink(missing_ok=True)

    def close(self) -> None:
        with suppress(sqlite3.Error):
            self._connection.close()

    def _current_inodes(self) -> tuple[tuple[int, int] | None, ...]:
        return tuple(inode_of(self._path.with_name(self._path.name + suffix)) for suffix in ("", _WAL))


def database_uri(path: Path, mode: str = "rw") -> str:
    """A URI for `sqlite3.connect`. With mode "rw" and "ro", a file that is missing is an error, and none is created."""
    return f"{path.absolute().as_uri()}?mode={mode}"


def inode_of(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
