"""`feeds run`: one short tick that polls and publishes, until a signal says stop.

APScheduler is the clock. All its jobs share one thread, so that all writing happens in one place; the main
thread only waits for signals, for a changed configuration, and for a clock that jumped.
"""

from __future__ import annotations

import os
import select
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from feeds.clock import Clock
from feeds.config import load
from feeds.engine.cycle import keep_house, user_agent
from feeds.engine.lock import sole_owner
from feeds.engine.log_events import log_poll, log_published
from feeds.engine.poller import Shard
from feeds.errors import ConfigError, FeedsError
from feeds.publish.health_report import check_up
from feeds.publish.publish import publish
from feeds.store import open_or_set_aside, outputs

TICK = timedelta(seconds=1)
CHECK_UP = timedelta(minutes=5)
"""How often it is asked what is wrong with the sources: soon enough to be told, and one look at each row."""

WATCH = 2.0
"""Seconds between two looks at the configuration's file and the clock."""

GRACE = 8.0
"""Seconds that a tick under way may take to end after SIGTERM; systemd would wait for 90."""

PUBLISH_EVERY = 10.0
"""Seconds between two publications while polls are still coming in."""

PUBLISH_AGAIN = 30.0
"""Seconds after one that failed: a full disk, or a store that cannot be reached, is not mended sooner."""

JUMP = 60.0
"""Seconds by which the wall clock may drift from the monotonic one before it counts as set."""

log = structlog.get_logger("feeds")


