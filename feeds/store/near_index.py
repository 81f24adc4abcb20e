"""The near-duplicate window in the database: fingerprints, posting lists, and the passages that sites repeat.

A posting list is one value: for each article its number and its date in seconds, four bytes each. The lists are in
one table per 100,000 articles (`near_postings_0`, …), so that inserts go into small B-trees and the oldest lists are
dropped as a table. The postings of the latest articles are in `recent_postings`. Everything here runs in the caller's
transaction.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate

import numpy as np
from sqlalchemy import Connection

from feeds.codec import dumps, loads
from feeds.dedupe.features import MAX_POSTINGS, ComparedArticle
from feeds.dedupe.fingerprint import Fingerprint
from feeds.dedupe.join import NearJoinResult
from feeds.dedupe.near_index import Postings
from feeds.dedupe.open_fingerprint import OpenFingerprint
from feeds.dedupe.packed_numbers import pack, unpack
from feeds.store.raw_sql import raw_sql
from feeds.store.recent_postings import FLUSH_AT, RecentPostings

SEGMENT_ARTICLES = 100_000

MAX_CACHED_ARTICLES = 300
"""Articles kept in memory, of some 10 KB each."""

MAX_KEY_POSTINGS = 4 * MAX_POSTINGS
"""The latest postings of a key that one segment keeps. A key with more than MAX_POSTINGS postings in the window is not
used; some more are kept, because dates come out of order."""

# Two subqueries, each one lookup in the B-tree: for min and max in one SELECT, SQLite reads the whole table.
_ENDS = "SELECT coalesce((SELECT min(n) FROM near_fingerprint), 0), coalesce((SELECT max(n) FROM near_fingerprint), -1)"
_SEGMENTS = "SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'near_postings_*'"
_LOOKUP = "SELECT key, postings FROM {table} WHERE key IN (SELECT value FROM json_each(?))"
_FINGERPRINTS = (
    "SELECT n, source, date, fingerprint FROM near_fingerprint WHERE n IN (SELECT value FROM json_each(?))"
)
_ARTICLES = "SELECT n, id, story, cautious_story FROM article WHERE n IN (SELECT value FROM json_each(?))"
_MEMBERS = (
    "SELECT a.n FROM article a JOIN near_fingerprint f ON f.n = a.n "
    "WHERE a.story = ? AND f.date BETWEEN ? AND ? ORDER BY a.n"
)
_PASSAGES = "SELECT key, titles FROM near_passage WHERE key IN (SELECT value FROM json_each(?))"
_CREATE = "CREATE TABLE IF NOT EXISTS {table} (key INTEGER PRIMARY KEY, postings BLOB NOT NULL)"
_APPEND = (
    "INSERT INTO {table} (key, postings) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET "
    "postings = CAST(substr(postings, -{room}) || excluded.postings AS BLOB)"
)
_IS_KNOWN = "SELECT 1 FROM near_fingerprint WHERE n = ?"
_SAVE_FINGERPRINT = (
    "INSERT OR REPLACE INTO near_fingerprint (n, source, date, fingerprint) VALUES (?, ?, ?, ?)"
)
_SAVE_PASSAGE = "INSERT OR REPLACE INTO near_passage (key, titles, date) VALUES (?, ?, ?)"


@dataclass(frozen=True, slots=True)
class IndexedArticle:
    """An article of the window, and the stories that it belongs to."""

    id: str
    story: str
    cautious_story: str


class WindowCache:
    """What one transaction has read of the window. `add_article` keeps it up to date."""

    def __init__(self, connection: Connection, recent: RecentPostings | None = None) -> None:
        """`recent`: the write buffer that this process kept from its last transaction."""
        self.cached: OrderedDict[int, ComparedArticle] = (
            OrderedDict()
        )  # in a dict, finding the oldest takes ever longer
        self._sql = sql = raw_sql(connection)
        self.first: int
        self.last: int
        self.first, self.last = sql.execute(_ENDS).fetchone()
        names = [name for (name,) in sql.execute(_SEGMENTS)]
        self.segments = sorted(names, key=lambda name: (len(name), name))
        self.recent = RecentPostings() if recent is None else recent
        self.recent.refresh(sql)
        if len(self.recent) >= FLUSH_AT:
            self.flush()
        self._prefetched: dict[int, bytes] = {}  # packed, without this transaction's
        self._marks: dict[int, tuple[int, ...]] = {}

    def flush(self) -> None:
        """Move the postings of the latest articles to the posting tables."""
        for segment, rows in self.recent.pop_segments(self._sql, SEGMENT_ARTICLES):
            table = f"near_postings_{segment}"
            if table not in self.segments:
                self._sql.execute(_CREATE.format(table=table))
                self.segments.append(table)
            append = _APPEND.format(table=table, room=8 * MAX_KEY_POSTINGS)
            self._sql.executemany(
                append, [(key, postings[-8 * MAX_KEY_POSTINGS :]) for key, postings in rows]
            )

    def clear(self) -> None:
        """Drop the postings prefetched for the last document. The next document needs others."""
        self._prefetched, self._marks = {}, {}

    def prefetch(self, keys: Iterable[int]) -> None:
        """Read the postings that the articles of a document will need one after the other, with one query per table."""
        wanted = sorted({key for key in keys if key not in self._prefetched})
        if not wanted:
            return
        self._prefetched.update(dict.fromkeys(wanted, b""))
        parameters = (json.dumps(wanted),)
        for table in self.segments:
            for key, postings in self._sql.execute(_LOOKUP.format(table=table), parameters):
                self._prefetched[key] += postings
        for key, postings in self.recent.committed(wanted):
            self._prefetched[key] += postings

    def postings(self, keys: Sequence[int]) -> dict[int, bytes]:
        """Key → packed postings of every date, the latest last. Keys without postings are left out."""
        self.prefetch(keys)
        found = ((key, self._prefetched[key] + self.recent.uncommitted(key)) for key in keys)
        return {key: postings for key, postings in found if postings}

    def title_minhashes(self, pieces: Sequence[int]) -> Mapping[int, tuple[int, ...]]:
        """Passage → hashes of the different titles that it appeared under."""
        wanted = sorted({key for key in pieces if key not in self._marks})
        if wanted:
            self._marks.update(dict.fromkeys(wanted, ()))
            for key, titles in self._sql.execute(_PASSAGES, (json.dumps(wanted),)):
                self._marks[key] = tuple(unpack("I", titles))
        return {key: self._marks[key] for key in pieces}

    def add(self, side: ComparedArticle, marks: Iterable[tuple[int, tuple[int, ...]]]) -> None:
        self._marks.update(marks)
        n = side.n
        if self.last < self.first:
            self.first = n
        self.first, self.last = min(self.first, n), max(self.last, n)
        self.cache(side)

    def cache(self, side: ComparedArticle) -> None:
        if len(self.cached) >= MAX_CACHED_ARTICLES:
            self.cached.popitem(last=False)
        self.cached[side.n] = side


class NearIndex:
    """Implements `dedupe.near_index.Index` for the window from `since` to `until` (seconds since 1970).

    Each article gets its own index, because the window lies around the article's date. So which articles are compared
    depends neither on the batches nor on the order in which they arrive.
    """

    def __init__(
        self, connection: Connection, cache: WindowCache, since: float, until: float = 1 << 40
    ) -> None:
        self._sql = raw_sql(connection)
        self._cache = cache
        self._window = int(since), int(until)
        self._articles: dict[int, IndexedArticle] = {}

    def size(self) -> int:
        """The number of stored articles. It is a little more than the window holds, which is good enough for rarity."""
        return self._cache.last - self._cache.first + 1

    def postings(self, keys: Sequence[int]) -> Postings:
        packed = self._cache.postings(keys)
        if not packed:
            return Postings({}, {})
        stored = np.frombuffer(b"".join(packed.values()), "<u4")  # article, date, article, date, …
        since, until = map(_four_bytes, self._window)
        inside = (stored[1::2] >= since) & (stored[1::2] <= until)
        begins = [0, *accumulate([len(postings) // 8 for postings in packed.values()])]
        numbers = np.add.reduceat(inside, begins[:-1], dtype=np.intp).tolist()
        counts = {key: number for key, number in zip(packed, numbers, strict=True) if number}
        window = stored[::2][inside]
        articles: dict[int, Sequence[int]] = {}
        at = 0
        for key, number in counts.items():
            if number <= MAX_POSTINGS:
                articles[key] = window[at : at + number].tolist()
            at += number
        return Postings(counts, articles)

    def articles(self, numbers: Iterable[int]) -> Mapping[int, ComparedArticle]:
        wanted, cached = list(numbers), self._cache.cached
        found = {n: cached[n] for n in wanted if n in cached}
        if len(found) < len(wanted):
            missing = json.dumps([n for n in wanted if n not in found])
            for n, source, date, encoded in self._sql.execute(_FINGERPRINTS, (missing,)):
                found[n] = ComparedArticle(n, source, date, OpenFingerprint(loads(Fingerprint, encoded)))
                self._cache.cache(found[n])
        for n, id_, story, cautious_story in self._sql.execute(_ARTICLES, (json.dumps(wanted),)):
            self._articles[n] = IndexedArticle(id_, story, cautious_story)
        return found

    def article(self, n: int) -> IndexedArticle:
        """One of the articles that `articles` returned."""
        return self._articles[n]

    def stories(self, numbers: Iterable[int]) -> Mapping[int, str]:
        return {n: self._articles[n].story for n in numbers}

    def members(self, story: str) -> Sequence[int]:
        return [n for (n,) in self._sql.execute(_MEMBERS, (story, *self._window))]

    def title_minhashes(self, candidates: Sequence[int]) -> Mapping[int, tuple[int, ...]]:
        return self._cache.title_minhashes(candidates)


def add_article(
    connection: Connection, cache: WindowCache, n: int, source: str, date: float, result: NearJoinResult
) -> None:
    """Add article number `n`, or its new version, to the window. `date`: in seconds."""
    sql, keys = raw_sql(connection), set(result.index_keys)
    if n <= cache.last and sql.execute(_IS_KNOWN, (n,)).fetchone():  # its older postings stay
        for key, stored in cache.postings(result.index_keys).items():
            if n in unpack("I", stored)[::2]:
                keys.discard(key)
    cache.recent.add(sql, n, _four_bytes(date), sorted(keys))
    cache.add(ComparedArticle(n, source, int(date), result.fingerprint), result.title_minhashes)
    sql.execute(_SAVE_FINGERPRINT, (n, source, int(date), dumps(result.fingerprint.with_distinct_count())))
    sql.executemany(
        _SAVE_PASSAGE,
        [(key, pack("I", titles), int(date)) for key, titles in sorted(result.title_minhashes)],
    )


def _four_bytes(date: float) -> int:
    """Four bytes reach until 2106. A date before 1970 counts as 1970."""
    return min(max(int(date), 0), 0xFFFFFFFF)


def delete_before(connection: Connection, before: float) -> int:
    """Delete what is dated before then, posting lists by whole tables. Returns how many articles were deleted."""
    sql = raw_sql(connection)
    deleted = sql.execute("DELETE FROM near_fingerprint WHERE date < ?", (int(before),)).rowcount
    sql.execute("DELETE FROM near_passage WHERE date < ?", (int(before),))
    first, last = sql.execute(_ENDS).fetchone()
    needed = range(first // SEGMENT_ARTICLES, last // SEGMENT_ARTICLES + 1)
    for (name,) in sql.execute(_SEGMENTS).fetchall():
        if int(name.rsplit("_", 1)[1]) not in needed:
            sql.execute(f"DROP TABLE {name}")
    return deleted


def delete_expired(connection: Connection, now: datetime, window: timedelta) -> None:
    """Delete the articles that no new article can be compared with. `window`: the widest dedupe window of the outputs.

    Feeds bring articles that are some days old, so the index keeps a week more than the window.
    """
    delete_before(connection, (now - window - timedelta(days=7)).timestamp())
