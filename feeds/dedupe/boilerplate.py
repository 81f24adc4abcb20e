"""What a site prints under every article is not the article.

A paragraph that stood under three or more different titles of one source is dropped before fingerprinting,
and so is what stands behind the last separator of that many titles ("… | Harbor Times"). Versions of one
article have titles that are much alike, and count as one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from feeds.dedupe.exact import folded

TITLES = 3
"""Under so many titles a paragraph is the site's (dedupe baselines, 2)."""

_HEAD, _TAIL = 10, 14  # paragraphs looked at, from the top and from the end: where sites put theirs
_ALIKE = 4  # of eight: two titles that share half their words

_FACTORS = np.array(
    (0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F, 0x165667B1, 0xD3A2646D, 0xFD7046C5, 0xB55A4F09),
    np.uint64,
)
_SHIFTS = range(28, -4, -4)  # the first factor's bits are the highest

_SUFFIX = re.compile(r"\s*(?:\s[|–—·•»-]\s|\|)\s*(?=[^|–—·•»]{2,60}$)")
_SLUG = re.compile(
    r"^\s*(?:[(\[]?(?:CORRECTED|CORRECTION|REFILE|UPDATE|WRAPUP|RPT|REPEAT|BREAKING|EXCLUSIVE|ADDS|FLASH|URGENT|LIVE|"
    r"Updated?|Correction|Corrected|Breaking(?: news)?|Exclusive|Urgent|Watch|Live)"
    r"[)\]]?(?:\s*\(\w+\))?(?:\s*\d+)?\s*(?:[-–—:|]\s*|\s[-–—:|]\s+))+",
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph, or the end of a title, and where it lies in the counts: 63 bits over source and words."""

    key: int
    text: str
    is_suffix: bool = False


def bare_title(title: str, names: Sequence[str]) -> str:
    """The title without wire slugs ("UPDATE 2-") and without the site's name behind a separator.

    `names`: what the site is called: its title, its id, its host."""
    title = _SLUG.sub("", title.strip()) or title
    suffix = title_suffix(title)
    squeezed = folded(suffix).replace(" ", "")
    if squeezed and any(_names(squeezed, name) for name in names):
        title = without_suffix(title)
    return title


def _names(squeezed: str, name: str) -> bool:
    other = folded(name).replace(" ", "")
    return len(other) > 2 and (squeezed in other or other in squeezed)


def title_suffix(title: str) -> str:
    """What stands behind the title's last separator; "" where there is none."""
    cut = _last_cut(title)
    return title[cut[1] :].strip() if cut else ""


def without_suffix(title: str) -> str:
    cut = _last_cut(title)
    return title[: cut[0]].strip() if cut else title


def _last_cut(title: str) -> tuple[int, int] | None:
    cuts = list(_SUFFIX.finditer(title))
    return (cuts[-1].start(), cuts[-1].end()) if cuts and cuts[-1].start() > 0 else None


def pieces(source: str, title: str, text: str) -> tuple[Piece, ...]:
    """The title's suffix, if any, and the paragraphs that may be the site's."""
    suffix = title_suffix(title)
    found = [Piece(_key(source, "title", suffix), suffix, is_suffix=True)] if suffix else []
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) > _HEAD + _TAIL:
        lines = lines[:_HEAD] + lines[-_TAIL:]
    return (*found, *(Piece(_key(source, "text", line), line) for line in dict.fromkeys(lines)))


def _key(source: str, where: str, text: str) -> int:
    data = f"{source}\x1f{where}\x1f{text}".encode("utf-8", "replace")
    return crc32(data) << 31 | crc32(data, 0x5BD1E995) >> 1


def title_mark(title: str) -> int:
    """A title in 32 bits: eight times four bits of a smallest hash, so that titles can be compared
    roughly."""
    ids = [crc32(word.encode()) for word in set(folded(title).split())] or [0]
    least = (np.array(ids, np.uint64)[:, None] * _FACTORS & 0xFFFFFFFF).min(axis=0)
    return sum(bits << shift for bits, shift in zip((least >> 5 & 15).tolist(), _SHIFTS, strict=True))


def with_title(marks: tuple[int, ...], mark: int) -> tuple[int, ...]:
    """The different titles that a piece was seen under, one more added if it is unlike them."""
    if len(marks) >= TITLES or any(_alike(mark, other) for other in marks):
        return marks
    return (*marks, mark)


def _alike(one: int, other: int) -> bool:
    differs = one ^ other
    return sum(not differs >> shift & 15 for shift in range(0, 32, 4)) >= _ALIKE


def without(
    title: str, text: str, found: Sequence[Piece], seen: Mapping[int, tuple[int, ...]]
) -> tuple[str, str]:
    """Title and text without what the source was seen to print under other titles."""
    gone = [piece for piece in found if len(seen.get(piece.key, ())) >= TITLES]
    if not gone:
        return title, text
    if any(piece.is_suffix for piece in gone):
        title = without_suffix(title)
    lines = {piece.text for piece in gone if not piece.is_suffix}
    return title, "\n".join(line for line in text.split("\n") if line not in lines)
