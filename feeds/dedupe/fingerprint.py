"""Article → Fingerprint: what a text is compared by, in some 2 KB.

A text is cut into overlapping shingles (4 words; 5 characters in scripts without spaces), each hashed to
32 bits and kept *in order*, so that two texts can be laid side by side. Numbers and capitalised words, the
facts that tell tomorrow's weather report from today's, are kept with their places.

Hashes are CRC-32 and arithmetic: the same on every machine and in every release of Python.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Collection, Container, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import compress
from sys import byteorder
from typing import TypeVar
from zlib import crc32

from feeds.dedupe.shingle import PRIME, WORDS, shingles

KEYS, LEAD_KEYS = 12, 4
"""How many of a text's smallest shingles are looked up: a cut copy keeps its share of them, whereas the
bands of MinHash-LSH miss it (dedupe baselines, 4). A share of one sentence is nothing; but what is cut that
short is mostly the beginning, and so are the smallest of that."""

_LEAD = 40  # shingles

TITLE_KEYS = 12
LIMIT = 2000
"""Shingles kept: what follows is not compared. 95 % of news texts are shorter. A word in a script without
spaces has two to four characters: of those twice as many are kept."""

_MARKS = (  # vowels and tones that `\\w` does not take for letters
    "\u0300-\u036f\u0591-\u05c7\u0610-\u065f\u0900-\u0963\u0966-\u0dff"
    "\u0e31-\u0e4e\u0eb1-\u0ecd\u102b-\u103e\u17b4-\u17d3"
)
# "6-3/8" is one number: in its parts, bank notices that differ in it would differ in little
_WORD = re.compile(rf"\d+(?:[.,:]\d+)*(?:-\d+/\d+)?|[^\W\d_][\w{_MARKS}]*")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")

_RUN = 5
"""Characters of a shingle where words are not parted: one changed character spoils as many."""

_BEGINNING = 80  # words

NUMBER, NAME = 1, 2
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What lies in the store. The byte fields hold little-endian unsigned integers of 4, 2 and 4 bytes."""

    title: str  # folded, without affixes
    shingles: bytes
    places: bytes  # of the facts: in words, in characters for scripts without spaces
    facts: bytes  # hash of a number or a name; its lowest bits say which
    unspaced: bool = False
    backed: int = 100  # per cent of the title's words that the text has too
    led: int = 100  # the same for the text's beginning
    distinct: int = -1  # shingles, each once; -1: not counted


class _Codes(dict[str, int]):
    """Word → 30 bits of hash without regard to case, and 2 bits that say what the word is.

    Half as dear as an `lru_cache`, of which every look makes another entry the latest."""

    _MOST = 1 << 16

    def __missing__(self, word: str) -> int:
        if len(self) >= self._MOST:
            self.clear()
        code = self[word] = _hashed(word)
        return code


def _hashed(word: str) -> int:
    first = word[0]
    if first.isdigit():
        kind = NUMBER
    elif first.isupper() and len(word) > 1:
        kind = NAME
    else:
        kind = 0
    return (crc32(word.casefold().encode()) & 0xFFFFFFFC) | kind


_code = _Codes().__getitem__
_KIND = bytes(byte & 3 for byte in range(256))


def words(text: str) -> list[str]:
    return _WORD.findall(text)


def folded(text: str) -> str:
    """Words in lower case, parted by single spaces; compatibility forms folded (NFKC)."""
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def is_unspaced(text: str) -> bool:
    """Whether most of the text is in a script that does not part its words."""
    sample = text[:600]
    return len(_UNSPACED.findall(sample)) * 3 > len(sample)