class Daemon:
    """Polls and publishes until told to stop."""

    def __init__(self, path: Path, environ: Mapping[str, str], clock: Clock) -> None:
        self._path = path
        self._environ = environ
        self._clock = clock
        self._stamp = _stamp(path)
        self._settings = load(path, environ)
        self._stopping = threading.Event()
        self._published_at = clock.monotonic()  # not before the first answers are in
        self._dirty = True  # the files may be missing or old: look at once
        self._failed = False  # the last publication, at least in part

    def run(self) -> None:
        """Blocks until SIGTERM or SIGINT. Raises InUse, StoreError, ConfigError before it begins."""
        state = self._settings.site.state
        with sole_owner(state, self._clock.now()):
            self._store, aside = open_or_set_aside(state, self._clock.now())
            if aside:
                log.error("state.damaged", set_aside=str(aside), doing="rebuilding it from the sources")
            self._shard = Shard(self._store, self._settings, self._clock, user_agent(self._settings))
            scheduler = BackgroundScheduler(
                timezone="UTC",
                executors={"default": {"type": "threadpool", "max_workers": 1}},
                job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
            )
            soon = datetime.now(UTC)
            scheduler.add_job(
                self._tick, "interval", seconds=TICK.total_seconds(), next_run_time=soon, id="tick"
            )
            scheduler.add_job(
                self._check_up, "interval", seconds=CHECK_UP.total_seconds(), next_run_time=soon, id="checkup"
            )
            scheduler.add_job(self._keep_house, "interval", hours=1, next_run_time=soon, id="house")
            log.info(
                "start",
                sources=len(self._shard.sources),
                outputs=len(self._settings.outputs),
                pid=os.getpid(),
            )
            with _signals() as wakeup:
                scheduler.start()
                why = self._watch(scheduler, wakeup)
                self._stop(scheduler, why)

    # ------------------------------------------------------------------------------------ the main thread

    def _watch(self, scheduler: BackgroundScheduler, wakeup: int) -> str:
        """Until a signal ends it; returns that signal's name."""
        offset = self._offset()
        while True:
            ready, _, _ = select.select([wakeup], [], [], WATCH)
            for number in os.read(wakeup, 64) if ready else b"":
                if number == signal.SIGHUP:
                    self._stamp = None
                else:
                    return signal.Signals(number).name
            stamp = _stamp(self._path)
            if stamp != self._stamp:
                self._stamp = stamp
                scheduler.add_job(self._reload)
            drift = self._offset() - offset
            if abs(drift) > JUMP:
                offset += drift
                log.warning("clock.jumped", seconds=round(drift))
                # Its next run times are wall-clock times: set back, it would wait for the old ones.
                for job in scheduler.get_jobs():
                    job.modify(next_run_time=datetime.now(UTC))

    def _offset(self) -> float:
        return self._clock.now().timestamp() - self._clock.monotonic()

    def _stop(self, scheduler: BackgroundScheduler, why: str) -> None:
        log.info("stop", signal=why)
        self._stopping.set()
        ended = threading.Thread(target=scheduler.shutdown, daemon=True)
        ended.start()
        ended.join(GRACE)
        if not ended.is_alive():
            self._settle()
        self._shard.stop()
        if ended.is_alive():
            # Whatever hangs holds no more than an open transaction, and that is undone.
            log.warning("stop.abandoned", waited=GRACE)
            os._exit(0)
        self._store.close()

    def _settle(self) -> None:
        """Keep what has come since the last tick: its servers would be asked again right after a restart."""
        try:
            for one in self._shard.settle():
                log_poll(one)
        except FeedsError as error:
            log.error("stop.failed", error=str(error))

    # ------------------------------------------------------------------------------- the scheduler's thread

    def _tick(self) -> None:
        try:
            self._shard.enqueue()
            wait = 0.2
            while not self._stopping.is_set() and (
                polled := self._shard.drain(wait if self._shard.busy() else 0)
            ):
                for one in polled:
                    log_poll(one)
                    self._dirty |= one.result == "new"
            if not self._dirty:
                with self._store.read() as connection:
                    self._dirty = outputs.waiting(connection)
            since = self._clock.monotonic() - self._published_at
            if (
                self._dirty
                and not self._stopping.is_set()
                and (not self._shard.busy() or since >= PUBLISH_EVERY)
                and (not self._failed or since >= PUBLISH_AGAIN)
            ):
                self._publish()
            self._shard.tell(0)
        except FeedsError as error:
            log.error("tick.failed", error=str(error))
        except Exception:
            log.exception("tick.failed")  # a mistake of ours; the next tick goes on with the others

    def _publish(self) -> None:
        self._published_at = self._clock.monotonic()
        done = publish(self._store, self._settings, self._shard.sources, self._clock.now())
        self._dirty = self._failed = any(one.error for one in done)
        for one in done:
            log_published(one)

    def _check_up(self) -> None:
        try:
            done = check_up(self._store, self._settings, self._shard.sources, self._clock.now())
            if done:
                log_published(done)
        except FeedsError as error:
            log.error("checkup.failed", error=str(error))

    def _keep_house(self) -> None:
        try:
            released = keep_house(self._store, self._settings, self._clock.now())
            if released:
                log.info("house", bodies=released.bodies, identities=released.identities)
        except FeedsError as error:
            log.error("house.failed", error=str(error))
        self._dirty = True  # notices once an hour when somebody removed the files

    def _reload(self) -> None:
        """Take the new configuration, whole, or keep the old one."""
        try:
            settings = load(self._path, self._environ)
        except ConfigError as error:
            for problem in error.problems:
                log.error("config.refused", problem=str(problem), doing="the last good one stays in force")
            return
        if settings.site.state != self._settings.site.state:
            log.error(
                "config.refused", problem="another state needs a restart", doing="the old one stays in force"
            )
            return
        self._settings = settings
        self._shard.adopt(settings)
        self._dirty = True
        log.info("config.loaded", sources=len(self._shard.sources), outputs=len(settings.outputs))


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


@contextmanager
def _signals() -> Iterator[int]:
    """A file descriptor on which the numbers of the signals arrive that concern us.

    The self-pipe: nothing runs in a signal handler, so nothing can be interrupted at a bad place.
    """
    wanted = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    before = {number: signal.signal(number, lambda _number, _frame: None) for number in wanted}
    old = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    try:
        yield reading
    finally:
        signal.set_wakeup_fd(old)
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(reading)
        os.close(writing)
