"""Sources: their rows, which of them are due, and what a poll writes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import cache
from http import HTTPStatus
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Connection,
    Row,
    bindparam,
    delete,
    insert,
    or_,
    select,
    type_coerce,
    union,
    update,
)
from sqlalchemy.dialects.sqlite import insert as upsert

from feeds import codec
from feeds.model import Feed, Source, SourceState, Validators
from feeds.model.schemes import local_prefixes, queue_key
from feeds.store.hosts import is_in_cooldown
from feeds.store.poll_changes import PollChanges
from feeds.store.raw_sql import compile_sql, from_epoch, raw_sql, to_epoch
from feeds.store.schema import UtcDateTime, host_state, seen_entries, source

CLOCK_SLACK = timedelta(minutes=5)
"""A request this far in the future means that the clock was set back."""

_VALIDATORS = {"etag": "etag", "last_modified": "last_modified", "validators_url": "url"}  # column → field
_COLUMNS = {field.name: source.c[field.name] for field in fields(SourceState) if field.name != "validators"}
_COLUMNS |= {name: source.c[name] for name in _VALIDATORS}
_DATES = tuple(name for name, column in _COLUMNS.items() if isinstance(column.type, UtcDateTime))
# Dates as integers: SQLAlchemy's conversion takes longer than all the rest.
_ALL = select(
    *(type_coerce(column, BigInteger) if name in _DATES else column for name, column in _COLUMNS.items())
)


def sync(connection: Connection, sources: Sequence[Source], now: datetime) -> None:
    """Make the rows match the configuration. A source that is new or has a new URL is due at once."""
    columns = (source.c[name] for name in ("id", "url", "permanent_url", "configured", "listed_by"))
    rows = {row.id: row for row in connection.execute(select(*columns))}
    for configured in sources:
        row = rows.pop(configured.id, None)
        values: dict[str, object] = {"configured": 1, "listed_by": ""}
        if row is None:
            values |= {"id": configured.id, "url": configured.url, "host": queue_key(configured.url)}
            connection.execute(insert(source).values(**values, due_at=now, due_reason="new"))
        elif row.url != configured.url:
            values |= _new_url(row, configured.url, now)
            connection.execute(update(source).where(source.c.id == configured.id).values(**values))
        elif not row.configured or row.listed_by:
            connection.execute(update(source).where(source.c.id == configured.id).values(**values))
    removed = [row.id for row in rows.values() if row.configured and not row.listed_by]
    for source_id in removed:
        its_own = or_(source.c.id == source_id, source.c.listed_by == source_id)
        connection.execute(update(source).where(its_own).values(configured=0))


def _new_url(row: Row[Any], url: str, now: datetime) -> dict[str, object]:
    """The column values for a new URL: fetching begins anew, unless the new URL is the permanent URL that is fetched
    already."""
    not_moved = {
        "permanent_url": "",
        "permanent_since": None,
        "redirect_url": "",
        "redirect_since": None,
        "redirect_count": 0,
    }
    if url == row.permanent_url:
        return {"url": url, "feed_url": "", **not_moved}
    empty = ("feed_url", "etag", "last_modified", "validators_url", "cache_control", "error")
    unknown = ("body_digest", "full_response_at", "unconditional_at")
    due = {"host": queue_key(url), "due_at": now, "due_reason": "a new URL"}
    return {
        "url": url,
        "failures": 0,
        "status": 0,
        **dict.fromkeys(empty, ""),
        **dict.fromkeys(unknown),
        **not_moved,
        **due,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedSource:
    """A source that an OPML list contains. `outline`: the list's entry, encoded by the caller."""

    id: str
    url: str
    outline: bytes


def sync_list(connection: Connection, list_id: str, members: Sequence[ListedSource], now: datetime) -> bool:
    """Make the sources of an OPML list match it. Returns whether something changed."""
    rows = {row.id: row for row in connection.execute(select(source).where(source.c.listed_by == list_id))}
    changed = False
    for member in members:
        row = rows.pop(member.id, None)
        if row is not None and row.configured and row.outline == member.outline:
            continue
        changed = True
        values: dict[str, object] = {
            "url": member.url,
            "host": queue_key(member.url),
            "configured": 1,
            "listed_by": list_id,
            "outline": member.outline,
        }
        if row is not None and row.url != member.url:
            values |= _new_url(row, member.url, now)
        inserted = {"id": member.id, "due_at": now, "due_reason": f"new in {list_id}"}
        statement = upsert(source).values(inserted | values)
        # A source of another list stays with that list. A source that nothing lists any more is taken over.
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["id"],
                set_=values,
                where=or_(source.c.listed_by == list_id, source.c.configured == 0),
            )
        )
    for row in rows.values():
        if row.configured:
            changed = True
            connection.execute(update(source).where(source.c.id == row.id).values(configured=0))
    return changed


def listed_outlines(connection: Connection) -> tuple[tuple[str, bytes], ...]:
    """(id of the OPML source, outline) of every listed source."""
    rows = connection.execute(
        select(source.c.listed_by, source.c.outline)
        .where(source.c.listed_by != "", source.c.configured == 1, source.c.outline.is_not(None))
        .order_by(source.c.listed_by, source.c.id)
    )
    return tuple((row.listed_by, row.outline) for row in rows)


