"""The postings of the latest articles, until there are enough of them to be entered together.

The keys of an article are hashes: each lies in another page of a tree of millions. Entered one article after the other,
every key costs a page that is written; entered with some thousand others, in their order, many share one. Until then
the postings of an article are one row at the end of a small table, and lie sorted in memory.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from feeds.dedupe.packed_numbers import pack

ENOUGH = 1 << 17
"""Postings: of some 4,500 articles, 2 MB in memory."""

_READ = "SELECT seq, n, moment, keys FROM near_recent ORDER BY seq"
_LAST = "SELECT seq, n FROM near_recent ORDER BY seq DESC LIMIT 1"
_COUNT = "SELECT count(*) FROM near_recent"
_PUT = "INSERT INTO near_recent (n, moment, keys) VALUES (?, ?, ?)"
_EMPTY = "DELETE FROM near_recent"

_Whole = NDArray[np.uint64]


class Recent:
    """What the table `near_recent` holds, over many transactions. Where another process wrote to it, or a transaction
    was rolled back, the table is read anew.

    A posting is 8 bytes: the number of an article and its moment, each of 32 bits, little-endian."""

    def __init__(self) -> None:
        self._clear()

    def _clear(self) -> None:
        self._rows, self._last = 0, (0, 0)
        self._keys: _Whole = np.empty(0, "<u8")  # sorted; of one key, in the order of arrival
        self._postings: _Whole = np.empty(0, "<u8")
        self._new: dict[int, list[int]] = {}  # not sorted in yet

    def __len__(self) -> int:
        return len(self._keys) + sum(map(len, self._new.values()))

    def begin(self, sql: sqlite3.Connection) -> None:
        """Once in each transaction, before the others."""
        last = sql.execute(_LAST).fetchone() or (0, 0)
        if (*last, sql.execute(_COUNT).fetchone()[0]) != (*self._last, self._rows):
            self._clear()
            self._read(sql)
        if self._new:
            keys = np.fromiter((key for key, found in self._new.items() for _ in found), "<u8")
            postings = np.fromiter((one for found in self._new.values() for one in found), "<u8")
            self._sort(np.concatenate((self._keys, keys)), np.concatenate((self._postings, postings)))
            self._new = {}

    def _read(self, sql: sqlite3.Connection) -> None:
        rows = sql.execute(_READ).fetchall()
        if rows:
            self._rows, self._last = len(rows), rows[-1][:2]
            sizes = [len(keys) // 8 for _, _, _, keys in rows]
            postings = np.array([moment << 32 | n for _, n, moment, _ in rows], "<u8")
            keys = np.frombuffer(b"".join([keys for _, _, _, keys in rows]), "<u8")
            self._sort(keys, postings.repeat(sizes))

    def _sort(self, keys: _Whole, postings: _Whole) -> None:
        """`keys`: in the order of arrival, with their postings."""
        order = keys.argsort(kind="stable")
        self._keys, self._postings = keys[order], postings[order]

    def put(self, sql: sqlite3.Connection, n: int, moment: int, keys: Sequence[int]) -> None:
        seq = sql.execute(_PUT, (n, moment, pack("Q", keys))).lastrowid or 0
        self._rows, self._last = self._rows + 1, (seq, n)
        posting = moment << 32 | n
        for key in keys:
            self._new.setdefault(key, []).append(posting)

    def of(self, keys: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        """Key and packed postings, of before this transaction."""
        wanted = np.array(keys, "<u8")
        begins, ends = (self._keys.searchsorted(wanted, side).tolist() for side in ("left", "right"))
        for key, begin, end in zip(keys, begins, ends, strict=True):
            if begin < end:
                yield key, self._postings[begin:end].tobytes()

    def new(self, key: int) -> bytes:
        """Packed postings of this transaction."""
        return pack("Q", self._new[key]) if key in self._new else b""

    def take(self, sql: sqlite3.Connection, segment: int) -> Iterator[tuple[int, list[tuple[int, bytes]]]]:
        """Hand over all, to be entered elsewhere in this transaction: for each `segment` of so many articles its number
        and its keys in their order, each with its packed postings."""
        self.begin(sql)
        keys, postings = self._keys, self._postings
        segments = (postings & np.uint64(0xFFFFFFFF)) // np.uint64(segment)
        for one in np.unique(segments).tolist():
            own = segments == one
            begins = np.flatnonzero(np.diff(keys[own], prepend=np.uint64((1 << 64) - 1)))
            packed = postings[own].tobytes()
            places = [*(8 * begins).tolist(), len(packed)]
            parts = pairwise(places)
            yield (
                one,
                [
                    (key, packed[at:end])
                    for key, (at, end) in zip(keys[own][begins].tolist(), parts, strict=True)
                ],
            )
        sql.execute(_EMPTY)
        self._clear()
