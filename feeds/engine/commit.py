"""Write the results of finished jobs to the store."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from feeds.clock import Clock
from feeds.config import Settings
from feeds.engine import host_state
from feeds.engine.finished_jobs import MAX_COMMIT_BYTES, JobResult, result_bytes
from feeds.errors import StateDamaged, StateUnavailable, internal_error
from feeds.fetch.pacing import HostPacer
from feeds.ingest import opml_sources
from feeds.ingest.articles import DocumentIngest, IngestSettings
from feeds.ingest.poll_source import PollOutcome
from feeds.ingest.record_poll import PollResult, record_poll
from feeds.store import Store
from feeds.websub.delivery import DeliveryBatch, commit_batch
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
        self.held: tuple[JobResult, ...] = ()
        """What the last `commit` could not write, because the state was not available."""

        self.unrecordable: set[str] = set()
        """Ids of sources whose polls cannot even be recorded as failed. They would be polled again at once."""

        self.members_changed = False
        """Whether the last batch changed the members of an OPML list, so that the sources must be loaded again."""

    def reconfigure(self, settings: Settings, ingest_settings: IngestSettings) -> None:
        self._settings = settings
        self._ingest_settings = ingest_settings

    def commit(self, batch: Sequence[JobResult]) -> list[PollResult]:
        """Write all of them in one transaction. Returns the results of polls and deliveries.

        Raises StateUnavailable: then what is not written is in `held`, to be given to `commit` again. A result that
        cannot be stored for another reason costs the others nothing, and counts as a failed poll.
        """
        self.held = ()
        self.members_changed = False
        try:
            results = self._write(batch)
        except StateUnavailable:
            self.held = tuple(batch)
            raise
        except StateDamaged:
            raise
        except Exception as error:
            results = self._write_separately(batch, error)
        self._release_memory(sum(map(result_bytes, batch)))
        return results

    def _write(self, batch: Sequence[JobResult]) -> list[PollResult]:
        results: list[PollResult] = []
        hosts: tuple[str, ...] = ()
        # If the transaction fails, what it cached is not in the state.
        recent, self._ingest = self._ingest.recent if self._ingest else None, None
        try:
            with self._store.write() as connection:
                subscribed_sources = self._subscriber.live_sources(connection)
                ingest = DocumentIngest(connection, self._ingest_settings, recent)
                for result in batch:
                    match result:
                        case PollOutcome():
                            results.append(self._commit_poll(connection, result, ingest, subscribed_sources))
                        case DeliveryBatch():
                            results += commit_batch(connection, result, ingest, self._clock.now())
                        case HubReply():
                            self._subscriber.record_reply(connection, result)
                        case PingResult():
                            self._publisher.record_result(connection, result)
                hosts = host_state.save_hosts(connection, self._pacing)
        except BaseException:
            self._pacing.mark_unsaved(hosts)
            raise
        self._ingest = ingest
        return results

    def _write_separately(self, batch: Sequence[JobResult], error: Exception) -> list[PollResult]:
        """Each in a transaction of its own, after they failed together with `error`."""
        if len(batch) == 1:
            return self._write_failure(batch[0], error)
        results: list[PollResult] = []
        for done, result in enumerate(batch):
            try:
                results += self._write([result])
            except StateUnavailable:
                self.held = tuple(batch[done:])
                return results  # the next commit raises it
            except StateDamaged:
                raise
            except Exception as its_error:
                results += self._write_failure(result, its_error)
        return results

    def _write_failure(self, result: JobResult, error: Exception) -> list[PollResult]:
        """Record a failed poll in place of a result that cannot be stored: its source was asked."""
        import structlog  # imports asyncio, and this is a bug

        log = structlog.get_logger("feeds")
        if not isinstance(result, PollOutcome):
            log.error("commit.failed", job=type(result).__name__, exc_info=error)
            return []
        name = result.source.id
        log.error("commit.failed", source=name, exc_info=error)
        failure = internal_error(name, "storing this feed", error)
        try:
            return self._write([replace(result, encoded=b"", parsed=None, error=failure)])
        except (StateUnavailable, StateDamaged):
            raise
        except Exception:
            self.unrecordable.add(name)
            log.exception("commit.failed", source=name, action="it is not polled until the next start")
            return []

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
