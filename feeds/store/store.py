"""Opening the state, and its transactions.

One process writes at a time, many read. A write begins with BEGIN IMMEDIATE, so that it waits for the other writer at
its start and does not fail in the middle (SQLite cannot wait for a lock upgrade). With `synchronous=FULL` a commit
survives a power cut: an item that has left its feed cannot be fetched again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, insert, inspect, select
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.pool import NullPool

from feeds.errors import StateDamaged, StateUnavailable, StoreError
from feeds.store import access_problem, corrections, damage, private_files, schema
from feeds.store.held_files import HeldFiles, database_uri
from feeds.store.migrations import upgrade
from feeds.store.store_errors import translated

AWAY_SINCE_FACT = "network_away_since"
"""Key in `meta`: since when our own network is away; "" if it is there."""

BUSY_TIMEOUT_SECONDS = 30.0
"""How long a transaction waits for another writer."""

READ_TIMEOUT_SECONDS = 1.0
"""How long a command that only reads waits. A writer locks no reader out, except for a moment."""


class Store:
    """The state. Open it with `open_store`."""

    def __init__(self, engine: Engine, path: Path) -> None:
        self._engine = engine
        self._held: HeldFiles | None = None
        self.path = path
        self.damage = ""
        """What SQLite said when it found the file damaged, in any thread; "" if it has not."""

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees the state as of its first statement. Raises StoreError."""
        with self._translated(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that commits at the end, or rolls back on an exception. Raises StoreError."""
        with self._translated(), self._engine.connect() as connection:
            writer = connection.execution_options(feeds_write=True)
            with writer.begin():
                yield writer

    def check_writable(self) -> None:
        """Write something, synced to disk, which changes no table. Raises StateUnavailable."""
        with self.write() as connection:
            number = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
            connection.exec_driver_sql(f"PRAGMA user_version = {(int(number) + 1) % 1_000_000}")

    def hold_files(self) -> None:
        """Notice from now on if the files are deleted or replaced (`is_in_place`)."""
        with self._translated():
            self._held = HeldFiles(self.path)

    def is_in_place(self) -> bool:
        return self._held is None or self._held.in_place()

    def is_replaced(self) -> bool:
        """Whether another database has been put in the place of the one that is open."""
        return self._held is not None and self._held.is_replaced()

    def write_back(self) -> None:
        """Write the state, whose files were deleted, to new files. Raises StateUnavailable or StateDamaged."""
        held = self._held
        assert held is not None
        try:
            with self._translated():
                held.write_back()
        except OSError as error:
            problem = access_problem.of_os_error(error, self.path)
            raise StateUnavailable(f"the state in {self.path} cannot be written: {problem}") from error
        self._engine.dispose()
        self.hold_files()
        held.close()

    def close(self) -> None:
        if self._held is not None:
            self._held.close()
        self._engine.dispose()

    def _translated(self) -> AbstractContextManager[None]:
        return translated(self.path, BUSY_TIMEOUT_SECONDS, self._note_damage)

    def _note_damage(self, reason: str) -> None:
        self.damage = self.damage or reason
        damage.report(self.path)


def open_store(path: Path) -> Store:
    """The state at `path`, created or migrated where needed. Raises StoreError."""
    try:
        private_files.make_folder(path.parent)
    except OSError as error:
        problem = access_problem.of_os_error(error, path)
        raise StateUnavailable(f"the state in {path} cannot be used: {problem}") from error
    private_files.create(path)
    private_files.restrict_beside(path)
    store = _at(path)
    try:
        with store.write() as connection:
            if _migrate(connection):
                corrections.restore(connection, path)
    except BaseException:
        store.close()
        raise
    return store


def attach(path: Path) -> Store:
    """The state of another process, neither created nor migrated here. Each transaction opens the file anew, because
    that process may set a damaged file aside."""
    return _at(path, poolclass=NullPool)


def attach_readonly(path: Path) -> Store:
    """Like `attach`, for reading. It waits for no writer, and needs no right to write.

    A process that has locked the state for itself alone, or a folder that we may not write to, keeps us from the WAL.
    Then the state is read as of its last checkpoint.
    """
    for mode in ("ro", "ro&immutable=1"):
        store = _at(path, mode=mode, poolclass=NullPool)
        try:
            with store.read() as connection:
                connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one()
        except StateUnavailable:
            if mode != "ro":
                raise
        else:
            break
    return store


def _at(path: Path, *, mode: str = "rw", **options: Any) -> Store:
    timeout = BUSY_TIMEOUT_SECONDS if mode == "rw" else READ_TIMEOUT_SECONDS

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(database_uri(path, mode), timeout=timeout, uri=True, check_same_thread=False)

    engine = create_engine(f"sqlite:///{path}", creator=connect, **options)
    if mode == "rw":
        event.listen(engine, "connect", _prepare)
    else:
        event.listen(engine, "connect", _let_begin_send_begin)
    event.listen(engine, "begin", _begin)
    return Store(engine, path)


def open_or_set_aside(
    path: Path, now: datetime, *, check_all: bool = False, known_damage: str = ""
) -> tuple[Store, Path | None]:
    """Like `open_store`, for the process that has the lock. A damaged database is moved aside and a new one created.

    Readers keep their entries, because the entry ids of a rebuilt state are derived from the articles. The second
    value is the new path of the damaged file, or None. `check_all`: check every page, however much that costs.
    `known_damage`: what `Store.damage` said. Raises StateUnavailable if nothing can be written.
    """
    aside = None
    if known_damage or damage.is_damaged(path, whole=check_all, timeout=BUSY_TIMEOUT_SECONDS):
        aside = damage.set_aside(path, now)
    try:
        store = open_store(path)
    except StateDamaged:
        aside = damage.set_aside(path, now)
        store = open_store(path)
    damage.clear_report(path)
    try:
        store.check_writable()
        store.hold_files()
    except BaseException:
        store.close()
        raise
    return store, aside


def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
    _let_begin_send_begin(connection, _record)
    pragmas = (
        "journal_mode=WAL",
        "synchronous=FULL",
        "temp_store=MEMORY",
        "cache_size=-8000",
        # A WAL of 32 MB: a page that many transactions write is copied into the file once, not each time.
        "wal_autocheckpoint=8000",
    )
    try:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")
    except sqlite3.Error:
        connection.close()  # SQLAlchemy does not know it yet
        raise


def _let_begin_send_begin(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None


def _begin(connection: Connection) -> None:
    is_write = connection.get_execution_options().get("feeds_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_write else "BEGIN")


def _migrate(connection: Connection) -> bool:
    """Create the tables, or bring them up to `schema.VERSION`. Returns whether the state is new."""
    schema.meta.create(connection, checkfirst=True)
    version = connection.scalar(select(schema.meta.c.value).where(schema.meta.c.key == "version"))
    if version is None:
        schema.metadata.create_all(connection)
        connection.execute(insert(schema.meta).values(key="version", value=str(schema.VERSION)))
        return True
    if not version.isdigit() or _lacks_tables(connection):
        raise StateDamaged("the state is damaged: a table is missing")
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


def _lacks_tables(connection: Connection) -> bool:
    """Whether a table is missing that every version has."""
    return not {"source", "article", "output", "ledger"}.issubset(inspect(connection).get_table_names())


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
