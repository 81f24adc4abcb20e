"""Opening the state, and its transactions.

One writer at a time, many readers. A write begins with BEGIN IMMEDIATE: it waits for its turn at once, in
place of failing in the middle (SQLite: lock upgrades cannot wait). `synchronous=FULL`: what was committed
survives a power cut, because an item that has left its feed cannot be fetched a second time.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.exc import DatabaseError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from feeds.errors import StoreError
from feeds.store import corrections, schema
from feeds.store.migrations import MIGRATIONS

BUSY = 30.0
"""Seconds to wait for another writer."""


class Store:
    """The state. Open it with `open_store`."""

    def __init__(self, engine: Engine, path: Path) -> None:
        self._engine = engine
        self.path = path

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one moment of the state. Raises StoreError."""
        with _translated(self.path), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction: all of it or nothing. Raises StoreError."""
        with _translated(self.path), self._engine.connect() as connection:
            writing = connection.execution_options(feeds_write=True)
            with writing.begin():
                yield writing

    def close(self) -> None:
        self._engine.dispose()


def open_store(path: Path) -> Store:
    """The state at `path`, made or brought up to date. Raises StoreError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    store = _at(path)
    with store.write() as connection:
        if _migrate(connection):
            corrections.recall(connection, path)
    return store


def attach(path: Path) -> Store:
    """The state that another process keeps: nothing is made or brought up to date here. Each transaction opens
    the file anew, for that process may set a damaged one aside."""
    return _at(path, poolclass=NullPool)


def _at(path: Path, **options: Any) -> Store:
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY}, **options)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return Store(engine, path)


def open_or_set_aside(path: Path, now: datetime) -> tuple[Store, Path | None]:
    """As `open_store`; a state that is no database any more is moved aside, whole, and a new one begun.

    Nothing published is lost by that: the entry ids of the rebuilt state are derived from the articles. The
    second value says where the damaged file went; None where all is well.
    """
    if path.exists() and _damaged(path):
        aside = path.with_name(f"{path.name}.damaged-{now:%Y%m%dT%H%M%SZ}")
        for suffix in ("", "-wal", "-shm"):
            part = path.with_name(path.name + suffix)
            if part.exists():
                part.replace(aside.with_name(aside.name + suffix))
        return open_store(path), aside
    return open_store(path), None


def _damaged(path: Path) -> bool:
    # Reading every page takes seconds a gigabyte, so only where the last process did not close the state
    # (a clean end removes the WAL file); a damaged header or schema shows at once.
    unclean = path.with_name(f"{path.name}-wal").exists()
    connection = sqlite3.connect(path, timeout=BUSY)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        return unclean and connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok"
    except sqlite3.OperationalError:
        return False  # locked or unreadable, but not damaged: opening it will say why
    except sqlite3.DatabaseError:
        return True
    finally:
        connection.close()


def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    # A page that many transactions write is then carried over into the file once, not each time; the WAL takes 32 MB.
    rarely = "wal_autocheckpoint=8000"
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "temp_store=MEMORY", "cache_size=-8000", rarely):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get("feeds_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except (DatabaseError, sqlite3.DatabaseError) as error:
        reason = str(error.orig if isinstance(error, DatabaseError) else error)
        hint = ""
        if "locked" in reason:
            hint = f" (another process is writing to it, and has been for {BUSY:g} s)"
        elif "full" in reason or "I/O" in reason:
            hint = " (is the disk full?)"
        elif "malformed" in reason or "not a database" in reason:
            hint = " (restart: the damaged file is set aside, and the state is rebuilt from the sources)"
        raise StoreError(f"the state in {path} failed: {reason}{hint}") from error
    except SQLAlchemyError as error:
        raise StoreError(f"the state in {path} failed: {error}") from error


def _migrate(connection: Connection) -> bool:
    """Whether the state is a new one."""
    schema.meta.create(connection, checkfirst=True)
    version = connection.scalar(select(schema.meta.c.value).where(schema.meta.c.key == "version"))
    if version is None:
        schema.metadata.create_all(connection)
        connection.execute(insert(schema.meta).values(key="version", value=str(schema.VERSION)))
        return True
    found = int(version)
    if found > schema.VERSION:
        raise StoreError(
            f"the state was written by a newer version of feeds (its schema is {found}, "
            f"this one knows {schema.VERSION}): upgrade feeds, or name another state in sources.yaml"
        )
    while found < schema.VERSION:
        MIGRATIONS[found](connection)
        found += 1
        connection.execute(update(schema.meta).where(schema.meta.c.key == "version").values(value=str(found)))
    return False


def remembered(connection: Connection, key: str) -> str:
    """A small fact that has no table of its own; "" where it was never noted."""
    return connection.scalar(select(schema.meta.c.value).where(schema.meta.c.key == key)) or ""


def remember(connection: Connection, key: str, value: str) -> None:
    statement = upsert(schema.meta).values(key=key, value=value)
    connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"value": value}))
