"""What is and was wrong with sources."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select
from sqlalchemy.dialects.sqlite import insert as upsert

from feeds.model import Trouble
from feeds.store.schema import health


def note(connection: Connection, troubles: Iterable[Trouble]) -> None:
    """Begin or end these."""
    rows = [
        {"source": one.source, "kind": one.kind, "since": one.since, "until": one.until, "said": one.said}
        for one in troubles
    ]
    if rows:
        statement = upsert(health)
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["source", "kind", "since"], set_={"until": statement.excluded.until}
            ),
            rows,
        )


def standing(connection: Connection) -> tuple[Trouble, ...]:
    """What has not ended."""
    query = select(health).where(health.c.until.is_(None)).order_by(health.c.since, health.c.source)
    return tuple(_trouble(row) for row in connection.execute(query))


def all_told(connection: Connection) -> tuple[Trouble, ...]:
    """What is and lately was."""
    return tuple(_trouble(row) for row in connection.execute(select(health)))


def forget(connection: Connection, before: datetime) -> None:
    """Let go of what ended long ago."""
    connection.execute(delete(health).where(health.c.until < before))


def _trouble(row: Row[Any]) -> Trouble:
    return Trouble(source=row.source, kind=row.kind, since=row.since, until=row.until, said=row.said)
