"""Fingerprint → what a comparison asks of it, each made once, when first asked for."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from feeds.dedupe.fingerprint import LONG, Fingerprint
from feeds.dedupe.packed_numbers import unpack
from feeds.dedupe.words import NUMBER

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
    long: frozenset[int]  # the longer words, as they are hashed in the text
    named: frozenset[int]  # the words that may be facts, as they are hashed in the text


def _title(stored: Fingerprint) -> Title:
    runs, codes = unpack("I", stored.runs), unpack("I", stored.title)
    hashes = [code >> 2 for code in codes]
    numbers = [code >> 2 for code in codes if code & 3 == NUMBER]
    sized = list(zip(hashes, stored.sizes, strict=True))
    return Title(
        words=frozenset(runs or hashes),
        digits=frozenset([run for run in runs if run & 1] if runs else numbers),
        long=frozenset([word for word, size in sized if size >= LONG]),
        named=frozenset([word for word, size in sized if size > 2] + numbers),
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

    @property
    def lookups(self) -> tuple[int, ...]:
        """All that it is looked up by."""
        return (*self.keys, *self.title_keys)

    @cached_property
    def places(self) -> array[int]:
        return unpack("H", self.stored.places)

    @cached_property
    def facts(self) -> array[int]:
        return unpack("I", self.stored.facts)

    @cached_property
    def numbers(self) -> frozenset[int]:
        """The words of the text that are numbers, each once, without what they are."""
        return frozenset([fact >> 2 for fact in self.facts if fact & 3 == NUMBER])

    @cached_property
    def names(self) -> frozenset[int]:
        return frozenset([fact >> 2 for fact in self.facts if fact & 3 != NUMBER])

    @cached_property
    def named(self) -> frozenset[int]:
        return self.numbers | self.names

    @cached_property
    def title(self) -> Title:
        return _title(self.stored)

    @cached_property
    def title_named(self) -> frozenset[int]:
        """Names and numbers that title and text have."""
        return self.title.named & self.named

    @cached_property
    def title_keys(self) -> tuple[int, ...]:
        """Above 32 bits, apart from the keys of the text."""
        if runs := unpack("I", self.stored.runs):
            return tuple(sorted([run | 1 << 32 for run in set(runs)])[:TITLE_KEYS])
        words = zip(unpack("I", self.stored.title), self.stored.sizes, strict=True)
        keys = {code >> 2 | 1 << 32 for code, size in words if size > 1}
        return tuple(sorted(keys)[: 2 * TITLE_KEYS])
