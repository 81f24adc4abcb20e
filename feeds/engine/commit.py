"""Write the results of finished jobs to the store."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from feeds.clock import Clock
from feeds.config import Settings
from feeds.engine import host_state
from feeds.engine.finished_jobs import MAX_COMMIT_BYTES, JobResult, result_bytes
from feeds.fetch.pacing import HostPacer
from feeds.ingest import opml_sources
from feeds.ingest.articles import DocumentIngest, IngestSettings
from feeds.ingest.poll_source import PollOutcome
from feeds.ingest.record_poll import PollResult, record_poll
from feeds.store import Store
from feeds.websub.delivery import ParsedDelivery, commit_delivery
from feeds.websub.hub_request import HubReply
from feeds.websub.publisher import PingResult, Publisher
from feeds.websub.subscriber import Subscriber


class Committer:
    """Commits batches of results. Use it from one thread, the one that writes."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        draw: Callable[[], float],
        pacing: HostPacer,
        subscriber: Subscriber,
        publisher: Publisher,
    ) -> None:
        self._store = store
        self._clock = clock
        self._draw = draw
        self._pacing = pacing
        self._subscriber = subscriber
        self._publisher = publisher
        self._ingest: DocumentIngest | None = None  # of the last transaction
        self._committed_bytes = 0  # of parse results, since the last malloc_trim
        self.members_changed = False
        """Whether the last batch changed the members of an OPML list, so that the sources must be loaded again."""

    def reconfigure(self, settings: Settings, ingest_settings: IngestSettings) -> None:
        self._settings = settings
        self._ingest_settings = ingest_settings

    def commit(self, batch: Sequence[JobResult]) -> list[PollResult]:
        """Write all of them in one transaction. Returns the results of polls and deliveries."""
        results: list[PollResult] = []
        self.members_changed = False
        with self._store.write() as connection:
            subscribed_sources = self._subscriber.live_sources(connection)
            recent = self._ingest.recent if self._ingest else None
            ingest = self._ingest = DocumentIngest(connection, self._ingest_settings, recent)
            for result in batch:
                match result:
                    case PollOutcome():
                        results.append(self._commit_poll(connection, result, ingest, subscribed_sources))
                    case ParsedDelivery():
                        results.append(commit_delivery(connection, result, ingest, self._clock.now()))
                    case HubReply():
                        self._subscriber.record_reply(connection, result)
                    case PingResult():
                        self._publisher.record_result(connection, result)
            host_state.save_hosts(connection, self._pacing)
        self._release_memory(sum(map(result_bytes, batch)))
        return results

    def _commit_poll(
        self,
        connection: Connection,
        outcome: PollOutcome,
        ingest: DocumentIngest,
        subscribed_sources: Collection[str],
    ) -> PollResult:
        now = self._clock.now()
        outcome = outcome.decoded()  # one at a time, to save memory
        result = record_poll(connection, outcome, ingest, now, self._draw, subscribed_sources)
        if result.outcome in {"failed", "late"}:
            return result
        if outcome.source.kind == "opml":
            configured = {source.id for source in self._settings.sources}
            changed = opml_sources.sync_members(connection, outcome, configured, now)
            self.members_changed |= changed
            result = replace(result, outcome="new" if changed else "unchanged")
        self._subscriber.update_from_poll(connection, outcome)
        return result

    def _release_memory(self, committed_bytes: int) -> None:
        """Return freed memory to the operating system after every MAX_COMMIT_BYTES of parse results."""
        self._committed_bytes += committed_bytes
        if self._committed_bytes >= MAX_COMMIT_BYTES:
            from feeds.engine.malloc_trim import malloc_trim  # a run without news never needs it

            malloc_trim()
            self._committed_bytes = 0
