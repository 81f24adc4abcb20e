"""Whatever is wrong with the files of the state, a command ends with a sentence and its exit code."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from feeds.cli import ExitCode
from tests.engine.test_daemon import ROOT
from tests.loopback import Loopback
from tests.newsroom import Newsroom, item, rss

PROGRAM = """
import ctypes, json, os, sys
sys.path[:] = json.loads(sys.argv.pop(1))
if os.getuid() == 0:  # rights mean nothing to root: give up all capabilities
    header, data = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    assert ctypes.CDLL(None).capset(header, data) == 0
from feeds.cli import main
main()
"""


def command(config: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command of an ordinary user."""
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(sys.path), *arguments, "--config", str(config)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
        check=False,
    )


@pytest.fixture
def config(room: Newsroom, server: Loopback) -> Path:
    room.configure_urls(server.page("/feed", rss([item(1)])))
    text = room.config.read_text(encoding="utf-8")
    state = room.folder / "data" / "feeds.db"
    room.config.write_text(text.replace("state: feeds.db", f"state: {state}"), encoding="utf-8")
    return room.config


def no_folder(data: Path) -> None:
    data.parent.chmod(0o555)


def foreign_folder(data: Path) -> None:
    data.mkdir(mode=0o755)
    data.chmod(0o555)


def locked_folder(data: Path) -> None:
    data.mkdir()
    data.chmod(0)


def file_for_folder(data: Path) -> None:
    data.write_text("")


def folder_for_state(data: Path) -> None:
    (data / "feeds.db").mkdir(parents=True)
    data.chmod(0o777)


def folder_for_lock(data: Path) -> None:
    (data / "feeds.db.lock").mkdir(parents=True)
    data.chmod(0o777)


def unwritable_lock(data: Path) -> None:
    data.mkdir()
    (data / "feeds.db.lock").touch()
    (data / "feeds.db.lock").chmod(0)
    data.chmod(0o777)


def unreadable_state(data: Path) -> None:
    data.mkdir()
    (data / "feeds.db").write_bytes(b"x" * 5000)
    (data / "feeds.db").chmod(0)
    data.chmod(0o777)


CASES: list[tuple[Callable[[Path], None], str]] = [
    (no_folder, "may not create a folder in"),
    (foreign_folder, "may not write to"),
    (locked_folder, "may not enter"),
    (file_for_folder, "is not a folder"),
    (folder_for_state, "feeds.db is a folder, not a file"),
    (folder_for_lock, "feeds.db.lock is a folder, not a file"),
    (unwritable_lock, "may not read and write"),
    (unreadable_state, "may not read and write"),
]


@pytest.mark.parametrize(
    ("arguments", "spoil", "sentence"),
    [
        *((("once",), *case) for case in CASES),
        (("run",), foreign_folder, "may not write to"),
        (("run",), folder_for_lock, "feeds.db.lock is a folder, not a file"),
        (("retry", "s1"), folder_for_state, "feeds.db is a folder, not a file"),
        (("status",), locked_folder, "may not enter"),
        (("export",), locked_folder, "may not enter"),
        (("status",), unreadable_state, "may not read and write"),
    ],
)
def test_a_state_that_cannot_be_used_ends_a_command_with_a_sentence(
    config: Path, arguments: tuple[str, ...], spoil: Callable[[Path], None], sentence: str
) -> None:
    data = config.parent / "data"
    spoil(data)
    try:
        done = command(config, *arguments)
    finally:
        config.parent.chmod(0o755)
        if data.is_dir():
            data.chmod(0o755)
    assert done.returncode == ExitCode.FAILED, done.stderr
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("arguments", [("status",), ("export",)])
@pytest.mark.parametrize("lock", ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE", "PRAGMA locking_mode = EXCLUSIVE"])
def test_a_locked_state_is_read_at_once(config: Path, arguments: tuple[str, ...], lock: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "feeds", "once", "-c", str(config)], check=True, capture_output=True, cwd=ROOT
    )
    state = config.parent / "data" / "feeds.db"
    other = sqlite3.connect(state, isolation_level=None)
    other.execute(lock)
    if "PRAGMA" in lock:
        other.execute("BEGIN EXCLUSIVE")
    done = subprocess.run(
        [sys.executable, "-m", "feeds", *arguments, "-c", str(config)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=20,  # a writer waits for 30 seconds
        check=False,
    )
    other.close()
    assert done.returncode == ExitCode.OK, done.stderr
    assert {"status": "s1", "export": "/feed"}[arguments[0]] in done.stdout


def test_a_state_in_a_folder_of_somebody_else_is_read(config: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "feeds", "once", "-c", str(config)], check=True, capture_output=True, cwd=ROOT
    )
    data = config.parent / "data"
    (data / "feeds.db").chmod(0o644)
    data.chmod(0o555)
    try:
        done = command(config, "status")
    finally:
        data.chmod(0o755)
    assert done.returncode == ExitCode.OK, done.stderr
    assert "s1" in done.stdout
