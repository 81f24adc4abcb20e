"""Article → Fingerprint: what a text is compared by, in some 2 KB.

A text is cut into overlapping shingles (4 words; 5 characters in scripts without spaces), each hashed to
32 bits and kept *in order*, so that two texts can be laid side by side. Numbers and capitalised words, the
facts that tell tomorrow's weather report from today's, are kept with their places.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from feeds.dedupe.shingle import shingles
from feeds.dedupe.words import DIGIT, LONGEST, NUMBER, Codes, Places, Units, numbers, opened, words

LIMIT = 2000
"""Shingles kept: what follows is not compared. 95 % of news texts are shorter. A word in a script without
spaces has two to four characters: of those twice as many are kept."""

_WORDS = 4
_RUN = 5
"""Characters of a shingle where words are not parted: one changed character spoils as many."""

_BEGINNING = 80  # words

_TITLE_RUN = 3  # characters
_NONE: Codes = np.empty(0, np.uint32)

LONG = 4
"""Characters: so many or more are one size to `Fingerprint.sizes`."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What lies in the store. The byte fields hold little-endian unsigned integers."""

    title: bytes  # the codes of its words, 4 bytes each
    sizes: bytes  # of the title's words, in characters, a byte each; LONG for all that are longer
    runs: bytes  # of a title that does not part its words: its runs of three characters; see `_runs`
    shingles: bytes  # 4 bytes each
    places: bytes  # of the facts, 2 bytes each: in words, in characters for scripts without spaces
    facts: bytes  # the codes of numbers and names, 4 bytes each
    unspaced: bool = False
    backed: int = 100  # per cent of the title's words that the text has too
    led: int = 100  # the same for the text's beginning
    distinct: int = -1  # shingles, each once; -1: not counted


def fingerprint(title: str, text: str) -> Fingerprint:
    """Fingerprint of a bare title and of a text without boilerplate."""
    return next(fingerprints([(title, text)]))


def fingerprints(articles: Iterable[tuple[str, str]]) -> Iterator[Fingerprint]:
    """Those of many titles and texts. What is short takes a fifth of the time so: numpy counts by the call."""
    together: list[tuple[str, str]] = []
    size = 0
    for title, text in articles:
        if together and size + len(title) + len(text) > LONGEST:
            yield from _together(together)
            together, size = [], 0
        together.append((title, text))
        size += len(title) + len(text)
    yield from _together(together)


def _together(articles: Sequence[tuple[str, str]]) -> Iterator[Fingerprint]:
    units, begins = opened([one for article in articles for one in article])
    found = words(units)
    hashes = shingles(found.codes >> np.uint32(2), _WORDS)
    cuts = found.begin.searchsorted(begins).tolist()
    parted = units.is_parted
    for at in range(0, len(cuts) - 1, 2):
        (title, text, end), (first, here, last) = begins[at : at + 3], cuts[at : at + 3]
        last = min(last, here + LIMIT + _WORDS - 1)
        yield _made(
            units[title : text - 1],
            units[text : end - 1],
            found.codes[first:here],
            found.sizes[first:here],
            found.codes[here:last],
            hashes[here : max(here, last - _WORDS + 1)],
            parted=parted,
        )


def _made(
    heading: Units, body: Units, named: Codes, sizes: Places, codes: Codes, hashes: Codes, *, parted: bool
) -> Fingerprint:
    """`named`, `sizes`: of the title's words. `codes`: of the text's, `hashes`: of their shingles. `parted`: nothing is
    in a script that does not part its words."""
    runs = _NONE if parted or not heading.is_unspaced else _runs(heading)
    unspaced = not parted and (body if len(body) else heading).is_unspaced
    if unspaced:
        squeezed = body.squeezed[: 2 * LIMIT]
        figures = numbers(squeezed)
        facts, places = figures.codes, figures.begin
        hashes = shingles(squeezed.folded, _RUN)
        telling, there, beginning = _runs(heading), _runs(squeezed), 4 * _BEGINNING
    else:
        (places,) = (codes & 3).nonzero()
        facts, there = codes[places], codes >> np.uint32(2)
        telling, beginning = named[(sizes >= LONG) | (named & 3 == NUMBER)] >> np.uint32(2), _BEGINNING
    has = telling[:, None] == there
    return Fingerprint(
        title=_packed(named, "<u4"),
        sizes=np.minimum(sizes, LONG).astype(np.uint8).tobytes(),
        runs=_packed(runs, "<u4"),
        shingles=_packed(hashes, "<u4"),
        places=_packed(places, "<u2"),
        facts=_packed(facts, "<u4"),
        unspaced=unspaced,
        backed=_share(has),
        led=_share(has[:, :beginning]),
    )


def _runs(text: Units) -> Codes:
    """Every three characters in a row, hashed; the lowest bit says whether the first is a digit."""
    squeezed = text.squeezed
    hashes = shingles(squeezed.folded, _TITLE_RUN)
    return hashes & np.uint32(0xFFFFFFFE) | (squeezed.kinds[: len(hashes)] & DIGIT > 0)


def _share(has: NDArray[np.bool_]) -> int:
    """Per cent of the rows that have anything."""
    return 100 * int(np.count_nonzero(has.any(axis=1))) // len(has) if len(has) else 100


def _packed(values: NDArray[np.integer], kind: str) -> bytes:
    return values.astype(kind, copy=False).tobytes()
