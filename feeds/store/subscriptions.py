"""What is agreed with hubs, and what they delivered. Written by the daemon and by the server of the callback."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Row,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.dialects.sqlite import insert as upsert

from feeds.model import Subscription
from feeds.store.schema import delivery, subscription

BACKLOG = 64 << 20
"""Bytes of deliveries that wait to be read; a hub that brings more is asked to come again. Ours."""

_FIELDS = tuple(column.name for column in subscription.columns if column.name != "put_off")


def find(connection: Connection, token: str) -> Subscription | None:
    row = connection.execute(select(subscription).where(subscription.c.token == token)).one_or_none()
    return None if row is None else _subscription(row)


def of_source(connection: Connection, source: str) -> tuple[Subscription, ...]:
    """The one that is wanted, then those that are being left."""
    rows = connection.execute(select(subscription).where(subscription.c.source == source))
    found = (_subscription(row) for row in rows)
    return tuple(sorted(found, key=lambda one: (one.state == "leaving", one.token)))


def every(connection: Connection) -> tuple[Subscription, ...]:
    rows = connection.execute(select(subscription).order_by(subscription.c.source, subscription.c.token))
    return tuple(_subscription(row) for row in rows)


def due(connection: Connection, now: datetime) -> tuple[Subscription, ...]:
    """Those whose next try has come, the longest overdue first."""
    rows = connection.execute(
        select(subscription)
        .where(subscription.c.next_try <= now)
        .order_by(subscription.c.next_try, subscription.c.token)
    )
    return tuple(_subscription(row) for row in rows)


def save(connection: Connection, value: Subscription) -> None:
    fields = {name: getattr(value, name) for name in _FIELDS} | {"hubs": json.dumps(value.hubs)}
    statement = upsert(subscription).values(fields)
    connection.execute(statement.on_conflict_do_update(index_elements=["token"], set_=fields))


def remove(connection: Connection, token: str) -> None:
    """Forget a subscription. What was acknowledged under it is still read."""
    connection.execute(delete(subscription).where(subscription.c.token == token))


def _subscription(row: Row[Any]) -> Subscription:
    fields = {name: getattr(row, name) for name in _FIELDS}
    fields |= {"hubs": tuple(json.loads(row.hubs)), "allow_private": bool(row.allow_private)}
    return Subscription(**fields)


# ------------------------------------------------------------------------- polls that wait because of them


def live(connection: Connection, now: datetime) -> frozenset[str]:
    """The sources whose news can be expected to be pushed."""
    return frozenset(connection.scalars(select(subscription.c.source).where(_live(now))))


def put_off(connection: Connection, source: str, now: datetime) -> None:
    """A poll of this source was put off, where it has a live subscription."""
    wanted = (subscription.c.source == source) & _live(now)
    connection.execute(update(subscription).where(wanted).values(put_off=1))


def pending(connection: Connection, now: datetime) -> bool:
    """Whether `due`, `waiting` or `put_off_in_vain` would find something. One statement, for every second."""
    found = (
        exists().where(subscription.c.next_try <= now),
        exists().select_from(delivery),
        exists().where(subscription.c.put_off == 1, ~_live(now)),
    )
    return connection.scalar(select(or_(*found))) == 1


def any_waits(connection: Connection) -> bool:
    """Whether a delivery waits to be read."""
    return connection.scalar(select(delivery.c.n).limit(1)) is not None


def put_off_in_vain(connection: Connection, now: datetime) -> tuple[str, ...]:
    """Sources whose polls were put off because of a subscription that is not live any more."""
    rows = connection.execute(
        select(subscription.c.source).where(subscription.c.put_off == 1, ~_live(now)).distinct()
    )
    return tuple(row.source for row in rows)


def put_off_no_more(connection: Connection, source: str) -> None:
    connection.execute(update(subscription).where(subscription.c.source == source).values(put_off=0))


def _live(now: datetime) -> ColumnElement[bool]:
    """`Subscription.is_live`, for the database."""
    lease_end = func.coalesce(type_coerce(subscription.c.lease_end, BigInteger), 0)
    return (subscription.c.state == "active") & (lease_end > int(now.timestamp()))


# ----------------------------------------------------------------------------------------- deliveries


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A document that a hub brought."""

    n: int
    token: str = field(repr=False)
    source: str
    url: str
    content_type: str
    received_at: datetime
    body: bytes = field(repr=False)


def keep(connection: Connection, taker: Subscription, content_type: str, body: bytes, now: datetime) -> bool:
    """Keep a delivery to be read later. False, and nothing kept, where too much waits already."""
    waiting = connection.scalar(select(func.coalesce(func.sum(func.length(delivery.c.body)), 0))) or 0
    if waiting + len(body) > BACKLOG:
        return False
    connection.execute(
        insert(delivery).values(
            token=taker.token,
            source=taker.source,
            url=taker.topic,
            content_type=content_type,
            received_at=now,
            body=body,
        )
    )
    return True


def waiting(connection: Connection, besides: Collection[str]) -> tuple[Delivery, ...]:
    """The oldest delivery of each source, those of the sources `besides` left out."""
    oldest = select(func.min(delivery.c.n)).group_by(delivery.c.source)
    rows = connection.execute(
        select(delivery)
        .where(delivery.c.n.in_(oldest), delivery.c.source.not_in(besides))
        .order_by(delivery.c.n)
        .limit(20)  # bodies are large, and there is a next tick
    )
    return tuple(Delivery(**row._mapping) for row in rows)


def settle(connection: Connection, n: int) -> bool:
    """A delivery has been read. False: it was before; then nothing of it may be written (the fence)."""
    return connection.execute(delete(delivery).where(delivery.c.n == n)).rowcount == 1
