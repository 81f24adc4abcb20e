"""The daemon behind `feeds run`: a short tick every second polls and publishes, until a signal ends it.

APScheduler runs all jobs in one thread, so that one thread does all writing. The main thread waits for signals, and
watches for a changed configuration and a wall clock that was set.
"""

from __future__ import annotations

import os
import select
import signal
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from feeds.clock import Clock
from feeds.config import load
from feeds.engine.clock_watch import ClockWatch
from feeds.engine.cycle import run_housekeeping
from feeds.engine.daemon_state import DaemonState
from feeds.engine.job_scheduler import Repeat, make_scheduler
from feeds.engine.lock import lock_state
from feeds.engine.log_events import (
    log_failures,
    log_housekeeping,
    log_network_change,
    log_poll,
    log_publication,
)
from feeds.engine.poller import Poller
from feeds.engine.publish_pace import PUBLISH_INTERVAL_SECONDS, publish_retry_pause
from feeds.engine.signals import received_signals
from feeds.engine.state_guard import StateGuard
from feeds.errors import ConfigError, StateInUse
from feeds.fetch.pacing import HostPacer
from feeds.fetch.user_agent import user_agent
from feeds.publish.failed_files import FailedFile, next_retry
from feeds.publish.folder_stamp import FolderStamp, stamp_output
from feeds.publish.health_report import publish_health_report
from feeds.publish.object_store import abandon_requests
from feeds.publish.publish_site import publish_site
from feeds.render.pages.template_digest import Stamps, files, stamps
from feeds.store import Store, outputs

TICK_INTERVAL = timedelta(seconds=1)
POLL_MEANWHILE_SECONDS = 0.5
"""While a publication is being written, polls are started and committed at this interval, between two files."""

MAX_POLL_MEANWHILE_SECONDS = 1.0
"""How long they may then be committed: the publication waits."""

HEALTH_REPORT_INTERVAL = timedelta(minutes=5)
"""A report reads the row of every source, and a problem need not be published sooner."""

HOUSEKEEPING_CHECK_INTERVAL = timedelta(hours=1)
"""The housekeeping itself is done once a day."""

REPUBLISH_INTERVAL = timedelta(hours=1)
"""Interval of the publications without a change, which write again what somebody has deleted."""

WATCH_SECONDS = 1.0
"""Interval of the checks of the configuration file and the wall clock."""

SHUTDOWN_GRACE_SECONDS = 8.0
"""How long the running tick may take to end after SIGTERM; systemd would wait for 90 seconds."""

log = structlog.get_logger("feeds")


