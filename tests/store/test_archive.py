"""Reading an archive page costs as much as the page holds, however much was published before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection

from feeds.model import LedgerRow
from feeds.store import archive, open_store, outputs
from tests.make import NOW


def row(n: int, page: int | None, *, shown: bool = True) -> LedgerRow:
    return LedgerRow(
        output="front",
        entry=f"urn:entry:{n}",
        first_article=f"first-{n}",
        story=f"story-{n}",
        lead_n=n,
        source="herald",
        published=NOW + timedelta(minutes=n),
        rank_date=NOW + timedelta(minutes=n),
        updated=NOW,
        content_hash=b"",
        archive_page=page,
        shown=shown,
    )


def steps(connection: Connection, query: Callable[[], object]) -> int:
    """How many steps SQLite's virtual machine takes for the query."""
    taken = []
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.set_progress_handler(lambda: taken.append(1), 1)
    query()
    driver.set_progress_handler(None, 1)
    return len(taken)


def test_the_cost_of_a_page_and_of_entries_without_one_does_not_grow_with_the_ledger(tmp_path: Path) -> None:
    store = open_store(tmp_path / "feeds.db")
    with store.write() as connection:
        outputs.save_rows(connection, [*(row(n, None) for n in range(5)), *(row(n, 7) for n in range(5, 10))])
        waiting = steps(connection, lambda: archive.unpaged(connection, "front"))
        page = steps(connection, lambda: archive.page_entries(connection, "front", 7))
        outputs.save_rows(connection, [row(n, archive.OLDER_THAN_ARCHIVE) for n in range(10, 1000)])
        assert steps(connection, lambda: archive.unpaged(connection, "front")) == waiting > 0
        assert steps(connection, lambda: archive.page_entries(connection, "front", 7)) == page > 0
    store.close()


def test_hidden_entries_are_on_no_page_and_wait_for_none(tmp_path: Path) -> None:
    store = open_store(tmp_path / "feeds.db")
    with store.write() as connection:
        rows = [row(1, None), row(2, None, shown=False), row(3, 7), row(4, 7, shown=False), row(5, None)]
        outputs.save_rows(connection, rows)
        unpaged = archive.unpaged(connection, "front")
        assert [entry.entry for entry in unpaged] == ["urn:entry:1", "urn:entry:5"]
        assert [entry.entry for entry in archive.page_entries(connection, "front", 7)] == ["urn:entry:3"]
    store.close()
