"""Past SQLAlchemy, for the statements that every new article needs.

SQLAlchemy's part in a statement costs five times SQLite's, and an article needs some twenty. So the statements
of the articles' path are put into words once, and go to the driver of the same connection, in the same
transaction.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from typing import cast

from sqlalchemy import Connection, Delete, Insert, Update
from sqlalchemy.dialects import sqlite


def driver(connection: Connection) -> sqlite3.Connection:
    """What the connection stands on. Its errors are translated as SQLAlchemy's are."""
    if not connection.in_transaction():
        connection.begin()  # as SQLAlchemy would at the first statement
    return cast(sqlite3.Connection, connection.connection.driver_connection)


def worded(statement: Insert | Update | Delete, *columns: str) -> str:
    """The statement as SQLite reads it. Its parameters have the names of the columns; values go in as they lie
    in the table."""
    dialect = sqlite.dialect(paramstyle="named")
    return str(statement.compile(dialect=dialect, column_keys=columns))


def listed(statement: str, values: int) -> str:
    """The statement with so many question marks for its "{}"."""
    return statement.format(",".join("?" * values))


def stored(moment: datetime | None) -> int | None:
    """As `schema.Moment` keeps it."""
    return None if moment is None else int(moment.timestamp())


def read(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
