"""Outputs: the stories that changed for each, its ledger of published entries, and what it last published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnClause,
    Connection,
    Integer,
    Row,
    column,
    delete,
    exists,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert as upsert

from feeds.model import LedgerRow, PreviousEntry
from feeds.store.articles import chunks, newest_stories
from feeds.store.schema import changed_output, ledger, meta, output, previously_published
from feeds.store.store import save_fact


def mark_changed(connection: Connection, pairs: Iterable[tuple[str, str]]) -> None:
    """Record (output, story) pairs: the story changed since the output was published. Inserted in key order, so that
    several writers lock rows in the same order. A pair that is marked already gets a new mark."""
    rows = [{"output": name, "story": story} for name, story in sorted(set(pairs))]
    if rows:
        connection.execute(insert(changed_output).prefix_with("OR REPLACE"), rows)


def changed_stories(connection: Connection, name: str) -> tuple[str, ...]:
    """The stories that changed since this output was published."""
    return tuple(change_marks(connection, name))


def change_marks(connection: Connection, name: str) -> dict[str, int]:
    """Story → mark, of the stories that changed since this output was published. A story that changes again has another
    mark: SQLite replaces its row by one with a higher rowid."""
    rows = connection.execute(
        select(changed_output.c.story, _MARK)
        .where(changed_output.c.output == name)
        .order_by(changed_output.c.story)
    )
    return {row.story: row.rowid for row in rows}


def any_changed(connection: Connection) -> bool:
    """Whether a story of some output changed: another command may have changed one."""
    return connection.scalar(select(changed_output.c.output).limit(1)) is not None


_MARK: ColumnClause[int] = column("rowid", Integer)
_PUBLISHED_KEY = "published"  # key in `meta`
FAILED_FILES_KEY = "failed_files"
"""Key in `meta` of the files that could not be rendered (`publish.failed_files`)."""

_LAST_PUBLICATION = select(
    select(meta.c.value).where(meta.c.key == _PUBLISHED_KEY).scalar_subquery(),
    select(meta.c.value).where(meta.c.key == FAILED_FILES_KEY).scalar_subquery(),
    exists().select_from(changed_output),
)


@dataclass(frozen=True, slots=True)
class LastPublication:
    inputs_digest: str  # from which everything was published; "" if something was not
    failed_files: str  # encoded
    any_changed: bool  # whether a story changed since

    def is_current(self, inputs_digest: str) -> bool:
        """Whether everything was published from these inputs and no story changed since."""
        return self.inputs_digest == inputs_digest and not self.any_changed


def last_publication(connection: Connection) -> LastPublication:
    """One SQL statement."""
    inputs_digest, failed, any_changed = connection.execute(_LAST_PUBLICATION).one()
    return LastPublication(inputs_digest or "", failed or "", bool(any_changed))


def mark_current(connection: Connection, inputs_digest: str) -> None:
    """Record that everything is published. `inputs_digest`: of the configuration and the files."""
    save_fact(connection, _PUBLISHED_KEY, inputs_digest)


def mark_published(
    connection: Connection,
    name: str,
    marks: Mapping[str, int],
    *,
    settings_digest: bytes,
    listing: bytes,
    entry_offsets: bytes,
) -> None:
    """Record that the output's files are written: by the settings with this digest, and with the stories that had these
    marks. A story that changed meanwhile has another mark and stays marked. `listing`: what other files say about the
    output; `entry_offsets`: where its entries are in its files."""
    published = {"published_digest": settings_digest, "listing": listing, "entry_offsets": entry_offsets}
    connection.execute(update(output).where(output.c.name == name).values(published))
    for chunk in chunks(marks.values()):
        connection.execute(delete(changed_output).where(changed_output.c.output == name, _MARK.in_(chunk)))


@dataclass(frozen=True, slots=True)
class OutputState:
    """What the state has about an output."""

    created_at: datetime  # when the output was first registered
    listing: bytes | None  # as last published; None: not all its files are written, or by other settings
    entry_offsets: bytes | None  # of the files last written, by whatever settings


def register_output(
    connection: Connection,
    name: str,
    settings_digest: bytes,
    *,
    sources: Sequence[str],
    max_articles: int,
    now: datetime,
) -> OutputState:
    """Register an output. If its settings are new, the stories of its newest `max_articles` articles and of all
    that it shows count as changed."""
    row = connection.execute(select(output).where(output.c.name == name)).one_or_none()
    created_at: datetime = row.created_at if row else now
    if row is not None and row.settings_digest == settings_digest:
        listing = row.listing if row.published_digest == settings_digest else None
        return OutputState(created_at, listing, row.entry_offsets)
    stories = set(newest_stories(connection, sources, max_articles))
    stories |= {
        story
        for (story,) in connection.execute(
            select(ledger.c.story).where(ledger.c.output == name, ledger.c.shown == 1)
        )
    }
    mark_changed(connection, ((name, story) for story in stories))
    if row is None:
        new = {"name": name, "created_at": now, "settings_digest": settings_digest}
        connection.execute(insert(output).values(new))
    else:
        connection.execute(
            update(output).where(output.c.name == name).values(settings_digest=settings_digest)
        )
    return OutputState(created_at, None, row.entry_offsets if row else None)


def names(connection: Connection) -> tuple[str, ...]:
    return tuple(connection.scalars(select(output.c.name).order_by(output.c.name)))


def forget_output(connection: Connection, name: str) -> None:
    """Forget an output that is no longer configured. Its ledger stays: if it returns, it has the same entry ids."""
    connection.execute(delete(output).where(output.c.name == name))
    connection.execute(delete(changed_output).where(changed_output.c.output == name))


def find_by_first_article(connection: Connection, name: str, article_ids: Iterable[str]) -> list[LedgerRow]:
    """The entries that began with one of these articles, the oldest first. An entry belongs to its article and not to
    the story: it stays the article's when the story is split or merged."""
    found: list[LedgerRow] = []
    for chunk in chunks(article_ids):
        query = select(ledger).where(ledger.c.output == name, ledger.c.first_article.in_(chunk))
        found += (ledger_row(row) for row in connection.execute(query))
    return sorted(found, key=lambda row: (row.published, row.entry))


