"""SQL that goes to the sqlite3 module directly, for the statements that every poll and every new article needs.

SQLAlchemy takes five times as long as SQLite for a statement, and a new article needs some twenty. So these statements
are compiled to text once, and run on the sqlite3 connection below SQLAlchemy's, in the same transaction.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from typing import cast

from sqlalchemy import Connection, Delete, Insert, Update
from sqlalchemy.dialects import sqlite


def raw_sql(connection: Connection) -> sqlite3.Connection:
    """The sqlite3 connection below `connection`, in its transaction. `store` translates the errors of both."""
    if not connection.in_transaction():
        connection.begin()  # as SQLAlchemy does at the first statement
    return cast(sqlite3.Connection, connection.connection.driver_connection)


def compile_sql(statement: Insert | Update | Delete, *columns: str) -> str:
    """The statement as text. Its parameters are named like the columns, and take values as the database stores
    them: seconds for a date."""
    dialect = sqlite.dialect(paramstyle="named")
    return str(statement.compile(dialect=dialect, column_keys=columns))


def in_list(statement: str, values: int) -> str:
    """The statement with `values` question marks in place of its "{}"."""
    return statement.format(",".join("?" * values))


def to_epoch(moment: datetime | None) -> int | None:
    """As `schema.UtcDateTime` stores it."""
    return None if moment is None else int(moment.timestamp())


def from_epoch(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
