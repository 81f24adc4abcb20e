"""What the user decided about stories. It is remembered, and holds whatever the texts say.

A decision is about two articles: one story, or not. So it holds in a rebuilt state as well, in which other articles may
come first and begin the stories. The latest decision about a pair counts.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import product
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, delete, insert, or_, select, update

from feeds.errors import StoreError
from feeds.store.raw_sql import driver, listed
from feeds.store.schema import article, correction

_ALL = "SELECT article, story, together FROM correction"
_PLACES = "SELECT story, sure, exact FROM article WHERE id IN ({}) ORDER BY n"
_MEMBERS = "SELECT id FROM article WHERE story = ?"


@dataclass(frozen=True, slots=True)
class Said:
    """By Article.id, both ways: which articles are one story with it, which are not."""

    together: dict[str, set[str]] = field(default_factory=dict)
    apart: dict[str, set[str]] = field(default_factory=dict)

    def about(self, article_id: str) -> bool:
        return article_id in self.together or article_id in self.apart

    def bound(self, article_id: str) -> set[str]:
        """All that it was put together with, by way of others too."""
        found, ahead = {article_id}, [article_id]
        while ahead:
            new = self.together.get(ahead.pop(), set()) - found
            found |= new
            ahead += new
        return found - {article_id}

    def part(self, some: Iterable[str], others: Collection[str]) -> bool:
        """Whether one of these is to be no story with one of those."""
        return any(not self.apart.get(one, set()).isdisjoint(others) for one in some)


def said(connection: Connection) -> Said:
    """A user corrects few articles: all is read at once."""
    found = Said()
    for one, other, together in driver(connection).execute(_ALL):
        kept = found.together if together else found.apart
        kept.setdefault(one, set()).add(other)
        kept.setdefault(other, set()).add(one)
    return found


def places(connection: Connection, ids: Collection[str]) -> list[tuple[str, str, str]]:
    """Where these articles stand now (story, sure, exact), by arrival; nothing of those that are not here."""
    if not ids:
        return []
    return driver(connection).execute(listed(_PLACES, len(ids)), sorted(ids)).fetchall()


def members(connection: Connection, story: str) -> list[str]:
    return [id_ for (id_,) in driver(connection).execute(_MEMBERS, (story,))]


def split(connection: Connection, article_id: str, now: datetime) -> tuple[str, ...]:
    """Take an article out of its story, for good. Returns the stories that changed; none where it is alone.

    Where it began the story, the story goes on under its next member: a story has its first member's id.
    """
    story, all_of_it = _story(connection, article_id)
    others = [one for one in all_of_it if one != article_id]
    if not others:
        return ()
    left = others[0] if story == article_id else story
    _change(connection, article.c.id.in_(others), story=left)
    own = {"story": article_id, "sure": article_id, "exact": article_id}
    _change(connection, article.c.id == article_id, **own)
    bound = said(connection).bound(article_id)
    _say(connection, product([article_id], others), now, together=False)
    # Those that it held together stay so.
    held = [one for one in others if one in bound]
    _say(connection, product(held[:1], held[1:]), now, together=True)
    return (article_id, left)


def merge(connection: Connection, one: str, other: str, now: datetime) -> tuple[str, ...]:
    """Make one story of two articles' stories, for good. Returns the stories that changed."""
    story, some = _story(connection, one)
    gone, others = _story(connection, other)
    if story == gone:
        return ()
    # The user is certain, so cautious and exact outputs follow; of the others, what is like or equal to the two.
    for column in (article.c.exact, article.c.sure):
        place, before = (connection.scalar(select(column).where(article.c.id == id_)) for id_ in (one, other))
        _change(connection, (article.c.story == gone) & (column == before), **{column.name: place})
    _change(connection, article.c.story == gone, story=story)
    _forget(connection, product(some, others))
    _say(connection, [(one, other)], now, together=True)
    return (story, gone)


def file_of(state: Path) -> Path:
    """Where they are kept a second time, for the day when the state is deleted: `feeds.corrections` of `feeds.db`."""
    return state.with_suffix(".corrections")


def dumped(connection: Connection) -> str:
    """All decisions, one a line."""
    rows = connection.execute(select(correction).order_by(*correction.primary_key)).mappings()
    lines = [
        json.dumps({**row, "together": bool(row["together"]), "at": row["at"].isoformat()}) for row in rows
    ]
    return "".join(f"{line}\n" for line in lines)


def recall(connection: Connection, state: Path) -> None:
    """Take into a new state what was decided in one before it. Raises StoreError where the file says something else."""
    file = file_of(state)
    try:
        rows = list(_rows(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        raise StoreError(
            f"{file} holds what users split and merged, and cannot be read ({error}): mend it, or "
            "move it away to go on without"
        ) from error
    if rows:
        connection.execute(insert(correction).prefix_with("OR REPLACE"), rows)


def _rows(text: str) -> Iterator[dict[str, object]]:
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            row = json.loads(line)
            one, other, at = str(row["article"]), str(row["story"]), datetime.fromisoformat(row["at"])
            yield {"article": one, "story": other, "together": int(row["together"]), "at": at}
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"line {number} is no decision") from error


def _story(connection: Connection, article_id: str) -> tuple[str, list[str]]:
    """The article's story, and its members in the order of arrival."""
    story = connection.scalar(select(article.c.story).where(article.c.id == article_id)) or ""
    found = select(article.c.id).where(article.c.story == story).order_by(article.c.n)
    return story, list(connection.scalars(found))


def _change(connection: Connection, which: ColumnElement[bool], **values: str | None) -> None:
    connection.execute(update(article).where(which).values(values))


def _forget(connection: Connection, pairs: Iterable[tuple[str, str]]) -> None:
    for one, other in pairs:
        both = (
            (correction.c.article == a) & (correction.c.story == b) for a, b in ((one, other), (other, one))
        )
        connection.execute(delete(correction).where(or_(*both)))


def _say(connection: Connection, pairs: Iterable[tuple[str, str]], now: datetime, *, together: bool) -> None:
    rows = [{"article": one, "story": other, "together": int(together), "at": now} for one, other in pairs]
    _forget(connection, ((str(row["article"]), str(row["story"])) for row in rows))
    if rows:
        connection.execute(insert(correction), rows)
