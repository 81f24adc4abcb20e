"""Articles: by what they are known again, what they may be equal to, and their bodies."""

from __future__ import annotations

import json
import zlib
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
from feeds.dedupe.story import Candidate, Join, Member
from feeds.model import Article
from feeds.store.schema import alias, article, decision, exact_key

T = TypeVar("T")

_CHUNK = 400
"""Values in one IN list: SQLite takes 32,766, other databases suffer from long ones."""


def chunks(values: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(values)
    while chunk := list(islice(iterator, _CHUNK)):
        yield chunk


def pack(value: Article) -> bytes:
    """Level 1 halves a body in 20 us; level 6 takes three times as long for a tenth less."""
    return zlib.compress(codec.dumps(value), 1)


def unpack(body: bytes) -> Article:
    return codec.loads(Article, zlib.decompress(body))


# Statements that every poll needs are made once: putting one together costs more than running it. None of
# them asks for bodies, which are most of the database.
_PLACE = (article.c.n, article.c.id, article.c.story, article.c.sure, article.c.exact)
_KNOWN = (
    select(
        alias.c.key, *_PLACE, article.c.first_seen, article.c.published, article.c.met, article.c.content_hash
    )
    .join(article, article.c.n == alias.c.article)
    .where(alias.c.source == bindparam("of"), alias.c.key.in_(bindparam("keys", expanding=True)))
)
_CANDIDATES = (
    select(exact_key.c.key, *_PLACE, article.c.source, article.c.date)
    .join(article, article.c.n == exact_key.c.article)
    .where(exact_key.c.key.in_(bindparam("keys", expanding=True)))
)
_HOLDERS = (
    select(article.c.story, article.c.source)
    .where(article.c.story.in_(bindparam("stories", expanding=True)))
    .distinct()
)
_ADD = insert(article)
_ADD_EXACT = upsert(exact_key).on_conflict_do_nothing()
_REMEMBER = upsert(alias)
_REMEMBER = _REMEMBER.on_conflict_do_update(
    index_elements=["source", "key"], set_={"article": _REMEMBER.excluded.article}
)
_DECIDE = upsert(decision)
_DECIDE = _DECIDE.on_conflict_do_update(
    index_elements=["article"],
    set_={name: _DECIDE.excluded[name] for name in ("other", "evidence", "nearest", "at")},
)


def known(connection: Connection, source: str, keys: Iterable[bytes]) -> dict[bytes, Known]:
    """Which of the keys this source has used before, and for which article."""
    found: dict[bytes, Known] = {}
    for chunk in chunks(sorted(set(keys))):
        for row in connection.execute(_KNOWN, {"of": source, "keys": chunk}):
            found[row.key] = Known(
                n=row.n,
                id=row.id,
                story=row.story,
                exact=row.exact,
                first_seen=row.first_seen,
                published=row.published,
                met=row.met,
                content_hash=row.content_hash,
            )
    return found


def candidates(connection: Connection, keys: Sequence[ExactKey]) -> list[tuple[bytes, Candidate]]:
    """The articles, of any source, that have one of the keys: (digest, candidate)."""
    kinds = {key.digest: key.kind for key in keys}
    found: list[tuple[bytes, Candidate]] = []
    for chunk in chunks(sorted(kinds)):
        for row in connection.execute(_CANDIDATES, {"keys": chunk}):
            candidate = Candidate(
                n=row.n,
                id=row.id,
                source=row.source,
                story=row.story,
                sure=row.sure,
                exact=row.exact,
                date=row.date,
                kind=kinds[row.key],
            )
            found.append((row.key, candidate))
    return found


def sources_of(connection: Connection, stories: Iterable[str]) -> dict[str, set[str]]:
    """Story → the sources that carry it."""
    found: dict[str, set[str]] = {}
    for chunk in chunks(sorted(stories)):
        for row in connection.execute(_HOLDERS, {"stories": chunk}):
            found.setdefault(row.story, set()).add(row.source)
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
    result = connection.execute(_ADD, {**_row(value), **place, "met": now, "placed": placed})
    n = int(result.inserted_primary_key[0]) if result.inserted_primary_key else 0
    remember(connection, match, n)
    _add_exact(connection, n, exact, value.date)
    if joined.other or joined.nearest:
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
        why = replace(joined, other=bridge, evidence="that article is a copy of both", nearest=())
        decide(connection, first, why, now)


def decide(connection: Connection, n: int, joined: Join, now: datetime) -> None:
    """Keep the reason for an article's story; the latest one counts."""
    values = {
        "article": n,
        "other": joined.other,
        "evidence": joined.evidence,
        "nearest": json.dumps(joined.nearest, ensure_ascii=False),
        "at": now,
    }
    connection.execute(_DECIDE, values)


def revise(connection: Connection, match: Match, n: int, exact: Sequence[ExactKey]) -> None:
    """A new version of a known article. It stays in its story."""
    connection.execute(update(article).where(article.c.n == n).values(**_row(match.article)))
    _add_exact(connection, n, exact, match.article.date)


def remember(connection: Connection, match: Match, n: int) -> None:
    """Keys by which the article was met now. The newest article to use a key owns it."""
    rows = [{"source": match.article.source, "key": key, "article": n} for key in match.keys.usable()]
    connection.execute(_REMEMBER, rows)


def met(connection: Connection, numbers: Iterable[int], now: datetime) -> None:
    """A document of their source still holds these articles."""
    for chunk in chunks(numbers):
        connection.execute(update(article).where(article.c.n.in_(chunk)).values(met=now))


def _add_exact(connection: Connection, n: int, exact: Sequence[ExactKey], seen: datetime) -> None:
    if exact:
        connection.execute(_ADD_EXACT, [{"key": key.digest, "article": n, "seen": seen} for key in exact])


def _row(value: Article) -> dict[str, Any]:
    return {
        "id": value.id,
        "source": value.source,
        "link": value.link or "",
        "date": value.date,
        "first_seen": value.first_seen,
        "published": value.published,
        "content_hash": value.content_hash,
        "body": pack(value),
    }


def members(connection: Connection, stories: Iterable[str]) -> dict[str, list[Member]]:
    """The articles of each story, in order of arrival."""
    found: dict[str, list[Member]] = {}
    for chunk in chunks(stories):
        query = select(article).where(article.c.story.in_(chunk))
        for row in connection.execute(query.order_by(article.c.n)):
            found.setdefault(row.story, []).append(_member(row))
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
