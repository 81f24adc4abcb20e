"""When a source with a subscription is polled again, because its hub does not deliver."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from feeds import codec
from feeds.model import Source
from feeds.schedule.due import after_answer, min_interval
from feeds.schedule.publishing_pattern import PublishingPattern
from feeds.store import sources


def resume_normal_polling(connection: Connection, source: Source, now: datetime, jitter: float) -> None:
    """Make a source due as if it had no hub. Its polls were deferred while its subscription was live."""
    state = sources.state(connection, source.id)
    if state and state.requested_at and not state.failures:
        pattern = (
            codec.loads(PublishingPattern, state.publishing_pattern) if state.publishing_pattern else None
        )
        due = after_answer(source, state.feed, None, state.requested_at, jitter, pattern=pattern)
        sources.bring_forward(
            connection, source.id, max(now, due.at), f"its hub no longer delivers; {due.reason}"
        )


def poll_soon(connection: Connection, source: Source, now: datetime) -> None:
    """Make a source due after its `every`, or else its shortest interval, to poll the news of a delivery that cannot be
    read."""
    state = sources.state(connection, source.id)
    if state and state.requested_at and not state.failures:
        interval = source.schedule.every or min_interval(source.schedule, state.feed, None)
        reason = "what its hub delivered could not be read"
        sources.bring_forward(connection, source.id, max(now, state.requested_at + interval), reason)
