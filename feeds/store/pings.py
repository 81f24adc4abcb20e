"""Notices to WebSub hubs about published feeds: what a hub accepted last, and what it has to be sent."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select
from sqlalchemy.dialects.sqlite import insert as upsert

from feeds.model import Ping, PublishedFeed
from feeds.store.schema import ping

_FIELDS = tuple(column.name for column in ping.columns)


def schedule_pings(connection: Connection, published_feeds: Iterable[PublishedFeed], now: datetime) -> None:
    """Make notices due for feeds whose bytes changed.

    A feed is compared with the digest that its hub accepted last, not with the file written just now: so a process that
    was killed in between sends the notice when it publishes the same bytes again. A feed that is not in the state yet
    and whose file did not change needs no notice.
    """
    for feed in published_feeds:
        known = find(connection, feed.hub, feed.topic)
        if known is None:
            accepted = b"" if feed.changed else feed.digest
            ping = Ping(
                hub=feed.hub, topic=feed.topic, digest=feed.digest, acknowledged_digest=accepted, next_try=now
            )
            save(connection, ping)
        elif known.digest != feed.digest:
            save(connection, _changed(known, feed.digest, now))


def find(connection: Connection, hub: str, topic: str) -> Ping | None:
    row = connection.execute(select(ping).where(ping.c.hub == hub, ping.c.topic == topic)).one_or_none()
    return None if row is None else _ping(row)


def due(connection: Connection, now: datetime) -> tuple[Ping, ...]:
    """The notices to send now, the longest overdue first."""
    rows = connection.execute(
        select(ping)
        .where(ping.c.digest != ping.c.acknowledged_digest, ping.c.next_try <= now)
        .order_by(ping.c.next_try, ping.c.hub, ping.c.topic)
    )
    return tuple(_ping(row) for row in rows)


def load_all(connection: Connection) -> tuple[Ping, ...]:
    return tuple(_ping(row) for row in connection.execute(select(ping).order_by(ping.c.hub, ping.c.topic)))


def save(connection: Connection, value: Ping) -> None:
    fields = {name: getattr(value, name) for name in _FIELDS}
    statement = upsert(ping).values(fields)
    connection.execute(statement.on_conflict_do_update(index_elements=["hub", "topic"], set_=fields))


def delete_except(connection: Connection, wanted: Collection[tuple[str, str]]) -> None:
    """Delete all but these (hub, topic) pairs: hubs that are no longer configured get no notice."""
    for stored in load_all(connection):
        if (stored.hub, stored.topic) not in wanted:
            this = (ping.c.hub == stored.hub) & (ping.c.topic == stored.topic)
            connection.execute(delete(ping).where(this))


def _changed(ping: Ping, digest: bytes, now: datetime) -> Ping:
    """The feed changed again. A hub that fails is not asked sooner because of that."""
    return replace(ping, digest=digest, next_try=ping.next_try if ping.attempts else now)


def _ping(row: Row[Any]) -> Ping:
    return Ping(**{name: getattr(row, name) for name in _FIELDS})
