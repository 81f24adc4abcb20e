"""Articles: by what they are known again, what they may be equal to, and their bodies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, Select, bindparam, insert, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from feeds import codec
from feeds.dedupe.exact import ExactKey
from feeds.dedupe.identity import Known, Match, guid_key
from feeds.dedupe.score_record import Weighings
from feeds.dedupe.story import Candidate, Join, Member
from feeds.model import Article
from feeds.store import corrections
from feeds.store.bodies import pack, unpack
from feeds.store.raw_sql import driver, listed, read, stored, worded
from feeds.store.schema import alias, article, decision, exact_key

T = TypeVar("T")
NONE = Weighings()

_CHUNK = 400
"""Values in one IN list: SQLite takes 32,766, other databases suffer from long ones."""


def chunks(values: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(values)
    while chunk := list(islice(iterator, _CHUNK)):
        yield chunk


# Statements that every poll needs. None of them asks for bodies, which are most of the database.
_KNOWN = (
    "SELECT k.key, a.n, a.id, a.story, a.exact, a.first_seen, a.published, a.met, a.content_hash "
    "FROM alias k JOIN article a ON a.n = k.article WHERE k.source = ? AND k.key IN ({})"
)
_CANDIDATES = (
    "SELECT k.key, a.n, a.id, a.source, a.story, a.sure, a.exact, a.date "
    "FROM exact_key k JOIN article a ON a.n = k.article WHERE k.key IN ({})"
)
_HOLDERS = "SELECT DISTINCT story, source FROM article WHERE story IN ({})"
_SAID = ("id", "source", "link", "date", "first_seen", "published", "content_hash", "body")
_ADD = worded(insert(article), *_SAID, "story", "sure", "exact", "met", "placed")
_REVISE = worded(update(article).where(article.c.n == bindparam("own")), *_SAID)
_ADD_EXACT = worded(upsert(exact_key).on_conflict_do_nothing(), "key", "article", "seen")
_REMEMBER = upsert(alias)
_REMEMBER_KEY = worded(
    _REMEMBER.on_conflict_do_update(
        index_elements=["source", "key"], set_={"article": _REMEMBER.excluded.article}
    ),
    *("source", "key", "article"),
)
_DECIDE = upsert(decision)
_DECIDE_STORY = worded(
    _DECIDE.on_conflict_do_update(
        index_elements=["article"],
        set_={name: _DECIDE.excluded[name] for name in ("other", "evidence", "weighed", "at")},
    ),
    *("article", "other", "evidence", "weighed", "at"),
)


def known(connection: Connection, source: str, keys: Iterable[bytes]) -> dict[bytes, Known]:
    """Which of the keys this source has used before, and for which article."""
    found: dict[bytes, Known] = {}
    for chunk in chunks(sorted(set(keys))):
        rows = driver(connection).execute(listed(_KNOWN, len(chunk)), (source, *chunk))
        for key, n, id_, story, exact, first_seen, published, met_at, content_hash in rows:
            found[key] = Known(
                n=n,
                id=id_,
                story=story,
                exact=exact,
                first_seen=read(first_seen),
                published=None if published is None else read(published),
                met=read(met_at),
                content_hash=content_hash,
            )
    return found


def candidates(connection: Connection, keys: Sequence[ExactKey]) -> list[tuple[bytes, Candidate]]:
    """The articles, of any source, that have one of the keys: (digest, candidate)."""
    kinds = {key.digest: key.kind for key in keys}
    found: list[tuple[bytes, Candidate]] = []
    for chunk in chunks(sorted(kinds)):
        rows = driver(connection).execute(listed(_CANDIDATES, len(chunk)), chunk)
        for key, n, id_, source, story, sure, exact, date in rows:
            candidate = Candidate(
                n=n,
                id=id_,
                source=source,
                story=story,
                sure=sure,
                exact=exact,
                date=read(date),
                kind=kinds[key],
            )
            found.append((key, candidate))
    return found


def sources_of(connection: Connection, stories: Iterable[str]) -> dict[str, set[str]]:
    """Story → the sources that carry it."""
    found: dict[str, set[str]] = {}
    for chunk in chunks(sorted(stories)):
        for story, source in driver(connection).execute(listed(_HOLDERS, len(chunk)), chunk):
            found.setdefault(story, set()).add(source)
    return found


def add(
    connection: Connection,
    match: Match,
    joined: Join,
    exact: Sequence[ExactKey],
    now: datetime,
    placed: datetime | None = None,
) -> int:
    """A new article with its identity, its exact keys and the reason for its story. Returns its number."""
    value = match.article
    place = {"story": joined.story, "sure": joined.sure, "exact": joined.exact}
    row = {**_row(value), **place, "met": stored(now), "placed": stored(placed)}
    n = driver(connection).execute(_ADD, row).lastrowid or 0
    remember(connection, match, n)
    _add_exact(connection, n, exact, value.date)
    if joined.other or joined.weighings != NONE:
        decide(connection, n, joined, now)
    return n


def unite(connection: Connection, story: str, joined: Join, bridge: str, now: datetime) -> None:
    """Let a story go up in another, because the article `bridge` is equal to members of both."""
    moved = select(article.c.n).where(article.c.story == story).order_by(article.c.n).limit(1)
    first = connection.scalar(moved)
    for column, place in ((article.c.exact, joined.exact), (article.c.sure, joined.sure)):
        connection.execute(
            update(article)
            .where(
                article.c.story == story,
                column == select(column).where(article.c.n == first).scalar_subquery(),
            )
            .values({column: place})
        )
    connection.execute(update(article).where(article.c.story == story).values(story=joined.story))
    if first is not None:
        why = replace(joined, other=bridge, evidence="that article belongs to both", weighings=NONE)
        decide(connection, first, why, now)


def decide(connection: Connection, n: int, joined: Join, now: datetime) -> None:
    """Keep the reason for an article's story; the latest one counts."""
    values = {
        "article": n,
        "other": joined.other,
        "evidence": joined.evidence,
        "weighed": codec.dumps(joined.weighings),
        "at": stored(now),
    }
    driver(connection).execute(_DECIDE_STORY, values)


