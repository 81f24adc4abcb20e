"""Log one line with all facts for each poll, each delivery of a hub and each publication. Empty fields are left out.

docs/operating.md explains the events.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import structlog

from feeds.engine.cycle import Waiting
from feeds.engine.network_watch import NetworkChange
from feeds.errors import FeedsError
from feeds.ingest.record_poll import PollResult
from feeds.publish.failed_files import FailedFile
from feeds.publish.publish_result import PublishResult
from feeds.store.retention import Pruned

log = structlog.get_logger("feeds")

_SITE_FILES = frozenset({"index", "health"})
"""Names of a PublishResult that is not about an output."""


@contextmanager
def log_failures(event: str, **fields: str) -> Iterator[None]:
    """Log an exception that leaves the block, with its message in the field `error`, and suppress it.

    An exception other than a FeedsError is a bug: its traceback is logged too, in the field `exception`.
    """
    try:
        yield
    except FeedsError as error:
        log.error(event, error=str(error), **fields)
    except Exception as error:
        log.exception(event, error=f"{type(error).__name__}: {error}", **fields)


def log_publication(published: PublishResult, logged: dict[str, FailedFile] | None = None) -> None:
    """`logged`: the files whose failure this process has logged. It is updated, and each failure is logged once: the
    file is tried again and again."""
    target = "file" if published.name in _SITE_FILES else "output"
    for record in _new_failures(published, logged):
        log.error("publish.failed", **{target: published.name}, error=record.error)
    if published.error:
        log.error("publish.failed", **{target: published.name}, error=published.error)
    elif published.written or published.unrenderable or published.stopped_searches:
        facts = {
            "entries": published.entries,
            "written": " ".join(published.written),
            "left_out": "; ".join(published.unrenderable),
            "rules": "; ".join(published.stopped_searches),
        }
        write = log.warning if published.stopped_searches else log.info
        write("publish", **{target: published.name}, **_without_empty(facts))


def _new_failures(published: PublishResult, logged: dict[str, FailedFile] | None) -> Sequence[FailedFile]:
    if logged is None:
        return published.failed
    new = [
        record
        for record in published.failed
        if record.file not in logged or logged[record.file].error != record.error
    ]
    for file in [file for file, record in logged.items() if record.output == published.name]:
        del logged[file]
    logged.update((record.file, record) for record in published.failed)
    return new


def log_publications(results: Sequence[PublishResult]) -> None:
    for published in results:
        log_publication(published)


def log_waiting(waiting: Waiting) -> None:
    log.info(
        "cycle.waiting",
        count=waiting.count,
        sources=" ".join(source.id for source, _ in waiting.slowest),
        max_seconds=round(waiting.max_seconds),
    )


def log_network_change(change: NetworkChange) -> None:
    """Log that the network went away or is back. The polls that failed meanwhile have no line of their own."""
    facts = {"since": change.since.isoformat(), "dropped_polls": change.polls}
    if change.state == "away":
        action = "no source is blamed; a probe every minute"
        log.warning(
            "network.away", **facts, unreachable_hosts=change.hosts, error=change.error, action=action
        )
    elif change.state == "back":
        log.info("network.back", **facts, action="the sources that are due are polled now")
    else:
        action = "too few hosts to tell: from now on their failures count as their own"
        log.warning("network.doubtful", **facts, action=action)


def log_unfinished(sources: Sequence[str]) -> None:
    log.warning("cycle.unfinished", sources=" ".join(sources))


def log_poll(polled: PollResult) -> None:
    """Log the result of a poll, or of a delivery."""
    if polled.outcome == "unreached":
        return
    if polled.is_delivery:
        log_delivery(polled)
        return
    facts = {
        "source": polled.source,
        "result": polled.outcome,
        "status": polled.status or "",
        "new": polled.new,
        "updated": polled.updated,
        "merged": polled.merged,
        "seconds": round(polled.seconds, 3),
        "bytes": polled.wire_bytes,
        "due": polled.due_at.isoformat() if polled.due_at else "",
        "due_reason": polled.due_reason,
        "skipped": "; ".join(polled.skipped),
        "note": polled.note,
        "error": polled.error,
    }
    write = log.warning if polled.error or polled.note else log.info
    write("poll", **_without_empty(facts))


def log_delivery(polled: PollResult) -> None:
    facts = {
        "source": polled.source,
        "result": polled.outcome,
        "new": polled.new,
        "updated": polled.updated,
        "merged": polled.merged,
        "bytes": polled.wire_bytes,
        "skipped": "; ".join(polled.skipped),
        "error": polled.error,
    }
    write = log.warning if polled.error else log.info
    write("delivery", **_without_empty(facts))


def log_housekeeping(deleted: Pruned) -> None:
    log.info("housekeeping", bodies=deleted.bodies, identities=deleted.identities)


def _without_empty(facts: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in facts.items() if value != ""}
