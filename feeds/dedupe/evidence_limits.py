"""Limits the score of a pair by the amount of evidence, because a ratio like "100 % of two words" proves nothing.

The model was fitted on texts of news agencies. These rules hold for every feed:

- A title alone joins nothing within one source, and across sources only with four long words or more.
- Items that stand side by side in one document, each with its own guid and link, are different by the publisher's word.
  Only a whole long text with the same facts and the same title speaks against it.
- A text that is contained in another, with its beginning and the same facts, is the same text under any headline.
"""

from __future__ import annotations

from math import log1p

from feeds.dedupe.features import Features

MIN_TEXT_SHINGLES = 20  # a shorter text is not judged by its text
MIN_TITLE_WORDS = 4  # of four letters or more
WHOLE_TEXT_SCORE = 0.95

_MIN_WHOLE_SHINGLES = 40
_WHOLE_SHARE, _WHOLE_BEGINNING = 0.95, 0.8
_MIN_SIBLING_SHINGLES = 60
_SIBLING_COVERED = 0.9
_TOO_LITTLE = 0.05  # below half of either threshold, so that it does not count as agreement either


def limited_score(score: float, pair: Features, *, side_by_side: bool) -> float:
    """The score, 0 to 1, after the rules. `side_by_side`: both articles are in one document of their source."""
    if side_by_side:
        return score if _is_repeated_item(pair) else min(score, _TOO_LITTLE)
    if not _have_texts(pair):
        return score if _titles_are_enough(pair) else min(score, _TOO_LITTLE)
    if _is_whole_text(pair, _MIN_WHOLE_SHINGLES) and not pair["title_numbers"]:
        return max(score, WHOLE_TEXT_SCORE)
    return score


def _have_texts(pair: Features) -> bool:
    return pair["short"] >= log1p(MIN_TEXT_SHINGLES)


def _titles_are_enough(pair: Features) -> bool:
    """Whether the titles may decide, or a short text that is found in the other."""
    if pair["title_numbers"] or pair["same_source"]:
        return False
    return pair["title_content"] >= MIN_TITLE_WORDS


def _is_whole_text(pair: Features, shingles: int) -> bool:
    """Whether the shorter text is contained in the other, from the beginning, with the same numbers and names."""
    return (
        pair["shared"] >= log1p(shingles)
        and pair["contained"] >= _WHOLE_SHARE
        and pair["lead"] >= _WHOLE_BEGINNING
        and not (pair["slot_numbers"] or pair["slot_names"])
    )


def _is_repeated_item(pair: Features) -> bool:
    return (
        _is_whole_text(pair, _MIN_SIBLING_SHINGLES)
        and pair["covered"] >= _SIBLING_COVERED
        and bool(pair["title_equal"])
    )
