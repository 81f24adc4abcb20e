"""The pages of an archive cost what stands on them, however much was published before."""

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
        anchor=f"anchor-{n}",
        story=f"story-{n}",
        lead=n,
        source="herald",
        published=NOW + timedelta(minutes=n),
        rank=NOW + timedelta(minutes=n),
        updated=NOW,
        content_hash=b"",
        page=page,
        shown=shown,
    )


def steps(connection: Connection, ask: Callable[[], object]) -> int:
    """Of SQLite's machine, for what is asked."""
    taken = []
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.set_progress_handler(lambda: taken.append(1), 1)
    ask()
    driver.set_progress_handler(None, 1)
    return len(taken)


def test_neither_what_waits_for_a_page_nor_a_page_costs_more_when_more_was_published(tmp_path: Path) -> None:
    store = open_store(tmp_path / "feeds.db")
    with store.write() as connection:
        outputs.write(connection, [*(row(n, None) for n in range(5)), *(row(n, 7) for n in range(5, 10))])
        waiting = steps(connection, lambda: archive.unpaged(connection, "front"))
        page = steps(connection, lambda: archive.entries(connection, "front", 7))
        outputs.write(connection, [row(n, archive.BEYOND) for n in range(10, 1000)])
        assert steps(connection, lambda: archive.unpaged(connection, "front")) == waiting > 0
        assert steps(connection, lambda: archive.entries(connection, "front", 7)) == page > 0
    store.close()


def test_what_is_not_shown_stands_on_no_page_and_waits_for_none(tmp_path: Path) -> None:
    store = open_store(tmp_path / "feeds.db")
    with store.write() as connection:
        rows = [row(1, None), row(2, None, shown=False), row(3, 7), row(4, 7, shown=False), row(5, None)]
        outputs.write(connection, rows)
        assert archive.unpaged(connection, "front") == ["urn:entry:1", "urn:entry:5"]
        assert [one.entry for one in archive.entries(connection, "front", 7)] == ["urn:entry:3"]
    store.close()