class Daemon:
    """Polls and publishes until a signal ends it. `path`: the configuration file."""

    def __init__(self, path: Path, environ: Mapping[str, str], clock: Clock) -> None:
        self._path = path
        self._environ = environ
        self._clock = clock
        self._file_version = _file_version(path)
        self._settings = load(path, environ)
        self._templates = self._template_stamps()
        self._stopping = threading.Event()
        self._published_at = clock.monotonic()  # so the first publication waits for the first answers
        self._polled_at = self._published_at  # the last time while a publication was being written
        self._dirty = True  # something to publish; true at first, because files may be missing or old
        self._failed_publications = 0  # in a row; at least one output could not be written
        self._logged_failures: dict[str, FailedFile] = {}  # by file
        self._retry_at: datetime | None = None  # when a file that could not be rendered is tried again
        self._clock_watch = ClockWatch(clock)
        self._output_stamp: FolderStamp | None = None  # as the last publication left it
        self._guard = StateGuard(clock)
        self._lost_lock: StateInUse | None = None

    def run(self) -> None:
        """Run until SIGTERM or SIGINT. Raises StateInUse or StoreError before it begins."""
        state = self._settings.site.state
        with lock_state(state, self._clock.now()) as lock:
            self._state = DaemonState(state, self._clock, lock)
            self._use_store(self._state.store)
            scheduler = make_scheduler()
            self._add_jobs(scheduler)
            log.info(
                "start",
                sources=len(self._poller.sources),
                outputs=len(self._settings.outputs),
                pid=os.getpid(),
            )
            with received_signals() as wakeup:
                scheduler.start()
                signal_name = self._watch(scheduler, wakeup)
                self._stop(scheduler, signal_name)
            if self._lost_lock is not None:
                raise self._lost_lock

    def _use_store(self, store: Store, pacing: HostPacer | None = None) -> None:
        self._store = store
        self._poller = Poller(store, self._settings, self._clock, user_agent(self._settings), pacing=pacing)

    def _add_jobs(self, scheduler: BackgroundScheduler) -> None:
        jobs: tuple[tuple[Callable[[], None], timedelta], ...] = (
            (self._tick, TICK_INTERVAL),
            (self._publish_health_report, HEALTH_REPORT_INTERVAL),
            (self._run_housekeeping, HOUSEKEEPING_CHECK_INTERVAL),
            (self._republish, REPUBLISH_INTERVAL),
        )
        for job, interval in jobs:
            scheduler.add_job(job, Repeat(interval), next_run_time=datetime.now(UTC))

    # ------------------------------------------------------------------------------------ the main thread

    def _watch(self, scheduler: BackgroundScheduler, wakeup: int) -> str:
        """Handle signals, configuration changes and clock jumps. Returns the name of the final signal."""
        while self._lost_lock is None:
            ready, _, _ = select.select([wakeup], [], [], WATCH_SECONDS)
            for number in os.read(wakeup, 64) if ready else b"":
                if number == signal.SIGHUP:
                    self._file_version = None  # reload below
                else:
                    return signal.Signals(number).name
            version = _file_version(self._path)
            if version != self._file_version:
                self._file_version = version
                scheduler.add_job(self._reload)
            if (templates := self._template_stamps()) != self._templates:
                self._templates = templates
                scheduler.add_job(self._republish)
            if jump := self._clock_watch.jump():
                log.warning("clock.jumped", seconds=round(jump))
                # Run times are wall-clock times: after a clock that was set back, the jobs would wait for the old ones.
                for job in scheduler.get_jobs():
                    job.modify(next_run_time=datetime.now(UTC))
        return "none: another process has the lock"

    def _template_stamps(self) -> Stamps:
        """Of the user's templates: a corrected one is published at once. () if they cannot be read."""
        folder = self._settings.site.templates
        try:
            return stamps(files(folder)) if folder else ()
        except OSError:
            return ()

    def _stop(self, scheduler: BackgroundScheduler, signal_name: str) -> None:
        log.info("stop", signal=signal_name)
        self._stopping.set()
        abandon_requests()
        shutdown = threading.Thread(target=scheduler.shutdown, daemon=True)
        shutdown.start()
        shutdown.join(SHUTDOWN_GRACE_SECONDS)
        if not shutdown.is_alive():
            self._commit_remaining()
        self._poller.stop()
        if shutdown.is_alive():
            # The thread that hangs holds at most an open transaction, which is rolled back.
            log.warning("stop.abandoned", waited_seconds=SHUTDOWN_GRACE_SECONDS)
            os._exit(0)
        self._store.close()

    def _commit_remaining(self) -> None:
        """Commit what has finished since the last tick; a restart would send those requests again at once."""
        with log_failures("stop.failed"):
            for polled in self._poller.commit_remaining():
                log_poll(polled)

    # ------------------------------------------------------------------------------- the scheduler's thread

    def _tick(self) -> None:
        if self._guard.must_wait() or self._lost_lock is not None:
            return
        with self._guard.job("tick.failed"):  # the next tick continues with the other sources
            if not self._check_files():
                return
            if self._guard.is_failing:
                self._store.check_writable()
            self._poller.pause(paused=False)
            self._poll_and_publish()
            self._guard.confirm()
        if self._guard.is_failing:
            self._poller.pause(paused=True)

    def _check_files(self) -> bool:
        """Look whether somebody has deleted or damaged the state or the output folder. False: the lock is lost."""
        try:
            is_new = self._state.check()
        except StateInUse as error:
            self._lost_lock = error  # the main thread ends the process
            self._stopping.set()
            return False
        if is_new:
            self._poller.stop()
            self._use_store(self._state.store, self._poller.pacing)
            self._dirty = True
            self._published_at = self._clock.monotonic()  # wait for answers: the state may be empty
        site, last = self._settings.site, self._output_stamp
        if last is not None and (stamp := stamp_output(site)) != last:
            self._output_stamp, self._dirty = stamp, True
            if stamp.is_missing:
                log.warning("output.deleted", path=str(site.output), action="it is written again")
                self._publish_health_report()
        return True

    def _poll_and_publish(self) -> None:
        self._poller.start_due()
        while not self._stopping.is_set() and self._commit_finished(0.2 if self._poller.busy() else 0):
            pass
        if not self._dirty:
            is_retry_due = self._retry_at is not None and self._clock.now() >= self._retry_at
            with self._store.read() as connection:
                self._dirty = is_retry_due or outputs.any_changed(connection)
        since = self._clock.monotonic() - self._published_at
        if (
            self._dirty
            and not self._stopping.is_set()
            and (not self._poller.busy() or since >= PUBLISH_INTERVAL_SECONDS)
            and since >= publish_retry_pause(self._failed_publications)
        ):
            self._publish()
        self._poller.ping_hubs(0)

    def _commit_finished(self, wait: float) -> bool:
        """Commit and log what has finished. Returns whether something had."""
        results = self._poller.commit_finished(wait)
        for polled in results:
            log_poll(polled)
            self._dirty |= polled.outcome == "new"
        for change in self._poller.take_network_changes():
            log_network_change(change)
            if change.state == "back":
                self._poller.start_due()
        return bool(results)

    def _poll_meanwhile(self) -> None:
        """Start and commit polls while a publication is being written: a large one takes minutes."""
        now = self._clock.monotonic()
        if now - self._polled_at < POLL_MEANWHILE_SECONDS or self._stopping.is_set():
            return
        self._poller.start_due()
        while self._commit_finished(0) and self._clock.monotonic() - now < MAX_POLL_MEANWHILE_SECONDS:
            pass
        self._polled_at = self._clock.monotonic()

    def _publish(self) -> None:
        self._published_at = self._polled_at = self._clock.monotonic()
        self._dirty = True  # if an exception ends it
        self._failed_publications += 1
        published = publish_site(
            self._store,
            self._settings,
            self._poller.sources,
            self._clock.now(),
            between_files=self._poll_meanwhile,
        )
        self._dirty = any(output.error for output in published)
        if not self._dirty:
            self._failed_publications = 0
        self._retry_at = next_retry(record for output in published for record in output.failed)
        self._output_stamp = stamp_output(self._settings.site)
        for output in published:
            log_publication(output, self._logged_failures)

    def _republish(self) -> None:
        self._dirty = True  # the next tick publishes
        self._failed_publications = min(self._failed_publications, 1)  # somebody may have corrected the cause

    def _publish_health_report(self) -> None:
        if self._guard.is_failing:
            return
        with self._guard.job("health_report.failed"):
            published = publish_health_report(
                self._store, self._settings, self._poller.sources, self._clock.now()
            )
            if published:
                self._output_stamp = self._output_stamp and stamp_output(self._settings.site)
                log_publication(published, self._logged_failures)

    def _run_housekeeping(self) -> None:
        if self._guard.is_failing or not self._clock_watch.is_trusted():
            return
        with self._guard.job("housekeeping.failed"):
            deleted = run_housekeeping(self._store, self._settings, self._clock.now())
            if deleted:
                log_housekeeping(deleted)

    def _reload(self) -> None:
        """Apply the changed configuration, or keep the old one if it is not valid."""
        if self._guard.is_failing:
            self._file_version = None  # the next check of the file reloads it
            return
        with log_failures(
            "config.failed", action="the old configuration stays in force; the daemon tries again"
        ):
            try:
                self._apply_changes()
            except Exception:
                self._file_version = None  # the next check of the file reloads it
                raise

    def _apply_changes(self) -> None:
        try:
            settings = load(self._path, self._environ)
        except ConfigError as error:
            for problem in error.problems:
                log.error(
                    "config.refused",
                    where=problem.where,
                    problem=problem.problem,
                    **({"hint": problem.hint} if problem.hint else {}),
                    action="the last valid configuration stays in force",
                )
            return
        if settings.site.state != self._settings.site.state:
            log.error(
                "config.refused",
                problem="site.state was changed: that needs a restart",
                action="the old configuration stays in force",
            )
            return
        self._poller.reconfigure(settings, user_agent(settings))
        self._settings, self._output_stamp = settings, None
        self._republish()
        log.info("config.loaded", sources=len(self._poller.sources), outputs=len(settings.outputs))


def _file_version(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
