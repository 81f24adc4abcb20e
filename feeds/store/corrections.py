"""What the user decided about stories. It is remembered, and holds whatever the texts say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from feeds.store.driver import driver
from feeds.store.schema import article, correction

_ALL = "SELECT article, story, together FROM correction"


def said(connection: Connection) -> dict[str, dict[str, bool]]:
    """Article.id → story → whether it belongs to it. A user corrects few articles: all are read at once."""
    found: dict[str, dict[str, bool]] = {}
    for named, story, together in driver(connection).execute(_ALL):
        found.setdefault(named, {})[story] = bool(together)
    return found


def split(connection: Connection, article_id: str, now: datetime) -> tuple[str, ...]:
    """Take an article out of its story, for good. Returns the stories that changed; none where it is alone.

    Where it began the story, the story goes on under its next member: a story has its first member's id.
    """
    story, members = _story(connection, article_id)
    others = [one for one in members if one != article_id]
    if not others:
        return ()
    if story == article_id:
        _move(connection, others, others[0])
    left = others[0] if story == article_id else story
    _move(connection, [article_id], article_id)
    _say(connection, article_id, left, now, together=False)
    return (article_id, left)


def merge(connection: Connection, one: str, other: str, now: datetime) -> tuple[str, ...]:
    """Make one story of two articles' stories, for good. Returns the stories that changed."""
    story, _ = _story(connection, one)
    gone, members = _story(connection, other)
    if story == gone:
        return ()
    _move(connection, members, story)
    for member in members:
        _say(connection, member, story, now, together=True)
    return (story, gone)


def _story(connection: Connection, article_id: str) -> tuple[str, list[str]]:
    """The article's story, and its members in the order of arrival."""
    story = connection.scalar(select(article.c.story).where(article.c.id == article_id)) or ""
    members = select(article.c.id).where(article.c.story == story).order_by(article.c.n)
    return story, list(connection.scalars(members))


def _move(connection: Connection, members: Sequence[str], story: str) -> None:
    """The user is certain, so cautious and exact outputs follow as well."""
    connection.execute(
        update(article).where(article.c.id.in_(members)).values(story=story, sure=story, exact=story)
    )


def _say(connection: Connection, article_id: str, story: str, now: datetime, *, together: bool) -> None:
    values = {"together": int(together), "at": now}
    statement = upsert(correction).values(article=article_id, story=story, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["article", "story"], set_=values))