def due(
    connection: Connection, now: datetime, *, ignore_due_times: bool = False, include_local: bool = False
) -> tuple[SourceState, ...]:
    """Sources that are due and whose host is not in cooldown, the longest overdue first.

    `ignore_due_times`: all sources, except those that answered 410 and are not due. `include_local`: also local sources
    that are not due.
    """
    cooling = select(host_state.c.name).where(is_in_cooldown(now))
    wanted = _ALL.where(source.c.configured == 1, source.c.host.not_in(cooling))
    if ignore_due_times:
        wanted = wanted.where(or_(source.c.status != HTTPStatus.GONE, source.c.due_at <= now))
    else:
        # A request "in the future" means that the clock was set back: due times mean nothing until the next poll.
        # A union of subqueries, each with its index: with OR, SQLite reads the whole table, every second.
        ready = [source.c.due_at <= now, source.c.requested_at > now + CLOCK_SLACK]
        if include_local:
            ready += [source.c.host.startswith(prefix) for prefix in local_prefixes()]
        wanted = wanted.where(
            source.c.id.in_(union(*(select(source.c.id).where(condition) for condition in ready)))
        )
    rows = connection.execute(wanted.order_by(source.c.due_at, source.c.id))
    return tuple(_state(row) for row in rows)


def states(connection: Connection) -> tuple[SourceState, ...]:
    """Every configured source, by id."""
    rows = connection.execute(_ALL.where(source.c.configured == 1).order_by(source.c.id))
    return tuple(_state(row) for row in rows)


def feeds(connection: Connection) -> dict[str, Feed | None]:
    """Source id → what its feed says about itself (None before it was read), for every configured source."""
    rows = connection.execute(select(source.c.id, source.c.feed_metadata).where(source.c.configured == 1))
    return {row.id: codec.loads(Feed, row.feed_metadata) if row.feed_metadata else None for row in rows}


def state(connection: Connection, source_id: str) -> SourceState | None:
    """One source; None if it is not configured."""
    found = _ALL.where(source.c.id == source_id, source.c.configured == 1)
    row = connection.execute(found).one_or_none()
    return None if row is None else _state(row)


class AnsweredSource(NamedTuple):
    """A source that answered at its last poll and is not due yet."""

    id: str
    due_at: datetime
    succeeded_at: datetime
    publishing_pattern: bytes | None


def answered_and_waiting(connection: Connection, now: datetime) -> tuple[AnsweredSource, ...]:
    """Sources without a failure since their last answer that are due later than `now`."""
    columns = (source.c[name] for name in AnsweredSource._fields)
    rows = connection.execute(
        select(*columns).where(
            source.c.configured == 1,
            source.c.failures == 0,
            source.c.succeeded_at.is_not(None),
            source.c.due_at > now,
        )
    )
    return tuple(AnsweredSource(*row) for row in rows)


def bring_forward(connection: Connection, source_id: str, at: datetime, why: str) -> None:
    """Make a source due at `at` if it is due later. A source that is due already is left alone: its poll may be
    running."""
    later = (source.c.id == source_id) & (source.c.due_at > at)
    connection.execute(update(source).where(later).values(due_at=at, due_reason=why))


def finish_poll(connection: Connection, seen: SourceState, changes: PollChanges) -> bool:
    """Write the result of a poll, unless another poll wrote since `seen` was read (the fence: `due_at` is unchanged).

    Returns False if another did: then nothing of this poll may be written.
    """
    values = changes.values()
    fence = {"own": seen.id, "seen_due": to_epoch(seen.due_at)}
    return raw_sql(connection).execute(_fenced_update(tuple(values)), values | fence).rowcount == 1


def note_news(connection: Connection, source_id: str, changes: PollChanges) -> None:
    """Write what follows from the articles of a poll or delivery, in the transaction that wrote them."""
    if values := changes.values():
        raw_sql(connection).execute(_update(tuple(values)), values | {"own": source_id})


@cache  # polls end in a handful of ways, each with its own set of columns
def _fenced_update(columns: tuple[str, ...]) -> str:
    fence = (source.c.id == bindparam("own")) & (source.c.due_at == bindparam("seen_due"))
    return compile_sql(update(source).where(fence), *columns)


@cache
def _update(columns: tuple[str, ...]) -> str:
    return compile_sql(update(source).where(source.c.id == bindparam("own")), *columns)


_LOAD_ENTRIES = select(seen_entries.c.entries).where(seen_entries.c.source == bindparam("of"))
_UPSERT_ENTRIES = upsert(seen_entries)
_SAVE_ENTRIES = compile_sql(
    _UPSERT_ENTRIES.on_conflict_do_update(
        index_elements=["source"], set_={"entries": _UPSERT_ENTRIES.excluded.entries}
    ),
    *("source", "entries"),
)


def load_seen_entries(connection: Connection, source_id: str) -> bytes:
    """The packed entries of the last document (`workers.seen_entries`); b"" if there are none."""
    return connection.scalar(_LOAD_ENTRIES, {"of": source_id}) or b""


def save_seen_entries(connection: Connection, source_id: str, blob: bytes) -> None:
    """Replace the packed entries; b"" deletes them."""
    if blob:
        raw_sql(connection).execute(_SAVE_ENTRIES, {"source": source_id, "entries": blob})
    else:
        connection.execute(delete(seen_entries).where(seen_entries.c.source == source_id))


def make_due(connection: Connection, ids: Collection[str], now: datetime) -> None:
    """Make sources due now, also those that answered 410."""
    statement = update(source).where(source.c.id.in_(ids), source.c.configured == 1)
    connection.execute(statement.values(due_at=now, due_reason="you asked for it"))


def _state(row: Row[Any]) -> SourceState:
    values: dict[str, Any] = dict(zip(_COLUMNS, row, strict=True))
    for name in _DATES:
        if values[name] is not None:
            values[name] = from_epoch(values[name])
    validators = Validators(**{field: values.pop(column) for column, field in _VALIDATORS.items()})
    return SourceState(**values, validators=validators)
