"""Looks up the known articles of a source, by the keys and the dates of the items of a document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection

from feeds.dedupe.reused_keys import KnownArticle
from feeds.model import Article
from feeds.store.articles import chunks, read_version
from feeds.store.raw_sql import from_epoch, in_list, raw_sql

_KNOWN = (
    "SELECT k.key, a.n, a.id, a.story, a.exact_story, a.first_seen, a.published, a.last_seen_at, a.content_hash "
    "FROM alias k JOIN article a ON a.n = k.article WHERE k.source = ? AND k.key IN ({})"
)
_KNOWN_OF_DATE = (
    "SELECT a.date, a.n, a.id, a.story, a.exact_story, a.first_seen, a.published, a.last_seen_at, a.content_hash "
    "FROM article a WHERE a.source = ? AND a.published = a.date AND a.date IN ({})"
)


def find_known(connection: Connection, source: str, keys: Iterable[bytes]) -> dict[bytes, KnownArticle]:
    """Key → the article of this source that has it. Unknown keys are left out."""
    found: dict[bytes, KnownArticle] = {}
    by_number: dict[int, KnownArticle] = {}
    for chunk in chunks(sorted(set(keys))):
        for key, n, *columns in raw_sql(connection).execute(in_list(_KNOWN, len(chunk)), (source, *chunk)):
            if n not in by_number:
                by_number[n] = _known_article(n, *columns)
            found[key] = by_number[n]
    return found


def find_by_date(
    connection: Connection, source: str, dates: Mapping[bytes, datetime]
) -> dict[bytes, KnownArticle]:
    """Key → the only article of this source that was published at its date. `dates`: by key."""
    keys = {int(date.timestamp()): key for key, date in dates.items()}
    found: dict[bytes, list[KnownArticle]] = {}
    for chunk in chunks(sorted(keys)):
        rows = raw_sql(connection).execute(in_list(_KNOWN_OF_DATE, len(chunk)), (source, *chunk))
        for date, n, *columns in rows:
            found.setdefault(keys[date], []).append(_known_article(n, *columns))
    return {key: known[0] for key, known in found.items() if len(known) == 1}


def _known_article(
    n: int,
    id_: str,
    story: str,
    exact_story: str,
    first_seen: int,
    published: int | None,
    last_seen_at: int,
    content_hash: bytes,
) -> KnownArticle:
    return KnownArticle(
        n=n,
        id=id_,
        story=story,
        exact_story=exact_story,
        first_seen=from_epoch(first_seen),
        published=None if published is None else from_epoch(published),
        last_seen_at=from_epoch(last_seen_at),
        content_hash=content_hash,
    )


def read_stored(connection: Connection, known: KnownArticle) -> Article | None:
    """The last version of a known article; None if retention has deleted it."""
    return read_version(connection, known.n)
