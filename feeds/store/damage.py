"""A damaged state file: recognizing it, and moving it aside.

SQLite says only what it stumbles over. So a state is checked as a whole where that costs little beside the rest (the
start of the daemon: 2 s per gigabyte) or where there is a reason for doubt: the last process did not close the state,
or a process without the lock met damage and left a mark (`report`). Other starts check the small tables.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from feeds.errors import StoreError
from feeds.store import private_files

_DAMAGE_CODES = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT})
_DAMAGE_WORDS = ("unsupported file format", "malformed database schema")  # with the general code SQLITE_ERROR
_SHORT_READ = sqlite3.SQLITE_IOERR_SHORT_READ

_MAGIC = b"SQLite format 3\0"
_FORMAT_VERSIONS = slice(18, 20)  # write and read version: 1 with a rollback journal, 2 with a WAL

SMALL_TABLES = ("meta", "source", "host_state", "output")
"""What decides which requests are sent. A check takes a millisecond for a thousand sources."""

DATABASE_SUFFIXES = ("", "-wal", "-shm", "-journal")


def is_damage(error: sqlite3.Error) -> bool:
    """Whether SQLite says that the file is damaged."""
    code = getattr(error, "sqlite_errorcode", 0) or 0
    return (
        code & 0xFF in _DAMAGE_CODES
        or code == _SHORT_READ
        or any(words in str(error) for words in _DAMAGE_WORDS)
    )


def report(path: Path) -> None:
    """Leave a mark for the next process that has the lock: it checks the whole state."""
    with suppress(OSError):
        private_files.create(_mark(path))


def is_damaged(path: Path, *, whole: bool, timeout: float) -> bool:
    """Whether the state is damaged. `whole`: check every page. Call it before anything has opened the state."""
    whole |= _mark(path).exists() or _size(path.with_name(f"{path.name}-wal")) > 0
    if _size(path) == 0:
        return False  # no state yet
    if _has_bad_header(path):
        return True
    try:
        with closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", timeout=timeout, uri=True)
        ) as connection:
            return not _is_sound(connection, whole=whole)
    except sqlite3.Error as error:
        return is_damage(error)  # locked or unreadable is not damaged: opening it reports why


def _is_sound(connection: sqlite3.Connection, *, whole: bool) -> bool:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    small_tables = [f"quick_check({table})" for table in SMALL_TABLES if table in tables]
    checks = ["integrity_check(1)"] if whole else small_tables
    return all(connection.execute(f"PRAGMA {check}").fetchone() == ("ok",) for check in checks)


def _has_bad_header(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            header = file.read(100)
    except OSError:
        return False
    # With an unknown write version, SQLite would only refuse to write.
    return not header.startswith(_MAGIC) or any(version not in (1, 2) for version in header[_FORMAT_VERSIONS])


def set_aside(path: Path, now: datetime) -> Path:
    """Move the files of the state aside. Returns the new path of the database. Raises StoreError.

    Nothing may have the state open in this process. The files are kept: some of their content can be recovered.
    """
    aside = _unused(path.with_name(f"{path.name}.damaged-{now:%Y%m%dT%H%M%SZ}"))
    try:
        for suffix in DATABASE_SUFFIXES:
            part = path.with_name(path.name + suffix)
            if part.exists():
                part.replace(aside.with_name(aside.name + suffix))
        _mark(path).unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(
            f"the state in {path} is damaged and cannot be moved aside ({error.strerror}): move or delete it"
        ) from error
    return aside


def clear_report(path: Path) -> None:
    """The state was checked and is sound."""
    with suppress(OSError):
        _mark(path).unlink(missing_ok=True)


def _unused(path: Path) -> Path:
    candidate, number = path, 1
    while candidate.exists():
        number += 1
        candidate = path.with_name(f"{path.name}-{number}")
    return candidate


def _mark(path: Path) -> Path:
    return path.with_name(f"{path.name}.suspect")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size if path.is_file() else 0
    except OSError:
        return 0
