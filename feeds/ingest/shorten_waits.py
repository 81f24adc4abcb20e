"""Brings forward sources that wait longer than the schedule allows now.

An older version obeyed hints of servers for up to a month; and after `every` or `max` was shortened in the
configuration, a due time of before would still be awaited.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from feeds import codec
from feeds.model import Source
from feeds.schedule.due import latest_due
from feeds.schedule.interval_limit import format_interval
from feeds.schedule.publishing_pattern import PublishingPattern
from feeds.store import sources


def shorten_waits(connection: Connection, configured: Sequence[Source], now: datetime) -> None:
    """Sources that failed the last time are left alone: they wait by backoff, or because the server asked for it."""
    by_id = {source.id: source for source in configured}
    for waiting in sources.answered_and_waiting(connection, now):
        source = by_id.get(waiting.id)
        if source is None or waiting.due_at - waiting.succeeded_at <= source.schedule.shortest_interval:
            continue
        pattern = codec.loads_or_none(PublishingPattern, waiting.publishing_pattern)
        latest = latest_due(source, pattern, waiting.succeeded_at)
        if waiting.due_at > latest.at:
            wait = format_interval(waiting.due_at - waiting.succeeded_at)
            sources.bring_forward(
                connection, waiting.id, max(latest.at, now), f"the wait of {wait} is cut: {latest.reason}"
            )
