"""Log one line with all facts for each poll, each delivery of a hub and each publication.

docs/operating.md explains the events.
"""

from __future__ import annotations

import structlog

from feeds.ingest.record_poll import PollResult
from feeds.publish.publish_result import PublishResult

log = structlog.get_logger("feeds")


def log_publication(published: PublishResult) -> None:
    if published.error:
        log.error("publish.failed", output=published.output, error=published.error)
    elif published.written or published.left_out:
        log.info(
            "publish",
            output=published.output,
            entries=published.entries,
            written=" ".join(published.written),
            left_out="; ".join(published.left_out),
        )


def log_poll(polled: PollResult) -> None:
    """Log the result of a poll, or of a delivery."""
    if polled.pushed:
        log_delivery(polled)
        return
    facts = {
        "source": polled.source,
        "result": polled.result,
        "status": polled.status,
        "new": polled.new,
        "updated": polled.updated,
        "merged": polled.merged,
        "seconds": round(polled.seconds, 3),
        "bytes": polled.wire_bytes,
        "due": polled.due_at.isoformat() if polled.due_at else "",
        "why": polled.due_why,
    }
    if polled.skipped:
        facts["skipped"] = "; ".join(polled.skipped)
    if polled.note:
        facts["note"] = polled.note
    if polled.error:
        log.warning("poll", **facts, error=polled.error)
    elif polled.note:
        log.warning("poll", **facts)
    else:
        log.info("poll", **facts)


def log_delivery(polled: PollResult) -> None:
    facts = {
        "source": polled.source,
        "result": polled.result,
        "new": polled.new,
        "updated": polled.updated,
        "merged": polled.merged,
        "bytes": polled.wire_bytes,
    }
    if polled.error:
        log.warning("delivery", **facts, error=polled.error)
    else:
        log.info("delivery", **facts, skipped="; ".join(polled.skipped))
