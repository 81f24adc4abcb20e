"""The wall clock is set while the daemon runs, with the real scheduler."""

from __future__ import annotations

import os
import signal
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from apscheduler.job import Job
from structlog.testing import capture_logs

from feeds.engine.clock_watch import ClockWatch
from feeds.engine.daemon import Daemon
from feeds.engine.job_scheduler import Repeat, make_scheduler
from tests.loopback import Loopback
from tests.newsroom import Newsroom, item, rss

TIMEOUT_SECONDS = 60.0
"""A test that passes waits for a tick or two."""

YEAR = timedelta(days=365)
SECOND = timedelta(seconds=1)


class WallClock:
    """The system's clock, which the test sets."""

    offset = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def monotonic(self) -> float:
        return time.monotonic()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> WallClock:
    clock = WallClock()

    class SetDatetime(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime.now(tz) + clock.offset

    monkeypatch.setattr("apscheduler.schedulers.base.datetime", SetDatetime)
    monkeypatch.setattr("apscheduler.executors.base.datetime", SetDatetime)
    monkeypatch.setattr("feeds.engine.daemon.datetime", SetDatetime)
    return clock


@pytest.mark.parametrize("jump", [YEAR, 56 * YEAR, -YEAR, timedelta(hours=2), -timedelta(hours=2)])
def test_the_jobs_go_on_after_the_clock_was_set(
    clock: WallClock, room: Newsroom, server: Loopback, monkeypatch: pytest.MonkeyPatch, jump: timedelta
) -> None:
    """With the clock ahead, no list of missed runs is made: it took 1.8 GB for a year of seconds."""
    listed: list[int] = []
    run_times = Job._get_run_times

    def counted(job: Job, now: datetime) -> list[datetime]:
        times = list(run_times(job, now))
        listed.append(len(times))
        return times

    monkeypatch.setattr(Job, "_get_run_times", counted)
    room.configure_urls(server.page("/feed", rss([item(1)])))
    daemon = Daemon(room.config, {}, clock)
    ticked = threading.Semaphore(0)
    monkeypatch.setattr(daemon, "_tick", ticked.release)
    for job in ("_publish_health_report", "_run_housekeeping", "_republish"):
        monkeypatch.setattr(daemon, job, lambda: None)
    read_end, write_end = os.pipe()
    scheduler = make_scheduler()
    daemon._add_jobs(scheduler)
    watcher = threading.Thread(target=daemon._watch, args=(scheduler, read_end))
    with capture_logs() as events:
        scheduler.start()
        watcher.start()
        try:
            assert ticked.acquire(timeout=TIMEOUT_SECONDS)
            clock.offset = jump
            while ticked.acquire(blocking=False):  # ticks of the time before
                pass
            for _ in range(2):
                assert ticked.acquire(timeout=TIMEOUT_SECONDS)
        finally:
            os.write(write_end, bytes([signal.SIGTERM]))
            watcher.join()
            scheduler.shutdown()
    assert max(listed) <= 2
    assert {event["event"] for event in events} <= {"clock.jumped"}
    os.close(read_end)
    os.close(write_end)


@pytest.mark.parametrize("late", [timedelta(), SECOND / 2, SECOND, 5 * SECOND, YEAR, 56 * YEAR])
def test_the_next_run_is_never_past(late: timedelta) -> None:
    last = datetime(2026, 1, 1, tzinfo=UTC)
    following = Repeat(SECOND).get_next_fire_time(last, last + late)
    assert last + late < following <= last + late + SECOND
    assert Repeat(SECOND).get_next_fire_time(None, last) == last + SECOND


def test_after_a_jump_of_years_nothing_is_deleted_by_age_for_a_day(clock: WallClock) -> None:
    watch = ClockWatch(clock)
    clock.offset = timedelta(hours=3)
    assert watch.jump()
    assert watch.is_trusted()
    clock.offset = YEAR
    assert watch.jump() == pytest.approx(YEAR.total_seconds() - 3 * 3600, abs=5)
    assert not watch.jump()
    assert not watch.is_trusted()
