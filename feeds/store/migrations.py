"""What leads a state that an older version wrote to the tables of this one."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, inspect, update
from sqlalchemy.schema import CreateColumn

from feeds.store.schema import ledger, metadata


def add_what_is_missing(connection: Connection) -> None:
    """Tables, columns and indexes that `schema` has and the state does not; nothing that stands is touched.

    A column that is added later needs a `server_default`, or must be nullable: the rows are there already.
    """
    metadata.create_all(connection)
    standing = inspect(connection)
    for table in metadata.sorted_tables:
        there = {column["name"] for column in standing.get_columns(table.name)}
        for column in table.columns:
            if column.name not in there:
                definition = CreateColumn(column).compile(dialect=connection.dialect)
                connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {definition}")
        for index in table.indexes:
            index.create(connection, checkfirst=True)


def from_1(connection: Connection) -> None:
    """Version 1 ordered an output by what its entries said of themselves."""
    with_a_new_window(connection)
    for name in ("ledger_newest", "source_due"):
        connection.exec_driver_sql(f"DROP INDEX IF EXISTS {name}")
    connection.execute(update(ledger).values(rank=ledger.c.published))


def with_a_new_window(connection: Connection) -> None:
    """Versions 1 and 2 hashed words in another way. Their window of near copies is let go of, as old as three days, and
    fills again; and so is what they said of the articles that were not joined."""
    for name in inspect(connection).get_table_names():
        if name.startswith("near_"):
            connection.exec_driver_sql(f"DROP TABLE {name}")
    if "nearest" in {column["name"] for column in inspect(connection).get_columns("decision")}:
        connection.exec_driver_sql("ALTER TABLE decision DROP COLUMN nearest")
    add_what_is_missing(connection)


MIGRATIONS: dict[int, Callable[[Connection], None]] = {1: from_1, 2: with_a_new_window}
"""Version → what leads a state of that version to the next one."""