def revise(connection: Connection, match: Match, n: int, exact: Sequence[ExactKey]) -> None:
    """A new version of a known article. It stays in its story."""
    driver(connection).execute(_REVISE, {**_row(match.article), "own": n})
    _add_exact(connection, n, exact, match.article.date)


def remember(connection: Connection, match: Match, n: int) -> None:
    """Keys by which the article was met now. The newest article to use a key owns it."""
    rows = [{"source": match.article.source, "key": key, "article": n} for key in match.keys.usable()]
    driver(connection).executemany(_REMEMBER_KEY, rows)


def met(connection: Connection, numbers: Iterable[int], now: datetime) -> None:
    """A document of their source still holds these articles."""
    for chunk in chunks(numbers):
        connection.execute(update(article).where(article.c.n.in_(chunk)).values(met=now))


def _add_exact(connection: Connection, n: int, exact: Sequence[ExactKey], seen: datetime) -> None:
    rows = [{"key": key.digest, "article": n, "seen": stored(seen)} for key in exact]
    driver(connection).executemany(_ADD_EXACT, rows)


def _row(value: Article) -> dict[str, Any]:
    return {
        "id": value.id,
        "source": value.source,
        "link": value.link or "",
        "date": stored(value.date),
        "first_seen": stored(value.first_seen),
        "published": stored(value.published),
        "content_hash": value.content_hash,
        "body": pack(value),
    }


def members(connection: Connection, stories: Iterable[str]) -> dict[str, list[Member]]:
    """The articles of each story, in order of arrival."""
    found: dict[str, list[Member]] = {}
    by_hand = corrections.said(connection).together
    for chunk in chunks(stories):
        query = select(article).where(article.c.story.in_(chunk))
        for row in connection.execute(query.order_by(article.c.n)):
            member = _member(row)
            found.setdefault(row.story, []).append(
                replace(member, by_hand=True) if row.id in by_hand else member
            )
    return found


def newest_stories(connection: Connection, sources: Sequence[str], depth: int) -> list[str]:
    """The stories of the newest `depth` articles of these sources that are kept, the newest first."""
    rows = connection.scalars(
        select(article.c.story)
        .where(article.c.source.in_(sources), article.c.body.is_not(None))
        .order_by(article.c.date.desc())
        .limit(depth)
    )
    return list(dict.fromkeys(rows))


def search(connection: Connection, word: str) -> tuple[Member, ...]:
    """Articles by id, link or guid, and the members of a story by its id."""
    by_guid = select(alias.c.article).where(alias.c.key == guid_key(word))
    return _members(
        connection,
        select(article)
        .where(
            or_(
                article.c.id == word,
                article.c.link == word,
                article.c.story == word,
                article.c.n.in_(by_guid),
            )
        )
        .order_by(article.c.n)
        .limit(50),
    )


def decisions(connection: Connection, numbers: Sequence[int]) -> dict[int, Row[Any]]:
    rows = connection.execute(select(decision).where(decision.c.article.in_(numbers)))
    return {row.article: row for row in rows}


def weighings(decision: Row[Any] | None) -> Weighings:
    """What stands behind a decision; nothing where the texts were not weighed."""
    return codec.loads(Weighings, decision.weighed) if decision and decision.weighed else NONE


def _members(connection: Connection, query: Select[Any]) -> tuple[Member, ...]:
    return tuple(_member(row) for row in connection.execute(query))


def _member(row: Row[Any]) -> Member:
    body = unpack(row.body) if row.body is not None else None
    return Member(
        n=row.n,
        id=row.id,
        source=row.source,
        story=row.story,
        sure=row.sure,
        exact=row.exact,
        date=row.date,
        article=body,
        placed=row.placed,
    )
