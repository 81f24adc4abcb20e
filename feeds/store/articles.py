"""Articles: their keys, the articles with equal keys, their stories and their bodies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, Select, bindparam, insert, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from feeds import codec
from feeds.dedupe.exact import ExactKey
from feeds.dedupe.identity import Match
from feeds.dedupe.identity_keys import guid_key
from feeds.dedupe.score_record import DecisionScores
from feeds.dedupe.story import EqualArticle, JoinDecision, Member
from feeds.model import Article, Url
from feeds.normalize.canonical import canonical_form, canonical_part
from feeds.store import corrections
from feeds.store.bodies import pack, unpack
from feeds.store.raw_sql import compile_sql, from_epoch, in_list, raw_sql, to_epoch
from feeds.store.schema import alias, article, decision, exact_key

T = TypeVar("T")
NONE = DecisionScores()

_MAX_IN_LIST = 400
"""Values in one IN list. SQLite accepts 32,766; other databases are slow with long lists."""


def chunks(values: Iterable[T]) -> Iterator[list[T]]:
    """The values in lists that are short enough for an IN list."""
    iterator = iter(values)
    while chunk := list(islice(iterator, _MAX_IN_LIST)):
        yield chunk


# Statements of every poll. None of them reads bodies, which are most of the database.
_BODY = "SELECT body FROM article WHERE n = ?"
_CANDIDATES = (
    "SELECT k.key, a.n, a.id, a.source, a.story, a.cautious_story, a.exact_story, a.date "
    "FROM exact_key k JOIN article a ON a.n = k.article WHERE k.key IN ({})"
)
_SOURCES = "SELECT DISTINCT story, source FROM article WHERE story IN ({})"
_OF_A_VERSION = ("id", "source", "link", "date", "first_seen", "published", "content_hash", "body")
_STORIES = ("story", "cautious_story", "exact_story")
_ADD = compile_sql(insert(article), *_OF_A_VERSION, *_STORIES, "last_seen_at", "rank_date")
_REVISE = compile_sql(update(article).where(article.c.n == bindparam("own")), *_OF_A_VERSION)
_ADD_EXACT_KEY = compile_sql(upsert(exact_key).on_conflict_do_nothing(), "key", "article")
_UPSERT_ALIAS = upsert(alias)
_SAVE_ALIAS = compile_sql(
    _UPSERT_ALIAS.on_conflict_do_update(
        index_elements=["source", "key"], set_={"article": _UPSERT_ALIAS.excluded.article}
    ),
    *("source", "key", "article"),
)
_DECIDED = ("joined_to", "evidence", "scores", "decided_at")
_UPSERT_DECISION = upsert(decision)
_SAVE_DECISION = compile_sql(
    _UPSERT_DECISION.on_conflict_do_update(
        index_elements=["article"], set_={name: _UPSERT_DECISION.excluded[name] for name in _DECIDED}
    ),
    *("article", *_DECIDED),
)


def find_candidates(connection: Connection, keys: Sequence[ExactKey]) -> list[tuple[bytes, EqualArticle]]:
    """(digest, article) for every article, of any source, that has one of the keys."""
    kinds = {key.digest: key.kind for key in keys}
    found: list[tuple[bytes, EqualArticle]] = []
    for chunk in chunks(sorted(kinds)):
        rows = raw_sql(connection).execute(in_list(_CANDIDATES, len(chunk)), chunk)
        for key, n, id_, source, story, cautious_story, exact_story, date in rows:
            candidate = EqualArticle(
                n=n,
                id=id_,
                source=source,
                story=story,
                cautious_story=cautious_story,
                exact_story=exact_story,
                date=from_epoch(date),
                kind=kinds[key],
            )
            found.append((key, candidate))
    return found


def sources_of(connection: Connection, stories: Iterable[str]) -> dict[str, set[str]]:
    """Story → the sources of its articles."""
    found: dict[str, set[str]] = {}
    for chunk in chunks(sorted(stories)):
        for story, source in raw_sql(connection).execute(in_list(_SOURCES, len(chunk)), chunk):
            found.setdefault(story, set()).add(source)
    return found


def add(
    connection: Connection,
    match: Match,
    joined: JoinDecision,
    exact_keys: Sequence[ExactKey],
    now: datetime,
    rank_date: datetime | None = None,
) -> int:
    """Insert a new article with its keys and its decision. Returns its row number."""
    row = {
        **_row(match.article),
        "story": joined.story,
        "cautious_story": joined.cautious_story,
        "exact_story": joined.exact_story,
        "last_seen_at": to_epoch(now),
        "rank_date": to_epoch(rank_date),
    }
    n = raw_sql(connection).execute(_ADD, row).lastrowid or 0
    save_keys(connection, match, n)
    _add_exact_keys(connection, n, exact_keys)
    if joined.other or joined.scores != NONE:
        save_decision(connection, n, joined, now)
    return n


def merge_stories(
    connection: Connection,
    story: str,
    joined: JoinDecision,
    bridge: str,
    now: datetime,
    *,
    equal: bool = True,
) -> None:
    """Merge `story` into `joined.story`, because the article `bridge` belongs to both. `equal`: it is equal to members
    of both, so their exact stories become one too."""
    oldest = select(article.c.n).where(article.c.story == story).order_by(article.c.n).limit(1)
    first = connection.scalar(oldest)
    targets = [(article.c.cautious_story, joined.cautious_story)]
    if equal:
        targets.append((article.c.exact_story, joined.exact_story))
    for column, target in targets:
        connection.execute(
            update(article)
            .where(
                article.c.story == story,
                column == select(column).where(article.c.n == first).scalar_subquery(),
            )
            .values({column: target})
        )
    connection.execute(update(article).where(article.c.story == story).values(story=joined.story))
    if first is not None:
        reason = replace(joined, other=bridge, evidence="that article belongs to both", scores=NONE)
        save_decision(connection, first, reason, now)


def save_decision(connection: Connection, n: int, joined: JoinDecision, now: datetime) -> None:
    """Store why the article is in its story. Replaces an earlier decision."""
    values = {
        "article": n,
        "joined_to": joined.other,
        "evidence": joined.evidence,
        "scores": codec.dumps(joined.scores),
        "decided_at": to_epoch(now),
    }
    raw_sql(connection).execute(_SAVE_DECISION, values)


def revise(connection: Connection, match: Match, n: int, exact_keys: Sequence[ExactKey]) -> None:
    """Store a new version of a known article. It stays in its story."""
    raw_sql(connection).execute(_REVISE, {**_row(match.article), "own": n})
    _add_exact_keys(connection, n, exact_keys)


def save_keys(connection: Connection, match: Match, n: int) -> None:
    """Store the keys that the article was seen with. A key belongs to the newest article that used it."""
    rows = [{"source": match.article.source, "key": key, "article": n} for key in match.keys.usable()]
    raw_sql(connection).executemany(_SAVE_ALIAS, rows)


def read_version(connection: Connection, n: int) -> Article | None:
    """The last version of article number `n`; None if retention has deleted it."""
    row = raw_sql(connection).execute(_BODY, (n,)).fetchone()
    return unpack(row[0]) if row and row[0] is not None else None


def mark_seen(connection: Connection, numbers: Iterable[int], now: datetime) -> None:
    """Set `last_seen_at` of these articles."""
    for chunk in chunks(numbers):
        connection.execute(update(article).where(article.c.n.in_(chunk)).values(last_seen_at=now))


def _add_exact_keys(connection: Connection, n: int, keys: Sequence[ExactKey]) -> None:
    rows = [{"key": key.digest, "article": n} for key in keys]
    raw_sql(connection).executemany(_ADD_EXACT_KEY, rows)


def _row(value: Article) -> dict[str, Any]:
    return {
        "id": value.id,
        "source": value.source,
        "link": value.link or "",
        "date": to_epoch(value.date),
        "first_seen": to_epoch(value.first_seen),
        "published": to_epoch(value.published),
        "content_hash": value.content_hash,
        "body": pack(value),
    }


def members(connection: Connection, stories: Iterable[str]) -> dict[str, list[Member]]:
    """The articles of each story, in order of arrival."""
    found: dict[str, list[Member]] = {}
    merged = corrections.load(connection).must_join
    for chunk in chunks(stories):
        query = select(article).where(article.c.story.in_(chunk))
        for row in connection.execute(query.order_by(article.c.n)):
            member = _member(row)
            found.setdefault(row.story, []).append(
                replace(member, manual=True) if row.id in merged else member
            )
    return found


def newest_stories(connection: Connection, sources: Sequence[str], max_articles: int) -> list[str]:
    """The stories of the newest `max_articles` articles of these sources that have a body, the newest first."""
    rows = connection.scalars(
        select(article.c.story)
        .where(article.c.source.in_(sources), article.c.body.is_not(None))
        .order_by(article.c.date.desc())
        .limit(max_articles)
    )
    return list(dict.fromkeys(rows))


def search(connection: Connection, word: str) -> tuple[Member, ...]:
    """Articles by id, link or guid, and the members of a story by its id; at most 50."""
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


@dataclass(frozen=True, slots=True)
class Decision:
    """Why an article is in its story."""

    joined_to: str  # Article.id; "": the article began its story
    evidence: str
    decided_at: datetime
    scores: DecisionScores  # empty if the texts were not compared


def decisions(connection: Connection, numbers: Sequence[int]) -> dict[int, Decision]:
    """`article.n` → its decision. Articles without a decision are left out."""
    rows = connection.execute(select(decision).where(decision.c.article.in_(numbers)))
    return {
        row.article: Decision(
            joined_to=row.joined_to,
            evidence=row.evidence,
            decided_at=row.decided_at,
            scores=codec.loads(DecisionScores, row.scores) if row.scores else NONE,
        )
        for row in rows
    }


def _members(connection: Connection, query: Select[Any]) -> tuple[Member, ...]:
    return tuple(_member(row) for row in connection.execute(query))


def _member(row: Row[Any]) -> Member:
    body = unpack(row.body) if row.body is not None else None
    return Member(
        n=row.n,
        id=row.id,
        source=row.source,
        story=row.story,
        cautious_story=row.cautious_story,
        exact_story=row.exact_story,
        date=row.date,
        article=body,
        rank_date=row.rank_date,
        is_dated=row.published is not None,
        link=row.link,
        page=_page(row.link, body),
    )


def _page(link: str, body: Article | None) -> str:
    if body is not None:
        return body.canonical_part or body.canonical
    return (canonical_part(Url(link)) or canonical_form(link)) if link else ""
