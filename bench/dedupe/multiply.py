"""Enlarges a window of 100,000 articles to a million, in minutes.

The rows of articles, fingerprints, postings, paragraphs and keys are copied once for each further segment. Hashes are
changed by XOR, as if the copies were the same articles in other words. So the tables have the same number and length of
rows, and the same distribution of keys, as if the articles had been polled. The postings of each copy are in a segment
of their own, as in the product.
"""

from __future__ import annotations

import random
import sqlite3
import sys
from array import array
from pathlib import Path

from feeds.store import open_store
from feeds.store.near_index import SEGMENT_ARTICLES, WindowCache

_COPIES = (
    "INSERT INTO article SELECT n + :from, id || :suffix, source, story || :suffix, cautious_story || :suffix, "
    "exact_story || :suffix, link, date, first_seen, published, last_seen_at, rank_date, content_hash, body "
    "FROM article WHERE n <= :size",
    "INSERT INTO decision SELECT article + :from, joined_to, evidence, scores, decided_at FROM decision "
    "WHERE article <= :size",
    "INSERT INTO alias SELECT source, xor_key(key, :mask), article + :from FROM alias WHERE article <= :size",
    "INSERT INTO exact_key SELECT xor_key(key, :mask), article + :from FROM exact_key WHERE article <= :size",
    "INSERT INTO near_fingerprint SELECT n + :from, source, date, fingerprint FROM near_fingerprint WHERE n <= :size",
    "CREATE TABLE {table} (key INTEGER PRIMARY KEY, postings BLOB NOT NULL)",
    "INSERT INTO {table} SELECT (key | :low) - (key & :low), shift_postings(postings, :from) FROM near_postings_0",
    "INSERT OR IGNORE INTO near_passage SELECT (key | :mask) - (key & :mask), titles, date FROM passage",
)


def multiply(path: Path, times: int) -> None:
    """Copy the first segment until the window is `times` as large."""
    with open_store(path).write() as writing:
        WindowCache(writing).flush()
    rng = random.Random(2)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.create_function("xor_key", 2, _xor, deterministic=True)
    connection.create_function("shift_postings", 2, _shift, deterministic=True)
    connection.execute("PRAGMA cache_size=-200000")
    connection.execute("CREATE TEMP TABLE passage AS SELECT * FROM near_passage")
    for copy in range(1, times):
        values = {
            "suffix": f".{copy}",
            "from": copy * SEGMENT_ARTICLES,
            "size": SEGMENT_ARTICLES,
            "mask": rng.getrandbits(62),
            "low": rng.getrandbits(32),
        }
        connection.execute("BEGIN IMMEDIATE")
        for statement in _COPIES:
            connection.execute(statement.format(table=f"near_postings_{copy}"), values)
        connection.execute("COMMIT")
    connection.close()


def _xor(key: bytes, mask: int) -> bytes:
    return (int.from_bytes(key, "big") ^ mask).to_bytes(len(key), "big")


def _shift(postings: bytes, by: int) -> bytes:
    values = array("I", postings)
    values[::2] = array("I", [n + by for n in values[::2]])
    return values.tobytes()


if __name__ == "__main__":
    multiply(Path(sys.argv[1]), int(sys.argv[2]))
