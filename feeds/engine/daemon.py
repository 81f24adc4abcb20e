"""The daemon behind `feeds run`: a short tick every second polls and publishes, until a signal ends it.

APScheduler runs all jobs in one thread, so that one thread does all writing. The main thread waits for signals, and
watches for a changed configuration and a wall clock that was set.
"""

from __future__ import annotations

import os
import select
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from feeds.clock import Clock
from feeds.config import load
from feeds.engine.cycle import run_housekeeping
from feeds.engine.lock import lock_state
from feeds.engine.log_events import (
    log_failures,
    log_housekeeping,
    log_network_change,
    log_poll,
    log_publication,
)
from feeds.engine.poller import Poller
from feeds.engine.publish_pace import PUBLISH_INTERVAL_SECONDS, PUBLISH_RETRY_SECONDS
from feeds.errors import ConfigError
from feeds.fetch.user_agent import user_agent
from feeds.publish.failed_files import FailedFile, next_retry
from feeds.publish.health_report import publish_health_report
from feeds.publish.publish_site import publish_site
from feeds.render.pages.template_digest import Stamps, files, stamps
from feeds.store import open_or_set_aside, outputs

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

WATCH_SECONDS = 2.0
"""Interval of the checks of the configuration file and the wall clock."""

SHUTDOWN_GRACE_SECONDS = 8.0
"""How long the running tick may take to end after SIGTERM; systemd would wait for 90 seconds."""

CLOCK_JUMP_SECONDS = 60.0
"""Drift of the wall clock from the monotonic clock that counts as a jump."""

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
        self._publish_failed = False  # at least one output of the last publication could not be written
        self._logged_failures: dict[str, FailedFile] = {}  # by file
        self._retry_at: datetime | None = None  # when a file that could not be rendered is tried again

    def run(self) -> None:
        """Run until SIGTERM or SIGINT. Raises StateInUse or StoreError before it begins."""
        state = self._settings.site.state
        with lock_state(state, self._clock.now()):
            self._store, damaged = open_or_set_aside(state, self._clock.now())
            if damaged:
                log.error(
                    "state.damaged", moved_to=str(damaged), action="rebuilding the state from the sources"
                )
            self._poller = Poller(self._store, self._settings, self._clock, user_agent(self._settings))
            scheduler = BackgroundScheduler(
                timezone="UTC",
                executors={"default": {"type": "threadpool", "max_workers": 1}},
                job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
            )
            self._add_jobs(scheduler)
            log.info(
                "start",
                sources=len(self._poller.sources),
                outputs=len(self._settings.outputs),
                pid=os.getpid(),
            )
            with _signals() as wakeup:
                scheduler.start()
                signal_name = self._watch(scheduler, wakeup)
                self._stop(scheduler, signal_name)

    def _add_jobs(self, scheduler: BackgroundScheduler) -> None:
        jobs: tuple[tuple[Callable[[], None], timedelta], ...] = (
            (self._tick, TICK_INTERVAL),
            (self._publish_health_report, HEALTH_REPORT_INTERVAL),
            (self._run_housekeeping, HOUSEKEEPING_CHECK_INTERVAL),
            (self._republish, REPUBLISH_INTERVAL),
        )
        for job, interval in jobs:
            scheduler.add_job(
                job, "interval", seconds=interval.total_seconds(), next_run_time=datetime.now(UTC)
            )

    # ------------------------------------------------------------------------------------ the main thread

    def _watch(self, scheduler: BackgroundScheduler, wakeup: int) -> str:
        """Handle signals, configuration changes and clock jumps. Returns the name of the final signal."""
        offset = self._clock_offset()
        while True:
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
            drift = self._clock_offset() - offset
            if abs(drift) > CLOCK_JUMP_SECONDS:
                offset += drift
                log.warning("clock.jumped", seconds=round(drift))
                # Run times are wall-clock times: after a clock that was set back, the jobs would wait for the old ones.
                for job in scheduler.get_jobs():
                    job.modify(next_run_time=datetime.now(UTC))

    def _template_stamps(self) -> Stamps:
        """Of the user's templates: a corrected one is published at once. () if they cannot be read."""
        folder = self._settings.site.templates
        try:
            return stamps(files(folder)) if folder else ()
        except OSError:
            return ()

    def _clock_offset(self) -> float:
        return self._clock.now().timestamp() - self._clock.monotonic()

    def _stop(self, scheduler: BackgroundScheduler, signal_name: str) -> None:
        log.info("stop", signal=signal_name)
        self._stopping.set()
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
        with log_failures("tick.failed"):  # the next tick continues with the other sources
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
                and (not self._publish_failed or since >= PUBLISH_RETRY_SECONDS)
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
        self._dirty = self._publish_failed = True  # if an exception ends it
        published = publish_site(
            self._store,
            self._settings,
            self._poller.sources,
            self._clock.now(),
            between_files=self._poll_meanwhile,
        )
        self._dirty = self._publish_failed = any(output.error for output in published)
        self._retry_at = next_retry(record for output in published for record in output.failed)
        for output in published:
            log_publication(output, self._logged_failures)

    def _republish(self) -> None:
        self._dirty = True  # the next tick publishes

    def _publish_health_report(self) -> None:
        with log_failures("health_report.failed"):
            published = publish_health_report(
                self._store, self._settings, self._poller.sources, self._clock.now()
            )
            if published:
                log_publication(published, self._logged_failures)

    def _run_housekeeping(self) -> None:
        with log_failures("housekeeping.failed"):
            deleted = run_housekeeping(self._store, self._settings, self._clock.now())
            if deleted:
                log_housekeeping(deleted)

    def _reload(self) -> None:
        """Apply the changed configuration, or keep the old one if it is not valid."""
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
        self._settings = settings
        self._dirty = True
        log.info("config.loaded", sources=len(self._poller.sources), outputs=len(settings.outputs))


def _file_version(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


@contextmanager
def _signals() -> Iterator[int]:
    """Gives a file descriptor from which the numbers of received signals can be read.

    The self-pipe trick: no code runs in a signal handler, so no code is interrupted at an unsafe place.
    """
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    read_end, write_end = os.pipe()
    os.set_blocking(write_end, False)
    old_handlers = {number: signal.signal(number, lambda _number, _frame: None) for number in numbers}
    old_fd = signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
    try:
        yield read_end
    finally:
        signal.set_wakeup_fd(old_fd)
        for number, handler in old_handlers.items():
            signal.signal(number, handler)
        os.close(read_end)
        os.close(write_end)
