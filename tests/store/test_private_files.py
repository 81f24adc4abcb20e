"""The state and everything beside it can be read by its owner only, whatever the umask."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feeds.engine.lock import lock_state
from feeds.store import open_or_set_aside, open_store
from feeds.store.store import save_fact

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture(params=[0o000, 0o022, 0o077], ids=["umask 000", "umask 022", "umask 077"])
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mode & 0o777 for path in sorted(folder.iterdir())}


@pytest.mark.usefixtures("umask")
def test_all_files_of_an_open_state_are_private(tmp_path: Path) -> None:
    state = tmp_path / "state" / "feeds.db"
    with lock_state(state, NOW):
        store = open_store(state)
        with store.write() as connection:
            save_fact(connection, "key", "value")
            found = modes(state.parent)
        store.close()
    names = ["feeds.db", "feeds.db-shm", "feeds.db-wal", "feeds.db.lock", "feeds.db.owner"]
    assert found == dict.fromkeys(names, 0o600)
    assert state.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.usefixtures("umask")
def test_files_of_an_older_version_lose_the_rights_of_others(tmp_path: Path) -> None:
    state = tmp_path / "feeds.db"
    open_store(state).close()
    others = ["feeds.corrections", "feeds.db.damaged-20260101T000000Z", "feeds.db.lock"]
    for name in ("feeds.db", *others):
        (tmp_path / name).touch()
        (tmp_path / name).chmod(0o644)
    (tmp_path / "sources.yaml").touch()
    (tmp_path / "sources.yaml").chmod(0o640)
    open_store(state).close()
    expected = dict.fromkeys(["feeds.db", *others], 0o600) | {"sources.yaml": 0o640}
    assert modes(tmp_path) == dict(sorted(expected.items()))


@pytest.mark.usefixtures("umask")
def test_a_damaged_state_that_is_set_aside_is_private(tmp_path: Path) -> None:
    state = tmp_path / "feeds.db"
    state.write_bytes(b"no database" * 1000)
    store, aside = open_or_set_aside(state, NOW)
    store.close()
    assert aside is not None
    assert modes(tmp_path)[aside.name] == 0o600
    assert modes(tmp_path)["feeds.db"] == 0o600


def test_a_folder_that_exists_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    open_store(tmp_path / "feeds.db").close()
    assert tmp_path.stat().st_mode & 0o777 == 0o755
