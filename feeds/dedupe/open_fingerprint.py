"""A fingerprint decoded for comparing. Each part is computed when it is first used, and kept."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from feeds.dedupe.fingerprint import LONG_WORD_CHARS, Fingerprint
from feeds.dedupe.packed_numbers import unpack
from feeds.dedupe.words import NAME, NUMBER, number_value

MAX_TEXT_KEYS, MAX_OPENING_KEYS = 12, 4
"""How many of the smallest shingle hashes of a text, and of its beginning, are looked up. A shortened copy keeps its
share of the smallest hashes, and MinHash-LSH bands miss it (measured on the labelled articles). A copy of one sentence
keeps almost none of them, but it is mostly the beginning, so the smallest hashes of that are looked up too."""

_INDEXED_OPENING_SHINGLES = 40

MAX_TITLE_KEYS = 12


def smallest(limit: int, values: NDArray[np.uint32]) -> list[int]:
    """The `limit` smallest distinct values, sorted."""
    if len(values) > 8 * limit:  # sorting only a part is faster
        few = sorted(set(np.partition(values, 4 * limit)[: 4 * limit].tolist()))
        if len(few) >= limit:
            return few[:limit]
    return sorted(set(values.tolist()))[:limit]


@dataclass(frozen=True, slots=True)
class Title:
    """A title decoded for comparing. In scripts without spaces, its words are runs of three characters."""

    order: tuple[int, ...]  # the words as they follow each other
    words: frozenset[int]
    numbers: frozenset[int]  # the values of words that are numbers, or runs that begin with a digit
    names: frozenset[int]  # capitalised words
    long_words: frozenset[int]  # comparable with hashes of words in the text
    fact_hashes: frozenset[int]  # words that may be facts; comparable with `OpenFingerprint.fact_hashes`


def _title(stored: Fingerprint) -> Title:
    runs, codes = unpack("I", stored.runs), unpack("I", stored.title)
    hashes = [code >> 2 for code in codes]
    numbers: list[int] = []
    names: list[int] = []
    long_words: list[int] = []
    facts: list[int] = []
    for code, word, size in zip(codes, hashes, stored.sizes, strict=True):
        kind = code & 3
        if kind == NUMBER:
            numbers.append(number_value(code) >> 2)
        elif kind == NAME:
            names.append(word)
        if size >= LONG_WORD_CHARS:
            long_words.append(word)
        if size > 2 or (kind == NAME and size == 1):
            facts.append(word)
    return Title(
        order=tuple(runs or hashes),
        words=frozenset(runs or hashes),
        numbers=frozenset([run for run in runs if run & 1] if runs else numbers),
        names=frozenset(names),
        long_words=frozenset(long_words),
        fact_hashes=frozenset(facts + numbers),
    )


class OpenFingerprint:
    """A fingerprint decoded for comparing. `stored` is the encoded form."""

    def __init__(self, stored: Fingerprint) -> None:
        self.stored = stored
        self.shingles = unpack("I", stored.shingles)
        self.shingle_count = len(self.shingles)

    @cached_property
    def shingle_set(self) -> frozenset[int]:
        return frozenset(self.shingles)

    @cached_property
    def distinct_count(self) -> int:
        """Number of distinct shingles. It is stored, because building the set takes longer than comparing."""
        counted = self.stored.distinct
        return counted if counted >= 0 else len(self.shingle_set)

    def with_distinct_count(self) -> Fingerprint:
        """The encoded form with `distinct` counted."""
        return replace(self.stored, distinct=self.distinct_count)

    def first_position(self, shingle: int) -> int:
        """The index of the first occurrence of a shingle. Raises ValueError if the text does not have it."""
        wanted, at = shingle.to_bytes(4, "little"), -1
        while at < 0 or at & 3:
            at = self.stored.shingles.index(wanted, at + 1)
        return at >> 2

    @cached_property
    def text_keys(self) -> tuple[int, ...]:
        """The shingle hashes under which the text is indexed."""
        values = np.frombuffer(self.stored.shingles, "<u4")
        opening = smallest(MAX_OPENING_KEYS, values[:_INDEXED_OPENING_SHINGLES])
        return tuple(dict.fromkeys((*smallest(MAX_TEXT_KEYS, values), *opening)))

    @property
    def lookup_keys(self) -> tuple[int, ...]:
        """All keys under which the article is indexed."""
        return (*self.text_keys, *self.title_keys)

    @cached_property
    def places(self) -> array[int]:
        return unpack("H", self.stored.places)

    @cached_property
    def facts(self) -> array[int]:
        return unpack("I", self.stored.facts)

    @cached_property
    def numbers(self) -> frozenset[int]:
        """Hashes of the numbers in the text, without the bits for the kind."""
        return frozenset([fact >> 2 for fact in self.facts if fact & 3 == NUMBER])

    @cached_property
    def names(self) -> frozenset[int]:
        """Hashes of the names in the text, without the bits for the kind."""
        return frozenset([fact >> 2 for fact in self.facts if fact & 3 != NUMBER])

    @cached_property
    def has_names(self) -> bool:
        """Whether a word of the text begins with a capital letter."""
        return any(fact & 3 == NAME for fact in self.facts)

    @cached_property
    def fact_hashes(self) -> frozenset[int]:
        return self.numbers | self.names

    @cached_property
    def title(self) -> Title:
        return _title(self.stored)

    @cached_property
    def title_fact_hashes(self) -> frozenset[int]:
        """Hashes of the facts that are in both title and text."""
        return self.title.fact_hashes & self.fact_hashes

    @cached_property
    def title_keys(self) -> tuple[int, ...]:
        """The word hashes under which the title is indexed, with bit 32 set to keep them apart from `text_keys`."""
        if runs := unpack("I", self.stored.runs):
            return tuple(sorted([run | 1 << 32 for run in set(runs)])[:MAX_TITLE_KEYS])
        words = zip(unpack("I", self.stored.title), self.stored.sizes, strict=True)
        keys = {code >> 2 | 1 << 32 for code, size in words if size > 1}
        return tuple(sorted(keys)[: 2 * MAX_TITLE_KEYS])
