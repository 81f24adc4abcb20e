"""Articles → labelled pairs with their features, just as the product would compare them."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.dedupe.data import Gold, arrival, gold
from bench.dedupe.memory import MemoryIndex
from feeds.dedupe.features import Features, features, with_company
from feeds.dedupe.join import Arrival, prepare

WINDOW = 72 * 3600
COLD_STARTS, COLD_LENGTH = 8, 150
"""A new installation knows no boilerplate and no word's rarity yet; acceptance files begin so too. Training sees
stretches that begin anew, so that the first hours are judged as well as the rest."""


@dataclass(frozen=True, slots=True)
class Pair:
    new: int
    old: int
    same: bool
    ignored: bool  # a person could call it either way
    features: Features


def cached_arrivals(name: str) -> list[Arrival]:
    path = Path(tempfile.gettempdir()) / f"feeds-dedupe-{name}.pickle"
    if path.exists():
        return list(pickle.loads(path.read_bytes()))
    made = [arrival(row) for row in gold(name)]
    path.write_bytes(pickle.dumps(made))
    return made


def pairs(rows: Sequence[Gold], arrivals: Sequence[Arrival], offset: int = 0) -> list[Pair]:
    """Every candidate pair of a stretch of articles that meets an empty store."""
    index = MemoryIndex()
    found = []
    for new, (row, came) in enumerate(zip(rows, arrivals, strict=True)):
        index.since(came.seen - WINDOW)
        made = prepare(came, index, own=-1)
        sides = index.sides(made.candidates)
        compared = [features(made.new, sides[n], made.frequency, index.size()) for n in made.candidates]
        with_company(compared)
        for old, values in zip(made.candidates, compared, strict=True):
            same = row["cluster"] == rows[old]["cluster"]
            ignored = not same and rows[old]["id"] in row.get("ignore", ())
            found.append(Pair(offset + new, offset + old, same, ignored, values))
        index.enter(made, row["id"])
    return found


def cold_pairs(rows: Sequence[Gold], arrivals: Sequence[Arrival]) -> list[Pair]:
    found = []
    for part in range(COLD_STARTS):
        at = (2 * part + 1) * len(rows) // (2 * COLD_STARTS)
        end = at + COLD_LENGTH
        found += pairs(rows[at:end], arrivals[at:end], at)
    return found
