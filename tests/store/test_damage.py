"""A damaged state is noticed, moved aside and replaced, whatever is damaged."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from feeds.errors import StateDamaged, StoreError
from feeds.model import Source
from feeds.store import attach, open_or_set_aside, open_store, sources
from tests.make import NOW

PAGE_BYTES = 4096
NOISE = b"\xa5" * PAGE_BYTES


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A state with a thousand sources, closed cleanly: no WAL is left."""
    path = tmp_path / "feeds.db"
    store = open_store(path)
    many = [Source(id=f"s{n}", url=f"https://s{n}.example/feed") for n in range(1000)]
    with store.write() as connection:
        sources.sync(connection, many, NOW)
    store.close()
    assert not path.with_name("feeds.db-wal").exists()
    return path


def overwrite(path: Path, offset: int, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(data)


def root_page(path: Path, name: str) -> int:
    with closing(sqlite3.connect(path)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchone()
    return int(page)


def overwrite_table(path: Path, name: str) -> None:
    overwrite(path, (root_page(path, name) - 1) * PAGE_BYTES, NOISE)


def truncate(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // PAGE_BYTES // 2 * PAGE_BYTES)


def drop_table(path: Path, name: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"DROP TABLE {name}")


def garble_version(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE meta SET value = 'x' WHERE key = 'version'")


SMALL: dict[str, Callable[[Path], object]] = {
    "no database": lambda path: path.write_bytes(NOISE),
    "first page": lambda path: overwrite(path, 100, NOISE[100:]),
    "magic": lambda path: overwrite(path, 0, b"X"),
    "page size": lambda path: overwrite(path, 16, b"\x00\x07"),
    "write version": lambda path: overwrite(path, 18, b"\x09"),
    "read version": lambda path: overwrite(path, 19, b"\x09"),
    "schema format": lambda path: overwrite(path, 44, b"\x00\x00\x00\x63"),
    "sources": lambda path: overwrite_table(path, "source"),
    "facts": lambda path: overwrite_table(path, "meta"),
    "truncated": truncate,
    "a table is gone": lambda path: drop_table(path, "article"),
    "version": garble_version,
}
"""What every start notices."""


@pytest.mark.parametrize("name", SMALL)
def test_every_start_moves_a_damaged_state_aside(path: Path, name: str) -> None:
    SMALL[name](path)
    damaged = path.read_bytes()
    store, aside = open_or_set_aside(path, NOW)
    assert aside is not None
    assert aside.read_bytes() == damaged
    with store.write() as connection:
        assert sources.states(connection) == ()
        sources.sync(connection, [Source(id="s1", url="https://s1.example/feed")], NOW)
    store.close()
    store, aside = open_or_set_aside(path, NOW, check_all=True)
    store.close()
    assert aside is None


def test_a_page_that_no_start_reads_is_found_by_the_whole_check(path: Path) -> None:
    overwrite_table(path, "near_fingerprint")
    store, aside = open_or_set_aside(path, NOW)
    store.close()
    assert aside is None
    store, aside = open_or_set_aside(path, NOW, check_all=True)
    store.close()
    assert aside is not None


def test_damage_that_shows_in_use_is_remembered_for_the_next_start(path: Path) -> None:
    overwrite_table(path, "near_fingerprint")
    reader = attach(path)
    with pytest.raises(StateDamaged, match="moves it aside"), reader.read() as connection:
        connection.exec_driver_sql("SELECT * FROM near_fingerprint").fetchall()
    assert reader.damage
    store, aside = open_or_set_aside(path, NOW)
    store.close()
    assert aside is not None


def test_an_index_that_lost_a_row_is_damage_when_a_write_misses_it(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        (name,) = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'source' AND sql LIKE '%due_at%'"
        ).fetchone()
    # An index page without entries: type 10 (leaf), no cells.
    overwrite(
        path, (root_page(path, name) - 1) * PAGE_BYTES, b"\x0a\0\0\0\0\x10\0\0" + b"\0" * (PAGE_BYTES - 8)
    )
    store = open_store(path)
    with pytest.raises(StateDamaged), store.write() as connection:
        connection.exec_driver_sql("UPDATE source SET due_at = due_at + 1")
    assert store.damage
    store.close()


def test_two_damaged_states_of_one_second_are_both_kept(path: Path) -> None:
    asides = set()
    for content in (b"one " * 999, b"two " * 999):
        path.write_bytes(content)
        store, aside = open_or_set_aside(path, NOW)
        store.close()
        assert aside is not None
        asides.add(aside.read_bytes())
    assert asides == {b"one " * 999, b"two " * 999}


def test_a_newer_version_is_not_damage(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'version'")
    with pytest.raises(StoreError, match="upgrade feeds"):
        open_or_set_aside(path, NOW)
    assert path.exists()


def test_a_state_whose_files_are_deleted_is_written_back_whole(path: Path) -> None:
    store, _ = open_or_set_aside(path, NOW)
    with store.write() as connection:
        sources.sync(connection, [Source(id="last", url="https://last.example/feed")], NOW)
    assert store.is_in_place()
    for file in path.parent.iterdir():
        file.unlink()
    assert not store.is_in_place()
    store.write_back()
    assert store.is_in_place()
    with attach(path).read() as connection:
        assert [state.id for state in sources.states(connection)] == ["last"]
    with store.write() as connection:
        sources.sync(connection, [Source(id="next", url="https://next.example/feed")], NOW)
    store.close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("SELECT id FROM source WHERE configured = 1").fetchall() == [("next",)]


def test_a_database_that_was_put_in_its_place_is_noticed(path: Path, tmp_path: Path) -> None:
    store, _ = open_or_set_aside(path, NOW)
    (tmp_path / "copy.db").write_bytes(path.read_bytes())
    (tmp_path / "copy.db").replace(path)
    assert not store.is_in_place()
    assert store.is_replaced()
    store.close()