def fingerprint(title: str, text: str) -> Fingerprint:
    """Fingerprint of a bare title and of a text without boilerplate."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    if is_unspaced(text or title):
        return _by_characters(title, text)
    codes = list(map(_code, words(text)[: LIMIT + WORDS - 1]))
    are_facts = _pack("I", codes)[::4].translate(_KIND)  # a byte a word: 0 where it is none
    named = [_code(word) >> 2 for word in words(title) if len(word) > 3 or word[0].isdigit()]
    of_any_kind = {one << 2 | kind for one in named for kind in (0, NUMBER, NAME)}
    return Fingerprint(
        folded(title),
        shingles(codes),
        _pack("H", list(compress(range(len(codes)), are_facts))),
        _pack("I", list(compress(codes, are_facts))),
        backed=_share(named, {code >> 2 for code in of_any_kind.intersection(codes)}),
        led=_share(named, {code >> 2 for code in of_any_kind.intersection(codes[:_BEGINNING])}),
    )


def _by_characters(title: str, text: str) -> Fingerprint:
    squeezed = "".join(_WORD.findall(text.casefold()))[: 2 * LIMIT]
    short = "".join(_WORD.findall(title.casefold()))
    runs = [short[at : at + 3] for at in range(len(short) - 2)]
    hashes = [crc32(squeezed[at : at + _RUN].encode()) % PRIME for at in range(len(squeezed) - _RUN + 1)]
    numbers = [(match.start(), _code(match.group())) for match in _NUMBER.finditer(squeezed)]
    return Fingerprint(
        folded(title),
        _pack("I", hashes),
        _pack("H", [place for place, _ in numbers]),
        _pack("I", [code for _, code in numbers]),
        unspaced=True,
        backed=_share(runs, squeezed),
        led=_share(runs, squeezed[: 4 * _BEGINNING]),
    )


def _share(parts: Sequence[T], whole: Container[T]) -> int:
    return 100 * sum(part in whole for part in parts) // len(parts) if parts else 100


def smallest(most: int, values: Collection[int]) -> tuple[int, ...]:
    """The smallest of many 32-bit hashes. Sorting only those below a bound is four times as quick."""
    if len(values) > 8 * most:
        bound = PRIME * 3 * most // len(values)
        few = [value for value in values if value < bound]
        if len(few) >= most:
            return tuple(sorted(few)[:most])
    return tuple(sorted(values)[:most])


def _pack(kind: str, values: Sequence[int]) -> bytes:
    packed = array(kind, values)
    if byteorder == "big":
        packed.byteswap()
    return packed.tobytes()


def _unpack(kind: str, data: bytes) -> array[int]:
    values = array(kind)
    values.frombytes(data)
    if byteorder == "big":
        values.byteswap()
    return values


@dataclass(frozen=True, slots=True)
class Title:
    """A folded title opened for comparing. Words are its runs of three characters where they are not parted."""

    words: frozenset[str]
    digits: frozenset[str]  # those that begin with one
    ids: frozenset[int]  # the longer words, as they are hashed in the text
    named: frozenset[int]  # the words that may be facts, as they are hashed in the text
    facts: frozenset[int]  # both, as the facts that they would be
    unspaced: bool


@lru_cache(maxsize=1024)  # the titles of a story, of a series, of a site come again and again; 4 KB each
def _title(folded: str) -> Title:
    parts = folded.split()
    unspaced = is_unspaced(folded)
    squeezed = "".join(parts)
    runs = [squeezed[at : at + 3] for at in range(max(1, len(squeezed) - 2))] if unspaced else parts
    ids = frozenset(_code(word) >> 2 for word in parts if len(word) > 3)
    named = frozenset(_code(word) >> 2 for word in parts if len(word) > 2 or word[0].isdigit())
    return Title(
        words=frozenset(runs),
        digits=frozenset(word for word in runs if word[0].isdigit()),
        ids=ids,
        named=named,
        facts=frozenset(one << 2 | kind for one in ids | named for kind in (NUMBER, NAME)),
        unspaced=unspaced,
    )


class Print:
    """A fingerprint opened for comparing: everything a pair needs, made once, when first asked for."""

    def __init__(self, stored: Fingerprint) -> None:
        self.stored = stored
        self.shingles = _unpack("I", stored.shingles)
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
        lead = smallest(LEAD_KEYS, frozenset(self.shingles[:_LEAD]))
        return tuple(dict.fromkeys((*smallest(KEYS, self.all), *lead)))

    @cached_property
    def places(self) -> array[int]:
        return _unpack("H", self.stored.places)

    @cached_property
    def facts(self) -> array[int]:
        return _unpack("I", self.stored.facts)

    @cached_property
    def fact_set(self) -> frozenset[int]:
        return frozenset(self.facts)

    @cached_property
    def numbers(self) -> int:
        """How many different ones; what is none is a name."""
        return sum(fact & 3 == NUMBER for fact in self.fact_set)

    @property
    def names(self) -> int:
        return len(self.fact_set) - self.numbers

    @cached_property
    def title(self) -> Title:
        return _title(self.stored.title)

    @cached_property
    def title_named(self) -> frozenset[int]:
        """Names and numbers that title and text have."""
        return self.title.named & {fact >> 2 for fact in self.title.facts & self.fact_set}

    @cached_property
    def title_keys(self) -> tuple[int, ...]:
        """Above 32 bits, apart from the keys of the text."""
        found = {crc32(word.encode()) | 1 << 32 for word in self.title.words if len(word) > 1}
        return tuple(sorted(found)[: TITLE_KEYS if self.title.unspaced else 2 * TITLE_KEYS])
