"""Translates SQLite's errors into the exceptions of the state, with a sentence that says what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from feeds.errors import StateDamaged, StateUnavailable, StoreError
from feeds.store import access_problem, damage

_DISK_CODES = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR})
_LOCK_CODES = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL})
_ACCESS_CODES = frozenset({sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM})
_UNAVAILABLE_CODES = _DISK_CODES | _LOCK_CODES | _ACCESS_CODES | {sqlite3.SQLITE_NOMEM}


@contextmanager
def translated(
    path: Path, busy_seconds: float, on_damage: Callable[[str], object] = lambda reason: None
) -> Iterator[None]:
    """Raises StateDamaged, StateUnavailable or StoreError in place of SQLite's errors. `on_damage` is also called for a
    StateDamaged that leaves the block."""
    try:
        yield
    except StateDamaged as error:
        on_damage(str(error))
        raise
    except (DBAPIError, sqlite3.Error) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        translation = _translation(path, cause, busy_seconds)
        if isinstance(translation, StateDamaged):
            on_damage(str(cause))
        raise translation from error
    except SQLAlchemyError as error:
        raise StoreError(f"the state in {path} failed: {error}") from error


def _translation(path: Path, cause: object, busy_seconds: float) -> StoreError:
    if not isinstance(cause, sqlite3.Error):
        return StoreError(f"the state in {path} failed: {cause}")
    if damage.is_damage(cause):
        return StateDamaged(
            f"the state in {path} is damaged: {cause}. The next `feeds run` or `feeds once` moves it aside and "
            "rebuilds the state from the sources"
        )
    code = (getattr(cause, "sqlite_errorcode", 0) or 0) & 0xFF
    hint = ""
    if code in _LOCK_CODES:
        hint = f" (another process is writing to it, and has been for {busy_seconds:g} s)"
    elif code in _DISK_CODES:
        hint = " (is the disk full?)"
    elif code in _ACCESS_CODES and (problem := access_problem.describe(path)):
        return StateUnavailable(f"the state in {path} cannot be used: {problem}")
    error_class = StateUnavailable if code in _UNAVAILABLE_CODES else StoreError
    return error_class(f"the state in {path} failed: {cause}{hint}")
