"""Splits texts into words and hashes the words, with numpy.

A word is a letter with the letters, combining marks and digits that follow it ("Ängström", "F16"). A number is one
word with its separators and its fraction ("1,000.5", "6-3/8"). If a fraction were several words, bank notices that
differ only in it would look too much alike.

Each character is looked up in a table of kinds, and words are hashed as differences of one running sum. That takes a
third of the time of a regular expression and a dictionary. The hashes are arithmetic modulo 2**64 on UTF-16 units, so
they are the same on every machine and in every release of Python and numpy.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from feeds.dedupe.number_words import NUMBER_WORDS

NUMBER, NAME = 1, 2
"""The kind of a word, in the lowest two bits of its code. 0: neither."""

COMBINING_MARKS = (  # vowel and tone signs, which `\\w` does not match
    "\u0300-\u036f\u0591-\u05c7\u0610-\u065f\u0900-\u0963\u0966-\u0dff"
    "\u0e31-\u0e4e\u0eb1-\u0ecd\u102b-\u103e\u17b4-\u17d3"
)
UNSPACED_SCRIPTS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
"""Characters of the scripts that put no spaces between words. `exact` has a range of its own, because its keys are
stored."""

MAX_TEXT_UNITS = 1 << 15
"""The rest of a text is ignored."""

_LETTER, DIGIT, _WORD_PART, _UPPER, _UNSPACED, _SEPARATOR, _DASH, _SLASH = (1 << bit for bit in range(8))

_KINDS = (
    (DIGIT, re.compile(r"\d+")),
    (_LETTER, re.compile(r"[^\W\d_\ud800-\udfff]+|[\ud800-\ud83a\ud83f-\udbff]+")),
    (_WORD_PART, re.compile(rf"[\w{COMBINING_MARKS}\ud800-\ud83a\ud83f-\udfff]+")),
    (_UNSPACED, re.compile(f"[{UNSPACED_SCRIPTS}]+")),
    (_SEPARATOR, re.compile("[.,:]")),
    (_DASH, re.compile("-")),
    (_SLASH, re.compile("/")),
)
"""Kind of character → its pattern. Surrogates count as letters, except those of U+1EC00 to U+1FBFF: pictures."""

_SAMPLE_UNITS = 600
_TABLE_SIZES = 1 << 7, 0x2200, 1 << 16
"""Characters in a table. The second size covers most scripts with spaces and typographic quotes and dashes, and its
table is built in a seventh of the time of the last."""

_BASE = 0x9E3779B97F4A7C15  # odd, so it has an inverse modulo 2**64
_MIX = np.uint64(0xBF58476D1CE4E5B9)

Flags = NDArray[np.bool_]
Codes = NDArray[np.uint32]
Positions = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """The words of a text in order. `codes`: 30 bits of a hash that ignores case, and 2 bits for the kind (NUMBER,
    NAME or 0). `begin` and `sizes`: where each word begins and its length, in UTF-16 units."""

    codes: Codes
    begin: Positions
    sizes: Positions


@dataclass(frozen=True, slots=True)
class _Tables:
    kinds: NDArray[np.uint8]
    folded: NDArray[np.uint16]


@cache
def _tables(size: int) -> _Tables:
    """Kind and folded case of each UTF-16 unit below `size`. Building 65,536 takes 15 ms."""
    chars = "".join(map(chr, range(size)))
    kinds = np.zeros(size, np.uint8)
    for kind, pattern in _KINDS:
        for run in pattern.finditer(chars):
            kinds[run.start() : run.end()] |= kind
    kinds[np.fromiter(map(str.isupper, chars), np.bool_, size) & (kinds & _LETTER > 0)] |= _UPPER
    # a character that folds to two is only lowered
    folded = (low if len(low := char.casefold()) == 1 else char.lower()[:1] for char in chars)
    return _Tables(kinds, np.fromiter(map(ord, folded), np.uint16, size))


@cache
def _powers(bits: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """_BASE ** n and _BASE ** -n, for every n below 2**bits."""
    up, down = (np.full(1 << bits, base, np.uint64) for base in (_BASE, pow(_BASE, -1, 1 << 64)))
    up[0] = down[0] = 1
    return np.cumprod(up, dtype=np.uint64), np.cumprod(down, dtype=np.uint64)


@dataclass(frozen=True, slots=True)
class Units:
    """A text as UTF-16 units: the kind of each, and each with its case folded."""

    kinds: NDArray[np.uint8]
    folded: NDArray[np.uint16]

    @property
    def is_spaced(self) -> bool:
        """Whether no character is of a script without spaces between words."""
        return not np.count_nonzero(self.kinds & _UNSPACED)

    @property
    def is_unspaced(self) -> bool:
        """Whether over a third of the text's beginning is in a script without spaces between words."""
        sample = self.kinds[:_SAMPLE_UNITS]
        return 3 * int(np.count_nonzero(sample & _UNSPACED)) > len(sample)

    @property
    def word_parts(self) -> Units:
        """Only the letters, combining marks and digits."""
        chosen = self.kinds & _WORD_PART > 0
        return Units(self.kinds[chosen], self.folded[chosen])

    def __getitem__(self, part: slice) -> Units:
        return Units(self.kinds[part], self.folded[part])

    def __len__(self) -> int:
        return len(self.folded)


