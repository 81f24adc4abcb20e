"""Compares two fingerprints: named numbers from which the score of the pair is computed.

The two texts are aligned. A *slot* is a place where they differ by a few words between common shingles. The slots of
a copy hold other words; the slots of a report made from a template hold other numbers and names.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from math import fsum, log, log1p
from operator import eq

from feeds.dedupe.open_fingerprint import OpenFingerprint
from feeds.dedupe.words import NAME, NUMBER

MAX_POSTINGS = 64
"""A key that more articles of the window have is ignored: it tells nothing about a pair."""

_MAX_SLOT_WORDS = 12  # a longer difference is a long stretch that only one text has
_MAX_OPENING_WORDS = 6
"""A slot at the beginning has at most so many words, and equally many in both texts: "8:40 – The station is closed".
Other differences there are datelines, stamps and bylines of the outlets."""
_OPENING_SHINGLES = 24


@dataclass(frozen=True, slots=True)
class ComparedArticle:
    """What is needed of an article to compare it with another. `n`: its row number."""

    n: int
    source: str
    seen_at: float  # seconds since 1970
    fingerprint: OpenFingerprint


@dataclass(frozen=True, slots=True)
class Slots:
    """Counts of the differences between two aligned texts."""

    count: int = 0
    numbers: int = 0  # slots with different numbers
    names: int = 0  # slots with different names, and the same numbers
    words: int = 0  # the other slots
    long: int = 0  # longer stretches that only one text has, between common shingles
    longest_run: int = field(
        default=0, compare=False
    )  # the most common shingles without a gap: one passage, or most of a copy


Features = dict[str, float]


def find_slots(a: OpenFingerprint, b: OpenFingerprint, common: Container[int] | None = None) -> Slots:
    """Count the slots between two texts. `common`: the shingles that both have, if they are known already.

    a: A B C D E x     F G H I J     "x" against "y z": one slot, of other words
    b: A B C D E y z   F G H I J     (gap_a and gap_b count the shingles that touch these words)
    """
    if a.stored.shingles == b.stored.shingles:
        return Slots(longest_run=a.shingle_count)
    shingles = a.shingles
    shared = frozenset(b.shingles) if common is None else common
    is_shared = bytes(map(shared.__contains__, shingles))  # a byte per shingle: 1 if the other text has it
    width = 3 if not a.stored.unspaced else 4
    # In scripts without spaces, a number may begin before the first character that differs.
    skip = -1 if a.stored.unspaced else width
    count = numbers = names = plain = long = 0
    first = max(0, is_shared.find(1))
    begin_a = is_shared.find(0, first)
    first_b = b.first_position(shingles[first]) if is_shared.find(1) >= 0 else 0
    if 0 < first == first_b <= _MAX_OPENING_WORDS:
        different = _facts(a, 0, first) ^ _facts(b, 0, first)
        count = 1
        numbers = int(any(fact & 3 == NUMBER for fact in different))
        names = int(bool(different) and not numbers)
        plain = int(not different)
    while begin_a > 0:
        end_a = is_shared.find(1, begin_a)
        last = end_a < 0
        end_a = a.shingle_count if last else end_a
        before_b = b.first_position(shingles[begin_a - 1])
        end_b = b.shingle_count if last else b.first_position(shingles[end_a])
        gap_a, gap_b = end_a - begin_a, end_b - before_b - 1
        slot_begin, begin_a = begin_a, -1 if last else is_shared.find(0, end_a)
        if last and not (0 < gap_b <= _MAX_SLOT_WORDS and gap_a <= _MAX_SLOT_WORDS):
            continue  # one of the texts is cut here, or ends differently
        if not (0 <= gap_b <= _MAX_SLOT_WORDS + width and gap_a <= _MAX_SLOT_WORDS + width):
            long += 1
            continue
        count += 1
        after = width if last else 0
        facts_a = _facts(a, slot_begin + skip, end_a + after)
        facts_b = _facts(b, before_b + 1 + skip, end_b + after)
        # as sets, so a moved word is no difference
        different = facts_a ^ facts_b
        if any(fact & 3 == NUMBER for fact in different):
            numbers += 1
        elif any(fact & 3 == NAME for fact in facts_a - facts_b) and any(
            fact & 3 == NAME for fact in facts_b - facts_a
        ):
            names += 1
        else:
            plain += 1
    return Slots(count, numbers, names, plain, long, max(map(len, is_shared.split(b"\0"))))


def _facts(text: OpenFingerprint, begin: int, end: int) -> set[int]:
    """The codes of the facts at the positions from `begin` up to `end`."""
    low = bisect_left(text.places, begin)
    return set(text.facts[low : bisect_left(text.places, end, low)])


class WindowWeights:
    """The weight of each word of a new article's title (rarer in the window weighs more), and the logarithm of the
    number of articles that have each of its keys.

    `frequency`: key → how many articles of the window have it. `articles`: how many the window holds."""

    def __init__(self, new: OpenFingerprint, frequency: Mapping[int, int], articles: int) -> None:
        self.max_word_weight = log(articles + 50)
        self.word_weights = {
            word: self.max_word_weight - log1p(frequency.get(word | 1 << 32, 0)) for word in new.title.words
        }
        # fsum, because the order of a set varies and the sum must not depend on it
        self.title_weight = fsum(self.word_weights.values())
        self.key_frequencies = [(key, log1p(frequency.get(key, 0))) for key in new.text_keys]


def features(new: ComparedArticle, old: ComparedArticle, weights: WindowWeights) -> Features:
    """Compare a new article with an older one. Feature names are those of `weights.json`; the features of
    `add_peer_features` are still missing. `weights`: those of `new` in the window."""
    a, b = new.fingerprint, old.fingerprint
    common = a.shingle_set.intersection(b.shingles)
    shared = len(common)
    first, second = a.distinct_count, b.distinct_count
    least, most = (first, second) if first <= second else (second, first)
    short = log1p(least)
    frequencies = [frequency for key, frequency in weights.key_frequencies if key in common]
    openings = (_opening_share(a, common), _opening_share(b, common)) if shared else (0.0, 0.0)
    return {
        "contained": shared / least if least else 0.0,
        "covered": shared / most if most else 0.0,
        "jaccard": shared / (least + most - shared) if most else 0.0,
        "shared": log1p(shared),
        "short": short,
        "ratio": log1p(most) - short,
        "gap": log1p(abs(new.seen_at - old.seen_at) / 3600),
        "unspaced": float(a.stored.unspaced and b.stored.unspaced),
        "cased": float(a.has_names and b.has_names),
        "same_source": float(new.source == old.source),
        "backed": min(a.stored.backed, b.stored.backed) / 100,
        "led": min(a.stored.led, b.stored.led) / 100,
        "lead": max(openings),
        "leads": min(openings),
        "keys": float(len(frequencies)),
        "common": sum(frequencies) / len(frequencies) if frequencies else 0.0,
        "rarest": min(frequencies) if frequencies else 0.0,
        **_title_features(a, b, weights),
        **(_fact_features(a, b, common) if shared * 20 > least else _NO_FACTS),
    }


def _fact_features(a: OpenFingerprint, b: OpenFingerprint, common: frozenset[int]) -> Features:
    slots = find_slots(a, b, common)
    per = 100 / (len(common) + 20)
    numbers, names = len(a.numbers & b.numbers), len(a.names & b.names)
    least_numbers, least_names = min(len(a.numbers), len(b.numbers)), min(len(a.names), len(b.names))
    named = _named_share(a, b), _named_share(b, a)
    own = _own_facts(a, b), _own_facts(b, a)
    return {
        "run": min(1.0, slots.longest_run / min(a.distinct_count, b.distinct_count)),
        "slots": log1p(slots.count),
        "slot_numbers": log1p(slots.numbers),
        "slot_names": log1p(slots.names),
        "slot_words": log1p(slots.words),
        "passages": log1p(slots.long),
        "slot_facts": (slots.numbers + slots.names) / slots.count if slots.count else 0.0,
        "slot_rate": min(10.0, slots.count * per),
        "number_rate": min(10.0, slots.numbers * per),
        "name_rate": min(10.0, slots.names * per),
        "long_rate": min(10.0, slots.long * per),
        "numbers": numbers / least_numbers if least_numbers else 0.5,
        "names": names / least_names if least_names else 0.5,
        "same_facts": log1p(numbers + names),
        "numbers_new": log1p(least_numbers - numbers),
        "names_new": log1p(least_names - names),
        "title_there": min(named),
        "title_there_most": max(named),
        "title_new": log1p(min(own)),
        "title_new_most": log1p(max(own)),
    }


_NO_FACTS: Features = {
    **dict.fromkeys(["slots", "slot_numbers", "slot_names", "slot_words", "passages", "slot_facts"], 0.0),
    **dict.fromkeys(["slot_rate", "number_rate", "name_rate", "long_rate", "numbers_new", "names_new"], 0.0),
    **dict.fromkeys(["title_new", "title_new_most", "run", "same_facts"], 0.0),
    **dict.fromkeys(["numbers", "names", "title_there", "title_there_most"], 0.5),
}
"""Fact features of two texts with almost nothing in common: their facts tell nothing more."""


def _named_share(one: OpenFingerprint, other: OpenFingerprint) -> float:
    """The share of the long words in the title of `one` that are facts in the text of `other`."""
    words = one.title.long_words
    return len(words & other.fact_hashes) / len(words) if words else 0.5


def _own_facts(one: OpenFingerprint, other: OpenFingerprint) -> int:
    """How many facts are in both title and text of `one`, and in neither of `other`."""
    return len(one.title_fact_hashes - other.fact_hashes - other.title.fact_hashes)


def add_peer_features(pairs: Sequence[Features], extra: Sequence[Features] = ()) -> None:
    """Add to each pair of one new article the features that depend on its other pairs.

    `pairs`: with its candidates. `extra`: with articles that are no candidates, but members of a candidate's story."""
    templated = [_templated(pair) for pair in pairs]
    titled = [0.4 < pair["title"] < 1 for pair in pairs]
    families, titles = sum(templated), sum(titled)
    contained, title = _Maximum(pairs, "contained"), _Maximum(pairs, "title")
    for at, pair in enumerate((*pairs, *extra)):
        inside = at < len(pairs)  # a pair is no peer of itself
        pair["family"] = log1p(families - (inside and templated[at]))
        pair["title_family"] = log1p(titles - (inside and titled[at]))
        pair["ahead"] = pair["contained"] - contained.max_without(at)
        pair["title_ahead"] = pair["title"] - title.max_without(at)


