"""When each host may be asked again, so that a restart does not shorten a pause or cooldown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, delete, select
from sqlalchemy.dialects.sqlite import insert as upsert

from feeds.store.raw_sql import compile_sql, raw_sql, to_epoch
from feeds.store.schema import host_state

KEEP_FREE_HOSTS = timedelta(days=2)
"""How long a host that may be asked again is kept; longer than the longest cooldown that doubles."""

_MAX_COOLDOWN = timedelta(days=32)
"""A cooldown is at most 31 days. One that would last longer was stored before the clock was set back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostState:
    """When one host may be asked again. Without a `cooldown_reason` it is only the pause between two requests."""

    name: str
    next_request_at: datetime
    cooldown_reason: str = ""
    cooldowns: int = 0  # in a row, without an answer in between


_VALUES = ("next_request_at", "cooldown_reason", "cooldowns")
_UPSERT = upsert(host_state)
_SAVE = compile_sql(
    _UPSERT.on_conflict_do_update(
        index_elements=["name"], set_={name: _UPSERT.excluded[name] for name in _VALUES}
    ),
    *("name", *_VALUES),
)


def save(connection: Connection, states: Iterable[HostState]) -> None:
    """Insert or update these."""
    # Rows hold whole seconds: rounded up, so that no pause ends early.
    round_up = timedelta(microseconds=999_999)
    rows = [
        {
            "name": state.name,
            "next_request_at": to_epoch(state.next_request_at + round_up),
            "cooldown_reason": state.cooldown_reason,
            "cooldowns": state.cooldowns,
        }
        for state in states
    ]
    if rows:
        raw_sql(connection).executemany(_SAVE, rows)


def load_all(connection: Connection) -> tuple[HostState, ...]:
    """Every stored host."""
    return tuple(HostState(**row) for row in connection.execute(select(host_state)).mappings())


def in_cooldown(connection: Connection, now: datetime) -> tuple[HostState, ...]:
    """The hosts in cooldown, by name."""
    rows = connection.execute(select(host_state).where(is_in_cooldown(now)).order_by(host_state.c.name))
    return tuple(HostState(**row) for row in rows.mappings())


def is_in_cooldown(now: datetime) -> ColumnElement[bool]:
    """SQL condition: the host is in cooldown. The pause of seconds between two requests is not one: sources wait for it
    in the queue of their host."""
    return and_(
        host_state.c.cooldown_reason != "",
        host_state.c.next_request_at > now,
        host_state.c.next_request_at < now + _MAX_COOLDOWN,
    )


def delete_free(connection: Connection, now: datetime) -> None:
    """Delete hosts that could have been asked for `KEEP_FREE_HOSTS`."""
    connection.execute(delete(host_state).where(host_state.c.next_request_at < now - KEEP_FREE_HOSTS))
