"""Text → its words as numbers, all at once.

A word is a run of letters, marks and further digits ("Ängström", "F16"); a number is one, with its separators and
its fraction ("1,000.5", "6-3/8": in parts, bank notices that differ in it would differ in little).

numpy is the vector unit: a text is looked up in a table of characters, and its words are hashed by differences of one
running sum, in a third of the time that a regular expression and a dictionary take. The hashes are arithmetic modulo
2**64 on UTF-16 units: the same on every machine and in every release of Python and numpy.
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

NUMBER, NAME = 1, 2
"""What a word may be, in the lowest two bits of its code. 0: neither."""

MARKS = (  # vowels and tones that `\\w` does not take for letters
    "\u0300-\u036f\u0591-\u05c7\u0610-\u065f\u0900-\u0963\u0966-\u0dff"
    "\u0e31-\u0e4e\u0eb1-\u0ecd\u102b-\u103e\u17b4-\u17d3"
)
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
"""Scripts that do not part their words."""

LONGEST = 1 << 15
"""UTF-16 units of a text that are looked at."""

_LETTER, DIGIT, _MORE, _UPPER, _UNPARTED, _JOIN, _DASH, _SLASH = (1 << bit for bit in range(8))

_KINDS = (
    (DIGIT, re.compile(r"\d+")),
    (_LETTER, re.compile(r"[^\W\d_\ud800-\udfff]+|[\ud800-\ud83a\ud83f-\udbff]+")),
    (_MORE, re.compile(rf"[\w{MARKS}\ud800-\ud83a\ud83f-\udfff]+")),
    (_UNPARTED, re.compile(f"[{UNSPACED}]+")),
    (_JOIN, re.compile("[.,:]")),
    (_DASH, re.compile("-")),
    (_SLASH, re.compile("/")),
)
"""Of the surrogates, those of U+1EC00 to U+1FBFF belong to pictures; the others to letters."""

_SAMPLE = 600  # units
_SIZES = 1 << 7, 0x2200, 1 << 16
"""Of tables of characters. In the second one are most scripts that part their words, and the marks of typeset English;
it is made in a seventh of the time of the last."""

_BASE = 0x9E3779B97F4A7C15  # odd, and so with an inverse modulo 2**64
_MIX = np.uint64(0xBF58476D1CE4E5B9)

Flags = NDArray[np.bool_]
Codes = NDArray[np.uint32]
Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """The words of a text in their order. `codes`: 30 bits of hash without regard to case, and 2 bits that say what
    the word is. `begin`: where it does, in UTF-16 units; `sizes`: its length in them."""

    codes: Codes
    begin: Places
    sizes: Places


@dataclass(frozen=True, slots=True)
class _Tables:
    kinds: NDArray[np.uint8]
    folded: NDArray[np.uint16]


@cache
def _tables(size: int) -> _Tables:
    """What the UTF-16 units below `size` are, and which stand for them without regard to case. 65,536 take 15 ms."""
    chars = "".join(map(chr, range(size)))
    kinds = np.zeros(size, np.uint8)
    for kind, pattern in _KINDS:
        for run in pattern.finditer(chars):
            kinds[run.start() : run.end()] |= kind
    kinds[np.fromiter(map(str.isupper, chars), np.bool_, size) & (kinds & _LETTER > 0)] |= _UPPER
    # a character that folds to two stands as it is, but for its case
    folded = (low if len(low := char.casefold()) == 1 else char.lower()[:1] for char in chars)
    return _Tables(kinds, np.fromiter(map(ord, folded), np.uint16, size))


@cache
def _powers(bits: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """_BASE ** n and _BASE ** -n, for every n of so many bits."""
    up, down = (np.full(1 << bits, base, np.uint64) for base in (_BASE, pow(_BASE, -1, 1 << 64)))
    up[0] = down[0] = 1
    return np.cumprod(up, dtype=np.uint64), np.cumprod(down, dtype=np.uint64)


@dataclass(frozen=True, slots=True)
class Units:
    """A text as UTF-16 units. `kinds`: of each; `folded`: each without regard to case."""

    kinds: NDArray[np.uint8]
    folded: NDArray[np.uint16]

    @property
    def is_parted(self) -> bool:
        """Whether there is nothing in a script that does not part its words."""
        return not np.count_nonzero(self.kinds & _UNPARTED)

    @property
    def is_unspaced(self) -> bool:
        """Whether most of the text is in a script that does not part its words."""
        sample = self.kinds[:_SAMPLE]
        return 3 * int(np.count_nonzero(sample & _UNPARTED)) > len(sample)

    @property
    def squeezed(self) -> Units:
        """Letters, marks and digits alone."""
        kept = self.kinds & _MORE > 0
        return Units(self.kinds[kept], self.folded[kept])

    def __getitem__(self, part: slice) -> Units:
        return Units(self.kinds[part], self.folded[part])

    def __len__(self) -> int:
        return len(self.folded)


def opened(texts: Sequence[str]) -> tuple[Units, list[int]]:
    """Texts with an empty unit behind each; where each of them begins, and the end. Compatibility forms are folded
    (NFKC); what stands behind `LONGEST` units of a text is left out."""
    texts = [text[:LONGEST] for text in texts]
    if all(map(str.isascii, texts)):
        kind = "<u1"
        data = [text.encode("ascii") for text in texts]
    else:
        kind = "<u2"
        folded = [unicodedata.normalize("NFKC", text) for text in texts]
        data = [text.encode("utf-16-le", "surrogatepass")[: 2 * LONGEST] for text in folded]
    gap = bytes(np.dtype(kind).itemsize)
    units = np.frombuffer(b"".join([part + gap for part in data]), kind)
    most = int(units.max(initial=0))
    tables = _tables(next(size for size in _SIZES if most < size))
    begins = accumulate([len(part) // len(gap) + 1 for part in data], initial=0)
    return Units(tables.kinds.take(units), tables.folded.take(units)), list(begins)


def words(text: Units) -> Words:
    kinds = text.kinds
    digit, more = kinds & DIGIT > 0, kinds & _MORE > 0
    begin, end = _started(kinds, *_runs(more))
    if np.count_nonzero(digit):
        parted = (digit[:-1] & (more & ~digit)[1:]).nonzero()[0] + 1  # "20|mg"
        begin, end = _parted(kinds, digit, begin, end, parted)
        joints = (digit[:-2] & digit[2:] & (kinds[1:-1] & _JOIN > 0)).nonzero()[0] + 1
        begin, end = _joined(digit, begin, end, [*joints.tolist(), *_in_fractions(kinds, digit)])
    first = kinds[begin]
    sizes = end - begin
    what = (first & DIGIT > 0) * np.uint32(NUMBER) | ((first & _UPPER > 0) & (sizes > 1)) * np.uint32(NAME)
    return Words(_hashed(text, begin, end) | what, begin, sizes)


def numbers(text: Units) -> Words:
    """The runs of digits alone, for scripts in which a word is not known from the next."""
    begin, end = _runs(text.kinds & DIGIT > 0)
    return Words(_hashed(text, begin, end) | np.uint32(NUMBER), begin, end - begin)


def _started(kinds: NDArray[np.uint8], begin: Places, end: Places) -> tuple[Places, Places]:
    """Without the marks, or the "_", that nothing stands before."""
    starts = kinds & (_LETTER | DIGIT) > 0
    if np.count_nonzero(starts[begin]) == len(begin):
        return begin, end
    at = np.append(starts.nonzero()[0], len(starts))
    begin = at[at.searchsorted(begin)]
    return begin[begin < end], end[begin < end]


def _parted(
    kinds: NDArray[np.uint8], digit: Flags, begin: Places, end: Places, places: Places
) -> tuple[Places, Places]:
    """What begins with a digit is a number until one of the places, and a word from there on."""
    if not len(places):
        return begin, end
    here = begin.searchsorted(places, "right") - 1
    inside = digit[begin[here]] & (places < end[here]) & (here >= 0)
    inside[1:] &= here[1:] != here[:-1]  # a word has no second one
    if not np.count_nonzero(inside):
        return begin, end
    parting = places[inside]
    return _started(kinds, np.sort(np.append(begin, parting)), np.sort(np.append(end, parting)))


def _joined(digit: Flags, begin: Places, end: Places, joints: list[int]) -> tuple[Places, Places]:
    """Numbers put together that only a joint parts."""
    if not joints:
        return begin, end
    here = begin.searchsorted(joints) - 1
    here = here[digit[begin[here]]]
    begins, ends = np.ones(len(begin), np.bool_), np.ones(len(end), np.bool_)
    begins[here + 1] = ends[here] = False
    return begin[begins], end[ends]


def _in_fractions(kinds: NDArray[np.uint8], digit: Flags) -> list[int]:
    """The dash and the slash of "6-3/8"."""
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


def _runs(those: Flags) -> tuple[Places, Places]:
    """Where runs of what is true begin and end."""
    edges = np.zeros(len(those) + 2, np.bool_)
    edges[1:-1] = those
    at = (edges[1:] != edges[:-1]).nonzero()[0]
    return at[::2], at[1::2]


def _hashed(text: Units, begin: Places, end: Places) -> Codes:
    """30 bits of hash of what stands from each `begin` to each `end`, in the upper bits of 32.

    The units before each place are summed up, each times the power of its place; a difference of two sums, times the
    power that takes its place away, is the hash of what lies between."""
    up, down = _powers(max(len(text), LONGEST).bit_length())
    sums = np.zeros(len(text) + 1, np.uint64)
    (text.folded * up[: len(text)]).cumsum(out=sums[1:])
    value = (sums[end] - sums[begin]) * down[begin]
    value ^= value >> np.uint64(29)
    value *= _MIX
    return (value >> np.uint64(32)).astype(np.uint32) & np.uint32(0xFFFFFFFC)
