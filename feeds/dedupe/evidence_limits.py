"""Limits the score of a pair by the amount of evidence, because a ratio like "100 % of two words" proves nothing.

The model was fitted on labelled articles. These rules hold for every feed, and each was checked against the labels:

- *Side by side*: items of one document with guids and links of their own differ by the publisher's word. Only the same
  title over the same long text speaks against it.
- *Titles alone* join nothing within one source, and across sources only with four long words or more. A short text
  counts if the title is equal and it holds the same three facts or more, as an agency's figures do.
- *Two texts* that share less than a third are different, whatever the titles: "Letters", "Open thread".
- *A passage*: a quote, a caption or a background paragraph that both texts have below beginnings of their own is not
  the text. Nor is an introduction, after which both go on with a text of their own.
- *Numbers in titles*: titles that each have a number of their own ("Episode 12", "Episode 13") name different items,
  within one source and in titles that differ in one place or have no other words always, else if the texts are short
  or not wholly the same.
- *Recurring texts*: short texts with few facts join nothing below equal titles that many items have ("v2.4.1"), or
  below different titles. `recurring_texts` finds those that one document repeats.
- *Facts*: texts that differ in more than three numbers or names per 100 shared words, or in several and more than two
  per 100, are instances of one template. So are short texts with any differing word under titles that differ in one
  place, and texts of two sources with titles that each have a name or number of their own. In scripts without capital
  letters, names cannot be told from other words, and any differing word counts. Only within one source a high score
  stands: agencies correct their figures.
- *The whole text*: a long text that is contained in another, with its beginning and the same facts, is the same text
  under any headline. So are two long texts that differ in a few words.
"""

from __future__ import annotations

from enum import StrEnum
from math import expm1, log1p

from feeds.dedupe.features import Features

MIN_TEXT_SHINGLES = 20  # a shorter text is not judged by its text
MIN_TITLE_WORDS = 4  # of four letters or more
_MIN_TITLE_WORDS_OF_TEXT = 3  # of a title whose words are in the text
WHOLE_TEXT_SCORE = 0.95

_MIN_COMPARED_SHINGLES = 8
_MIN_CONTAINED, _MIN_CONTAINED_WITHIN = 0.35, 0.5
_MIN_OTHER_TITLE_SHINGLES = 28
_FACT_SHARE, _FACT_SHARE_UNDER_ANY_TITLE = 0.15, 0.25  # shared numbers and names, for each run of three words
_MIN_BACKED_TITLE = 0.6
_MIN_CONTAINED_SHORT, _MIN_SAME_FACTS = 0.9, 3
_MIN_NUMBERED_SHINGLES = 60
_MIN_NUMBERED_TITLE_WORDS, _MIN_CONTAINED_NUMBERED = 2, 0.8
_MIN_FRAMED_SHINGLES = 100
_MAX_OFFER_SHINGLES = 150
_EQUAL_LENGTH = 0.3  # of the logarithm of the ratio of both lengths
_MAX_INTRODUCTION, _BLOCK_SHARE, _MIN_OWN_SHINGLES = 0.7, 0.9, 15
_CORRECTION_SCORE = 0.8  # an agency corrects its own figures; measured on a wire
_MAX_FACT_RATE, _MAX_RATE_OF_SEVERAL = 3.0, 2.0
_MIN_WHOLE_SHINGLES = 40
_WHOLE_SHARE, _WHOLE_BEGINNING = 0.95, 0.8
_MIN_TITLE_WITHIN, _MIN_BACKED_WITHIN = 0.2, 0.5
_MIN_EDITED_SHINGLES, _EDITED_SHARE, _EDITED_COVERED, _EDITED_BEGINNING, _EDITED_FACT_RATE = (
    100,
    0.9,
    0.85,
    0.7,
    0.5,
)
"""Measured: of the labelled pairs that fulfil this, 933 are copies and none is not."""
_MIN_COMMON_BEGINNING, _MIN_COMMON_TITLE = 0.5, 0.5
_MAX_COVERED_BY_PART = 0.7
_MIN_SIBLING_SHINGLES = 60
_SIBLING_COVERED = 0.9
_TOO_LITTLE = 0.05  # below half of either threshold, so that it does not count as agreement either


class Limit(StrEnum):
    """The rule that decided in place of the model. The values are stored with a decision."""

    SIDE_BY_SIDE = "side by side"
    TITLES_ALONE = "titles alone"
    LITTLE_SHARED = "little shared"
    PASSAGE = "passage"
    TITLE_NUMBERS = "title numbers"
    OTHER_FACTS = "other facts"
    WHOLE_TEXT = "whole text"