class _Maximum:
    """The greatest value of a feature among pairs, or among all pairs but one."""

    def __init__(self, pairs: Sequence[Features], name: str) -> None:
        values = [pair[name] for pair in pairs]
        self._most = max(values, default=0.0)
        self._at = values.index(self._most) if values else -1
        self._next = max((value for at, value in enumerate(values) if at != self._at), default=0.0)

    def max_without(self, at: int) -> float:
        return self._next if at == self._at else self._most


def _templated(pair: Features) -> bool:
    return pair["contained"] > 0.3 and pair["slot_numbers"] + pair["slot_names"] > 1


def _opening_share(text: OpenFingerprint, common: frozenset[int]) -> float:
    """The share of the first shingles of a text that the other text has."""
    opening = text.shingles[:_OPENING_SHINGLES]
    return sum(map(common.__contains__, opening)) / len(opening) if opening else 0.0


def _frame(one: Sequence[int], other: Sequence[int]) -> float:
    """The share of the words of two titles that are the same in the same place, if that is half of them or more: titles
    made from one template ("Weather in Leeds", "Weather in York"). 0 for other titles."""
    least = min(len(one), len(other))
    begin = next((at for at in range(least) if one[at] != other[at]), least)
    end = next((at for at in range(least - begin) if one[-1 - at] != other[-1 - at]), least - begin)
    same = begin + end
    if len(one) == len(other):
        same = max(same, sum(map(eq, one, other)))
    share = same / max(len(one), len(other))
    return share if share >= 0.5 else 0.0


