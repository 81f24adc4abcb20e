"""A cycle publishes while sources are slow, says what it waits for, and ends at its limit."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest

from feeds.cli import ExitCode
from feeds.cli.once import run_once
from feeds.engine.cycle import Progress, Waiting, run_cycle
from feeds.engine.publish_pace import (
    MAX_PUBLISH_SHARE,
    PUBLISH_INTERVAL_SECONDS,
    PUBLISH_RETRY_SECONDS,
    QUIET_SECONDS,
    PublishPace,
)
from feeds.publish.publish_result import PublishResult
from tests.engine.test_daemon import ROOT
from tests.loopback import Answer, Loopback, Request
from tests.newsroom import Newsroom, item, rss


class Gate:
    """A handler that answers when the gate opens, or after 20 s. `was_open`: whether it was opened before."""

    def __init__(self, body: bytes) -> None:
        self.opened = threading.Event()
        self.was_open = False
        self._body = body

    def __call__(self, request: Request) -> Answer:
        self.was_open = self.opened.wait(20)
        return Answer(self._body)


@pytest.fixture
def slow(room: Newsroom, server: Loopback) -> Iterator[Gate]:
    """Two sources: s1 answers at once; s2 is on another host and answers when the gate opens."""
    gate = Gate(rss([item(2)]))
    with Loopback("127.0.0.2") as other:
        other.handle("/slow", gate)
        room.configure_urls(server.page("/fast", rss([item(1)])), other.url("/slow"))
        yield gate
        gate.opened.set()


def test_what_has_come_is_published_while_a_source_is_slow(room: Newsroom, slow: Gate) -> None:
    published: list[list[str]] = []

    def read_and_open(results: Sequence[PublishResult]) -> None:
        published.append(room.titles())
        slow.opened.set()

    store, poller = room.parts()
    report = run_cycle(poller, store, room.clock.now, Progress(published=read_and_open))
    assert slow.was_open
    assert published == [["Title 1"], ["Title 1", "Title 2"]]
    assert sorted(polled.source for polled in report.polled) == ["s1", "s2"]
    (front,) = (result for result in report.published if result.name == "front")
    assert {"front.atom", "front.html", "front.json", "front.rss"} == {*front.written}
    assert len(front.written) == 4
    assert front.unchanged == ()


def test_a_cycle_ends_at_its_limit_and_names_the_sources_without_an_answer(
    room: Newsroom, slow: Gate
) -> None:
    seconds, polled, waits = [0.0], list[str](), list[Waiting]()

    def monotonic() -> float:
        seconds[0] += 1 if polled else 0  # time stands still until the fast source has answered
        return seconds[0]

    def wait_for_ever(waiting: Waiting) -> None:
        waits.append(waiting)
        seconds[0] += 600

    progress = Progress(polled=lambda result: polled.append(result.source), waiting=wait_for_ever)
    store, poller = room.parts()
    limit = timedelta(minutes=10)
    report = run_cycle(poller, store, room.clock.now, progress, max_fetch_time=limit, monotonic=monotonic)
    assert not slow.opened.is_set()
    assert (polled, report.unfinished) == (["s1"], ("s2",))
    assert room.titles() == ["Title 1"]
    assert [(waiting.count, waiting.slowest[0][0].id) for waiting in waits] == [(1, "s2")]
    assert 0 < waits[0].max_seconds < 600


def test_the_next_run_fetches_what_a_run_did_not_wait_for(room: Newsroom, slow: Gate) -> None:
    store, poller = room.parts()
    report = run_cycle(poller, store, room.clock.now, max_fetch_time=timedelta())
    assert report.unfinished == ("s1", "s2")
    assert report.polled == ()
    room.close()
    slow.opened.set()
    assert sorted(polled.source for polled in room.once(later=timedelta(hours=2)).polled) == ["s1", "s2"]
    assert room.titles() == ["Title 1", "Title 2"]


def test_a_run_in_which_no_source_answers_in_time_fails(
    room: Newsroom, slow: Gate, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run_once(
        room.config, {}, ignore_due_times=False, as_json=False, max_fetch_time=timedelta(microseconds=1)
    )
    assert code == ExitCode.ALL_FETCHES_FAILED
    assert "not finished after" in capsys.readouterr().out


def test_what_was_fetched_is_published_when_the_process_is_killed(room: Newsroom, slow: Gate) -> None:
    command = [sys.executable, "-m", "feeds", "once", "--config", str(room.config), "--max-time", "5m"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = next(line for line in process.stdout if line.startswith("waiting for"))
        process.send_signal(signal.SIGKILL)
    assert line.startswith("waiting for 1 source, for 5 min at most: s2 (")
    assert "s so far, timeout 30 s)" in line
    assert room.titles() == ["Title 1"]


# ------------------------------------------------------------------------------------ when to publish


def pace(*, dirty: bool = True) -> PublishPace:
    return PublishPace(0.0, dirty=dirty)


def test_without_news_nothing_is_published_meanwhile() -> None:
    clean = pace(dirty=False)
    assert not clean.is_due(1000.0)
    clean.note_results(1000.0, news=False)
    assert not clean.is_due(2000.0)


def test_news_are_published_when_nothing_comes_any_more_or_after_the_interval() -> None:
    running = pace(dirty=False)
    running.note_results(5.0, news=True)
    assert not running.is_due(5.0 + QUIET_SECONDS - 0.1)
    assert running.is_due(5.0 + QUIET_SECONDS)
    running.note_results(PUBLISH_INTERVAL_SECONDS - 0.1, news=False)
    assert not running.is_due(PUBLISH_INTERVAL_SECONDS - 0.05)
    assert running.is_due(PUBLISH_INTERVAL_SECONDS)


def test_a_slow_publication_is_followed_by_a_pause_and_a_failed_one_by_a_longer_pause() -> None:
    running = pace()
    running.note_publication(10.0, 20.0, failed=False)
    running.note_results(20.0, news=True)
    assert not running.is_due(20.0 + 10 / MAX_PUBLISH_SHARE - 10 - 0.1)
    assert running.is_due(20.0 + 10 / MAX_PUBLISH_SHARE - 10)
    running.note_publication(100.0, 100.0, failed=True)
    assert not running.is_due(100.0 + PUBLISH_RETRY_SECONDS - 0.1)
    assert running.is_due(100.0 + PUBLISH_RETRY_SECONDS)
    running.note_publication(200.0, 200.0, failed=False)
    assert not running.is_due(1000.0)