def to_units(texts: Sequence[str]) -> tuple[Units, list[int]]:
    """Encode texts as one array of UTF-16 units, each text followed by a zero unit.

    Returns the units, and the index at which each text begins, then the total length. Texts are normalized to NFKC
    and cut after `MAX_TEXT_UNITS`."""
    texts = [text[:MAX_TEXT_UNITS] for text in texts]
    if all(map(str.isascii, texts)):
        kind = "<u1"
        data = [text.encode("ascii") for text in texts]
    else:
        kind = "<u2"
        folded = [unicodedata.normalize("NFKC", text) for text in texts]
        data = [text.encode("utf-16-le", "surrogatepass")[: 2 * MAX_TEXT_UNITS] for text in folded]
    gap = bytes(np.dtype(kind).itemsize)
    units = np.frombuffer(b"".join([part + gap for part in data]), kind)
    greatest = int(units.max(initial=0))
    tables = _tables(next(size for size in _TABLE_SIZES if greatest < size))
    begins = accumulate([len(part) // len(gap) + 1 for part in data], initial=0)
    return Units(tables.kinds.take(units), tables.folded.take(units)), list(begins)


def split_words(text: Units) -> Words:
    kinds = text.kinds
    digit, part = kinds & DIGIT > 0, kinds & _WORD_PART > 0
    begin, end = _trim_starts(kinds, *_runs(part))
    if np.count_nonzero(digit):
        splits = (digit[:-1] & (part & ~digit)[1:]).nonzero()[0] + 1  # "20|mg"
        begin, end = _split_numbers(kinds, digit, begin, end, splits)
        joints = (digit[:-2] & digit[2:] & (kinds[1:-1] & _SEPARATOR > 0)).nonzero()[0] + 1
        begin, end = _join_numbers(digit, begin, end, [*joints.tolist(), *_fraction_marks(kinds, digit)])
    first = kinds[begin]
    kind = (first & DIGIT > 0) * np.uint32(NUMBER) | (first & _UPPER > 0) * np.uint32(NAME)
    hashes = _hashes(text, begin, end)
    is_number_word = _find(number_words()[0], hashes)[1]
    kind[is_number_word] = NUMBER
    return Words(hashes | kind, begin, end - begin)


def hash_words(words: Sequence[str]) -> Codes:
    """The hash of each word, in the upper bits of 32."""
    units, begins = to_units(words)
    begin = np.array(begins[:-1], np.intp)
    return _hashes(units, begin, begin + np.diff(begins) - 1)


def number_values(facts: Codes) -> Codes:
    """The facts, with the hash of the digits in place of that of a number word."""
    words, digits = number_words()
    at, is_number_word = _find(words, facts & ~np.uint32(3))
    return np.where(is_number_word, digits[at] | np.uint32(NUMBER), facts)


def number_value(code: int) -> int:
    """The code of the digits of a number word; other codes as they are."""
    return _digits_by_word().get(code, code)


@cache
def _digits_by_word() -> dict[int, int]:
    words, digits = number_words()
    return {
        word | NUMBER: digit | NUMBER for word, digit in zip(words.tolist(), digits.tolist(), strict=True)
    }


@cache
def number_words() -> tuple[Codes, Codes]:
    """The hashes of all number words, in ascending order, and of each the hash of its number in digits."""
    words, digits = (hash_words(column) for column in zip(*NUMBER_WORDS, strict=True))
    order = words.argsort()
    return words[order], digits[order]


def _find(ordered: Codes, values: Codes) -> tuple[Positions, Flags]:
    """Where each value is among `ordered`, and whether it is there."""
    at = np.minimum(ordered.searchsorted(values), len(ordered) - 1)
    return at, ordered[at] == values


def split_numbers(text: Units) -> Words:
    """Only the runs of digits, for scripts in which words cannot be told apart."""
    begin, end = _runs(text.kinds & DIGIT > 0)
    return Words(_hashes(text, begin, end) | np.uint32(NUMBER), begin, end - begin)


def _trim_starts(kinds: NDArray[np.uint8], begin: Positions, end: Positions) -> tuple[Positions, Positions]:
    """Move each begin to the first letter or digit: a word does not begin with a combining mark or "_"."""
    starts = kinds & (_LETTER | DIGIT) > 0
    if np.count_nonzero(starts[begin]) == len(begin):
        return begin, end
    at = np.append(starts.nonzero()[0], len(starts))
    begin = at[at.searchsorted(begin)]
    return begin[begin < end], end[begin < end]


def _split_numbers(
    kinds: NDArray[np.uint8], digit: Flags, begin: Positions, end: Positions, splits: Positions
) -> tuple[Positions, Positions]:
    """Split a run that begins with a digit at the first of `splits` in it: a number, then a word ("20|mg"). If the rest
    begins with a digit, it is split again ("7|_7|Z")."""
    if not len(splits):
        return begin, end
    here = begin.searchsorted(splits, "right") - 1
    inside = digit[begin[here]] & (splits < end[here]) & (here >= 0)
    first = inside.copy()
    first[1:] &= here[1:] != here[:-1]
    if not np.count_nonzero(first):
        return begin, end
    chosen = splits[first]
    begin, end = _trim_starts(kinds, np.sort(np.append(begin, chosen)), np.sort(np.append(end, chosen)))
    return _split_numbers(kinds, digit, begin, end, splits[inside & ~first])


def _join_numbers(
    digit: Flags, begin: Positions, end: Positions, joints: list[int]
) -> tuple[Positions, Positions]:
    """Join the numbers on both sides of each of `joints` into one ("1,000.5")."""
    if not joints:
        return begin, end
    here = begin.searchsorted(joints) - 1
    here = here[digit[begin[here]]]
    begins, ends = np.ones(len(begin), np.bool_), np.ones(len(end), np.bool_)
    begins[here + 1] = ends[here] = False
    return begin[begins], end[ends]


def _fraction_marks(kinds: NDArray[np.uint8], digit: Flags) -> list[int]:
    """The positions of dash and slash in fractions like "6-3/8"."""
    found = list[int]()
    for slash in (kinds & _SLASH).nonzero()[0].tolist():
        dash = slash - 1
        while dash > 0 and digit[dash]:
            dash -= 1
        if (
            0 < dash < slash - 1
            and kinds[dash] & _DASH
            and digit[dash - 1]
            and digit[slash + 1 : slash + 2].any()
        ):
            found += dash, slash
    return found


def _runs(flags: Flags) -> tuple[Positions, Positions]:
    """Where the runs of true flags begin and end."""
    edges = np.zeros(len(flags) + 2, np.bool_)
    edges[1:-1] = flags
    at = (edges[1:] != edges[:-1]).nonzero()[0]
    return at[::2], at[1::2]


def _hashes(text: Units, begin: Positions, end: Positions) -> Codes:
    """A 30-bit hash of the units from each `begin` to its `end`, in the upper bits of 32.

    A polynomial rolling hash: `sums` adds each unit times `_BASE` to the power of its position. The difference of two
    sums, times the inverse power of `begin`, depends only on the units between."""
    up, down = _powers(max(len(text), MAX_TEXT_UNITS).bit_length())
    sums = np.zeros(len(text) + 1, np.uint64)
    (text.folded * up[: len(text)]).cumsum(out=sums[1:])
    value = (sums[end] - sums[begin]) * down[begin]
    value ^= value >> np.uint64(29)
    value *= _MIX
    return (value >> np.uint64(32)).astype(np.uint32) & np.uint32(0xFFFFFFFC)
