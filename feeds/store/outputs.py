"""What each output shows, has shown, and has yet to look at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from feeds.model import LedgerRow, Recalled
from feeds.store.articles import chunks, newest_stories
from feeds.store.schema import changed_output, ledger, meta, output, recalled
from feeds.store.store import remember as note


def mark_changed(connection: Connection, pairs: Iterable[tuple[str, str]]) -> None:
    """(output, story): to be looked at before the output is published again. In key order: rows that several
    writers want are always taken in the same order."""
    rows = [{"output": name, "story": story} for name, story in sorted(set(pairs))]
    if rows:
        connection.execute(upsert(changed_output).on_conflict_do_nothing(), rows)


def changed(connection: Connection, name: str) -> tuple[str, ...]:
    """The stories that this output has yet to look at."""
    rows = connection.execute(
        select(changed_output.c.story).where(changed_output.c.output == name).order_by(changed_output.c.story)
    )
    return tuple(row.story for row in rows)


def waiting(connection: Connection) -> bool:
    """Whether some output has a story to look at: another command may have changed one."""
    return connection.scalar(select(changed_output.c.output).limit(1)) is not None


_STAMP = "published"
_AT_REST = select(
    select(meta.c.value).where(meta.c.key == _STAMP).scalar_subquery(), exists().select_from(changed_output)
)


def at_rest(connection: Connection, stamp: str) -> bool:
    """Whether everything was published under this stamp, and no story has changed since. One statement."""
    last, waits = connection.execute(_AT_REST).one()
    return last == stamp and not waits


def rest(connection: Connection, stamp: str) -> None:
    """Everything is published. `stamp`: whatever says that it is the same configuration, and the same files."""
    note(connection, _STAMP, stamp)


def settle(
    connection: Connection,
    name: str,
    stories: Iterable[str],
    *,
    settings: bytes,
    listing: bytes,
    laid: bytes,
) -> None:
    """These stories have been looked at, and the files stand, by these settings. `listing`: what other files say
    of the output; `laid`: where its entries lie in them."""
    written = update(output).where(output.c.name == name)
    connection.execute(written.values(written=settings, listing=listing, laid=laid))
    for chunk in chunks(stories):
        connection.execute(
            delete(changed_output).where(changed_output.c.output == name, changed_output.c.story.in_(chunk))
        )


@dataclass(frozen=True, slots=True)
class Opened:
    """An output as the state knows it."""

    since: datetime  # when it first was
    listing: bytes | None  # as it was last published; None: its files do not stand by these settings
    laid: bytes | None  # as it was kept with the files, whatever their settings


def open_output(
    connection: Connection, name: str, settings: bytes, *, sources: Sequence[str], depth: int, now: datetime
) -> Opened:
    """Register an output; where its settings are new, have its newest `depth` stories and all that it shows
    looked at anew."""
    row = connection.execute(select(output).where(output.c.name == name)).one_or_none()
    since: datetime = row.since if row else now
    if row is not None and row.settings == settings:
        return Opened(since, row.listing if row.written == settings else None, row.laid)
    stories = set(newest_stories(connection, sources, depth))
    stories |= {
        story
        for (story,) in connection.execute(
            select(ledger.c.story).where(ledger.c.output == name, ledger.c.shown == 1)
        )
    }
    mark_changed(connection, ((name, story) for story in stories))
    if row is None:
        connection.execute(insert(output).values(name=name, since=now, settings=settings))
    else:
        connection.execute(update(output).where(output.c.name == name).values(settings=settings))
    return Opened(since, None, row.laid if row else None)


def names(connection: Connection) -> tuple[str, ...]:
    return tuple(connection.scalars(select(output.c.name).order_by(output.c.name)))


def close_output(connection: Connection, name: str) -> None:
    """The output is no longer configured. Its ledger stays: should it return, so do its entry ids."""
    connection.execute(delete(output).where(output.c.name == name))
    connection.execute(delete(changed_output).where(changed_output.c.output == name))


def anchored(connection: Connection, name: str, anchors: Iterable[str]) -> list[LedgerRow]:
    """The entries that began with one of these articles, the oldest first. By article and not by story: an
    article keeps its entry when its story is split or merged."""
    found: list[LedgerRow] = []
    for chunk in chunks(anchors):
        query = select(ledger).where(ledger.c.output == name, ledger.c.anchor.in_(chunk))
        found += (ledger_row(row) for row in connection.execute(query))
    return sorted(found, key=lambda row: (row.published, row.entry))


def taken(connection: Connection, name: str, entries: Iterable[str]) -> frozenset[str]:
    """Which of these entry ids the output has used."""
    found: set[str] = set()
    for chunk in chunks(entries):
        query = select(ledger.c.entry).where(ledger.c.output == name, ledger.c.entry.in_(chunk))
        found.update(connection.scalars(query))
    return frozenset(found)


def write(connection: Connection, rows: Sequence[LedgerRow]) -> None:
    """Add or revise rows. What readers rely on (entry, anchor, published) is never rewritten."""
    if not rows:
        return
    statement = upsert(ledger)
    changing = ("story", "lead", "source", "link", "rank", "updated", "content_hash", "shown", "why")
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["output", "entry"],
            set_={name: statement.excluded[name] for name in changing},
        ),
        [
            {
                "output": row.output,
                "entry": row.entry,
                "anchor": row.anchor,
                "story": row.story,
                "lead": row.lead,
                "source": row.source,
                "link": row.link,
                "published": row.published,
                "rank": row.rank,
                "updated": row.updated,
                "content_hash": row.content_hash,
                "page": row.page,
                "shown": int(row.shown),
                "why": row.why,
            }
            for row in rows
        ],
    )


def newest(connection: Connection, name: str) -> Iterator[LedgerRow]:
    """What the output shows, the newest first, as long as the caller asks for more."""
    last = 0
    while True:
        rows = connection.execute(
            select(ledger)
            .where(ledger.c.output == name, ledger.c.shown == 1)
            .order_by(ledger.c.rank.desc(), ledger.c.published.desc(), ledger.c.entry)
            .limit(200)
            .offset(last)
        ).all()
        yield from (ledger_row(row) for row in rows)
        last += len(rows)
        if len(rows) < 200:
            return


def entries_of(connection: Connection, *, story: str = "", entry: str = "") -> tuple[LedgerRow, ...]:
    """The entries that a story has become, or those with an id, in all outputs."""
    query = select(ledger).where(ledger.c.story == story if story else ledger.c.entry == entry)
    return tuple(ledger_row(row) for row in connection.execute(query.order_by(ledger.c.output)))


def counts(connection: Connection) -> dict[str, int]:
    """Output → how many entries it shows or could show."""
    rows = connection.execute(
        select(ledger.c.output, func.count()).where(ledger.c.shown == 1).group_by(ledger.c.output)
    )
    return {name: int(count) for name, count in rows}


def remember(connection: Connection, name: str, said: Iterable[Recalled]) -> None:
    """What files of the output say that a state before this one published."""
    rows = [
        {
            "output": name,
            "entry": one.entry,
            "link": one.link,
            "published": one.published,
            "updated": one.updated,
            "page": one.page,
        }
        for one in said
    ]
    if rows:
        connection.execute(upsert(recalled).on_conflict_do_nothing(), rows)


def recall(connection: Connection, name: str, entries: Iterable[str]) -> dict[str, Recalled]:
    """Which of these entry ids a state before this one published."""
    found: dict[str, Recalled] = {}
    for chunk in chunks(entries):
        query = select(recalled).where(recalled.c.output == name, recalled.c.entry.in_(chunk))
        for row in connection.execute(query):
            found[row.entry] = Recalled(
                entry=row.entry,
                link=row.link,
                published=row.published,
                updated=row.updated,
                page=row.page,
            )
    return found


def is_new(connection: Connection, name: str) -> bool:
    """Whether the state has never published this output, not under another configuration either."""
    known = select(ledger.c.entry).where(ledger.c.output == name).limit(1)
    opened = select(output.c.name).where(output.c.name == name)
    return connection.scalar(known) is None and connection.scalar(opened) is None


def ledger_row(row: Row[Any]) -> LedgerRow:
    return LedgerRow(
        output=row.output,
        entry=row.entry,
        anchor=row.anchor,
        story=row.story,
        lead=row.lead,
        source=row.source,
        link=row.link,
        published=row.published,
        rank=row.rank,
        updated=row.updated,
        content_hash=row.content_hash,
        page=row.page,
        shown=bool(row.shown),
        why=row.why,
    )
