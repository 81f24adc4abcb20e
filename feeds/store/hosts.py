"""When each host may be asked again: what politeness must not forget over a restart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, delete, select
from sqlalchemy.dialects.sqlite import insert as upsert

from feeds.store.raw_sql import driver, stored, worded
from feeds.store.schema import lane

FORGOTTEN = timedelta(days=2)
"""After the last moment that was noted; longer than the longest rest that doubles."""

_LONGEST = timedelta(days=32)
"""A rest that goes on for longer was noted before the clock was put back: it is at most 31 days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One host. Without `rest` (why it rests), `next_ok_at` is only the end of a pause."""

    id: str
    next_ok_at: datetime
    rest: str = ""
    rests: int = 0  # one after the other, without an answer in between


_NEW = upsert(lane)
_NOTE = worded(
    _NEW.on_conflict_do_update(
        index_elements=["id"], set_={name: _NEW.excluded[name] for name in ("next_ok_at", "rest", "rests")}
    ),
    *("id", "next_ok_at", "rest", "rests"),
)


def note(connection: Connection, lanes: Iterable[Lane]) -> None:
    """Remember these as they are now."""
    # Rows hold whole seconds: up, for a pause that ends too early is none.
    up = timedelta(microseconds=999_999)
    rows = [
        {"id": one.id, "next_ok_at": stored(one.next_ok_at + up), "rest": one.rest, "rests": one.rests}
        for one in lanes
    ]
    if rows:
        driver(connection).executemany(_NOTE, rows)


def known(connection: Connection) -> tuple[Lane, ...]:
    """Every host of which something is noted."""
    return tuple(Lane(**row) for row in connection.execute(select(lane)).mappings())


def resting(connection: Connection, now: datetime) -> tuple[Lane, ...]:
    """The hosts that are left alone for the time being, by name."""
    rows = connection.execute(select(lane).where(at_rest(now)).order_by(lane.c.id))
    return tuple(Lane(**row) for row in rows.mappings())


def at_rest(now: datetime) -> ColumnElement[bool]:
    """Rows of hosts that rest. A pause of seconds is none: whoever waits for it waits in its lane."""
    return and_(lane.c.rest != "", lane.c.next_ok_at > now, lane.c.next_ok_at < now + _LONGEST)


def forget(connection: Connection, now: datetime) -> None:
    """Let go of hosts that have been free for long."""
    connection.execute(delete(lane).where(lane.c.next_ok_at < now - FORGOTTEN))
