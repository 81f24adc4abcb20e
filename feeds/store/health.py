"""Problems of sources, present and past."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select
from sqlalchemy.dialects.sqlite import insert as upsert

from feeds.model import SourceIssue
from feeds.store.schema import health


def save(connection: Connection, issues: Iterable[SourceIssue]) -> None:
    """Insert new ones, and store the end of those that are over."""
    rows = [
        {
            "source": issue.source,
            "kind": issue.kind,
            "since": issue.since,
            "until": issue.until,
            "description": issue.description,
        }
        for issue in issues
    ]
    if rows:
        statement = upsert(health)
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["source", "kind", "since"], set_={"until": statement.excluded.until}
            ),
            rows,
        )


def ongoing(connection: Connection) -> tuple[SourceIssue, ...]:
    """The problems that are not over, the oldest first."""
    query = select(health).where(health.c.until.is_(None)).order_by(health.c.since, health.c.source)
    return tuple(_issue(row) for row in connection.execute(query))


def load_all(connection: Connection) -> tuple[SourceIssue, ...]:
    """All that are stored."""
    return tuple(_issue(row) for row in connection.execute(select(health)))


def delete_ended(connection: Connection, before: datetime) -> None:
    """Delete those that ended before then."""
    connection.execute(delete(health).where(health.c.until < before))


def _issue(row: Row[Any]) -> SourceIssue:
    return SourceIssue(
        source=row.source, kind=row.kind, since=row.since, until=row.until, description=row.description
    )
