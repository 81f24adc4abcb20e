"""The daemon as a process, controlled by signals and observed through its log."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from feeds.cli import ExitCode
from tests.loopback import Answer, Loopback, Peer, Request
from tests.newsroom import Newsroom, item, rss

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT_SECONDS = 60.0
"""After this time a process that logs nothing is killed. A test that passes never waits for it."""


class Process:
    def __init__(self, config: Path, *command: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, *command, "--config", str(config), "--json"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        self.pid = self._process.pid

    def expect(self, event: str, **fields: object) -> dict[str, Any]:
        """Read the log up to the line with this event and these fields, and return it."""
        assert self._process.stderr
        lines = []
        for line in self._process.stderr:
            lines.append(line)
            event_fields = json.loads(line) if line.startswith("{") else {}
            if event_fields.get("event") == event and all(
                event_fields.get(key) == value for key, value in fields.items()
            ):
                return dict(event_fields)
        raise AssertionError(f"no {event} {fields} in:\n{''.join(lines)}")

    def signal(self, number: int) -> None:
        self._process.send_signal(number)

    def wait(self) -> int:
        """Wait for the end of the process; returns its exit code."""
        self._process.communicate(timeout=TIMEOUT_SECONDS)
        return self._process.returncode

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()


@contextmanager
def daemon(config: Path, *command: str) -> Iterator[Process]:
    process = Process(config, *(command or ("scheduler.py",)))
    watchdog = threading.Timer(TIMEOUT_SECONDS, process.signal, [signal.SIGKILL])
    watchdog.start()
    try:
        yield process
    finally:
        watchdog.cancel()
        process.kill()


def test_the_daemon_publishes_at_once_and_ends_on_sigterm(room: Newsroom, server: Loopback) -> None:
    room.configure_urls(server.page("/feed", rss([item(1)])))
    with daemon(room.config) as process:
        process.expect("poll", source="s1", result="new")
        process.expect("publish", output="front")
        assert room.titles() == ["Title 1"]
        process.signal(signal.SIGTERM)
        process.expect("stop", signal="SIGTERM")
        assert process.wait() == 0


def test_a_hanging_fetch_does_not_delay_the_end(room: Newsroom, server: Loopback) -> None:
    server.script("/hang", Peer.hang)
    room.configure_urls(server.url("/hang"), server.page("/feed", rss([item(1)])))
    with daemon(room.config) as process:
        process.expect("start")
        while not server.requests:
            os.sched_yield()
        process.signal(signal.SIGTERM)
        process.expect("stop")
        assert process.wait() == 0


# fetching checklist 10
def test_a_poll_in_progress_at_sigterm_is_not_repeated_by_the_next_process(
    room: Newsroom, server: Loopback
) -> None:
    server.script("/hang", Peer.hang)
    hang, other = server.url("/hang"), server.page("/feed", rss([item(1)]))
    room.configure_urls(hang)
    with daemon(room.config) as process:
        process.expect("start")
        while not server.requests:
            os.sched_yield()
        process.signal(signal.SIGTERM)
        process.expect("stop")
        assert process.wait() == 0
    room.configure_urls(hang, other)
    with daemon(room.config) as process:
        process.expect("poll", source="s2", result="new")
    assert server.paths() == ["/hang", "/feed"]


def test_a_poll_in_progress_at_an_interrupt_is_not_repeated(room: Newsroom, server: Loopback) -> None:
    is_over = (
        threading.Event()
    )  # `Peer.hang` ends after 8 s; on a busy machine the first document takes longer

    def hang(request: Request) -> Answer:
        is_over.wait(TIMEOUT_SECONDS)
        return Answer(status=503)

    room.configure_urls(server.page("/feed", rss([item(1)])), server.handle("/hang", hang))
    # SIGINT is ignored in a process that a shell started in the background, and in its children.
    handle_sigint = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    program = f"{handle_sigint}; from feeds.cli import main; main()"
    once = [sys.executable, "-c", program, "once", "--config", str(room.config)]
    process = subprocess.Popen(once, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT)
    assert process.stdout
    assert process.stdout.readline().startswith("s1: 1 new")
    while len(server.requests) < 2:
        os.sched_yield()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=TIMEOUT_SECONDS)
    is_over.set()
    assert process.returncode
    subprocess.run(once, check=True, timeout=TIMEOUT_SECONDS, capture_output=True, cwd=ROOT)
    assert server.paths() == ["/feed", "/hang"]


def test_a_saved_file_or_sighup_reloads_the_configuration(room: Newsroom, server: Loopback) -> None:
    first_url, second_url = server.page("/a", rss([item(1)])), server.page("/b", rss([item(2)]))
    room.configure_urls(first_url)
    with daemon(room.config) as process:
        process.expect("publish", output="front")
        room.config.write_text(room.config.read_text() + "nonsense: true\n", encoding="utf-8")
        assert "nonsense" in process.expect("config.refused")["problem"]
        room.configure_urls(first_url, second_url)
        process.expect("config.loaded", sources=2)
        process.expect("poll", source="s2", result="new")
        process.expect("publish", output="front")
        assert room.titles() == ["Title 1", "Title 2"]
        process.signal(signal.SIGHUP)
        process.expect("config.loaded")


def test_a_second_daemon_ends_and_names_the_first(room: Newsroom, server: Loopback) -> None:
    room.configure_urls(server.page("/feed", rss([item(1)])))
    with daemon(room.config) as first:
        first.expect("start")
        second = subprocess.run(
            [sys.executable, "scheduler.py", "--config", str(room.config)],
            capture_output=True,
            text=True,
            cwd=ROOT,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
    assert second.returncode == ExitCode.IN_USE
    assert f"process {first.pid}" in second.stderr


@pytest.mark.parametrize("polls", [1, 3])
def test_after_kill_9_the_state_is_intact_and_polling_continues(
    room: Newsroom, server: Loopback, polls: int
) -> None:
    """The daemon is killed while its sources answer one by one. Logged polls are stored, and the next process polls the
    others."""
    urls = [server.page(f"/{n}", rss([item(n, link=f"https://s{n}.example/{n}")])) for n in range(1, 6)]
    room.configure_urls(*urls)
    with daemon(room.config) as process:
        for _ in range(polls):
            process.expect("poll", result="new")
        process.signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    state = sqlite3.connect(room.folder / "feeds.db")
    assert state.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    (kept,) = state.execute("SELECT count(*) FROM article").fetchone()
    state.close()
    assert kept >= polls
    with daemon(room.config) as process:
        process.expect("publish", output="front")
        process.signal(signal.SIGTERM)
        process.expect("stop")
        assert process.wait() == 0
    room.once()
    assert room.titles() == [f"Title {n}" for n in range(1, 6)]


def test_a_changed_feed_is_published_without_a_restart(room: Newsroom, server: Loopback) -> None:
    room.configure_urls(
        server.answers("/feed", Answer(body=rss([item(2)])), Answer(body=rss([item(1), item(2)]))), every="1s"
    )
    with daemon(room.config) as process:
        process.expect("publish", output="front")
        process.expect("publish", output="front")
    assert room.titles() == ["Title 1", "Title 2"]


def test_hubs_are_pinged_while_the_daemon_runs(room: Newsroom, server: Loopback) -> None:
    server.page("/a", rss([item(1)]))
    pinged = threading.Event()

    def hub(_: object) -> Answer:
        pinged.set()
        return Answer(status=202)

    server.handle("/hub", hub)
    room.configure(
        f"sources: [{{id: s1, url: '{server.url('/a')}', allow_private: true}}]\n",
        f"outputs: {{front: {{formats: [atom], hubs: ['{server.url('/hub')}']}}}}\n",
    )
    with daemon(room.config) as process:
        process.expect("publish", output="front")
        assert pinged.wait(30)
        process.signal(signal.SIGTERM)
        assert process.wait() == 0
    assert server.paths().count("/hub") == 1
