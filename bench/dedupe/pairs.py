"""Articles → labelled pairs with their features, just as the product would compare them."""

from __future__ import annotations

import pickle
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bench.dedupe.data import Gold, arrival, gold
from bench.dedupe.memory import MemoryIndex
from feeds.dedupe.draft import Arrival, draft
from feeds.dedupe.features import Features, Weights, features, with_company
from feeds.dedupe.fingerprint import fingerprint
from feeds.dedupe.join import prepare

WINDOW = 72 * 3600
COLD_STARTS, COLD_LENGTH = 8, 150
"""A new installation knows no boilerplate and no word's rarity yet; acceptance files begin so too. Training
sees stretches that begin anew, so that the first hours are judged as well as the rest."""

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_MIXED = 1500  # articles of a file
_BORNE_OUT = 40  # per cent of a title's words; such a title may well be this text's


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
        made = prepare(draft(came), index, own=-1)
        sides = index.sides(made.candidates)
        weights = Weights(made.new.print, made.frequency, index.size())
        compared = [features(made.new, sides[n], weights) for n in made.candidates]
        with_company(compared)
        for old, values in zip(made.candidates, compared, strict=True):
            same = row["cluster"] == rows[old]["cluster"]
            ignored = not same and rows[old]["id"] in row.get("ignore", ())
            found.append(Pair(offset + new, offset + old, same, ignored, values))
        index.enter(made, came, row["id"])
    return found


def cold_pairs(rows: Sequence[Gold], arrivals: Sequence[Arrival]) -> list[Pair]:
    found = []
    for part in range(COLD_STARTS):
        at = (2 * part + 1) * len(rows) // (2 * COLD_STARTS)
        end = at + COLD_LENGTH
        found += pairs(rows[at:end], arrivals[at:end], at)
    return found


def misplaced_pairs(rows: Sequence[Gold], arrivals: Sequence[Arrival]) -> list[Pair]:
    """Pages whose text belongs to another article: invented negatives.

    Sites print the same block of other articles under unlike titles; one of the files does so towards its
    end. Two in twenty articles are followed by two more of the same source, with its text and with titles
    from elsewhere that it does not bear out.
    """
    mixed: list[Gold] = []
    came: list[Arrival] = []
    for at, (row, one) in enumerate(zip(rows[:_MIXED], arrivals, strict=False)):
        mixed.append(row)
        came.append(one)
        if at % 10 == 0 and len(one.text) > 600:
            for step in (3, 5):
                other = arrivals[(at + step) % len(arrivals)]
                if fingerprint(other.title, one.text).backed >= _BORNE_OUT:
                    continue
                name = f"{row['id']} misplaced {step}"
                mixed.append({"id": name, "cluster": name})
                came.append(replace(one, title=other.title))
    found = pairs(mixed, came)
    return [pair for pair in found if "misplaced" in mixed[pair.new]["id"]]


def next_issue_pairs(rows: Sequence[Gold], arrivals: Sequence[Arrival]) -> list[Pair]:
    """Tomorrow's issue of a report: the same title and sentences with other numbers, a day later; invented
    negatives. The files hold few series whose titles are equal, and other series than a user's."""
    mixed = list(zip(rows[:_MIXED], arrivals, strict=False))
    for row, one in mixed[::6]:
        if len(one.text) < 1500 and len(_NUMBER.findall(one.text)) > 3:
            name = f"{row['id']} next"
            later = replace(one, text=_renumbered(one.text), seen=one.seen + (20 + len(one.text) % 30) * 3600)
            mixed.append(({"id": name, "cluster": name}, later))
    mixed.sort(key=lambda pair: pair[1].seen)
    found = pairs([row for row, _ in mixed], [one for _, one in mixed])
    return [pair for pair in found if mixed[pair.new][0]["id"].endswith(" next")]


def _renumbered(text: str) -> str:
    """Every number another, of as many digits, derived from where it stands."""

    def other(match: re.Match[str]) -> str:
        shift = 1 + (match.start() * 7 + len(text)) % 8
        return "".join(
            str((int(digit) + shift) % 10) if digit.isdigit() else digit for digit in match.group()
        )

    return _NUMBER.sub(other, text)
