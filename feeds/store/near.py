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

_FIRST = "SELECT n FROM near_print WHERE seen >= ? ORDER BY seen, n LIMIT 1"
_LAST = "SELECT coalesce(max(n), 0) FROM near_print"
_SEGMENTS = "SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'near_posting_*'"
_LOOKUP = "SELECT key, article FROM {table} WHERE key IN (SELECT value FROM json_each(?)) AND article >= ?"
_SIDES = (
    "SELECT p.n, p.source, p.seen, p.print, a.story FROM near_print p JOIN article a ON a.n = p.n "
    "WHERE p.n IN (SELECT value FROM json_each(?))"
)
_MEMBERS = (
    "SELECT a.n FROM article a JOIN near_print p ON p.n = a.n WHERE a.story = ? AND a.n >= ? ORDER BY a.n"
)
_PIECES = "SELECT key, marks FROM near_piece WHERE key IN (SELECT value FROM json_each(?))"
_CREATE = (
    "CREATE TABLE IF NOT EXISTS {table} (key INTEGER NOT NULL, article INTEGER NOT NULL, "
    "PRIMARY KEY (key, article)) WITHOUT ROWID"
)
_ENTER = "INSERT OR IGNORE INTO {table} (key, article) VALUES (?, ?)"
_PUT = "INSERT OR REPLACE INTO near_print (n, source, seen, print) VALUES (?, ?, ?, ?)"
_MARK = "INSERT OR REPLACE INTO near_piece (key, marks, seen) VALUES (?, ?, ?)"


class NearIndex:
    """The window from `since` (seconds since 1970) on: `dedupe.near_index.Index` over one connection.

    One index serves one article, because the window ends where the article came: so the batches in which
    articles come make no difference.
    """

    def __init__(self, connection: Connection, since: float) -> None:
        self._connection = connection
        self._last: int = self._one(_LAST) or 0
        first = self._one(_FIRST, int(since))
        self._first: int = self._last + 1 if first is None else first
        self._stories: dict[int, str] = {}

    def _one(self, statement: str, *values: object) -> int | None:
        found: int | None = self._connection.exec_driver_sql(statement, values).scalar()
        return found

    def size(self) -> int:
        return self._last + 1 - self._first

    def postings(self, keys: Sequence[int]) -> Mapping[int, Sequence[int]]:
        found: dict[int, list[int]] = {key: [] for key in keys}
        if self._first > self._last:
            return found
        wanted = json.dumps(keys)
        for number in range(self._first // SEGMENT, self._last // SEGMENT + 1):
            for key, n in self._connection.exec_driver_sql(
                _LOOKUP.format(table=f"near_posting_{number}"), (wanted, self._first)
            ).fetchall():
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
        return list(self._connection.exec_driver_sql(_MEMBERS, (story, self._first)).scalars())

    def seen(self, pieces: Sequence[int]) -> Mapping[int, tuple[int, ...]]:
        rows = self._connection.exec_driver_sql(_PIECES, (json.dumps(pieces),)).fetchall()
        return {key: tuple(array("I", marks)) for key, marks in rows}


def put(connection: Connection, n: int, source: str, seen: float, verdict: Verdict) -> None:
    """Enter an article, or the new version of one, under its number."""
    table = f"near_posting_{n // SEGMENT}"
    connection.exec_driver_sql(_CREATE.format(table=table))
    connection.exec_driver_sql(_PUT, (n, source, int(seen), dumps(verdict.fingerprint)))
    if verdict.keys:
        connection.exec_driver_sql(_ENTER.format(table=table), [(key, n) for key in sorted(verdict.keys)])
    if verdict.marks:
        connection.exec_driver_sql(
            _MARK, [(key, array("I", marks).tobytes(), int(seen)) for key, marks in sorted(verdict.marks)]
        )


def forget(connection: Connection, before: float) -> int:
    """Drop what was seen before that moment; whole segments only. Returns how many fingerprints went."""
    first = connection.exec_driver_sql(_FIRST, (int(before),)).scalar()
    last = connection.exec_driver_sql(_LAST).scalar() or 0
    keep = last + 1 if first is None else first
    for name in list(connection.exec_driver_sql(_SEGMENTS).scalars()):
        if (int(name.rsplit("_", 1)[1]) + 1) * SEGMENT <= keep:
            connection.exec_driver_sql(f"DROP TABLE {name}")
    connection.exec_driver_sql("DELETE FROM near_piece WHERE seen < ?", (int(before),))
    return connection.exec_driver_sql("DELETE FROM near_print WHERE seen < ?", (int(before),)).rowcount
