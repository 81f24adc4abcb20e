"""RecentPostings: a write buffer for the postings of the latest articles.

The keys of an article are hashes, so each belongs to another page of a B-tree of millions. Written article by article,
every key costs one written page; written together with those of some thousand articles, in key order, many share a
page. Until then the postings of an article are one row at the end of the table `near_recent`, and sorted in memory.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from feeds.dedupe.packed_numbers import pack

FLUSH_AT = 1 << 17
"""Postings in the buffer at which it is flushed: those of some 4,500 articles, 2 MB in memory."""

_READ = "SELECT seq, n, date, keys FROM near_recent ORDER BY seq"
_LAST = "SELECT seq, n FROM near_recent ORDER BY seq DESC LIMIT 1"
_COUNT = "SELECT count(*) FROM near_recent"
_ADD = "INSERT INTO near_recent (n, date, keys) VALUES (?, ?, ?)"
_EMPTY = "DELETE FROM near_recent"

_U64 = NDArray[np.uint64]


class RecentPostings:
    """The table `near_recent` in memory, kept over many transactions. It is read again if another process wrote to the
    table or a transaction was rolled back.

    A posting is 8 bytes: `article.n` and the article's date in seconds, 32 bits each, little-endian."""

    def __init__(self) -> None:
        self._clear()

    def _clear(self) -> None:
        self._rows, self._last = 0, (0, 0)
        self._keys: _U64 = np.empty(0, "<u8")  # sorted; equal keys in the order of arrival
        self._postings: _U64 = np.empty(0, "<u8")  # of the key at the same place
        self._added: dict[int, list[int]] = {}  # by key: added in this transaction, not sorted in yet

    def __len__(self) -> int:
        return len(self._keys) + sum(map(len, self._added.values()))

    def refresh(self, sql: sqlite3.Connection) -> None:
        """Read what other processes wrote. Call it once in each transaction, before the other methods."""
        last = sql.execute(_LAST).fetchone() or (0, 0)
        if (*last, sql.execute(_COUNT).fetchone()[0]) != (*self._last, self._rows):
            self._clear()
            self._read(sql)
        if self._added:
            keys = np.fromiter((key for key, added in self._added.items() for _ in added), "<u8")
            postings = np.fromiter((posting for added in self._added.values() for posting in added), "<u8")
            self._sort(np.concatenate((self._keys, keys)), np.concatenate((self._postings, postings)))
            self._added = {}

    def _read(self, sql: sqlite3.Connection) -> None:
        rows = sql.execute(_READ).fetchall()
        if rows:
            self._rows, self._last = len(rows), rows[-1][:2]
            sizes = [len(keys) // 8 for _, _, _, keys in rows]
            postings = np.array([date << 32 | n for _, n, date, _ in rows], "<u8")
            keys = np.frombuffer(b"".join([keys for _, _, _, keys in rows]), "<u8")
            self._sort(keys, postings.repeat(sizes))

    def _sort(self, keys: _U64, postings: _U64) -> None:
        """Replace the sorted arrays. `keys` and their `postings` are in the order of arrival."""
        order = keys.argsort(kind="stable")
        self._keys, self._postings = keys[order], postings[order]

    def add(self, sql: sqlite3.Connection, n: int, date: int, keys: Sequence[int]) -> None:
        """Add an article's postings. `date`: of the article, in seconds."""
        seq = sql.execute(_ADD, (n, date, pack("Q", keys))).lastrowid or 0
        self._rows, self._last = self._rows + 1, (seq, n)
        posting = date << 32 | n
        for key in keys:
            self._added.setdefault(key, []).append(posting)

    def committed(self, keys: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        """Key and packed postings, without those added in this transaction. Keys without postings are left out."""
        wanted = np.array(keys, "<u8")
        begins, ends = (self._keys.searchsorted(wanted, side).tolist() for side in ("left", "right"))
        for key, begin, end in zip(keys, begins, ends, strict=True):
            if begin < end:
                yield key, self._postings[begin:end].tobytes()

    def uncommitted(self, key: int) -> bytes:
        """Packed postings added in this transaction."""
        return pack("Q", self._added[key]) if key in self._added else b""

    def pop_segments(
        self, sql: sqlite3.Connection, segment: int
    ) -> Iterator[tuple[int, list[tuple[int, bytes]]]]:
        """Empty the buffer. Yields, for each `segment` articles that have postings, the segment's number and its keys
        in order, each with its packed postings."""
        self.refresh(sql)
        keys, postings = self._keys, self._postings
        segments = (postings & np.uint64(0xFFFFFFFF)) // np.uint64(segment)
        for number in np.unique(segments).tolist():
            own = segments == number
            begins = np.flatnonzero(np.diff(keys[own], prepend=np.uint64((1 << 64) - 1)))
            packed = postings[own].tobytes()
            bounds = pairwise([*(8 * begins).tolist(), len(packed)])
            distinct = keys[own][begins].tolist()
            yield number, [(key, packed[at:end]) for key, (at, end) in zip(distinct, bounds, strict=True)]
        sql.execute(_EMPTY)
        self._clear()
