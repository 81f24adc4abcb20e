"""The window of near-duplicate detection: fingerprints, postings, and what each site prints under every
article.

A posting list is one value: its articles, four bytes each, with the moment of each, four bytes as well. The
lists lie in one table per 100,000 articles, so that inserts go into small trees and the oldest are dropped as a
whole (dedupe baselines, 10); those of the latest articles, in `recent`. Nothing here commits: the caller's
transaction does.
"""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection

from feeds.codec import dumps, loads
from feeds.dedupe.features import COMMON, Side
from feeds.dedupe.fingerprint import Fingerprint
from feeds.dedupe.join import Verdict
from feeds.dedupe.opened import Print
from feeds.store.driver import driver
from feeds.store.recent import ENOUGH, Recent

SEGMENT = 100_000

OPENED = 300
"""Articles kept open, of some 10 KB each."""

LONGEST = 4 * COMMON
"""Postings kept of a key in one segment, the latest, when others come. The window holds no more than COMMON of them, or
the key is common; some more are kept, because dates come out of order."""

# Apart, each end is one look into the tree; in one SELECT SQLite would read the whole table for them.
_ENDS = "SELECT coalesce((SELECT min(n) FROM near_print), 0), coalesce((SELECT max(n) FROM near_print), -1)"
_SEGMENTS = "SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'near_postings_*'"
_LOOKUP = "SELECT key, postings FROM {table} WHERE key IN (SELECT value FROM json_each(?))"
_SIDES = "SELECT n, source, seen, print FROM near_print WHERE n IN (SELECT value FROM json_each(?))"
_PLACES = "SELECT n, id, story, sure FROM article WHERE n IN (SELECT value FROM json_each(?))"
_MEMBERS = (
    "SELECT a.n FROM article a JOIN near_print p ON p.n = a.n "
    "WHERE a.story = ? AND p.seen BETWEEN ? AND ? ORDER BY a.n"
)
_PIECES = "SELECT key, marks FROM near_piece WHERE key IN (SELECT value FROM json_each(?))"
_CREATE = "CREATE TABLE IF NOT EXISTS {table} (key INTEGER PRIMARY KEY, postings BLOB NOT NULL)"
_ENTER = (
    "INSERT INTO {table} (key, postings) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET "
    "postings = CAST(substr(postings, -{room}) || excluded.postings AS BLOB)"
)
_IS_KNOWN = "SELECT 1 FROM near_print WHERE n = ?"
_PUT = "INSERT OR REPLACE INTO near_print (n, source, seen, print) VALUES (?, ?, ?, ?)"
_MARK = "INSERT OR REPLACE INTO near_piece (key, marks, seen) VALUES (?, ?, ?)"


@dataclass(frozen=True, slots=True)
class Place:
    """Where an article of the window stands."""

    id: str
    story: str
    sure: str


class Extent:
    """What is kept: asked for once in a transaction, and kept true by every `put` of it. `opened`: articles that were
    compared or entered in it, some of which the next ones meet again."""

    def __init__(self, connection: Connection, recent: Recent | None = None) -> None:
        """`recent`: what this process knows from its last transaction."""
        self.opened: dict[int, Side] = {}
        sql = driver(connection)
        self.first: int
        self.last: int
        self.first, self.last = sql.execute(_ENDS).fetchone()
        names = [name for (name,) in sql.execute(_SEGMENTS)]
        self.segments = sorted(names, key=lambda name: (len(name), name))
        self.recent = Recent() if recent is None else recent
        self.recent.begin(sql)
        if len(self.recent) >= ENOUGH:
            self.settle(connection)

    def settle(self, connection: Connection) -> None:
        """Enter the postings of the latest articles where those of all others lie."""
        sql = driver(connection)
        for segment, rows in self.recent.take(sql, SEGMENT):
            table = f"near_postings_{segment}"
            if table not in self.segments:
                sql.execute(_CREATE.format(table=table))
                self.segments.append(table)
            enter = _ENTER.format(table=table, room=8 * LONGEST)
            sql.executemany(enter, [(key, postings[-8 * LONGEST :]) for key, postings in rows])

    def enter(self, side: Side) -> None:
        n = side.n
        if self.last < self.first:
            self.first = n
        self.first, self.last = min(self.first, n), max(self.last, n)
        self.open(side)

    def open(self, side: Side) -> None:
        if len(self.opened) >= OPENED:
            del self.opened[next(iter(self.opened))]
        self.opened[side.n] = side


