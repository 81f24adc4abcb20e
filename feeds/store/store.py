"""Opening the state, and its transactions.

One process writes at a time, many read. A write begins with BEGIN IMMEDIATE, so that it waits for the other writer at
its start and does not fail in the middle (SQLite cannot wait for a lock upgrade). With `synchronous=FULL` a commit
survives a power cut: an item that has left its feed cannot be fetched again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.exc import DatabaseError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from feeds.errors import StoreError
from feeds.store import corrections, schema
from feeds.store.migrations import upgrade

AWAY_SINCE_FACT = "network_away_since"
"""Key in `meta`: since when our own network is away; "" if it is there."""

BUSY_TIMEOUT_SECONDS = 30.0
"""How long a transaction waits for another writer."""


class Store:
    """The state. Open it with `open_store`."""

    def __init__(self, engine: Engine, path: Path) -> None:
        self._engine = engine
        self.path = path

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees the state as of its first statement. Raises StoreError."""
        with _translated(self.path), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that commits at the end, or rolls back on an exception. Raises StoreError."""
        with _translated(self.path), self._engine.connect() as connection:
            writer = connection.execution_options(feeds_write=True)
            with writer.begin():
                yield writer

    def close(self) -> None:
        self._engine.dispose()


def open_store(path: Path) -> Store:
    """The state at `path`, created or migrated where needed. Raises StoreError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    store = _at(path)
    with store.write() as connection:
        if _migrate(connection):
            corrections.restore(connection, path)
    return store


def attach(path: Path) -> Store:
    """The state of another process, neither created nor migrated here. Each transaction opens the file anew, because
    that process may set a damaged file aside."""
    return _at(path, poolclass=NullPool)


def _at(path: Path, **options: Any) -> Store:
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_TIMEOUT_SECONDS}, **options)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return Store(engine, path)


def open_or_set_aside(path: Path, now: datetime) -> tuple[Store, Path | None]:
    """Like `open_store`, but a damaged database file is moved aside and a new state created.

    Readers keep their entries, because the entry ids of a rebuilt state are derived from the articles. The second
    value is the new path of the damaged file, or None.
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
    # quick_check reads every page, which takes seconds per gigabyte. So it runs only if the last process did not close
    # the state (a clean end removes the WAL file). A damaged header or schema shows at once.
    unclean = path.with_name(f"{path.name}-wal").exists()
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_SECONDS)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        return unclean and connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok"
    except sqlite3.OperationalError:
        return False  # locked or unreadable, not damaged: opening it reports why
    except sqlite3.DatabaseError:
        return True
    finally:
        connection.close()


def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # `_begin` sends BEGIN
    pragmas = (
        "journal_mode=WAL",
        "synchronous=FULL",
        "temp_store=MEMORY",
        "cache_size=-8000",
        # A WAL of 32 MB: a page that many transactions write is copied into the file once, not each time.
        "wal_autocheckpoint=8000",
    )
    for pragma in pragmas:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    is_write = connection.get_execution_options().get("feeds_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_write else "BEGIN")


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except (DatabaseError, sqlite3.DatabaseError) as error:
        reason = str(error.orig if isinstance(error, DatabaseError) else error)
        hint = ""
        if "locked" in reason:
            hint = f" (another process is writing to it, and has been for {BUSY_TIMEOUT_SECONDS:g} s)"
        elif "full" in reason or "I/O" in reason:
            hint = " (is the disk full?)"
        elif "malformed" in reason or "not a database" in reason:
            raise StoreError(
                f"the state in {path} is damaged: {reason}. The next `feeds run` or `feeds once` moves it aside and "
                "rebuilds the state from the sources"
            ) from error
        raise StoreError(f"the state in {path} failed: {reason}{hint}") from error
    except SQLAlchemyError as error:
        raise StoreError(f"the state in {path} failed: {error}") from error


def _migrate(connection: Connection) -> bool:
    """Create the tables, or bring them up to `schema.VERSION`. Returns whether the state is new."""
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
            f"this one knows {schema.VERSION}): upgrade feeds, or set another `site.state`"
        )
    if found < schema.VERSION:
        upgrade(connection, found)
        save_fact(connection, "version", str(schema.VERSION))
    return False


def load_fact(connection: Connection, key: str) -> str:
    """A value of the table `meta`; "" if it was never saved."""
    return connection.scalar(select(schema.meta.c.value).where(schema.meta.c.key == key)) or ""


def load_facts(connection: Connection, *keys: str) -> tuple[str, ...]:
    """Values of the table `meta` in one statement, "" for those that were never saved."""
    rows = connection.execute(select(schema.meta).where(schema.meta.c.key.in_(keys)))
    values = {row.key: row.value for row in rows}
    return tuple(values.get(key) or "" for key in keys)


def save_fact(connection: Connection, key: str, value: str) -> None:
    statement = upsert(schema.meta).values(key=key, value=value)
    connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"value": value}))
