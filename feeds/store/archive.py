"""Which entries stand on which page of an output's archive.

Whether an entry is shown is looked at here and not in SQL: with that to go by, SQLite goes through all that was ever
published, in the order of the output (`ledger_rank`), in place of one page.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from feeds.model import LedgerRow
from feeds.store.articles import chunks
from feeds.store.outputs import ledger_row
from feeds.store.schema import archive, ledger

BEYOND = 0
"""The page of what is older than the archive reaches."""


def unpaged(connection: Connection, output: str) -> list[str]:
    """The entries that stand on no page yet, the oldest first."""
    rows = connection.execute(
        select(ledger.c.entry, ledger.c.shown)
        .where(ledger.c.output == output, ledger.c.page.is_(None))
        .order_by(ledger.c.rank, ledger.c.published, ledger.c.entry.desc())
    )
    return [row.entry for row in rows if row.shown]


def close(connection: Connection, output: str, page: int, entries: Iterable[str]) -> None:
    """These entries stand on this page from now on."""
    if page != BEYOND:
        keep(connection, output, [page])
    for chunk in chunks(entries):
        connection.execute(
            update(ledger).where(ledger.c.output == output, ledger.c.entry.in_(chunk)).values(page=page)
        )


def keep(connection: Connection, output: str, pages: Iterable[int]) -> None:
    """There are these pages."""
    if rows := [{"output": output, "page": page} for page in pages]:
        connection.execute(upsert(archive).on_conflict_do_nothing(), rows)


def pages(connection: Connection, output: str) -> tuple[int, ...]:
    """The pages there are, in order."""
    found = select(archive.c.page).where(archive.c.output == output).order_by(archive.c.page)
    return tuple(connection.scalars(found))


def entries(connection: Connection, output: str, page: int) -> list[LedgerRow]:
    """What stands on a page and may still be shown, the newest first."""
    rows = connection.execute(
        select(ledger)
        .where(ledger.c.output == output, ledger.c.page == page)
        .order_by(ledger.c.rank.desc(), ledger.c.published.desc(), ledger.c.entry)
    )
    return [ledger_row(row) for row in rows if row.shown]


def drop(connection: Connection, output: str, page: int) -> None:
    """The page is no longer kept."""
    connection.execute(delete(archive).where(archive.c.output == output, archive.c.page == page))
    connection.execute(
        update(ledger).where(ledger.c.output == output, ledger.c.page == page).values(page=BEYOND)
    )
