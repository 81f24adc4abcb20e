"""The user's corrections (`feeds split`, `feeds merge`), which are stronger than any evidence.

A correction is about two articles: one story, or not. So it still holds in a rebuilt state, where other articles may
come first and begin the stories. The latest correction of a pair counts.

A split also says something about the sources of the two articles (`dedupe.split_pairs`). It names them, because an
article that retention has dropped does not.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import product
from pathlib import Path
from types import MappingProxyType

from sqlalchemy import ColumnElement, Connection, delete, insert, or_, select, update

from feeds.dedupe.split_pairs import SourcePair, pair_threshold, source_pair
from feeds.errors import StoreError
from feeds.store.raw_sql import in_list, raw_sql, to_epoch
from feeds.store.schema import article, correction

_ALL = "SELECT article, story, must_join, decided_at, article_source, other_source FROM correction"
_STORIES = "SELECT story, cautious_story, exact_story FROM article WHERE id IN ({}) ORDER BY n"
_MEMBERS = "SELECT id FROM article WHERE story = ?"
_SOURCES = "SELECT id, source FROM article WHERE story IN (SELECT story FROM article WHERE id = ?)"


@dataclass(frozen=True, slots=True)
class Corrections:
    """`must_join`: Article.id → the ids of the articles that must be in its story. `must_split`: those that must not.

    Both are symmetric. `split_articles`: pair of sources → Article.id of each article of one of them that was taken out
    of a story with an article of the other → when, in seconds since 1970.
    """

    must_join: dict[str, set[str]] = field(default_factory=dict)
    must_split: dict[str, set[str]] = field(default_factory=dict)
    split_articles: dict[SourcePair, dict[str, int]] = field(default_factory=dict)

    def joined_with(self, article_id: str) -> set[str]:
        """All articles that must be in one story with it, directly or through others."""
        found, unvisited = {article_id}, [article_id]
        while unvisited:
            new = self.must_join.get(unvisited.pop(), set()) - found
            found |= new
            unvisited += new
        return found - {article_id}

    def separates(self, ids: Iterable[str], others: Collection[str]) -> bool:
        """Whether an article of `ids` must not be in one story with an article of `others`."""
        return any(not self.must_split.get(id_, set()).isdisjoint(others) for id_ in ids)

    def count_splits(self, pair: SourcePair, until: datetime | None = None) -> int:
        """How many articles of a pair of sources were split, until a moment or in all."""
        times, limit = self.split_articles.get(pair, {}).values(), to_epoch(until)
        return sum(limit is None or time <= limit for time in times)

    def thresholds(self, source: str) -> dict[str, float]:
        """Other source → the score that near copies of it and `source` need, where splits have raised it."""
        raised = {}
        for pair, split_articles in self.split_articles.items():
            threshold = pair_threshold(len(split_articles))
            if threshold is not None and source in pair:
                raised[pair[1] if pair[0] == source else pair[0]] = threshold
        return raised


def load(connection: Connection) -> Corrections:
    """All corrections. A user makes few, so they are read at once."""
    corrections = Corrections()
    for first, second, must_join, decided_at, source, other_source in raw_sql(connection).execute(_ALL):
        pairs = corrections.must_join if must_join else corrections.must_split
        pairs.setdefault(first, set()).add(second)
        pairs.setdefault(second, set()).add(first)
        if source and other_source and not must_join:
            pair = source_pair(source, other_source)
            corrections.split_articles.setdefault(pair, {})[first] = decided_at
    return corrections


def find_stories(connection: Connection, ids: Collection[str]) -> list[tuple[str, str, str]]:
    """(story, cautious story, exact story) of these articles, in the order of arrival. Unknown ids are left out."""
    if not ids:
        return []
    return raw_sql(connection).execute(in_list(_STORIES, len(ids)), sorted(ids)).fetchall()


def member_ids(connection: Connection, story: str) -> list[str]:
    return [id_ for (id_,) in raw_sql(connection).execute(_MEMBERS, (story,))]


def split(connection: Connection, article_id: str, now: datetime) -> tuple[str, ...]:
    """Take an article out of its story, for good. Returns the stories that changed; () if it is alone.

    Articles that the user merged are split without a conclusion about their sources.
    """
    _, members = _story(connection, article_id)
    others = [id_ for id_ in members if id_ != article_id]
    if not others:
        return ()
    sources = dict(raw_sql(connection).execute(_SOURCES, (article_id,)).fetchall())
    rest = leave_story(connection, article_id)
    joined = load(connection).joined_with(article_id)
    sources = {id_: source for id_, source in sources.items() if id_ not in joined}
    _save(connection, product([article_id], others), now, must_join=False, sources=sources)
    # The articles that were merged through it stay merged.
    merged = [id_ for id_ in others if id_ in joined]
    _save(connection, product(merged[:1], merged[1:]), now, must_join=True)
    return (article_id, rest)


def leave_story(connection: Connection, article_id: str) -> str:
    """Give an article a story of its own. Returns the id of the story of the other members, of which there must be
    some: a story has its first member's id, so it changes if the article began the story."""
    story, members = _story(connection, article_id)
    others = [id_ for id_ in members if id_ != article_id]
    rest = others[0] if story == article_id else story
    _update(connection, article.c.id.in_(others), story=rest)
    own = dict.fromkeys(("story", "cautious_story", "exact_story"), article_id)
    _update(connection, article.c.id == article_id, **own)
    return rest


