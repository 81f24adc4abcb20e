"""One cycle: poll the sources that are due, publish what changed, notify hubs, do the housekeeping."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from feeds.config import Settings
from feeds.engine.poller import Poller
from feeds.ingest.record_poll import PollResult
from feeds.model import DedupePolicy
from feeds.publish.health_report import publish_health_report
from feeds.publish.publish import publish
from feeds.publish.publish_result import PublishResult
from feeds.store import Store, hosts, retention
from feeds.store.store import load_fact, save_fact

HOUSEKEEPING_INTERVAL = timedelta(days=1)

HUB_NOTIFY_SECONDS = 15.0
"""Upper bound of the time for notifying hubs at the end of a cycle: whoever runs cycles from cron waits for it."""

_HOUSEKEEPING_FACT = "kept_house_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleReport:
    """The results of one cycle, for a person to read."""

    polled: tuple[PollResult, ...] = ()
    published: tuple[PublishResult, ...] = field(default=())

    @property
    def failed(self) -> tuple[PollResult, ...]:
        return tuple(polled for polled in self.polled if polled.result == "failed")


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

    `on_started` is called with the number of jobs that were started, `on_polled` with each result.
    `ignore_due_times`: poll every source. `final`: this process runs no further cycle, so the parse processes are
    stopped before publishing.
    """
    results: list[PollResult] = []
    on_started(poller.start_due(ignore_due_times=ignore_due_times, include_local=True))
    while poller.busy():
        for polled in poller.commit_finished(wait=1.0):
            on_polled(polled)
            results.append(polled)
        if not poller.busy():  # an OPML list may have added sources
            on_started(poller.start_due(exclude=frozenset(polled.source for polled in results)))
    if final:
        poller.stop_parsers()
    published = publish(store, poller.settings, poller.sources, now())
    poller.notify_hubs(HUB_NOTIFY_SECONDS)
    health_report = publish_health_report(store, poller.settings, poller.sources, now())
    run_housekeeping(store, poller.settings, now())
    return CycleReport(
        polled=tuple(results), published=(*published, *([health_report] if health_report else ()))
    )


def run_housekeeping(store: Store, settings: Settings, now: datetime) -> retention.Pruned | None:
    """Delete what is older than `settings.retention`, once a day. None if it was done less than a day ago."""
    with store.read() as connection:
        last = load_fact(connection, _HOUSEKEEPING_FACT)
    if last and timedelta() <= now - datetime.fromisoformat(last) < HOUSEKEEPING_INTERVAL:
        return None
    from feeds.ingest import assign_story

    with store.write() as connection:
        save_fact(connection, _HOUSEKEEPING_FACT, now.isoformat())
        hosts.delete_free(connection, now)
        windows = [output.dedupe.window for output in settings.outputs]
        assign_story.housekeeping(connection, now, max(windows, default=DedupePolicy().window))
        policy = settings.retention
        return retention.prune(
            connection, now, age=policy.age, per_source=policy.per_source, ledger_age=policy.ledger
        )
