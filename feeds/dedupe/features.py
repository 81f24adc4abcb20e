"""Two fingerprints → named numbers: what speaks for one text, and what against.

The texts are laid side by side. Where they part for a few words and meet again is a *slot*: a copy has
slots with other words in them, a templated report has slots with other numbers and other names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum, log, log1p
from zlib import crc32

from feeds.dedupe.fingerprint import NAME, NUMBER, Print

COMMON = 64
"""A key with more postings than this in the window says nothing."""

_SLOT = 12  # words; longer ones are passages that one text has and the other has not
_LEAD = 24  # shingles


@dataclass(frozen=True, slots=True)
class Side:
    """An article of the window as far as comparing needs to know it."""

    n: int
    source: str
    seen: float  # seconds since 1970
    print: Print


@dataclass(frozen=True, slots=True)
class Slots:
    """Where two texts laid side by side differ within a common frame."""

    count: int = 0
    numbers: int = 0  # slots that hold other numbers
    names: int = 0
    words: int = 0  # neither
    long: int = 0  # passages that only one has, between common ones


Features = dict[str, float]


def slots(one: Print, other: Print) -> Slots:
    shingles = one.shingles
    if one.stored.shingles == other.stored.shingles:
        return Slots()
    at = other.at
    gaps: list[tuple[int, int]] = []
    start = -1
    for place, shingle in enumerate(shingles):
        if shingle in at:
            if start >= 0:
                gaps.append((start, place))
                start = -1
        elif start < 0:
            start = place
    if start > 0:
        gaps.append((start, one.size))
    width = 3 if not one.stored.unspaced else 4
    # Where words are not parted, a number may begin before the place at which it differs.
    skip = -1 if one.stored.unspaced else width
    count = numbers = names = plain = long = 0
    for begin, end in gaps:
        if begin == 0:
            continue
        left = at[shingles[begin - 1]]
        last = end == one.size
        right = other.size if last else at[shingles[end]]
        here, there = end - begin, right - left - 1
        if last and not (0 < there <= _SLOT and here <= _SLOT):
            continue  # one of them is cut, or goes on in its own words
        if not (0 <= there <= _SLOT + width and here <= _SLOT + width):
            long += 1
            continue
        count += 1
        behind = width if last else 0
        mine = _facts(one, begin + skip, end + behind)
        theirs = _facts(other, left + 1 + skip, right + behind)
        # a moved word is no difference
        unlike = mine ^ theirs
        if any(fact & 3 == NUMBER for fact in unlike):
            numbers += 1
        elif any(fact & 3 == NAME for fact in mine - theirs) and any(
            fact & 3 == NAME for fact in theirs - mine
        ):
            names += 1
        else:
            plain += 1
    return Slots(count, numbers, names, plain, long)


def _facts(text: Print, begin: int, end: int) -> set[int]:
    """The facts at the places from `begin` up to `end`."""
    places = text.places
    low, high = 0, len(places)
    while low < high:
        middle = (low + high) // 2
        if places[middle] < begin:
            low = middle + 1
        else:
            high = middle
    found = set()
    while low < len(places) and places[low] < end:
        found.add(text.facts[low])
        low += 1
    return found


class Weights:
    """How telling each word of a new article's title is: rare in the window counts for more."""

    def __init__(self, new: Print, frequency: Mapping[int, int], articles: int) -> None:
        self.most = log(articles + 50)
        self.of = {
            word: self.most - log1p(frequency.get(crc32(word.encode()) | 1 << 32, 0))
            for word in new.title_set
        }
        self.total = fsum(self.of.values())  # exact: a set has no order, and the sum must not depend on one


def features(new: Side, old: Side, frequency: Mapping[int, int], weights: Weights) -> Features:
    """`frequency`: how often each key of `new` stands in the window; `weights`: of its title's words."""
    a, b = new.print, old.print
    common = a.all.intersection(b.shingles)
    shared = len(common)
    least, most = min(a.distinct, b.distinct), max(a.distinct, b.distinct)
    found: Features = {
        "contained": shared / least if least else 0.0,
        "covered": shared / most if most else 0.0,
        "jaccard": shared / (least + most - shared) if most else 0.0,
        "shared": log1p(shared),
        "short": log1p(least),
        "ratio": log1p(most) - log1p(least),
        "gap": log1p(abs(new.seen - old.seen) / 3600),
        "same_source": float(new.source == old.source),
        "backed": min(a.stored.backed, b.stored.backed) / 100,
        "led": min(a.stored.led, b.stored.led) / 100,
    }
    leads = (_lead(a, common), _lead(b, common)) if shared else (0.0, 0.0)
    found["lead"], found["leads"] = max(leads), min(leads)
    counts = [frequency.get(key, 0) for key in a.keys if key in common]
    found["keys"] = float(len(counts))
    found["common"] = sum(map(log1p, counts)) / len(counts) if counts else 0.0
    found["rarest"] = log1p(min(counts)) if counts else 0.0
    found.update(_title(a, b, weights))
    found.update(_facts_of(a, b, shared) if shared * 20 > least else _NO_FACTS)
    return found


