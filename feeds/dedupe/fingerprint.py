"""Makes the fingerprint of an article, about 2 KB, by which it is compared with others.

A text is cut into overlapping shingles (4 words; 5 characters in scripts without spaces). Each is hashed to 32 bits,
and their order is kept, so that two texts can be aligned. The fingerprint also holds the *facts*, with their
positions: numbers and capitalised words, which tell tomorrow's weather report from today's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from feeds.dedupe.shingle import hash_shingles
from feeds.dedupe.words import (
    DIGIT,
    MAX_TEXT_UNITS,
    NUMBER,
    Codes,
    Positions,
    Units,
    number_values,
    split_numbers,
    split_words,
    to_units,
)

MAX_SHINGLES = 2000
"""The rest of a text is not compared; 95 % of news texts are shorter. In scripts without spaces, twice as many are
kept, because a word has two to four characters."""

_SHINGLE_WORDS = 4
_SHINGLE_CHARS = 5
"""In scripts without spaces. One changed character changes this many shingles."""

_BEGINNING_WORDS = 80
_TITLE_SHINGLE_CHARS = 3
_EMPTY: Codes = np.empty(0, np.uint32)

LONG_WORD_CHARS = 4
"""`Fingerprint.sizes` gives longer words this size."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The stored form. The byte fields hold little-endian unsigned integers."""

    title: bytes  # codes of the title's words, 4 bytes each
    sizes: bytes  # lengths of the title's words in characters, a byte each, LONG_WORD_CHARS at most
    runs: bytes  # only of a title in a script without spaces: see `_title_runs`, 4 bytes each
    shingles: bytes  # hashes of the text's shingles, 4 bytes each, in order
    places: bytes  # positions of the facts, 2 bytes each: in words, or characters in scripts without spaces
    facts: bytes  # codes of the text's numbers and names, 4 bytes each
    unspaced: bool = False  # the text is in a script without spaces
    backed: int = 100  # per cent of the title's words that occur in the text
    led: int = 100  # per cent of the title's words that occur in the text's beginning
    distinct: int = -1  # number of distinct shingles; -1: not counted


def fingerprint(title: str, text: str) -> Fingerprint:
    """Fingerprint of a title without the site's name and a text without boilerplate."""
    return next(fingerprints([(title, text)]))


def fingerprints(articles: Iterable[tuple[str, str]]) -> Iterator[Fingerprint]:
    """The fingerprints of many (title, text), in order. Short texts are hashed in batches: that takes a fifth of the
    time, because a numpy call costs the same for few values."""
    batch: list[tuple[str, str]] = []
    size = 0
    for title, text in articles:
        if batch and size + len(title) + len(text) > MAX_TEXT_UNITS:
            yield from _batch(batch)
            batch, size = [], 0
        batch.append((title, text))
        size += len(title) + len(text)
    yield from _batch(batch)


def _batch(articles: Sequence[tuple[str, str]]) -> Iterator[Fingerprint]:
    units, begins = to_units([part for article in articles for part in article])
    words = split_words(units)
    hashes = hash_shingles(words.codes >> np.uint32(2), _SHINGLE_WORDS)
    cuts = words.begin.searchsorted(begins).tolist()
    spaced = units.is_spaced
    for at in range(0, len(cuts) - 1, 2):
        (title, text, end), (first, here, last) = begins[at : at + 3], cuts[at : at + 3]
        last = min(last, here + MAX_SHINGLES + _SHINGLE_WORDS - 1)
        yield _fingerprint(
            units[title : text - 1],
            units[text : end - 1],
            words.codes[first:here],
            words.sizes[first:here],
            words.codes[here:last],
            hashes[here : max(here, last - _SHINGLE_WORDS + 1)],
            spaced=spaced,
        )


def _fingerprint(
    title: Units,
    text: Units,
    title_codes: Codes,
    sizes: Positions,
    codes: Codes,
    hashes: Codes,
    *,
    spaced: bool,
) -> Fingerprint:
    """`title_codes` and `sizes` belong to the words of the title, `codes` to those of the text, `hashes` to its
    shingles. `spaced`: no character is of a script without spaces."""
    runs = _EMPTY if spaced or not title.is_unspaced else _title_runs(title)
    unspaced = not spaced and (text if len(text) else title).is_unspaced
    if unspaced:
        parts = text.word_parts[: 2 * MAX_SHINGLES]
        numbers = split_numbers(parts)
        facts, places = numbers.codes, numbers.begin
        hashes = hash_shingles(parts.folded, _SHINGLE_CHARS)
        wanted, there, beginning = _title_runs(title), _title_runs(parts), 4 * _BEGINNING_WORDS
    else:
        (places,) = (codes & 3).nonzero()
        facts, there = number_values(codes[places]), codes >> np.uint32(2)
        long = (sizes >= LONG_WORD_CHARS) | (title_codes & 3 == NUMBER)
        wanted, beginning = title_codes[long] >> np.uint32(2), _BEGINNING_WORDS
    has = wanted[:, None] == there
    return Fingerprint(
        title=_packed(title_codes, "<u4"),
        sizes=np.minimum(sizes, LONG_WORD_CHARS).astype(np.uint8).tobytes(),
        runs=_packed(runs, "<u4"),
        shingles=_packed(hashes, "<u4"),
        places=_packed(places, "<u2"),
        facts=_packed(facts, "<u4"),
        unspaced=unspaced,
        backed=_share(has),
        led=_share(has[:, :beginning]),
    )


def _title_runs(text: Units) -> Codes:
    """Hashes of every three consecutive characters. The lowest bit says whether the first is a digit."""
    parts = text.word_parts
    hashes = hash_shingles(parts.folded, _TITLE_SHINGLE_CHARS)
    return hashes & np.uint32(0xFFFFFFFE) | (parts.kinds[: len(hashes)] & DIGIT > 0)


def _share(has: NDArray[np.bool_]) -> int:
    """Per cent of the rows that have a true value; 100 if there are no rows."""
    return 100 * int(np.count_nonzero(has.any(axis=1))) // len(has) if len(has) else 100


def _packed(values: NDArray[np.integer], kind: str) -> bytes:
    return values.astype(kind, copy=False).tobytes()
