"""Two fingerprints → named numbers: what speaks for one text, and what against.

The texts are laid side by side. Where they part for a few words and meet again is a *slot*: a copy has
slots with other words in them, a templated report has slots with other numbers and other names.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, log, log1p

from feeds.dedupe.open_fingerprint import Print
from feeds.dedupe.words import NAME, NUMBER

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


def slots(one: Print, other: Print, common: Container[int] | None = None) -> Slots:
    """`common`: the shingles of both."""
    if one.stored.shingles == other.stored.shingles:
        return Slots()
    shingles = one.shingles
    shared = frozenset(other.shingles) if common is None else common
    held = bytes(map(shared.__contains__, shingles))  # a byte a shingle: 1 where the other has it too
    width = 3 if not one.stored.unspaced else 4
    # Where words are not parted, a number may begin before the place at which it differs.
    skip = -1 if one.stored.unspaced else width
    count = numbers = names = plain = long = 0
    begin = held.find(0, max(0, held.find(1)))
    while begin > 0:
        end = held.find(1, begin)
        last = end < 0
        end = one.size if last else end
        left = other.first(shingles[begin - 1])
        right = other.size if last else other.first(shingles[end])
        here, there = end - begin, right - left - 1
        gap, begin = begin, -1 if last else held.find(0, end)
        if last and not (0 < there <= _SLOT and here <= _SLOT):
            continue  # one of them is cut, or goes on in its own words
        if not (0 <= there <= _SLOT + width and here <= _SLOT + width):
            long += 1
            continue
        count += 1
        behind = width if last else 0
        mine = _facts(one, gap + skip, end + behind)
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
    low = bisect_left(text.places, begin)
    return set(text.facts[low : bisect_left(text.places, end, low)])


class Weights:
    """What the window says of a new article: how telling each word of its title is (rare in the window counts for
    more), and in how many articles each of its keys stands, as logarithms. `frequency`: that number, by key."""

    def __init__(self, new: Print, frequency: Mapping[int, int], articles: int) -> None:
        self.most = log(articles + 50)
        self.of = {word: self.most - log1p(frequency.get(word | 1 << 32, 0)) for word in new.title.words}
        self.total = fsum(self.of.values())  # exact: a set has no order, and the sum must not depend on one
        self.keys = [(key, log1p(frequency.get(key, 0))) for key in new.keys]


def features(new: Side, old: Side, weights: Weights) -> Features:
    """`weights`: of `new` in the window."""
    a, b = new.print, old.print
    common = a.all.intersection(b.shingles)
    shared = len(common)
    first, second = a.distinct, b.distinct
    least, most = (first, second) if first <= second else (second, first)
    short = log1p(least)
    said = [log for key, log in weights.keys if key in common]
    leads = (_lead(a, common), _lead(b, common)) if shared else (0.0, 0.0)
    return {
        "contained": shared / least if least else 0.0,
        "covered": shared / most if most else 0.0,
        "jaccard": shared / (least + most - shared) if most else 0.0,
        "shared": log1p(shared),
        "short": short,
        "ratio": log1p(most) - short,
        "gap": log1p(abs(new.seen - old.seen) / 3600),
        "same_source": float(new.source == old.source),
        "backed": min(a.stored.backed, b.stored.backed) / 100,
        "led": min(a.stored.led, b.stored.led) / 100,
        "lead": max(leads),
        "leads": min(leads),
        "keys": float(len(said)),
        "common": sum(said) / len(said) if said else 0.0,
        "rarest": min(said) if said else 0.0,
        **_title(a, b, weights),
        **(_facts_of(a, b, common) if shared * 20 > least else _NO_FACTS),
    }


def _facts_of(a: Print, b: Print, common: frozenset[int]) -> Features:
    gap = slots(a, b, common)
    per = 100 / (len(common) + 20)
    numbers, names = len(a.numbers & b.numbers), len(a.names & b.names)
    least_numbers, least_names = min(len(a.numbers), len(b.numbers)), min(len(a.names), len(b.names))
    there = _there(a, b), _there(b, a)
    own = _own(a, b), _own(b, a)
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
        "numbers": numbers / least_numbers if least_numbers else 0.5,
        "names": names / least_names if least_names else 0.5,
        "numbers_new": log1p(least_numbers - numbers),
        "names_new": log1p(least_names - names),
        "title_there": min(there),
        "title_there_most": max(there),
        "title_new": log1p(min(own)),
        "title_new_most": log1p(max(own)),
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
    words = one.title.long
    return len(words & other.named) / len(words) if words else 0.5


def _own(one: Print, other: Print) -> int:
    """Names and numbers that title and text of one have, and the other nowhere."""
    return len(one.title_named - other.named - other.title.named)


def with_company(pairs: Sequence[Features], extra: Sequence[Features] = ()) -> None:
    """Add to each pair of one new article how its candidates (`pairs`) stand to it besides.

    `extra`: pairs with articles that were no candidates themselves, but are members of a candidate's
    story."""
    templated = [_templated(pair) for pair in pairs]
    titled = [0.4 < pair["title"] < 1 for pair in pairs]
    families, titles = sum(templated), sum(titled)
    contained, title = _Best(pairs, "contained"), _Best(pairs, "title")
    for at, pair in enumerate((*pairs, *extra)):
        inside = at < len(pairs)  # among its own company it does not count
        pair["family"] = log1p(families - (inside and templated[at]))
        pair["title_family"] = log1p(titles - (inside and titled[at]))
        pair["ahead"] = pair["contained"] - contained.besides(at)
        pair["title_ahead"] = pair["title"] - title.besides(at)


class _Best:
    """The greatest value of a feature among some pairs, or among all but one."""

    def __init__(self, pairs: Sequence[Features], name: str) -> None:
        values = [pair[name] for pair in pairs]
        self._most = max(values, default=0.0)
        self._at = values.index(self._most) if values else -1
        self._next = max((value for at, value in enumerate(values) if at != self._at), default=0.0)

    def besides(self, at: int) -> float:
        return self._next if at == self._at else self._most


def _templated(pair: Features) -> bool:
    return pair["contained"] > 0.3 and pair["slot_numbers"] + pair["slot_names"] > 1


def _lead(text: Print, common: frozenset[int]) -> float:
    lead = text.shingles[:_LEAD]
    return sum(map(common.__contains__, lead)) / len(lead) if lead else 0.0


def _title(a: Print, b: Print, weights: Weights) -> Features:
    mine, theirs = a.title.words, b.title.words
    common = mine & theirs
    only_mine, only_theirs = mine - common, theirs - common
    both = fsum([weights.of[word] for word in common])
    rest = len(only_theirs) * weights.most  # a word that the new title has not is not looked up: as if rare
    total = weights.total + rest
    least = min(weights.total, both + rest)
    digits = not only_mine.isdisjoint(a.title.digits), not only_theirs.isdisjoint(b.title.digits)
    rarest = max([weights.of[word] for word in only_mine], default=0.0)
    return {
        "title": both / total if total else 0.0,
        "title_part": both / least if least else 0.0,
        "title_equal": float(bool(mine) and a.stored.title == b.stored.title),
        "title_numbers": float(all(digits)),
        "title_number": float(any(digits)),
        "title_swap": rarest / weights.most if only_theirs else 0.0,
        "title_long": log1p(min(len(mine), len(theirs))),
    }
