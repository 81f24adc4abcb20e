"""A window of a hundred thousand articles → one of a million, in minutes.

Each of the product's tables of articles, fingerprints, postings, paragraphs and keys is copied, row by row, once
for every further segment: the same articles in other words, whose hashes are other numbers. Hashes are turned
by XOR, so there are as many rows as if the articles had come, as long, and spread as evenly; each copy's
postings lie in a segment of their own, as they do in the product.
"""

from __future__ import annotations

import random
import sqlite3
import sys
from array import array
from pathlib import Path

from feeds.store import open_store
from feeds.store.near_index import SEGMENT, Extent

_COPIES = (
    "INSERT INTO article SELECT n + :from, id || :turn, source, story || :turn, sure || :turn, exact || :turn, "
    "link, date, first_seen, published, met, placed, content_hash, body FROM article WHERE n <= :size",
    "INSERT INTO decision SELECT article + :from, other, evidence, weighed, at FROM decision "
    "WHERE article <= :size",
    "INSERT INTO alias SELECT source, turned(key, :mask), article + :from FROM alias WHERE article <= :size",
    "INSERT INTO exact_key SELECT turned(key, :mask), article + :from, seen FROM exact_key "
    "WHERE article <= :size",
    "INSERT INTO near_print SELECT n + :from, source, seen, print FROM near_print WHERE n <= :size",
    "CREATE TABLE {table} (key INTEGER PRIMARY KEY, postings BLOB NOT NULL)",
    "INSERT INTO {table} SELECT (key | :low) - (key & :low), moved(postings, :from) FROM near_postings_0",
    "INSERT OR IGNORE INTO near_piece SELECT (key | :mask) - (key & :mask), marks, seen FROM piece",
)


def multiply(path: Path, times: int) -> None:
    """Copy the first hundred thousand until there are `times` as many."""
    with open_store(path).write() as writing:
        Extent(writing).settle()
    chance = random.Random(2)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.create_function("turned", 2, _turned, deterministic=True)
    connection.create_function("moved", 2, _moved, deterministic=True)
    connection.execute("PRAGMA cache_size=-200000")
    connection.execute("CREATE TEMP TABLE piece AS SELECT * FROM near_piece")
    for turn in range(1, times):
        values = {
            "turn": f".{turn}",
            "from": turn * SEGMENT,
            "size": SEGMENT,
            "mask": chance.getrandbits(62),
            "low": chance.getrandbits(32),
        }
        connection.execute("BEGIN IMMEDIATE")
        for statement in _COPIES:
            connection.execute(statement.format(table=f"near_postings_{turn}"), values)
        connection.execute("COMMIT")
    connection.close()


def _turned(key: bytes, mask: int) -> bytes:
    return (int.from_bytes(key, "big") ^ mask).to_bytes(len(key), "big")


def _moved(postings: bytes, by: int) -> bytes:
    values = array("I", postings)
    values[::2] = array("I", [n + by for n in values[::2]])
    return values.tobytes()


if __name__ == "__main__":
    multiply(Path(sys.argv[1]), int(sys.argv[2]))
