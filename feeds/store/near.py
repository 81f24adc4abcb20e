"""The window of near-duplicate detection: fingerprints, postings, and what each site prints under every
article.

Postings lie in one table per 100,000 articles, so that inserts go into small trees and the oldest are
dropped as a whole (dedupe baselines, 10). Nothing here commits: the caller's transaction does.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import BigInteger, Column, Connection, Index, LargeBinary, Table, Text

from feeds.codec import dumps, loads
from feeds.dedupe.features import Side
from feeds.dedupe.fingerprint import Fingerprint, Print
from feeds.dedupe.join import Verdict
from feeds.store.schema import RowId, metadata

SEGMENT = 100_000

near_print = Table(
    "near_print",
    metadata,
    Column("n", RowId, primary_key=True, autoincrement=False),  # article.n
    Column("source", Text, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Column("print", LargeBinary, nullable=False),
    Index("near_print_seen", "seen"),
)

near_piece = Table(  # paragraphs and title suffixes, and the titles that they stood under
    "near_piece",
    metadata,
    Column("key", RowId, primary_key=True, autoincrement=False),
    Column("marks", LargeBinary, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Index("near_piece_seen", "seen"),
)

# Apart, each end is one look into the tree; in one SELECT SQLite would read the whole table for them.
_ENDS = "SELECT coalesce((SELECT min(n) FROM near_print), 0), coalesce((SELECT max(n) FROM near_print), -1)"
_SEGMENTS = "SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'near_posting_*'"
_LOOKUP = (
    "SELECT key, article FROM {table} WHERE key IN (SELECT value FROM json_each(?)) AND seen BETWEEN ? AND ?"
)
_SIDES = (
    "SELECT p.n, p.source, p.seen, p.print, a.story FROM near_print p JOIN article a ON a.n = p.n "
    "WHERE p.n IN (SELECT value FROM json_each(?))"
)
_MEMBERS = (
    "SELECT a.n FROM article a JOIN near_print p ON p.n = a.n "
    "WHERE a.story = ? AND p.seen BETWEEN ? AND ? ORDER BY a.n"
)
_PIECES = "SELECT key, marks FROM near_piece WHERE key IN (SELECT value FROM json_each(?))"
_CREATE = (
    "CREATE TABLE IF NOT EXISTS {table} (key INTEGER NOT NULL, article INTEGER NOT NULL, "
    "seen INTEGER NOT NULL, PRIMARY KEY (key, article)) WITHOUT ROWID"
)
_ENTER = "INSERT OR IGNORE INTO {table} (key, article, seen) VALUES (?, ?, ?)"
_PUT = "INSERT OR REPLACE INTO near_print (n, source, seen, print) VALUES (?, ?, ?, ?)"
_MARK = "INSERT OR REPLACE INTO near_piece (key, marks, seen) VALUES (?, ?, ?)"


class NearIndex:
    """The window from `since` to `until` (seconds since 1970): `dedupe.near_index.Index` over one connection.

    One index serves one article, because the window lies around the article: so neither the batches nor the
    order in which articles come decide who is compared with whom.
    """

    def __init__(self, connection: Connection, since: float, until: float = 1 << 40) -> None:
        self._connection = connection
        self._window = int(since), int(until)
        self._first, self._last = connection.exec_driver_sql(_ENDS).one()
        self._stories: dict[int, str] = {}

    def size(self) -> int:
        """All that is kept, which is the window and a little more: rarity needs no better."""
        return int(self._last - self._first + 1)

    def postings(self, keys: Sequence[int]) -> Mapping[int, Sequence[int]]:
        found: dict[int, list[int]] = {key: [] for key in keys}
        wanted = (json.dumps(keys), *self._window)
        for number in range(self._first // SEGMENT, self._last // SEGMENT + 1):
            lookup = _LOOKUP.format(table=f"near_posting_{number}")
            for key, n in self._connection.exec_driver_sql(lookup, wanted).fetchall():
                found[key].append(n)
        return found

    def sides(self, numbers: Iterable[int]) -> Mapping[int, Side]:
        found = {}
        rows = self._connection.exec_driver_sql(_SIDES, (json.dumps(list(numbers)),)).fetchall()
        for n, source, seen, stored, story in rows:
            found[n] = Side(n, source, seen, Print(loads(Fingerprint, stored)))
            self._stories[n] = story
        return found

    def stories(self, numbers: Iterable[int]) -> Mapping[int, str]:
        return {n: self._stories[n] for n in numbers}

    def members(self, story: str) -> Sequence[int]:
        return list(self._connection.exec_driver_sql(_MEMBERS, (story, *self._window)).scalars())

    def seen(self, pieces: Sequence[int]) -> Mapping[int, tuple[int, ...]]:
        rows = self._connection.exec_driver_sql(_PIECES, (json.dumps(pieces),)).fetchall()
        return {key: tuple(array("I", marks)) for key, marks in rows}


def put(connection: Connection, n: int, source: str, seen: float, verdict: Verdict) -> None:
    """Enter an article, or the new version of one, under its number."""
    table = f"near_posting_{n // SEGMENT}"
    connection.exec_driver_sql(_CREATE.format(table=table))
    connection.exec_driver_sql(_PUT, (n, source, int(seen), dumps(verdict.fingerprint)))
    if verdict.keys:
        connection.exec_driver_sql(
            _ENTER.format(table=table), [(key, n, int(seen)) for key in sorted(verdict.keys)]
        )
    if verdict.marks:
        connection.exec_driver_sql(
            _MARK, [(key, array("I", marks).tobytes(), int(seen)) for key, marks in sorted(verdict.marks)]
        )


def forget(connection: Connection, before: float) -> int:
    """Drop what was seen before that moment, postings by whole segments; returns how many articles went."""
    went = connection.exec_driver_sql("DELETE FROM near_print WHERE seen < ?", (int(before),)).rowcount
    connection.exec_driver_sql("DELETE FROM near_piece WHERE seen < ?", (int(before),))
    first, last = connection.exec_driver_sql(_ENDS).one()
    standing = range(first // SEGMENT, last // SEGMENT + 1)
    for name in list(connection.exec_driver_sql(_SEGMENTS).scalars()):
        if int(name.rsplit("_", 1)[1]) not in standing:
            connection.exec_driver_sql(f"DROP TABLE {name}")
    return went
