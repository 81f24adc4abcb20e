"""Compares the titles and the texts of two items, to tell an edit from another item under the same address.

This is coarser than `score`, which looks for copies among articles of other sources: here the guid or the link agree
already, and the question is only whether anything else does.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Set as AbstractSet
from itertools import pairwise, takewhile
from typing import Literal

from feeds.dedupe.exact import folded_words

Likeness = Literal["equal", "series", "alike", "short", "other", "unknown"]
"""`series`: titles that differ in a number ("Crossword No 5 for Monday", "Crossword No 6 for Tuesday").
`short`: texts of few words that agree, which may be a recurring text ("Read more on our site").
`unknown`: one side, or both, has none."""

_ALIKE_TITLES = 0.5  # the share of the words of the shorter title that the other has
_ALIKE_TEXTS = (
    0.25  # the share of pairs of words; unrelated texts share 0.05, a text and its rewrite over 0.4
)
_MAX_SERIES_DIFFERENCES = 3  # words: a number, and the weekday and the month beside it
_SHORT_TEXT_WORDS = 8
_MAX_WORDS = 2_000
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


def title_likeness(first: str, second: str) -> Likeness:
    one, other = _tokens(first), _tokens(second)
    if not one or not other:
        return "unknown"
    if one == other:
        return "equal"
    if _overlap(set(one), set(other)) < _ALIKE_TITLES and not _is_series(one, other):
        return "other"
    return "series" if _have_other_numbers(one, other) else "alike"


def text_likeness(first: str, second: str) -> Likeness:
    one, other = _tokens(first), _tokens(second)
    if not one or not other:
        return "unknown"
    if min(len(one), len(other)) < _SHORT_TEXT_WORDS:
        return "short" if _overlap(set(one), set(other)) > _ALIKE_TITLES else "other"
    if one == other:
        return "equal"
    return "alike" if _overlap(set(pairwise(one)), set(pairwise(other))) >= _ALIKE_TEXTS else "other"


def is_edited_text(first: str, second: str) -> bool:
    """Whether texts with the same beginning, which may be a greeting, also go on alike."""
    one, other = _tokens(first), _tokens(second)
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
    rest, other_rest = set(pairwise(one[same:])), set(pairwise(other[same:]))
    return not rest or not other_rest or _overlap(rest, other_rest) >= _ALIKE_TEXTS


def _tokens(text: str) -> list[str]:
    """The words; in scripts without spaces, the characters."""
    words = folded_words(text).split()
    if _UNSPACED.search(text):
        words = [part for word in words for part in (word if _UNSPACED.search(word) else (word,))]
    return words[:_MAX_WORDS]


def _is_series(one: list[str], other: list[str]) -> bool:
    """Whether the titles differ in few words at the same places, and one of them is a number."""
    if len(one) != len(other):
        return False
    different = [pair for pair in zip(one, other, strict=True) if pair[0] != pair[1]]
    has_number = any(_has_digit(first) and _has_digit(second) for first, second in different)
    return has_number and len(different) <= _MAX_SERIES_DIFFERENCES


def _have_other_numbers(one: list[str], other: list[str]) -> bool:
    """Whether each has a number that the other lacks."""
    first, second = (Counter(word for word in words if _has_digit(word)) for words in (one, other))
    return bool(first - second and second - first)


def _has_digit(word: str) -> bool:
    return any(char.isdigit() for char in word)


def _overlap(one: AbstractSet[object], other: AbstractSet[object]) -> float:
    return len(one & other) / min(len(one), len(other))
