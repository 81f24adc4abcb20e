"""What is known of each source, and which are due."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import cache
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

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
from feeds.store.hosts import at_rest
from feeds.store.raw_sql import driver, read, stored, worded
from feeds.store.schema import Moment, document, lane, source

CLOCK_SLACK = timedelta(minutes=5)


_VALIDATORS = {"etag": "etag", "last_modified": "last_modified", "validators_url": "url"}  # column → field
_NAMED = {"listed_by": source.c.list, "described": source.c.feed}
_COLUMNS = _NAMED | {
    name: source.c[name]
    for name in (*(one.name for one in fields(SourceState)), *_VALIDATORS)
    if name not in {*_NAMED, "validators"}
}
_MOMENTS = tuple(name for name, column in _COLUMNS.items() if isinstance(column.type, Moment))
# As they lie there: SQLAlchemy's way to a moment takes longer than all the rest.
_ALL = select(*(type_coerce(one, BigInteger) if name in _MOMENTS else one for name, one in _COLUMNS.items()))


def lane_of(url: str) -> str:
    """The politeness key of a URL: its host. Files have one lane each, for nobody minds."""
    parts = urlsplit(url)
    return (parts.hostname or "") if parts.scheme else f"file:{url}"


def sync(connection: Connection, sources: Sequence[Source], now: datetime) -> None:
    """Make the rows agree with the configuration. A new source, or one with a new URL, is due at once."""
    columns = (source.c[name] for name in ("id", "url", "address", "configured", "list", "priority"))
    standing = {row.id: row for row in connection.execute(select(*columns))}
    for one in sources:
        row = standing.pop(one.id, None)
        values: dict[str, Any] = {"configured": 1, "priority": one.priority, "list": ""}
        if row is None:
            fresh = {"id": one.id, "url": one.url, "lane": lane_of(one.url), "due_at": now, "due_why": "new"}
            connection.execute(insert(source).values(**values, **fresh))
        elif row.url != one.url:
            values |= _elsewhere(row, one.url, now)
            connection.execute(update(source).where(source.c.id == one.id).values(**values))
        elif not row.configured or row.list or row.priority != one.priority:
            connection.execute(update(source).where(source.c.id == one.id).values(**values))
    gone = [row.id for row in standing.values() if row.configured and not row.list]
    for one_id in gone:
        connection.execute(
            update(source).where(or_(source.c.id == one_id, source.c.list == one_id)).values(configured=0)
        )


def _elsewhere(row: Row[Any], url: str, now: datetime) -> dict[str, Any]:
    """What a new URL makes of a source: its fetching begins anew. Where it is the address that is asked already,
    only the word for it changes."""
    stayed = {"address": "", "address_at": None, "moved_to": "", "moved_at": None, "moved_seen": 0}
    if url == row.address:
        return {"url": url, "feed_url": "", **stayed}
    blank = dict.fromkeys(
        ("feed_url", "etag", "last_modified", "validators_url", "cache_control", "error"), ""
    )
    nothing = dict.fromkeys(("body_hash", "full_at", "doubted_at"))
    due = {"lane": lane_of(url), "due_at": now, "due_why": "a new URL"}
    return {"url": url, "failures": 0, "status": 0, **blank, **nothing, **stayed, **due}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A source that a list brings: `spec` is whatever its reader wants back."""

    id: str
    url: str
    priority: int
    spec: bytes


def sync_list(connection: Connection, list_id: str, members: Sequence[Listed], now: datetime) -> bool:
    """Make the sources of an OPML list agree with it. True where something changed."""
    standing = {row.id: row for row in connection.execute(select(source).where(source.c.list == list_id))}
    changed = False
    for member in members:
        row = standing.pop(member.id, None)
        if row is not None and row.configured and row.spec == member.spec:
            continue
        changed = True
        values: dict[str, Any] = {
            "url": member.url,
            "lane": lane_of(member.url),
            "priority": member.priority,
            "configured": 1,
            "list": list_id,
            "spec": member.spec,
        }
        if row is not None and row.url != member.url:
            values |= _elsewhere(row, member.url, now)
        statement = upsert(source).values(id=member.id, due_at=now, due_why=f"new in {list_id}", **values)
        # One that another list brings as well stays that list's; one that nobody names is taken over.
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["id"],
                set_=values,
                where=or_(source.c.list == list_id, source.c.configured == 0),
            )
        )
    for row in standing.values():
        if row.configured:
            changed = True
            connection.execute(update(source).where(source.c.id == row.id).values(configured=0))
    return changed


def listed(connection: Connection) -> tuple[tuple[str, bytes], ...]:
    """The sources that lists brought: (list, spec)."""
    rows = connection.execute(
        select(source.c.list, source.c.spec)
        .where(source.c.list != "", source.c.configured == 1, source.c.spec.is_not(None))
        .order_by(source.c.list, source.c.id)
    )
    return tuple((row.list, row.spec) for row in rows)


