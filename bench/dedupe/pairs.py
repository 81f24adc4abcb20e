"""Labelled pairs of articles with the features that the product computes for them."""

from __future__ import annotations

import pickle
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bench.dedupe.data import Gold, arrival, gold
from bench.dedupe.memory import MemoryIndex
from feeds.dedupe.candidates import find_article_candidates
from feeds.dedupe.features import Features, WindowWeights, add_peer_features, features
from feeds.dedupe.fingerprint import fingerprint
from feeds.dedupe.prepare import ArticleInput, fingerprint_article

WINDOW = 72 * 3600
COLD_STARTS, COLD_ARTICLES = 8, 150
"""A new installation does not know boilerplate and rare words yet. So the training data contains stretches of articles
that begin with an empty store."""

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_MAX_ARTICLES = 1500  # of a file, for invented pairs
_PLAUSIBLE_TITLE = 40  # per cent of the title's words that occur in the text: it may really be its title


@dataclass(frozen=True, slots=True)
class Pair:
    new: int
    old: int
    same: bool
    ignored: bool  # a person could call it either way
    features: Features


def cached_arrivals(name: str) -> list[ArticleInput]:
    """The normalized articles of a labelled file, cached in the folder for temporary files."""
    path = Path(tempfile.gettempdir()) / f"feeds-dedupe-{name}.pickle"
    if path.exists():
        return list(pickle.loads(path.read_bytes()))
    arrivals = [arrival(row) for row in gold(name)]
    path.write_bytes(pickle.dumps(arrivals))
    return arrivals


def pairs(rows: Sequence[Gold], arrivals: Sequence[ArticleInput], offset: int = 0) -> list[Pair]:
    """All candidate pairs of consecutive articles, beginning with an empty store. `offset`: index of the first one."""
    index = MemoryIndex()
    found = []
    for new, (row, arrival_) in enumerate(zip(rows, arrivals, strict=True)):
        index.since(arrival_.seen_at - WINDOW)
        prepared = find_article_candidates(fingerprint_article(arrival_), index, own_number=-1)
        candidates = index.articles(prepared.candidates)
        weights = WindowWeights(prepared.article.fingerprint, prepared.frequency, index.size())
        compared = [features(prepared.article, candidates[n], weights) for n in prepared.candidates]
        add_peer_features(compared)
        for old, values in zip(prepared.candidates, compared, strict=True):
            same = row["cluster"] == rows[old]["cluster"]
            ignored = not same and rows[old]["id"] in row.get("ignore", ())
            found.append(Pair(offset + new, offset + old, same, ignored, values))
        index.enter(prepared, arrival_, row["id"])
    return found


def cold_pairs(rows: Sequence[Gold], arrivals: Sequence[ArticleInput]) -> list[Pair]:
    """The pairs of several stretches, each beginning with an empty store."""
    found = []
    for part in range(COLD_STARTS):
        at = (2 * part + 1) * len(rows) // (2 * COLD_STARTS)
        end = at + COLD_ARTICLES
        found += pairs(rows[at:end], arrivals[at:end], at)
    return found


def misplaced_pairs(rows: Sequence[Gold], arrivals: Sequence[ArticleInput]) -> list[Pair]:
    """Invented pairs that are no copies: pages whose text belongs to another article.

    Some sites print the same block of other articles under different titles; one of the files does so near its end.
    After every tenth article, up to two more of the same source are inserted, with its text and unrelated titles.
    """
    mixed: list[Gold] = []
    mixed_arrivals: list[ArticleInput] = []
    for at, (row, original) in enumerate(zip(rows[:_MAX_ARTICLES], arrivals, strict=False)):
        mixed.append(row)
        mixed_arrivals.append(original)
        if at % 10 == 0 and len(original.text) > 600:
            for step in (3, 5):
                other = arrivals[(at + step) % len(arrivals)]
                if fingerprint(other.title, original.text).backed >= _PLAUSIBLE_TITLE:
                    continue
                name = f"{row['id']} misplaced {step}"
                mixed.append({"id": name, "cluster": name})
                mixed_arrivals.append(replace(original, title=other.title))
    found = pairs(mixed, mixed_arrivals)
    return [pair for pair in found if "misplaced" in mixed[pair.new]["id"]]


def next_issue_pairs(rows: Sequence[Gold], arrivals: Sequence[ArticleInput]) -> list[Pair]:
    """Invented pairs that are no copies: the next issue of a report, with the same title and sentences and other
    numbers, about a day later. The labelled files have few series with equal titles."""
    mixed = list(zip(rows[:_MAX_ARTICLES], arrivals, strict=False))
    for row, original in mixed[::6]:
        if len(original.text) < 1500 and len(_NUMBER.findall(original.text)) > 3:
            name = f"{row['id']} next"
            hours = 20 + len(original.text) % 30
            later = replace(
                original, text=_renumbered(original.text), seen_at=original.seen_at + hours * 3600
            )
            mixed.append(({"id": name, "cluster": name}, later))
    mixed.sort(key=lambda pair: pair[1].seen_at)
    found = pairs([row for row, _ in mixed], [arrival_ for _, arrival_ in mixed])
    return [pair for pair in found if mixed[pair.new][0]["id"].endswith(" next")]


def _renumbered(text: str) -> str:
    """The text with each number replaced by another with as many digits, computed from its position."""

    def other(match: re.Match[str]) -> str:
        shift = 1 + (match.start() * 7 + len(text)) % 8
        return "".join(
            str((int(digit) + shift) % 10) if digit.isdigit() else digit for digit in match.group()
        )

    return _NUMBER.sub(other, text)
