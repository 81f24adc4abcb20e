"""Removes what a site prints with every article, so that it is not compared.

A paragraph that a source has printed under three or more different titles is dropped before fingerprinting. So is the
end of a title after its last separator ("… | Harbor Times") if that many titles had it. The titles of one article's
versions are similar and count as one. A text that several items of one document have is boilerplate from the start.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from feeds.dedupe.exact import folded_words

BOILERPLATE_TITLES = 3
"""Different titles under which a paragraph becomes boilerplate (measured on the labelled articles)."""

_RECURRING = (0x00000000, 0x55555555, 0xAAAAAAAA)
"""MinHashes of three different titles, stored for the paragraphs of a text that several items of a document have."""

_HEAD_PARAGRAPHS, _TAIL_PARAGRAPHS = 10, 14  # only these are checked: sites put boilerplate at both ends
_SIMILAR_PARTS = 4  # of the eight parts of a title's MinHash: two titles that share half their words

_FACTORS = np.array(
    (0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F, 0x165667B1, 0xD3A2646D, 0xFD7046C5, 0xB55A4F09),
    np.uint64,
)
_SHIFTS = range(28, -4, -4)  # the bits of the first factor are the highest

_SUFFIX = re.compile(r"(?<!\s)(?:\s++[|–—·•»-]\s|\s*+\|)\s*(?=[^|–—·•»]{2,60}$)")
_SLUG = re.compile(
    r"^\s*(?:[(\[]?(?:CORRECTED|CORRECTION|REFILE|UPDATE|WRAPUP|RPT|REPEAT|BREAKING|EXCLUSIVE|ADDS|FLASH|URGENT|LIVE|"
    r"Updated?|Correction|Corrected|Breaking(?: news)?|Exclusive|Urgent|Watch|Live)"
    r"[)\]]?(?:\s*\(\w+\))?(?:\s*\d+)?\s*(?:[-–—:|]\s*|\s[-–—:|]\s+))+",
)


@dataclass(frozen=True, slots=True)
class BoilerplateCandidate:
    """A paragraph, or the end of a title, that may be boilerplate. `key`: a 63-bit hash of source and text."""

    key: int
    text: str
    is_suffix: bool = False


def strip_title(title: str, site_names: Sequence[str]) -> str:
    """The title without wire slugs ("UPDATE 2-") and without the site's name after the last separator.

    `site_names`: the site's title, id and host. An end that contains one of them, or is contained in one, is removed;
    `exact.comparable_title` removes only the exact title of the site, at either end."""
    title = _SLUG.sub("", title.strip()) or title
    suffix = title_suffix(title)
    joined = folded_words(suffix).replace(" ", "")
    if joined and any(_is_name(joined, name) for name in site_names):
        title = without_suffix(title)
    return title


def _is_name(suffix: str, name: str) -> bool:
    joined = folded_words(name).replace(" ", "")
    return len(joined) > 2 and (suffix in joined or joined in suffix)


def title_suffix(title: str) -> str:
    """The end of the title after its last separator; "" if there is none."""
    cut = _last_separator(title)
    return title[cut[1] :].strip() if cut else ""


def without_suffix(title: str) -> str:
    cut = _last_separator(title)
    return title[: cut[0]].strip() if cut else title


def _last_separator(title: str) -> tuple[int, int] | None:
    cuts = list(_SUFFIX.finditer(title))
    return (cuts[-1].start(), cuts[-1].end()) if cuts and cuts[-1].start() > 0 else None


def boilerplate_candidates(source: str, title: str, text: str) -> tuple[BoilerplateCandidate, ...]:
    """The parts of an article that may be boilerplate: the title's suffix, if any, and first and last paragraphs."""
    suffix = title_suffix(title)
    suffixes = [BoilerplateCandidate(_key(source, "title", suffix), suffix, is_suffix=True)] if suffix else []
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) > _HEAD_PARAGRAPHS + _TAIL_PARAGRAPHS:
        lines = lines[:_HEAD_PARAGRAPHS] + lines[-_TAIL_PARAGRAPHS:]
    return (
        *suffixes,
        *(BoilerplateCandidate(_key(source, "text", line), line) for line in dict.fromkeys(lines)),
    )


def _key(source: str, kind: str, text: str) -> int:
    data = f"{source}\x1f{kind}\x1f{text}".encode("utf-8", "replace")
    return crc32(data) << 31 | crc32(data, 0x5BD1E995) >> 1


def title_minhash(title: str) -> int:
    """A 32-bit MinHash of the title's words: eight parts of four bits. Similar titles share most parts."""
    hashes = [crc32(word.encode()) for word in set(folded_words(title).split())] or [0]
    least = (np.array(hashes, np.uint64)[:, None] * _FACTORS & 0xFFFFFFFF).min(axis=0)
    return sum(bits << shift for bits, shift in zip((least >> 5 & 15).tolist(), _SHIFTS, strict=True))


def add_title_minhash(minhashes: tuple[int, ...], minhash: int) -> tuple[int, ...]:
    """The MinHashes of the different titles of a candidate, with `minhash` added unless one of them is similar."""
    if len(minhashes) >= BOILERPLATE_TITLES or any(_is_similar(minhash, other) for other in minhashes):
        return minhashes
    return (*minhashes, minhash)


def mark_recurring(
    title_minhashes: Mapping[int, tuple[int, ...]], recurring: Collection[int]
) -> Mapping[int, tuple[int, ...]]:
    """`title_minhashes`, with those of `recurring` candidates changed so that they are boilerplate."""
    return {**title_minhashes, **dict.fromkeys(recurring, _RECURRING)} if recurring else title_minhashes


def _is_similar(minhash: int, other: int) -> bool:
    differing = minhash ^ other
    return sum(not differing >> shift & 15 for shift in range(0, 32, 4)) >= _SIMILAR_PARTS


def remove_boilerplate(
    title: str,
    text: str,
    candidates: Sequence[BoilerplateCandidate],
    title_minhashes: Mapping[int, tuple[int, ...]],
) -> tuple[str, str]:
    """Title and text without the candidates that are boilerplate.

    `title_minhashes`: BoilerplateCandidate.key → MinHashes of the different titles that it was printed under."""
    boilerplate = [
        candidate
        for candidate in candidates
        if len(title_minhashes.get(candidate.key, ())) >= BOILERPLATE_TITLES
    ]
    if not boilerplate:
        return title, text
    if any(candidate.is_suffix for candidate in boilerplate):
        title = without_suffix(title)
    lines = {candidate.text for candidate in boilerplate if not candidate.is_suffix}
    return title, "\n".join(line for line in text.split("\n") if line not in lines)