def due(
    connection: Connection, now: datetime, *, everything: bool = False, files: bool = False
) -> tuple[SourceState, ...]:
    """Sources whose time has come and whose host does not rest, the longest overdue first.

    `everything`: due or not, but for those that said 410. `files`: those that are files, due or not.
    """
    resting = select(lane.c.id).where(at_rest(now))
    wanted = _ALL.where(source.c.configured == 1, source.c.lane.not_in(resting))
    if everything:
        wanted = wanted.where(or_(source.c.status != HTTPStatus.GONE, source.c.due_at <= now))
    else:
        # Asked "in the future": the clock was set back, and due times mean nothing until the next poll. Two looks,
        # each into its index: with OR, SQLite reads the whole table, every second.
        ready = [source.c.due_at <= now, source.c.asked_at > now + CLOCK_SLACK]
        if files:
            ready.append(source.c.lane.startswith("file:"))
        wanted = wanted.where(source.c.id.in_(union(*(select(source.c.id).where(one) for one in ready))))
    rows = connection.execute(wanted.order_by(source.c.due_at, source.c.id))
    return tuple(_state(row) for row in rows)


def states(connection: Connection) -> tuple[SourceState, ...]:
    """Every configured source, by id."""
    rows = connection.execute(_ALL.where(source.c.configured == 1).order_by(source.c.id))
    return tuple(_state(row) for row in rows)


def feeds(connection: Connection) -> dict[str, Feed | None]:
    """What the feed of every configured source says of itself; None before it was read."""
    rows = connection.execute(select(source.c.id, source.c.feed).where(source.c.configured == 1))
    return {row.id: _opened(row.feed) for row in rows}


def state(connection: Connection, source_id: str) -> SourceState | None:
    """One source; None where it is not configured."""
    found = _ALL.where(source.c.id == source_id, source.c.configured == 1)
    row = connection.execute(found).one_or_none()
    return None if row is None else _state(row)


def hasten(connection: Connection, source_id: str, at: datetime, why: str) -> None:
    """Due at `at`, unless it is due before. What is due already is not touched: it may be under way."""
    later = (source.c.id == source_id) & (source.c.due_at > at)
    connection.execute(update(source).where(later).values(due_at=at, due_why=why))


def settle(connection: Connection, seen: SourceState, changes: dict[str, Any]) -> bool:
    """Write what a poll found, only if nobody polled the source since `seen` was read (the fence).

    False: somebody did; then nothing of this poll may be written.
    """
    fence = {"own": seen.id, "seen_due": stored(seen.due_at)}
    return driver(connection).execute(_settling(tuple(changes)), _values(changes) | fence).rowcount == 1


def note_news(connection: Connection, source_id: str, changes: dict[str, Any]) -> None:
    """Write what only the articles of a poll tell, in the transaction that `settle` began."""
    driver(connection).execute(_noting(tuple(changes)), _values(changes) | {"own": source_id})


@cache  # a poll has a handful of ways to end, and each writes the same columns
def _settling(columns: tuple[str, ...]) -> str:
    fence = (source.c.id == bindparam("own")) & (source.c.due_at == bindparam("seen_due"))
    return worded(update(source).where(fence), *columns)


@cache
def _noting(columns: tuple[str, ...]) -> str:
    return worded(update(source).where(source.c.id == bindparam("own")), *columns)


def _values(changes: Mapping[str, Any]) -> dict[str, Any]:
    """As they lie in the table."""
    return {name: stored(one) if isinstance(one, datetime) else one for name, one in changes.items()}


_ENTRIES = select(document.c.entries).where(document.c.source == bindparam("of"))
_KEEP = upsert(document)
_KEEP_ENTRIES = worded(
    _KEEP.on_conflict_do_update(index_elements=["source"], set_={"entries": _KEEP.excluded.entries}),
    *("source", "entries"),
)


def entries(connection: Connection, source_id: str) -> bytes:
    """What is remembered of the entries of the last document (`run.entries`); b"" where nothing is."""
    return connection.scalar(_ENTRIES, {"of": source_id}) or b""


def keep_entries(connection: Connection, source_id: str, blob: bytes) -> None:
    if blob:
        driver(connection).execute(_KEEP_ENTRIES, {"source": source_id, "entries": blob})
    else:
        connection.execute(delete(document).where(document.c.source == source_id))


def retry(connection: Connection, ids: Collection[str], now: datetime) -> None:
    """Make sources due, also those that said 410."""
    statement = update(source).where(source.c.id.in_(ids), source.c.configured == 1)
    connection.execute(statement.values(due_at=now, due_why="you asked for it"))


def _state(row: Row[Any]) -> SourceState:
    values: dict[str, Any] = dict(zip(_COLUMNS, row, strict=True))
    for name in _MOMENTS:
        if values[name] is not None:
            values[name] = read(values[name])
    issued = {field: values.pop(name) for name, field in _VALIDATORS.items()}
    return SourceState(**values, validators=Validators(**issued))


def _opened(feed: bytes | None) -> Feed | None:
    return codec.loads(Feed, feed) if feed else None