def _content_words(text: OpenFingerprint) -> float:
    """How many long words a title has, without numbers. Of a script without spaces, three characters count as two
    words. Words of scripts without capital letters are shorter, so all but one of them count."""
    title = text.title
    if text.stored.runs:
        return len(title.words) / 1.5
    if not title.names:
        return max(len(title.words - title.numbers) - 1, 0)
    return len(title.long_words - title.numbers)


def _title_features(a: OpenFingerprint, b: OpenFingerprint, weights: WindowWeights) -> Features:
    mine, theirs = a.title.words, b.title.words
    common = mine & theirs
    only_mine, only_theirs = mine - common, theirs - common
    both = fsum([weights.word_weights[word] for word in common])
    # only words of the new title were looked up; others count as rare
    rest = len(only_theirs) * weights.max_word_weight
    total = weights.title_weight + rest
    least = min(weights.title_weight, both + rest)
    digits = bool(a.title.numbers - b.title.numbers), bool(b.title.numbers - a.title.numbers)
    rarest = max([weights.word_weights[word] for word in only_mine], default=0.0)
    return {
        "title": both / total if total else 0.0,
        "title_part": both / least if least else 0.0,
        "title_equal": float(bool(mine) and a.stored.title == b.stored.title),
        "title_numbers": float(all(digits)),
        "title_number": float(any(digits)),
        "title_frame": _frame(a.title.order, b.title.order) if only_mine and only_theirs else 0.0,
        "title_swap": rarest / weights.max_word_weight if only_theirs else 0.0,
        "title_names": log1p(min(len(only_mine & a.title.names), len(only_theirs & b.title.names))),
        "title_long": log1p(min(len(mine), len(theirs))),
        "title_content": float(min(_content_words(a), _content_words(b))),
    }