def limited_score(
    score: float, pair: Features, *, side_by_side: bool = False, titles_may_decide: bool = True
) -> tuple[float, Limit | None]:
    """The score, 0 to 1, after the rules, and the rule that changed it.

    `side_by_side`: both articles are in one document of their source. `titles_may_decide`: false if one had a text, and
    it was removed as boilerplate."""
    limit = _limit(pair, side_by_side=side_by_side, titles_may_decide=titles_may_decide)
    is_correction = limit is Limit.OTHER_FACTS and pair["same_source"] and score >= _CORRECTION_SCORE
    if limit is None or is_correction:
        return score, None
    limited = max(score, WHOLE_TEXT_SCORE) if limit is Limit.WHOLE_TEXT else min(score, _TOO_LITTLE)
    return limited, limit if limited != score else None


def _limit(pair: Features, *, side_by_side: bool, titles_may_decide: bool) -> Limit | None:
    if side_by_side and not _is_repeated_item(pair):
        return Limit.SIDE_BY_SIDE
    if not _has_shingles(pair, MIN_TEXT_SHINGLES) and not (titles_may_decide and _titles_are_enough(pair)):
        return Limit.TITLES_ALONE
    if _has_shingles(pair, _MIN_COMPARED_SHINGLES):
        if pair["contained"] < (_MIN_CONTAINED_WITHIN if pair["same_source"] else _MIN_CONTAINED):
            return Limit.LITTLE_SHARED
        if _is_passage(pair):
            return Limit.PASSAGE
        if _has_other_title_numbers(pair):
            return Limit.TITLE_NUMBERS
        if _is_recurring_text(pair):
            return Limit.TITLES_ALONE
    if _has_other_facts(pair):
        return Limit.OTHER_FACTS
    is_whole = _is_whole_text(pair, _MIN_WHOLE_SHINGLES) or _is_long_text_edited(pair)
    if is_whole and not _is_under_wrong_title(pair):
        return Limit.WHOLE_TEXT
    return None


def _has_shingles(pair: Features, shingles: int) -> bool:
    """Whether both texts have so many. In scripts without spaces, a text has twice as many."""
    return pair["short"] >= log1p(2 * shingles if pair["unspaced"] else shingles)


def _titles_are_enough(pair: Features) -> bool:
    """Whether the titles may decide, or a short text that is found in the other."""
    if pair["title_numbers"]:
        return False
    if pair["same_source"]:
        same_text = pair["title_equal"] and pair["contained"] >= _MIN_CONTAINED_SHORT
        return bool(same_text) and pair["same_facts"] >= log1p(_MIN_SAME_FACTS)
    return pair["title_content"] >= MIN_TITLE_WORDS


def _is_passage(pair: Features) -> bool:
    """Whether the shared part is neither the beginning of a text nor nearly the whole of one."""
    if pair["lead"] < 0.2:
        return pair["contained"] < 0.8
    if pair["contained"] < 0.5 and pair["title"] < 0.2 and pair["run"] > 0.8 * pair["contained"]:
        return True  # a caption, as the first paragraph of both
    if pair["lead"] < 0.5 and pair["leads"] < 0.2:
        return pair["contained"] < 0.6
    return _is_introduction(pair)


def _is_introduction(pair: Features) -> bool:
    """Whether all that articles of two sources share is one block, and both go on with a text of their own, under other
    titles: a newsletter or a programme that introduces itself in each issue."""
    if pair["same_source"] or (pair["title"] >= _MIN_COMMON_TITLE and not pair["title_numbers"]):
        return False
    own = expm1(pair["short"]) - expm1(pair["shared"])
    is_block = pair["run"] >= _BLOCK_SHARE * pair["contained"]
    return is_block and pair["contained"] < _MAX_INTRODUCTION and own >= _MIN_OWN_SHINGLES


def _has_other_title_numbers(pair: Features) -> bool:
    """Whether each title has a number of its own, and nothing shows that the text is the same all the same."""
    if not pair["title_numbers"]:
        return False
    if pair["same_source"] or pair["title_frame"] or pair["title_content"] < _MIN_NUMBERED_TITLE_WORDS:
        return True
    return pair["contained"] < _MIN_CONTAINED_NUMBERED or not _has_shingles(pair, _MIN_NUMBERED_SHINGLES)


def _is_recurring_text(pair: Features) -> bool:
    """Whether a short text holds few facts, and stands below equal titles that many items have ("v2.4.1", "Letters"),
    or below different titles."""
    if not pair["cased"]:
        return False
    shingles, facts = expm1(pair["short"]), expm1(pair["same_facts"])
    if pair["title_equal"]:
        is_short = shingles < _MIN_NUMBERED_SHINGLES and facts < _FACT_SHARE_UNDER_ANY_TITLE * shingles
        return is_short and not _is_telling_title(pair)
    is_short = shingles < _MIN_OTHER_TITLE_SHINGLES and facts < _FACT_SHARE * shingles
    return is_short and pair["title"] < _MIN_COMMON_TITLE


