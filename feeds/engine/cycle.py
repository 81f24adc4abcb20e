"""What a cycle consists of, whoever starts it: poll what is due, publish what changed, keep house."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from feeds import __version__
from feeds.config import Settings
from feeds.engine.poller import Shard
from feeds.ingest.record_poll import Polled
from feeds.model import DedupePolicy
from feeds.publish.health_report import check_up
from feeds.publish.publish import publish
from feeds.publish.publish_result import Published
from feeds.store import Store, hosts, retention
from feeds.store.store import remember, remembered

HOUSEKEEPING = timedelta(days=1)

TELLING = 15.0
"""Seconds for telling hubs what was published; who runs this from cron waits for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One whole cycle, for a person to read."""

    polled: tuple[Polled, ...] = ()
    published: tuple[Published, ...] = field(default=())

    @property
    def failed(self) -> tuple[Polled, ...]:
        return tuple(one for one in self.polled if one.result == "failed")


def cycle(
    shard: Shard,
    store: Store,
    now: Callable[[], datetime],
    tell: Callable[[Polled], None] = lambda polled: None,
    begin: Callable[[int], None] = lambda count: None,
    *,
    everything: bool = False,
    only: bool = False,
) -> Report:
    """Poll every source that is due (and every file; with `everything`, due or not), then publish. Each source is
    asked once, also if it becomes due again while the cycle runs.

    `begin` is told how many polls are under way, `tell` each that ended. `only`: no other cycle follows in this
    process, so what reads documents is not kept while files are made.
    """
    done: list[Polled] = []
    begin(shard.enqueue(everything=everything, files=True))
    while shard.busy():
        for polled in shard.drain(wait=1.0):
            tell(polled)
            done.append(polled)
        if not shard.busy():  # an OPML list may have brought sources
            begin(shard.enqueue(exclude=frozenset(polled.source for polled in done)))
    if only:
        shard.dismiss()
    published = publish(store, shard.settings, shard.sources, now())
    shard.tell(TELLING)
    checked = check_up(store, shard.settings, shard.sources, now())
    keep_house(store, shard.settings, now())
    return Report(polled=tuple(done), published=(*published, *([checked] if checked else ())))


def keep_house(store: Store, settings: Settings, now: datetime) -> retention.Released | None:
    """Once a day: let go of what is older than the configuration keeps."""
    with store.read() as connection:
        last = remembered(connection, "kept_house_at")
    if last and timedelta() <= now - datetime.fromisoformat(last) < HOUSEKEEPING:
        return None
    from feeds.ingest import assign_story

    with store.write() as connection:
        remember(connection, "kept_house_at", now.isoformat())
        hosts.forget(connection, now)
        windows = [output.dedupe.window for output in settings.outputs]
        assign_story.housekeeping(connection, now, max(windows, default=DedupePolicy().window))
        kept = settings.retention
        return retention.release(
            connection, now, age=kept.age, per_source=kept.per_source, ledger_age=kept.ledger
        )


def user_agent(settings: Settings) -> str:
    """`feeds/VERSION (+contact)`: who asks, and whom to tell when it is too much (RFC 9110 §10.1.5)."""
    site = settings.site
    return site.user_agent or f"feeds/{__version__} (+{site.contact or site.base_url})"