def merge(connection: Connection, first: str, second: str, now: datetime) -> tuple[str, ...]:
    """Merge two articles' stories, for good. Returns the stories that changed; () if they are one already."""
    story, members = _story(connection, first)
    merged_story, merged_members = _story(connection, second)
    if story == merged_story:
        return ()
    # The user is certain, so cautious and exact outputs merge the two as well, with the copies that they count.
    for column in (article.c.exact_story, article.c.cautious_story):
        new, old = (connection.scalar(select(column).where(article.c.id == id_)) for id_ in (first, second))
        _update(connection, (article.c.story == merged_story) & (column == old), **{column.name: new})
    _update(connection, article.c.story == merged_story, story=story)
    _delete(connection, product(members, merged_members))
    _save(connection, [(first, second)], now, must_join=True)
    return (story, merged_story)


def backup_file(state: Path) -> Path:
    """The file that keeps the corrections if the state is deleted: `feeds.corrections` for `feeds.db`."""
    return state.with_suffix(".corrections")


def to_json_lines(connection: Connection) -> str:
    """All corrections, one JSON object per line, for the backup file. Its keys are older than the column names."""
    rows = connection.execute(select(correction).order_by(*correction.primary_key))
    lines = (
        {
            "article": row.article,
            "story": row.story,
            "together": bool(row.must_join),
            "at": row.decided_at.isoformat(),
        }
        | ({"sources": [row.article_source, row.other_source]} if row.other_source else {})
        for row in rows
    )
    return "".join(f"{json.dumps(line)}\n" for line in lines)


def restore(connection: Connection, state: Path) -> None:
    """Read the backup file into a new state. Raises StoreError if it cannot be read."""
    file = backup_file(state)
    try:
        rows = list(_rows(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        raise StoreError(
            f"{file} holds what users split and merged, and cannot be read ({error}): correct it, or "
            "move it away to continue without it"
        ) from error
    if rows:
        connection.execute(insert(correction).prefix_with("OR REPLACE"), rows)


def _rows(text: str) -> Iterator[dict[str, object]]:
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            values = json.loads(line)
            # Files of older versions have no sources.
            source, other_source = map(str, values.get("sources") or ("", ""))
            yield {
                "article": str(values["article"]),
                "story": str(values["story"]),
                "must_join": int(values["together"]),
                "decided_at": datetime.fromisoformat(values["at"]),
                "article_source": source,
                "other_source": other_source,
            }
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ValueError(f"line {number} is not a correction") from error


def _story(connection: Connection, article_id: str) -> tuple[str, list[str]]:
    """The article's story, and its members' ids in the order of arrival."""
    story = connection.scalar(select(article.c.story).where(article.c.id == article_id)) or ""
    ids = select(article.c.id).where(article.c.story == story).order_by(article.c.n)
    return story, list(connection.scalars(ids))


def _update(connection: Connection, condition: ColumnElement[bool], **values: str | None) -> None:
    connection.execute(update(article).where(condition).values(values))


def _delete(connection: Connection, pairs: Iterable[tuple[str, str]]) -> None:
    """Delete the corrections of these pairs, in either order."""
    for first, second in pairs:
        either = (
            (correction.c.article == a) & (correction.c.story == b)
            for a, b in ((first, second), (second, first))
        )
        connection.execute(delete(correction).where(or_(*either)))


def _save(
    connection: Connection,
    pairs: Iterable[tuple[str, str]],
    now: datetime,
    *,
    must_join: bool,
    sources: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """`sources`: Article.id → its source, where the correction says something about sources."""
    new_pairs = list(pairs)
    _delete(connection, new_pairs)
    rows = [
        {
            "article": first,
            "story": second,
            "must_join": int(must_join),
            "decided_at": now,
            "article_source": sources.get(first, "") if second in sources else "",
            "other_source": sources.get(second, ""),
        }
        for first, second in new_pairs
    ]
    if rows:
        connection.execute(insert(correction), rows)