def _is_telling_title(pair: Features) -> bool:
    """Whether an equal title says so much that other items hardly have it; see `exact.is_telling_title`."""
    is_of_text = pair["title_content"] >= _MIN_TITLE_WORDS_OF_TEXT and pair["backed"] >= _MIN_BACKED_TITLE
    return pair["title_content"] >= MIN_TITLE_WORDS or is_of_text


def _has_other_facts(pair: Features) -> bool:
    """Whether the texts are two instances of one template."""
    rate = pair["number_rate"] + pair["name_rate"]
    facts = round(expm1(pair["slot_numbers"]) + expm1(pair["slot_names"]))
    if rate > _MAX_FACT_RATE or (facts > 1 and rate > _MAX_RATE_OF_SEVERAL):
        return True
    if not pair["cased"] and pair["slots"] and pair["title_frame"]:
        return True
    if _have_other_title_facts(pair) or _is_other_offer(pair):
        return True
    is_short = not _has_shingles(pair, _MIN_NUMBERED_SHINGLES)
    if pair["title_equal"]:
        return is_short and bool(pair["slots"] if not pair["cased"] else _is_other_place(pair))
    if is_short or not (pair["same_source"] or _has_shingles(pair, _MIN_FRAMED_SHINGLES)):
        return bool(pair["slots"] and pair["title_frame"])
    return False


def _is_other_place(pair: Features) -> bool:
    """Whether two sources print the same words about different names ("Ask anything about X")."""
    return bool(pair["slot_names"]) and not pair["same_source"]


def _is_other_offer(pair: Features) -> bool:
    """Whether two sources print equally long texts with another number, under different titles: offers, vacancies. Each
    has a number that the other has not; a line that one of them inserts may also have one."""
    if pair["same_source"] or pair["title"] >= _MIN_COMMON_TITLE or _has_shingles(pair, _MAX_OFFER_SHINGLES):
        return False
    return bool(pair["slot_numbers"] and pair["numbers_new"]) and pair["ratio"] < _EQUAL_LENGTH


def _have_other_title_facts(pair: Features) -> bool:
    """Whether each title of two sources has a number or name that its own text repeats and the other article does not
    have, or the titles differ in one place by a name. Copies with edited headlines have the same text."""
    if pair["same_source"] or not pair["slots"]:
        return False
    return bool(pair["title_new"] or (pair["title_frame"] and pair["title_names"]))


def _is_under_wrong_title(pair: Features) -> bool:
    """Whether the titles may be of other items: each has its own number, or a source prints one text under two titles
    of which one has no words of it, as sites do that print a block of other articles below each article."""
    if pair["title_numbers"]:
        return True
    return (
        bool(pair["same_source"])
        and pair["title"] < _MIN_TITLE_WITHIN
        and pair["backed"] < _MIN_BACKED_WITHIN
    )


def _is_whole_text(pair: Features, shingles: int) -> bool:
    """Whether the shorter text is contained in the other, from the beginning, with the same numbers and names."""
    return (
        pair["shared"] >= log1p(shingles)
        and pair["contained"] >= _WHOLE_SHARE
        and pair["lead"] >= _WHOLE_BEGINNING
        and not (pair["slot_numbers"] or pair["slot_names"])
    )


def is_whole_text(pair: Features) -> bool:
    """Whether the articles are of different sources, and one holds the whole text of the other."""
    return not (pair["same_source"] or pair["title_numbers"]) and _is_whole_text(pair, _MIN_WHOLE_SHINGLES)


def has_other_beginning(pair: Features) -> bool:
    """Whether the texts begin differently, under different titles."""
    return pair["leads"] < _MIN_COMMON_BEGINNING and pair["title"] < _MIN_COMMON_TITLE


def is_part(pair: Features) -> bool:
    """Whether the shorter text is wholly in one that is much longer, under another title."""
    return (
        pair["contained"] >= _WHOLE_SHARE
        and pair["covered"] < _MAX_COVERED_BY_PART
        and pair["title"] < _MIN_COMMON_TITLE
    )


def _is_long_text_edited(pair: Features) -> bool:
    """Whether two long texts are the same but for a few words, from the beginning."""
    return (
        pair["shared"] >= log1p(_MIN_EDITED_SHINGLES)
        and pair["contained"] >= _EDITED_SHARE
        and pair["covered"] >= _EDITED_COVERED
        and pair["lead"] >= _EDITED_BEGINNING
        and pair["number_rate"] + pair["name_rate"] <= _EDITED_FACT_RATE
    )


def _is_repeated_item(pair: Features) -> bool:
    return (
        _is_whole_text(pair, _MIN_SIBLING_SHINGLES)
        and pair["covered"] >= _SIBLING_COVERED
        and bool(pair["title_equal"])
    )
