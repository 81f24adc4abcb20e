"""What the daemon does when its state cannot be written, is damaged, or is deleted, without a process."""

from __future__ import annotations

import resource
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from feeds.cli import ExitCode
from feeds.cli.once import run_once
from feeds.engine.daemon import Daemon
from feeds.engine.daemon_state import DaemonState
from feeds.engine.lock import lock_state
from feeds.engine.state_guard import StateGuard
from feeds.errors import StateInUse, StateUnavailable
from feeds.ingest import record_poll
from tests.loopback import Loopback
from tests.make import NOW
from tests.newsroom import ManualClock, Newsroom, item, rss

MAX_TICKS = 2000
"""A source answers within a tick or two, except on a machine that is very busy."""


class SteppingClock(ManualClock):
    seconds = 0.0

    def monotonic(self) -> float:
        return self.seconds


class Case:
    """A daemon whose ticks the test calls. It has no scheduler."""

    def __init__(self, room: Newsroom, stack: ExitStack) -> None:
        self.state = room.folder / "feeds.db"
        self.daemon = Daemon(room.config, {}, room.clock)
        lock = stack.enter_context(lock_state(self.state, NOW))
        self.daemon._state = DaemonState(self.state, room.clock, lock)
        self.daemon._use_store(self.daemon._state.store)
        self.clock = SteppingClock()
        self.daemon._guard = StateGuard(self.clock)
        self.events: list[Any] = []

    def tick(self) -> None:
        with capture_logs() as events:
            self.daemon._tick()
        self.events += events

    def tick_until(self, event: str) -> None:
        for _ in range(MAX_TICKS):
            if event in self.names():
                return
            self.tick()
        raise AssertionError(f"no {event} in {self.events}")

    def finish_running_polls(self) -> None:
        """Wait for the polls that had started before polling was paused."""
        for _ in range(MAX_TICKS):
            if not self.daemon._poller._fetch_pool.in_progress():
                return
            threading.Event().wait(0.02)
        raise AssertionError("a poll does not end")

    def publish_all(self, room: Newsroom) -> None:
        """Until all three sources are published."""
        for _ in range(MAX_TICKS):
            self.daemon._published_at = float("-inf")  # no pause between two publications
            self.tick()
            if (
                room.config.with_name("output").is_dir()
                and len(room.titles()) == 3
                and not self.daemon._dirty
            ):
                return
        raise AssertionError(f"not published: {self.events}")

    def names(self) -> list[str]:
        return [fields["event"] for fields in self.events]

    def close(self) -> None:
        self.daemon._poller.stop()
        self.daemon._state.store.close()


def entry_ids(room: Newsroom) -> list[str]:
    return [entry.id for entry in room.entries("front")]


@pytest.fixture
def case(room: Newsroom, server: Loopback, monkeypatch: pytest.MonkeyPatch) -> Iterator[Case]:
    monkeypatch.setattr("feeds.store.store.BUSY_TIMEOUT_SECONDS", 0.05)
    room.configure_urls(
        *(server.page(f"/{n}", rss([item(n, link=f"https://s{n}.example/{n}")])) for n in (1, 2, 3))
    )
    with ExitStack() as stack:
        case = Case(room, stack)
        stack.callback(case.close)
        yield case


