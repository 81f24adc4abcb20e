"""One cycle: poll the sources that are due, publish what changed, ping hubs, do the housekeeping."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from feeds.config import Settings
from feeds.engine.poller import Poller
from feeds.ingest.record_poll import PollResult
from feeds.model import DedupePolicy
from feeds.publish.health_report import publish_health_report
from feeds.publish.publish_result import PublishResult
from feeds.publish.publish_site import publish_site
from feeds.store import Store, hosts, retention
from feeds.store.store import load_fact, save_fact

HOUSEKEEPING_INTERVAL = timedelta(days=1)

HUB_PING_SECONDS = 15.0
"""Upper bound of the time for pinging hubs at the end of a cycle: whoever runs cycles from cron waits for it."""

_HOUSEKEEPING_FACT = "kept_house_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleReport:
    """The results of one cycle, for a person to read."""

    polled: tuple[PollResult, ...] = ()
    published: tuple[PublishResult, ...] = field(default=())
    deleted: retention.Pruned | None = None  # by the housekeeping, if it was due

    @property
    def failed(self) -> tuple[PollResult, ...]:
        return tuple(polled for polled in self.polled if polled.outcome == "failed")


def run_cycle(
    poller: Poller,
    store: Store,
    now: Callable[[], datetime],
    on_polled: Callable[[PollResult], None] = lambda polled: None,
    on_started: Callable[[int], None] = lambda count: None,
    *,
    ignore_due_times: bool = False,
    final: bool = False,
) -> CycleReport:
    """Poll every source that is due and every local file, then publish. Each source is polled once, even if it
    becomes due again during the cycle.

    `on_started` is called with the number of polls and deliveries that were started; a negative number means that so
    many of them were put off, because their host is in cooldown. `on_polled` is called with each result.
    `ignore_due_times`: also sources that are not due, except those that have ended (410). `final`: this process runs no
    further cycle, so the parse processes are stopped before publishing.
    """
    results: list[PollResult] = []
    on_started(poller.start_due(ignore_due_times=ignore_due_times, include_local=True))
    while poller.busy():
        for polled in poller.commit_finished(wait=1.0):
            on_polled(polled)
            results.append(polled)
        if put_off := poller.take_put_off():
            on_started(-put_off)
        if not poller.busy():  # an OPML list may have added sources
            on_started(poller.start_due(exclude=frozenset(polled.source for polled in results)))
    if final:
        poller.stop_parsers()
    published = publish_site(store, poller.settings, poller.sources, now())
    poller.ping_hubs(HUB_PING_SECONDS)
    health_report = publish_health_report(store, poller.settings, poller.sources, now())
    return CycleReport(
        polled=tuple(results),
        published=(*published, *([health_report] if health_report else ())),
        deleted=run_housekeeping(store, poller.settings, now()),
    )


def run_housekeeping(store: Store, settings: Settings, now: datetime) -> retention.Pruned | None:
    """Delete what is older than `settings.retention`, once a day. None if it was done less than a day ago."""
    with store.read() as connection:
        last = load_fact(connection, _HOUSEKEEPING_FACT)
    if last and timedelta() <= now - datetime.fromisoformat(last) < HOUSEKEEPING_INTERVAL:
        return None
    from feeds.store import near_index  # imports numpy, which other cycles do not need

    with store.write() as connection:
        save_fact(connection, _HOUSEKEEPING_FACT, now.isoformat())
        hosts.delete_free(connection, now)
        windows = [output.dedupe.window for output in settings.outputs]
        near_index.delete_expired(connection, now, max(windows, default=DedupePolicy().window))
        policy = settings.retention
        return retention.prune(
            connection, now, age=policy.age, per_source=policy.per_source, ledger_age=policy.ledger
        )
