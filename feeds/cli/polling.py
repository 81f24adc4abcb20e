"""The engine as the commands use it: a whole one with the lock on the state, or one poll of one source."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import click

from feeds.cli.state_access import has_state
from feeds.clock import Clock, SystemClock
from feeds.config import Settings
from feeds.engine.host_state import load_hosts, save_hosts
from feeds.engine.lock import lock_state
from feeds.engine.poller import Poller
from feeds.errors import StateUnavailable, StoreError
from feeds.fetch import Fetcher
from feeds.fetch.pacing import HostPacer
from feeds.fetch.user_agent import user_agent
from feeds.ingest.poll_source import PollOutcome, poll_source
from feeds.model import Source, SourceState
from feeds.store import Store, attach, open_or_set_aside
from feeds.store.damage import set_aside
from feeds.workers.parse_pool import ParseLimits, ParsePool


@contextmanager
def open_poller(settings: Settings, pacing: HostPacer | None = None) -> Iterator[tuple[Store, Poller]]:
    """Locks and opens the state, and builds the engine on it. Raises StateInUse if another process has locked it."""
    clock = SystemClock()
    with lock_state(settings.site.state, clock.now()) as lock:
        store, moved_to = open_or_set_aside(settings.site.state, clock.now())
        if moved_to:
            click.echo(
                f"The state is damaged and has been moved to {moved_to}. A new one is built from the sources.",
                err=True,
            )
        with _set_aside_if_damaged(store, clock):
            lock.renew()
            poller = Poller(store, settings, clock, user_agent(settings), pacing=pacing)
            try:
                yield store, poller
            except (KeyboardInterrupt, StateUnavailable):
                with suppress(StoreError):
                    poller.commit_remaining()
                raise
            finally:
                poller.stop()


@contextmanager
def _set_aside_if_damaged(store: Store, clock: Clock) -> Iterator[None]:
    """Closes the store. If SQLite found it damaged meanwhile, its file is moved, and the next run builds a new one."""
    try:
        yield
    finally:
        store.close()
        if store.damage:
            moved_to = set_aside(store.path, clock.now())
            click.echo(f"The state is damaged and has been moved to {moved_to}.", err=True)


def load_pacing(settings: Settings) -> HostPacer:
    """The pacing of all hosts, as the state remembers it: commands respect the same cooldowns as the daemon."""
    pacing = HostPacer(SystemClock(), settings.limits.host_interval)
    if has_state(settings.site.state):
        store = attach(settings.site.state)
        # A damaged state is reported by the commands that cannot do without it.
        with suppress(StoreError), store.read() as connection:
            pacing.restore(load_hosts(connection))
        store.close()
    return pacing


def save_pacing(settings: Settings, pacing: HostPacer) -> None:
    """Store the pacing for the next command, if a state exists."""
    if has_state(settings.site.state):
        store = attach(settings.site.state)
        with suppress(StoreError), store.write() as connection:
            save_hosts(connection, pacing)
        store.close()


def poll_once(settings: Settings, source: Source, pacing: HostPacer) -> PollOutcome:
    """Poll a source as if it had never been polled: fetches the whole document and reads it in a parse process."""
    clock = SystemClock()
    fetcher = Fetcher(
        settings.directory, clock, user_agent(settings), 1, pacing=pacing, extra_ca=settings.site.ca
    )
    limits = ParseLimits(seconds=settings.limits.parse_timeout, memory_bytes=settings.limits.parse_memory)
    parsers = ParsePool(1, limits)
    now = clock.now()
    try:
        state = SourceState(id=source.id, url=source.url, due_at=now)
        return poll_source(source, state, fetcher, lambda: parsers, now).decoded()
    finally:
        parsers.stop()
        fetcher.close()