@contextmanager
def full_disk(state: Path) -> Iterator[None]:
    """No file may grow beyond the present size of the WAL, so that nothing can be added to it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (state.with_name("feeds.db-wal").stat().st_size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def locked_database(state: Path) -> Iterator[None]:
    other = sqlite3.connect(state, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        other.close()


@pytest.mark.parametrize("make_unwritable", [full_disk, locked_database])
def test_polling_stops_with_one_message_and_no_source_is_asked_twice(
    case: Case, server: Loopback, room: Newsroom, make_unwritable: Any
) -> None:
    with make_unwritable(case.state):
        case.tick_until("state.unavailable")
        case.finish_running_polls()
        asked = sorted(server.paths())
        for _ in range(20):
            case.clock.seconds += 31
            case.tick()
        assert sorted(server.paths()) == asked
        assert len(set(asked)) == len(asked)
        assert case.names().count("state.unavailable") == 1
        assert "tick.failed" not in case.names()
    case.clock.seconds += 31
    case.publish_all(room)
    assert case.names().count("state.available") == 1
    assert room.titles() == ["Title 1", "Title 2", "Title 3"]
    assert sorted(server.paths()) == ["/1", "/2", "/3"]


def test_while_the_state_fails_it_is_tried_less_and_less_often(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []
    check = case.daemon._store.check_writable

    def counted() -> None:
        tries.append(case.clock.seconds)
        check()

    monkeypatch.setattr(case.daemon._store, "check_writable", counted)
    with full_disk(case.state):
        case.tick_until("state.unavailable")
        for _ in range(300):
            case.clock.seconds += 1
            case.tick()
    gaps = [after - before for before, after in pairwise(tries)]
    assert gaps == sorted(gaps)
    assert gaps[-1] == 30
    assert 10 <= len(tries) <= 15


def test_a_result_that_cannot_be_stored_costs_only_its_source(
    case: Case, server: Loopback, monkeypatch: pytest.MonkeyPatch, room: Newsroom
) -> None:
    record = record_poll._record_answer

    def fail_for_s2(connection: Any, outcome: Any, *rest: Any, **options: Any) -> Any:
        if outcome.source.id == "s2":
            raise KeyError("a bug")
        return record(connection, outcome, *rest, **options)

    monkeypatch.setattr(record_poll, "_record_answer", fail_for_s2)
    for _ in range(MAX_TICKS):
        case.tick()
        if case.names().count("poll") == 3 and "publish" in case.names():
            break
    case.tick()
    results = {event["source"]: event["result"] for event in case.events if event["event"] == "poll"}
    assert results == {"s1": "new", "s2": "failed", "s3": "new"}
    assert sorted(server.paths()) == ["/1", "/2", "/3"]


def test_a_damaged_state_is_rebuilt_at_the_next_tick_with_the_same_ids(
    case: Case, room: Newsroom, server: Loopback
) -> None:
    case.publish_all(room)
    before = entry_ids(room)
    case.daemon._store.damage = "database disk image is malformed"
    case.events.clear()
    case.tick()
    assert case.names()[0] == "state.damaged"
    assert entry_ids(room) == before  # no empty feed is published before the sources answer
    assert len(list(room.folder.glob("feeds.db.damaged-*Z"))) == 1
    for _ in range(MAX_TICKS):
        case.tick()
        if case.names().count("poll") == 3:
            break
    case.publish_all(room)
    assert entry_ids(room) == before
    case.daemon._store.damage = "again"
    case.events.clear()
    case.tick()
    assert case.names() == ["state.unavailable"]
    assert "Check the disk" in case.events[0]["error"]


@pytest.mark.parametrize("what", ["feeds.db", "feeds.db*", "*"])
def test_deleted_files_are_written_again_at_the_next_tick(
    case: Case, room: Newsroom, server: Loopback, what: str
) -> None:
    case.publish_all(room)
    before = {file.name: file.read_bytes() for file in (room.folder / "output").glob("front.*")}
    assert before
    for path in room.folder.glob(what):
        if path.is_dir():
            shutil.rmtree(path)
        elif path != room.config:
            path.unlink()
    case.events.clear()
    case.daemon._published_at = float("-inf")
    case.tick()
    case.tick()
    assert "state.deleted" in case.names()
    assert ("output.deleted" in case.names()) == (what == "*")
    assert {file.name: file.read_bytes() for file in (room.folder / "output").glob("front.*")} == before
    assert sorted(server.paths()) == ["/1", "/2", "/3"]
    with sqlite3.connect(case.state) as connection:
        assert connection.execute("SELECT count(*) FROM article").fetchone() == (3,)
    connection.close()


def test_a_deleted_output_file_is_written_again_at_the_next_tick(case: Case, room: Newsroom) -> None:
    case.publish_all(room)
    (room.folder / "output" / "front.atom").unlink()
    case.daemon._published_at = float("-inf")
    case.tick()
    assert (room.folder / "output" / "front.atom").exists()


@pytest.mark.parametrize("what", ["feeds.db.lock", "feeds.db.lock feeds.db.owner"])
def test_a_deleted_lock_file_lets_no_second_process_in(case: Case, what: str) -> None:
    for name in what.split():
        case.state.with_name(name).unlink()
    with pytest.raises(StateInUse), lock_state(case.state, NOW):
        pass
    case.state.with_name("feeds.db.lock").unlink()
    case.tick()
    assert "state.lock_deleted" in case.names()
    with pytest.raises(StateInUse), lock_state(case.state, NOW):
        pass


def test_a_daemon_whose_lock_another_process_has_ends(case: Case) -> None:
    for path in case.state.parent.glob("feeds.db*"):
        path.unlink()
    with lock_state(case.state, NOW):
        case.tick()
        assert isinstance(case.daemon._lost_lock, StateInUse)
        assert "poll" not in case.names()


def test_once_asks_nobody_if_the_state_cannot_be_written(
    room: Newsroom, server: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.configure_urls(server.page("/1", rss([item(1)])))
    monkeypatch.setattr("feeds.store.store.BUSY_TIMEOUT_SECONDS", 0.05)
    run_once(room.config, {}, ignore_due_times=False, as_json=False)
    other = sqlite3.connect(room.folder / "feeds.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StateUnavailable, match="another process is writing"):
        run_once(room.config, {}, ignore_due_times=True, as_json=False)
    other.close()
    assert server.paths() == ["/1"]


def test_once_moves_a_state_aside_that_is_found_damaged_in_use_and_the_next_run_rebuilds_it(
    room: Newsroom, server: Loopback, capsys: pytest.CaptureFixture[str]
) -> None:
    room.configure_urls(server.page("/1", rss([item(1)])))
    run_once(room.config, {}, ignore_due_times=False, as_json=False)
    before = entry_ids(room)
    state = room.folder / "feeds.db"
    connection = sqlite3.connect(state)
    (page,) = connection.execute(
        "SELECT rootpage FROM sqlite_master WHERE name = 'changed_output'"
    ).fetchone()
    connection.close()
    data = bytearray(state.read_bytes())
    data[(page - 1) * 4096 : page * 4096] = b"\xa5" * 4096
    state.write_bytes(data)
    with pytest.raises(Exception, match="damaged"):
        run_once(room.config, {}, ignore_due_times=False, as_json=False)
    assert server.paths() == ["/1"]
    assert "has been moved to" in capsys.readouterr().err
    assert run_once(room.config, {}, ignore_due_times=False, as_json=False) == ExitCode.OK
    assert entry_ids(room) == before
