"""What hubs were told of our feeds, and what they have yet to hear."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select
from sqlalchemy.dialects.sqlite import insert as upsert

from feeds.model import News, Ping
from feeds.store.schema import ping

_FIELDS = tuple(column.name for column in ping.columns)


def note(connection: Connection, news: Iterable[News], now: datetime) -> None:
    """Have hubs told of feeds whose bytes changed.

    What counts is what the hub was told of last, not whether a file was written just now: a process that is
    killed in between tells it when it publishes the same again. Of a feed that a new state finds as it was,
    nothing need be told.
    """
    for one in news:
        known = find(connection, one.hub, one.topic)
        if known is None:
            told = b"" if one.changed else one.digest
            save(connection, Ping(hub=one.hub, topic=one.topic, digest=one.digest, told=told, next_try=now))
        elif known.digest != one.digest:
            save(connection, _changed(known, one.digest, now))


def find(connection: Connection, hub: str, topic: str) -> Ping | None:
    row = connection.execute(select(ping).where(ping.c.hub == hub, ping.c.topic == topic)).one_or_none()
    return None if row is None else _ping(row)


def due(connection: Connection, now: datetime) -> tuple[Ping, ...]:
    """What hubs are to be told now, the longest overdue first."""
    rows = connection.execute(
        select(ping)
        .where(ping.c.digest != ping.c.told, ping.c.next_try <= now)
        .order_by(ping.c.next_try, ping.c.hub, ping.c.topic)
    )
    return tuple(_ping(row) for row in rows)


def every(connection: Connection) -> tuple[Ping, ...]:
    return tuple(_ping(row) for row in connection.execute(select(ping).order_by(ping.c.hub, ping.c.topic)))


def save(connection: Connection, value: Ping) -> None:
    fields = {name: getattr(value, name) for name in _FIELDS}
    statement = upsert(ping).values(fields)
    connection.execute(statement.on_conflict_do_update(index_elements=["hub", "topic"], set_=fields))


def keep(connection: Connection, wanted: Collection[tuple[str, str]]) -> None:
    """Forget all but these (hub, topic): a hub that is not configured any more is told nothing."""
    for one in every(connection):
        if (one.hub, one.topic) not in wanted:
            connection.execute(delete(ping).where(ping.c.hub == one.hub, ping.c.topic == one.topic))


def _changed(ping: Ping, digest: bytes, now: datetime) -> Ping:
    """The feed was published anew. A hub that fails is not asked sooner because of that."""
    return replace(ping, digest=digest, next_try=ping.next_try if ping.attempts else now)


def _ping(row: Row[Any]) -> Ping:
    return Ping(**{name: getattr(row, name) for name in _FIELDS})
