"""WebSub subscriptions, and the documents that hubs delivered. The daemon and the callback server both write here."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any, Literal

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
from feeds.store.schema import delivery, received_delivery, subscription

MAX_BACKLOG_BYTES = 64 << 20
"""Bytes of deliveries that may wait to be read; a hub that delivers more is asked to retry. Our choice."""

MAX_KNOWN_DELIVERIES = 5_000
"""Digests that are kept for a subscription. A busy hub sends that many in some weeks."""

MAX_BATCH_DELIVERIES = 50
MAX_BATCH_BYTES = 2 << 20
"""Of one source, to be read and committed together; a larger document is read alone. One by one, at a delivery for each
tick of the daemon, 357 deliveries took 624 s."""

MAX_BATCHES_BYTES = 8 << 20
"""Of all sources, in memory at the same time."""

_FIELDS = tuple(column.name for column in subscription.columns if column.name != "poll_deferred")


def find(connection: Connection, token: str) -> Subscription | None:
    row = connection.execute(select(subscription).where(subscription.c.token == token)).one_or_none()
    return None if row is None else _subscription(row)


def find_by_source(connection: Connection, source: str) -> tuple[Subscription, ...]:
    """The wanted subscription, then those that are being cancelled."""
    rows = connection.execute(select(subscription).where(subscription.c.source == source))
    stored = (_subscription(row) for row in rows)
    return tuple(sorted(stored, key=lambda stored: (stored.state == "leaving", stored.token)))


def load_all(connection: Connection) -> tuple[Subscription, ...]:
    rows = connection.execute(select(subscription).order_by(subscription.c.source, subscription.c.token))
    return tuple(_subscription(row) for row in rows)


def due(connection: Connection, now: datetime) -> tuple[Subscription, ...]:
    """Those whose next try is due, the longest overdue first."""
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


def delete_subscription(connection: Connection, token: str) -> None:
    """Delete a subscription. Its deliveries are still read."""
    connection.execute(delete(subscription).where(subscription.c.token == token))
    connection.execute(delete(received_delivery).where(received_delivery.c.token == token))


def _subscription(row: Row[Any]) -> Subscription:
    fields = {name: getattr(row, name) for name in _FIELDS}
    fields |= {"hubs": tuple(json.loads(row.hubs)), "allow_private": bool(row.allow_private)}
    return Subscription(**fields)


# ------------------------------------------------------------------------------------ deferred polls


def live_sources(connection: Connection, now: datetime) -> frozenset[str]:
    """The sources whose hub can be expected to deliver their news."""
    return frozenset(connection.scalars(select(subscription.c.source).where(_live(now))))


def defer_polls(connection: Connection, source: str, now: datetime) -> None:
    """Record that a poll of this source was deferred, if it has a live subscription."""
    wanted = (subscription.c.source == source) & _live(now)
    connection.execute(update(subscription).where(wanted).values(poll_deferred=1))


def has_work(connection: Connection, now: datetime) -> bool:
    """Whether `due`, `oldest_deliveries` or `deferred_in_vain` would return something. One statement, because it runs
    every second."""
    found = (
        exists().where(subscription.c.next_try <= now),
        exists().select_from(delivery),
        exists().where(subscription.c.poll_deferred == 1, ~_live(now)),
    )
    return connection.scalar(select(or_(*found))) == 1


def has_deliveries(connection: Connection) -> bool:
    """Whether a delivery is waiting to be read."""
    return connection.scalar(select(delivery.c.n).limit(1)) is not None


def deferred_in_vain(connection: Connection, now: datetime) -> tuple[str, ...]:
    """Sources whose polls were deferred because of a subscription that is no longer live."""
    rows = connection.execute(
        select(subscription.c.source).where(subscription.c.poll_deferred == 1, ~_live(now)).distinct()
    )
    return tuple(row.source for row in rows)


def stop_deferring(connection: Connection, source: str) -> None:
    connection.execute(update(subscription).where(subscription.c.source == source).values(poll_deferred=0))


def _live(now: datetime) -> ColumnElement[bool]:
    """`Subscription.is_live` as an SQL condition."""
    lease_end = func.coalesce(type_coerce(subscription.c.lease_end, BigInteger), 0)
    return (subscription.c.state == "active") & (lease_end > int(now.timestamp()))


# ----------------------------------------------------------------------------------------- deliveries


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A document that a hub delivered."""

    n: int
    token: str = field(repr=False)
    source: str
    url: str
    content_type: str
    received_at: datetime
    body: bytes = field(repr=False)


def add_delivery(
    connection: Connection, taker: Subscription, content_type: str, body: bytes, now: datetime
) -> Literal["stored", "replay", "full"]:
    """Store a document to be read later. "replay": it came before. "full": too much is waiting already. Then nothing is
    stored."""
    digest = blake2b(body, digest_size=16, person=b"delivery").digest()
    known = (received_delivery.c.token == taker.token) & (received_delivery.c.digest == digest)
    if connection.scalar(select(received_delivery.c.n).where(known)) is not None:
        return "replay"
    waiting = connection.scalar(select(func.coalesce(func.sum(func.length(delivery.c.body)), 0))) or 0
    if waiting + len(body) > MAX_BACKLOG_BYTES:
        return "full"
    _remember(connection, taker.token, digest)
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
    return "stored"


def _remember(connection: Connection, token: str, digest: bytes) -> None:
    numbers = (
        select(received_delivery.c.n)
        .where(received_delivery.c.token == token)
        .order_by(received_delivery.c.n.desc())
        .offset(MAX_KNOWN_DELIVERIES - 1)
    )
    connection.execute(delete(received_delivery).where(received_delivery.c.n.in_(numbers)))
    connection.execute(insert(received_delivery).values(token=token, digest=digest))


def oldest_deliveries(connection: Connection, besides: Collection[str]) -> dict[str, tuple[Delivery, ...]]:
    """Source → its oldest deliveries in their order, without the sources `besides`: of each source one batch, and of
    all together as much as MAX_BATCHES_BYTES."""
    waiting = connection.execute(
        select(delivery.c.n, delivery.c.source, func.length(delivery.c.body).label("size"))
        .where(delivery.c.source.not_in(besides))
        .order_by(delivery.c.n)
    )
    batches: dict[str, list[int]] = {}
    full: set[str] = set()
    sizes: Counter[str] = Counter()
    for n, source, size in waiting:
        if sizes.total() >= MAX_BATCHES_BYTES:
            break
        batch = batches.setdefault(source, [])
        if source in full or (batch and sizes[source] + size > MAX_BATCH_BYTES):
            full.add(source)  # a later delivery must not overtake an earlier one
            continue
        batch.append(n)
        sizes[source] += size
        if len(batch) >= MAX_BATCH_DELIVERIES:
            full.add(source)
    return {source: _deliveries(connection, batch) for source, batch in batches.items()}


def _deliveries(connection: Connection, numbers: Sequence[int]) -> tuple[Delivery, ...]:
    rows = connection.execute(select(delivery).where(delivery.c.n.in_(numbers)).order_by(delivery.c.n))
    return tuple(Delivery(**row._mapping) for row in rows)


def delete_delivery(connection: Connection, n: int) -> bool:
    """Delete a delivery that was read. False: it was read before; then nothing of it may be written (the fence)."""
    return connection.execute(delete(delivery).where(delivery.c.n == n)).rowcount == 1