class NearIndex:
    """The window from `since` to `until` (seconds since 1970): `dedupe.near_index.Index` over one connection.

    One index serves one article, because the window lies around the article: so neither the batches nor the
    order in which articles come decide who is compared with whom.
    """

    def __init__(self, connection: Connection, extent: Extent, since: float, until: float = 1 << 40) -> None:
        self._driver = driver(connection)
        self._extent = extent
        self._window = int(since), int(until)
        self._places: dict[int, Place] = {}

    def size(self) -> int:
        """All that is kept, which is the window and a little more: rarity needs no better."""
        return self._extent.last - self._extent.first + 1

    def postings(self, keys: Sequence[int]) -> Mapping[int, Sequence[int]]:
        rows = _stored(self._driver, self._extent, keys)
        if not rows:
            return {}
        since, until = map(_moment, self._window)
        stored = np.frombuffer(b"".join([postings for _, postings in rows]), "<u4")
        inside = (stored[1::2] >= since) & (stored[1::2] <= until)
        articles = stored[::2][inside].tolist()
        until_here = [0, *inside.cumsum().tolist()]  # so many of the window stand before each posting
        found: dict[int, list[int]] = {}
        at = begin = 0
        for key, postings in rows:
            at += len(postings) // 8
            end = until_here[at]
            found.setdefault(key, []).extend(articles[begin:end])
            begin = end
        return found

    def sides(self, numbers: Iterable[int]) -> Mapping[int, Side]:
        wanted, opened = list(numbers), self._extent.opened
        found = {n: opened[n] for n in wanted if n in opened}
        if len(found) < len(wanted):
            missing = json.dumps([n for n in wanted if n not in found])
            for n, source, seen, stored in self._driver.execute(_SIDES, (missing,)):
                found[n] = Side(n, source, seen, Print(loads(Fingerprint, stored)))
                self._extent.open(found[n])
        for n, *place in self._driver.execute(_PLACES, (json.dumps(wanted),)):
            self._places[n] = Place(*place)
        return found

    def place(self, n: int) -> Place:
        """Of an article that was compared."""
        return self._places[n]

    def stories(self, numbers: Iterable[int]) -> Mapping[int, str]:
        return {n: self._places[n].story for n in numbers}

    def members(self, story: str) -> Sequence[int]:
        return [n for (n,) in self._driver.execute(_MEMBERS, (story, *self._window))]

    def seen(self, pieces: Sequence[int]) -> Mapping[int, tuple[int, ...]]:
        rows = self._driver.execute(_PIECES, (json.dumps(pieces),))
        return {key: tuple(array("I", marks)) for key, marks in rows}


def _stored(sql: sqlite3.Connection, extent: Extent, keys: Sequence[int]) -> list[tuple[int, bytes]]:
    """Key and packed postings, whatever their moment; a key may come in several parts, the latest last."""
    wanted = (json.dumps(keys),)
    rows: list[tuple[int, bytes]] = []
    for table in extent.segments:  # of numbers of which none was ever entered, there is none
        rows += sql.execute(_LOOKUP.format(table=table), wanted)
    rows += extent.recent.of(keys)
    return rows


def put(connection: Connection, extent: Extent, n: int, source: str, seen: float, verdict: Verdict) -> None:
    """Enter an article, or the new version of one, under its number."""
    sql, keys = driver(connection), set(verdict.keys)
    if n <= extent.last and sql.execute(_IS_KNOWN, (n,)).fetchone():  # it stays where it stands already
        for key, stored in _stored(sql, extent, sorted(keys)):
            if n in array("I", stored)[::2]:
                keys.discard(key)
    extent.recent.put(sql, n, _moment(seen), sorted(keys))
    extent.enter(Side(n, source, int(seen), verdict.new))
    sql.execute(_PUT, (n, source, int(seen), dumps(verdict.new.counted())))
    sql.executemany(
        _MARK, [(key, array("I", marks).tobytes(), int(seen)) for key, marks in sorted(verdict.marks)]
    )


def _moment(seen: float) -> int:
    """In four bytes, until 2106. What claims to be from before 1970 is as old as that."""
    return min(max(int(seen), 0), 0xFFFFFFFF)


def forget(connection: Connection, before: float) -> int:
    """Drop what was seen before that moment, postings by whole segments; returns how many articles went."""
    sql = driver(connection)
    went = sql.execute("DELETE FROM near_print WHERE seen < ?", (int(before),)).rowcount
    sql.execute("DELETE FROM near_piece WHERE seen < ?", (int(before),))
    first, last = sql.execute(_ENDS).fetchone()
    standing = range(first // SEGMENT, last // SEGMENT + 1)
    for (name,) in sql.execute(_SEGMENTS).fetchall():
        if int(name.rsplit("_", 1)[1]) not in standing:
            sql.execute(f"DROP TABLE {name}")
    return went
