"""The window of near-duplicate detection: fingerprints, postings, and what each site prints under every
article.

A posting list is one value: its articles, four bytes each, with the moment of each, four bytes as well. The
lists lie in one table per 100,000 articles, so that inserts go into small trees and the oldest are dropped as a
whole (dedupe baselines, 10); those of the latest articles, in `recent`. Nothing here commits: the caller's
transaction does.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from sqlalchemy import Connection

from feeds.codec import dumps, loads
from feeds.dedupe.features import COMMON, Side
from feeds.dedupe.fingerprint import Fingerprint
from feeds.dedupe.join import Verdict
from feeds.dedupe.near_index import Postings
from feeds.dedupe.open_fingerprint import Print
from feeds.dedupe.packed_numbers import pack, unpack
from feeds.store.raw_sql import driver
from feeds.store.recent_postings import ENOUGH, Recent

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
    """What is kept, as far as one transaction has asked for it, and kept true by every `put` of it. `opened`: articles
    that were compared or entered in it, some of which the next ones meet again."""

    def __init__(self, connection: Connection, recent: Recent | None = None) -> None:
        """`recent`: what this process knows from its last transaction."""
        self.opened: OrderedDict[int, Side] = OrderedDict()  # a dict looks for its first ever longer
        self._sql = sql = driver(connection)
        self.first: int
        self.last: int
        self.first, self.last = sql.execute(_ENDS).fetchone()
        names = [name for (name,) in sql.execute(_SEGMENTS)]
        self.segments = sorted(names, key=lambda name: (len(name), name))
        self.recent = Recent() if recent is None else recent
        self.recent.begin(sql)
        if len(self.recent) >= ENOUGH:
            self.settle()
        self._held: dict[int, bytes] = {}  # packed postings of before this transaction
        self._marks: dict[int, tuple[int, ...]] = {}

    def settle(self) -> None:
        """Enter the postings of the latest articles where those of all others lie."""
        for segment, rows in self.recent.take(self._sql, SEGMENT):
            table = f"near_postings_{segment}"
            if table not in self.segments:
                self._sql.execute(_CREATE.format(table=table))
                self.segments.append(table)
            enter = _ENTER.format(table=table, room=8 * LONGEST)
            self._sql.executemany(enter, [(key, postings[-8 * LONGEST :]) for key, postings in rows])

    def let_go(self) -> None:
        """Of what was asked for articles that were placed since: the next ones ask for something else."""
        self._held, self._marks = {}, {}

    def hold(self, keys: Iterable[int]) -> None:
        """Ask at once for what the articles of a document will ask for one after the other."""
        wanted = sorted({key for key in keys if key not in self._held})
        if not wanted:
            return
        self._held.update(dict.fromkeys(wanted, b""))
        told = (json.dumps(wanted),)
        for table in self.segments:  # of numbers of which none was ever entered, there is none
            for key, postings in self._sql.execute(_LOOKUP.format(table=table), told):
                self._held[key] += postings
        for key, postings in self.recent.of(wanted):
            self._held[key] += postings

    def postings(self, keys: Sequence[int]) -> dict[int, bytes]:
        """Packed, whatever their moment, the latest last; of the keys that have any."""
        self.hold(keys)
        found = ((key, self._held[key] + self.recent.new(key)) for key in keys)
        return {key: postings for key, postings in found if postings}

    def marks(self, pieces: Sequence[int]) -> Mapping[int, tuple[int, ...]]:
        """Of the different titles that each piece stood under."""
        wanted = sorted({piece for piece in pieces if piece not in self._marks})
        if wanted:
            self._marks.update(dict.fromkeys(wanted, ()))
            for piece, marks in self._sql.execute(_PIECES, (json.dumps(wanted),)):
                self._marks[piece] = tuple(unpack("I", marks))
        return {piece: self._marks[piece] for piece in pieces}

    def enter(self, side: Side, marks: Iterable[tuple[int, tuple[int, ...]]]) -> None:
        self._marks.update(marks)
        n = side.n
        if self.last < self.first:
            self.first = n
        self.first, self.last = min(self.first, n), max(self.last, n)
        self.open(side)

    def open(self, side: Side) -> None:
        if len(self.opened) >= OPENED:
            self.opened.popitem(last=False)
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

    def postings(self, keys: Sequence[int]) -> Postings:
        held = self._extent.postings(keys)
        if not held:
            return Postings({}, {})
        stored = np.frombuffer(b"".join(held.values()), "<u4")
        since, until = map(_moment, self._window)
        inside = (stored[1::2] >= since) & (stored[1::2] <= until)
        begins = [0, *accumulate([len(packed) // 8 for packed in held.values()])]
        numbers = np.add.reduceat(inside, begins[:-1], dtype=np.intp).tolist()
        counts = {key: number for key, number in zip(held, numbers, strict=True) if number}
        window = stored[::2][inside]
        articles: dict[int, Sequence[int]] = {}
        at = 0
        for key, number in counts.items():
            if number <= COMMON:
                articles[key] = window[at : at + number].tolist()
            at += number
        return Postings(counts, articles)

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
        return self._extent.marks(pieces)


def put(connection: Connection, extent: Extent, n: int, source: str, seen: float, verdict: Verdict) -> None:
    """Enter an article, or the new version of one, under its number."""
    sql, keys = driver(connection), set(verdict.keys)
    if n <= extent.last and sql.execute(_IS_KNOWN, (n,)).fetchone():  # it stays where it stands already
        for key, stored in extent.postings(verdict.keys).items():
            if n in unpack("I", stored)[::2]:
                keys.discard(key)
    extent.recent.put(sql, n, _moment(seen), sorted(keys))
    extent.enter(Side(n, source, int(seen), verdict.new), verdict.marks)
    sql.execute(_PUT, (n, source, int(seen), dumps(verdict.new.counted())))
    sql.executemany(_MARK, [(key, pack("I", marks), int(seen)) for key, marks in sorted(verdict.marks)])


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