def used_entry_ids(connection: Connection, name: str, entry_ids: Iterable[str]) -> frozenset[str]:
    """Those of these entry ids that the output has published."""
    found: set[str] = set()
    for chunk in chunks(entry_ids):
        query = select(ledger.c.entry).where(ledger.c.output == name, ledger.c.entry.in_(chunk))
        found.update(connection.scalars(query))
    return frozenset(found)


def save_rows(connection: Connection, rows: Sequence[LedgerRow]) -> None:
    """Insert or update rows. `entry`, `first_article` and `published`, which readers rely on, are never updated."""
    if not rows:
        return
    statement = upsert(ledger)
    updated = (
        "story",
        "lead_n",
        "source",
        "link",
        "rank_date",
        "updated",
        "content_hash",
        "shown",
        "hidden_reason",
    )
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["output", "entry"],
            set_={name: statement.excluded[name] for name in updated},
        ),
        [
            {
                "output": row.output,
                "entry": row.entry,
                "first_article": row.first_article,
                "story": row.story,
                "lead_n": row.lead_n,
                "source": row.source,
                "link": row.link,
                "published": row.published,
                "rank_date": row.rank_date,
                "updated": row.updated,
                "content_hash": row.content_hash,
                "archive_page": row.archive_page,
                "shown": int(row.shown),
                "hidden_reason": row.hidden_reason,
            }
            for row in rows
        ],
    )


def newest_shown(connection: Connection, name: str) -> Iterator[LedgerRow]:
    """The shown entries, the newest first, read 200 at a time as the caller goes on."""
    last = 0
    while True:
        rows = connection.execute(
            select(ledger)
            .where(ledger.c.output == name, ledger.c.shown == 1)
            .order_by(ledger.c.rank_date.desc(), ledger.c.published.desc(), ledger.c.entry)
            .limit(200)
            .offset(last)
        ).all()
        yield from (ledger_row(row) for row in rows)
        last += len(rows)
        if len(rows) < 200:
            return


def find_rows(connection: Connection, *, story: str = "", entry_id: str = "") -> tuple[LedgerRow, ...]:
    """The entries of a story, or those with an entry id, in all outputs."""
    query = select(ledger).where(ledger.c.story == story if story else ledger.c.entry == entry_id)
    return tuple(ledger_row(row) for row in connection.execute(query.order_by(ledger.c.output)))


def count_shown(connection: Connection) -> dict[str, int]:
    """Output → number of its entries that are not hidden."""
    rows = connection.execute(
        select(ledger.c.output, func.count()).where(ledger.c.shown == 1).group_by(ledger.c.output)
    )
    return {name: int(count) for name, count in rows}


def save_previous_entries(connection: Connection, name: str, entries: Iterable[PreviousEntry]) -> None:
    """Store the entries that an earlier state published, as the files it left say."""
    rows = [
        {
            "output": name,
            "entry": entry.entry,
            "link": entry.link,
            "published": entry.published,
            "updated": entry.updated,
            "archive_page": entry.archive_page,
        }
        for entry in entries
    ]
    if rows:
        connection.execute(upsert(previously_published).on_conflict_do_nothing(), rows)


def find_previous_entries(
    connection: Connection, name: str, entry_ids: Iterable[str]
) -> dict[str, PreviousEntry]:
    """Those of these entry ids that an earlier state published, by id."""
    found: dict[str, PreviousEntry] = {}
    for chunk in chunks(entry_ids):
        query = select(previously_published).where(
            previously_published.c.output == name, previously_published.c.entry.in_(chunk)
        )
        for row in connection.execute(query):
            found[row.entry] = PreviousEntry(
                entry=row.entry,
                link=row.link,
                published=row.published,
                updated=row.updated,
                archive_page=row.archive_page,
            )
    return found


def is_new(connection: Connection, name: str) -> bool:
    """Whether this state never published the output, under any configuration."""
    published = select(ledger.c.entry).where(ledger.c.output == name).limit(1)
    registered = select(output.c.name).where(output.c.name == name)
    return connection.scalar(published) is None and connection.scalar(registered) is None


def ledger_row(row: Row[Any]) -> LedgerRow:
    return LedgerRow(
        output=row.output,
        entry=row.entry,
        first_article=row.first_article,
        story=row.story,
        lead_n=row.lead_n,
        source=row.source,
        link=row.link,
        published=row.published,
        rank_date=row.rank_date,
        updated=row.updated,
        content_hash=row.content_hash,
        archive_page=row.archive_page,
        shown=bool(row.shown),
        hidden_reason=row.hidden_reason,
    )