def _facts_of(a: Print, b: Print, shared: int) -> Features:
    gap = slots(a, b)
    per = 100 / (shared + 20)
    return {
        "slots": log1p(gap.count),
        "slot_numbers": log1p(gap.numbers),
        "slot_names": log1p(gap.names),
        "slot_words": log1p(gap.words),
        "passages": log1p(gap.long),
        "slot_facts": (gap.numbers + gap.names) / gap.count if gap.count else 0.0,
        "slot_rate": min(10.0, gap.count * per),
        "number_rate": min(10.0, gap.numbers * per),
        "name_rate": min(10.0, gap.names * per),
        "long_rate": min(10.0, gap.long * per),
        "numbers": _overlap(a.numbers, b.numbers),
        "names": _overlap(a.names, b.names),
        "numbers_new": log1p(min(len(a.numbers - b.numbers), len(b.numbers - a.numbers))),
        "names_new": log1p(min(len(a.names - b.names), len(b.names - a.names))),
        "title_there": min(_there(a, b), _there(b, a)),
        "title_there_most": max(_there(a, b), _there(b, a)),
        "title_new": log1p(min(_own(a, b), _own(b, a))),
        "title_new_most": log1p(max(_own(a, b), _own(b, a))),
    }


_NO_FACTS: Features = {
    **dict.fromkeys(["slots", "slot_numbers", "slot_names", "slot_words", "passages", "slot_facts"], 0.0),
    **dict.fromkeys(["slot_rate", "number_rate", "name_rate", "long_rate", "numbers_new", "names_new"], 0.0),
    **dict.fromkeys(["title_new", "title_new_most"], 0.0),
    **dict.fromkeys(["numbers", "names", "title_there", "title_there_most"], 0.5),
}
"""Of texts that have next to nothing in common; the facts say no more then."""


def _there(one: Print, other: Print) -> float:
    """Of the title's words, the part that stands in the other's text as a name."""
    return len(one.title_ids & other.fact_words) / len(one.title_ids) if one.title_ids else 0.5


def _own(one: Print, other: Print) -> int:
    """Names and numbers that title and text of one have, and the other nowhere."""
    return len((one.title_facts & one.fact_words) - other.fact_words - other.title_facts)


def with_company(pairs: Sequence[Features], extra: Sequence[Features] = ()) -> None:
    """Add to each pair of one new article how its candidates (`pairs`) stand to it besides.

    `extra`: pairs with articles that were no candidates themselves, but are members of a candidate's
    story."""
    for index, pair in enumerate((*pairs, *extra)):
        rest = [other for at, other in enumerate(pairs) if at != index]
        pair["family"] = log1p(sum(_templated(other) for other in rest))
        pair["title_family"] = log1p(sum(0.4 < other["title"] < 1 for other in rest))
        pair["ahead"] = pair["contained"] - max((other["contained"] for other in rest), default=0.0)
        pair["title_ahead"] = pair["title"] - max((other["title"] for other in rest), default=0.0)


def _templated(pair: Features) -> bool:
    return pair["contained"] > 0.3 and pair["slot_numbers"] + pair["slot_names"] > 1


def _lead(text: Print, common: frozenset[int]) -> float:
    lead = text.shingles[:_LEAD]
    return sum(shingle in common for shingle in lead) / len(lead) if lead else 0.0


def _overlap(one: frozenset[int], other: frozenset[int]) -> float:
    """Of the facts of the one that has fewer, the part that the other has too."""
    least = min(len(one), len(other))
    return len(one & other) / least if least else 0.5


def _title(a: Print, b: Print, weights: Weights) -> Features:
    mine, theirs = a.title_set, b.title_set
    common = mine & theirs
    only_mine, only_theirs = mine - common, theirs - common
    both = fsum(weights.of[word] for word in common)
    rest = len(only_theirs) * weights.most  # a word that the new title has not is not looked up: as if rare
    total = weights.total + rest
    least = min(weights.total, both + rest)
    digits = [any(word[0].isdigit() for word in words) for words in (only_mine, only_theirs)]
    rarest = max((weights.of[word] for word in only_mine), default=0.0)
    return {
        "title": both / total if total else 0.0,
        "title_part": both / least if least else 0.0,
        "title_equal": float(bool(mine) and a.stored.title == b.stored.title),
        "title_numbers": float(all(digits)),
        "title_number": float(any(digits)),
        "title_swap": rarest / weights.most if only_theirs else 0.0,
        "title_long": log1p(min(len(mine), len(theirs))),
    }
