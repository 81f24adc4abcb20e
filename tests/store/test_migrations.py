"""A state that an older version wrote is led to this one's tables, with all that stood in it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from feeds.store import near_index, open_store, sources
from feeds.store.migrations import MIGRATIONS
from feeds.store.schema import VERSION

HERE = Path(__file__).parent
OLD = sorted(int(path.stem.removeprefix("version-")) for path in HERE.glob("version-*.sql"))


def shape(path: Path) -> dict[str, set[tuple[str, str, int]]]:
    with sqlite3.connect(path) as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {
            table: {(row[1], row[2], row[3]) for row in connection.execute(f"PRAGMA table_info({table})")}
            for table in tables
        }
        found["indexes"] = {
            (row[0], row[1], 0)
            for row in connection.execute("SELECT name, tbl_name FROM sqlite_master WHERE type = 'index'")
        }
    connection.close()
    return found


def test_every_older_version_has_its_way_here() -> None:
    assert sorted(MIGRATIONS) == OLD == list(range(1, VERSION))


@pytest.mark.parametrize("version", OLD)
def test_an_older_state_gets_todays_tables_and_keeps_its_rows(tmp_path: Path, version: int) -> None:
    old, new = tmp_path / "old.db", tmp_path / "new.db"
    with sqlite3.connect(old) as connection:
        connection.executescript((HERE / f"version-{version}.sql").read_text())
    connection.close()
    open_store(new).close()
    store = open_store(old)
    with store.read() as reading:
        (state,) = sources.states(reading)
        # Older fingerprints are read by nobody, and what they stood in is no longer asked.
        assert near_index.NearIndex(reading, near_index.Extent(reading), 0).size() == 0
        assert not near_index.NearIndex(reading, near_index.Extent(reading), 0).postings([5]).counts
    store.close()
    assert (state.id, state.lane, state.validators.etag, state.status) == ("a", "a.example", '"1"', 200)
    assert shape(old) == shape(new)
