"""Which entries are on which page of an output's archive.

Hidden entries are left out in Python and not in SQL: with `shown` in the condition, SQLite chooses the index
`ledger_rank_date` and reads everything that was ever published instead of one page.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from feeds.model import LedgerRow
from feeds.store.articles import chunks
from feeds.store.outputs import ledger_row
from feeds.store.schema import archive, ledger

OLDER_THAN_ARCHIVE = 0
"""The page number of entries that are older than the archive reaches."""


def unpaged(connection: Connection, output: str) -> list[LedgerRow]:
    """The shown entries that are on no page yet, the oldest first."""
    rows = connection.execute(
        select(ledger)
        .where(ledger.c.output == output, ledger.c.archive_page.is_(None))
        .order_by(ledger.c.rank_date, ledger.c.published, ledger.c.entry.desc())
    )
    return [ledger_row(row) for row in rows if row.shown]


def close_page(connection: Connection, output: str, page: int, entries: Iterable[str]) -> None:
    """Put these entries on this page, for good."""
    if page != OLDER_THAN_ARCHIVE:
        add_pages(connection, output, [page])
    for chunk in chunks(entries):
        connection.execute(
            update(ledger)
            .where(ledger.c.output == output, ledger.c.entry.in_(chunk))
            .values(archive_page=page)
        )


def add_pages(connection: Connection, output: str, pages: Iterable[int]) -> None:
    """Record that these pages exist."""
    if rows := [{"output": output, "page": page} for page in pages]:
        connection.execute(upsert(archive).on_conflict_do_nothing(), rows)


def pages(connection: Connection, output: str) -> tuple[int, ...]:
    """The pages that exist, in order."""
    found = select(archive.c.page).where(archive.c.output == output).order_by(archive.c.page)
    return tuple(connection.scalars(found))


def newest_rank_date(connection: Connection, output: str) -> datetime | None:
    """The date by which the newest of the entries on pages is ordered; None if there are no pages."""
    newest: datetime | None = connection.scalar(
        select(func.max(ledger.c.rank_date)).where(
            ledger.c.output == output, ledger.c.archive_page > OLDER_THAN_ARCHIVE
        )
    )
    return newest


def page_entries(connection: Connection, output: str, page: int) -> list[LedgerRow]:
    """The shown entries of a page, the newest first."""
    rows = connection.execute(
        select(ledger)
        .where(ledger.c.output == output, ledger.c.archive_page == page)
        .order_by(ledger.c.rank_date.desc(), ledger.c.published.desc(), ledger.c.entry)
    )
    return [ledger_row(row) for row in rows if row.shown]


def drop_page(connection: Connection, output: str, page: int) -> None:
    """Remove a page. Its entries count as older than the archive reaches."""
    connection.execute(delete(archive).where(archive.c.output == output, archive.c.page == page))
    connection.execute(
        update(ledger)
        .where(ledger.c.output == output, ledger.c.archive_page == page)
        .values(archive_page=OLDER_THAN_ARCHIVE)
    )
