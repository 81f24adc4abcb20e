"""Fingerprint → what a comparison asks of it, each made once, when first asked for."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from feeds.dedupe.fingerprint import LONG, Fingerprint
from feeds.dedupe.packed import unpack
from feeds.dedupe.words import NAME, NUMBER

KEYS, LEAD_KEYS = 12, 4
"""How many of a text's smallest shingles are looked up: a cut copy keeps its share of them, whereas the
bands of MinHash-LSH miss it (dedupe baselines, 4). A share of one sentence is nothing; but what is cut that
short is mostly the beginning, and so are the smallest of that."""

_LEAD = 40  # shingles

TITLE_KEYS = 12


def smallest(most: int, values: NDArray[np.uint32]) -> list[int]:
    """The smallest of many hashes, each once, in their order."""
    if len(values) > 8 * most:  # sorting a few is quicker
        few = sorted(set(np.partition(values, 4 * most)[: 4 * most].tolist()))
        if len(few) >= most:
            return few[:most]
    return sorted(set(values.tolist()))[:most]


@dataclass(frozen=True, slots=True)
class Title:
    """A title opened for comparing. Words are its runs of three characters where they are not parted."""

    words: frozenset[int]
    digits: frozenset[int]  # those that begin with one
    keys: frozenset[int]  # those that are looked up
    ids: frozenset[int]  # the longer words, as they are hashed in the text
    named: frozenset[int]  # the words that may be facts, as they are hashed in the text
    facts: frozenset[int]  # both, as the facts that they would be
    unspaced: bool


def _title(stored: Fingerprint) -> Title:
    runs, words = unpack("I", stored.runs), list(zip(unpack("I", stored.title), stored.sizes, strict=True))
    ids = {code >> 2 for code, size in words if size >= LONG}
    named = ids.union([code >> 2 for code, size in words if size > 2 or code & 3 == NUMBER])
    return Title(
        words=frozenset(runs or [code >> 2 for code, _ in words]),
        digits=frozenset([run for run in runs if run & 1])
        if runs
        else frozenset([code >> 2 for code, _ in words if code & 3 == NUMBER]),
        keys=frozenset(runs or [code >> 2 for code, size in words if size > 1]),
        ids=frozenset(ids),
        named=frozenset(named),
        facts=frozenset([one << 2 | NUMBER for one in named] + [one << 2 | NAME for one in named]),
        unspaced=bool(runs),
    )


class Print:
    """A fingerprint opened for comparing."""

    def __init__(self, stored: Fingerprint) -> None:
        self.stored = stored
        self.shingles = unpack("I", stored.shingles)
        self.size = len(self.shingles)

    @cached_property
    def all(self) -> frozenset[int]:
        return frozenset(self.shingles)

    @cached_property
    def distinct(self) -> int:
        """Known of a stored article, because a set of its shingles takes longer to build than to compare."""
        counted = self.stored.distinct
        return counted if counted >= 0 else len(self.all)

    def counted(self) -> Fingerprint:
        return replace(self.stored, distinct=self.distinct)

    def first(self, shingle: int) -> int:
        """Where a shingle stands that it has; the first place of one that returns."""
        wanted, at = shingle.to_bytes(4, "little"), -1
        while at < 0 or at & 3:
            at = self.stored.shingles.index(wanted, at + 1)
        return at >> 2

    @cached_property
    def keys(self) -> tuple[int, ...]:
        values = np.frombuffer(self.stored.shingles, "<u4")
        lead = smallest(LEAD_KEYS, values[:_LEAD])
        return tuple(dict.fromkeys((*smallest(KEYS, values), *lead)))

    @cached_property
    def places(self) -> array[int]:
        return unpack("H", self.stored.places)

    @cached_property
    def facts(self) -> array[int]:
        return unpack("I", self.stored.facts)

    @cached_property
    def fact_set(self) -> frozenset[int]:
        return frozenset(self.facts)

    @cached_property
    def numbers(self) -> int:
        """How many different ones; what is none is a name."""
        return sum([fact & 3 == NUMBER for fact in self.fact_set])

    @property
    def names(self) -> int:
        return len(self.fact_set) - self.numbers

    @cached_property
    def title(self) -> Title:
        return _title(self.stored)

    @cached_property
    def title_named(self) -> frozenset[int]:
        """Names and numbers that title and text have."""
        return self.title.named & {fact >> 2 for fact in self.title.facts & self.fact_set}

    @cached_property
    def title_keys(self) -> tuple[int, ...]:
        """Above 32 bits, apart from the keys of the text."""
        found = sorted([key | 1 << 32 for key in self.title.keys])
        return tuple(found[: TITLE_KEYS if self.title.unspaced else 2 * TITLE_KEYS])
