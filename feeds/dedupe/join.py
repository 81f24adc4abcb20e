"""Decides which story an article joins, by comparing it with similar articles of the window.

The score of the best candidate must reach the threshold, and a third of its story's members must reach half of the
threshold. So a story cannot drift, copy by copy, into another text. The first member is always compared.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from types import MappingProxyType

from feeds.dedupe.candidates import find_article_candidates
from feeds.dedupe.comparisons import Comparison, Comparisons
from feeds.dedupe.evidence_limits import WHOLE_TEXT_SCORE
from feeds.dedupe.near_index import Index
from feeds.dedupe.open_fingerprint import OpenFingerprint
from feeds.dedupe.prepare import FingerprintedArticle
from feeds.dedupe.score import Model
from feeds.model import Caution

THRESHOLDS: dict[Caution, float] = {"balanced": 0.5, "cautious": 0.9}
"""The score at which articles join. With "balanced", a wrong merge weighs as much as a missed one; "cautious" joins
only near-certain copies (measured on the labelled articles)."""

MAX_MEMBERS_COMPARED = 8
"""Of one story."""

_AGREEING_SHARE, _AGREEING_SHARE_OF_PARTS = 1 / 3, 0.6
"""The share of the compared members that must agree. The second is for an article whose text stands in the middle of a
longer one under another title: that may be the review of a week, which holds texts of several stories."""

_NEAREST, _MIN_NEAREST_SCORE = 2, 0.05
"""How many candidates that were not joined are kept for `explain`. The first one is kept whatever its score."""


@dataclass(frozen=True, slots=True)
class NearJoinResult:
    """The result of a comparison with the window: the story an article joins, and what the index must store for it."""

    story: str  # "": none, it begins its own
    joined: Comparison | None  # the candidate through which it joined
    nearest: tuple[Comparison, ...]  # the best candidates that it did not join
    why_not: str  # the reason, if there was a candidate and it joined no story
    # candidates of other stories with the same text: the article unites them with the story that it joins
    united: tuple[Comparison, ...]
    fingerprint: OpenFingerprint
    index_keys: tuple[int, ...]  # keys to index: those that are not too common
    # (BoilerplateCandidate.key, MinHashes of its titles), where an article added one
    title_minhashes: tuple[tuple[int, tuple[int, ...]], ...]


def skip_comparison(article: FingerprintedArticle, index: Index, own_number: int = 0) -> NearJoinResult:
    """The result for an article whose story is known already: only what the index must store."""
    with_candidates = find_article_candidates(article, index, own_number)
    fingerprint = with_candidates.article.fingerprint
    return NearJoinResult(
        "", None, (), "", (), fingerprint, with_candidates.index_keys, with_candidates.title_minhashes
    )


def decide(
    article: FingerprintedArticle,
    index: Index,
    model: Model,
    caution: Caution = "balanced",
    own_number: int = 0,
    excluded: Collection[str] = (),
    manual: Collection[str] = (),
    side_by_side: Collection[int] = (),
    raised: Mapping[str, float] = MappingProxyType({}),
) -> NearJoinResult:
    """Compare an article with the window.

    `own_number`: the row number of a known article that has a new version; it is not compared with itself.
    `excluded`: stories that it must not join, whatever the scores. `manual`: stories that a user merged; they hold more
    than one text, so the candidate alone decides. `side_by_side`: the row numbers of the other articles of its
    document. `raised`: source → the score that its articles need, if that is more than usual."""
    with_candidates = find_article_candidates(article, index, own_number)
    compared = Comparisons(with_candidates, index, model, side_by_side, raised)
    story, joined, nearest, why_not = _join(compared, index, THRESHOLDS[caution], excluded, manual)
    united = _find_united(compared, index, joined, THRESHOLDS[caution], excluded) if joined else ()
    fingerprint = with_candidates.article.fingerprint
    return NearJoinResult(
        story,
        joined,
        nearest,
        why_not,
        united,
        fingerprint,
        with_candidates.index_keys,
        with_candidates.title_minhashes,
    )


def _join(
    compared: Comparisons,
    index: Index,
    threshold: float,
    excluded: Collection[str],
    manual: Collection[str],
) -> tuple[str, Comparison | None, tuple[Comparison, ...], str]:
    """The first four fields of the NearJoinResult."""
    if not compared.candidates:
        return "", None, (), ""
    scores, stories = compared.scores, index.stories(compared.candidates)
    ranked = sorted(compared.candidates, key=lambda n: (-scores[n], n))
    if compared.is_collection_of(stories):
        nearest = tuple(compared.result(n, stories[n]) for n in ranked[:_NEAREST])
        return "", None, nearest, "it holds the whole texts of several stories"
    best, why_not = _find_best(compared, ranked, stories, index, threshold, excluded, manual)
    joined_story = stories[best] if best is not None else ""
    near = [n for n in ranked if stories[n] != joined_story]
    kept = near[:1] + [n for n in near[1:_NEAREST] if scores[n] >= _MIN_NEAREST_SCORE]
    nearest = tuple(compared.result(n, stories[n]) for n in kept)
    if best is not None:
        return joined_story, compared.result(best, joined_story), nearest, ""
    if not why_not and ranked:
        why_not = f"the best candidate scores {scores[ranked[0]]:.2f}, below {threshold}"
    return "", None, nearest, why_not


def _find_best(
    compared: Comparisons,
    ranked: Sequence[int],
    stories: Mapping[int, str],
    index: Index,
    threshold: float,
    excluded: Collection[str],
    manual: Collection[str],
) -> tuple[int | None, str]:
    """The candidate through which the article joins a story, or None and the reason; "" if all scores are too low."""
    scores = compared.scores
    # An equal title is weaker evidence than a similar text, so candidates with a similar text come first.
    texts_first = sorted(ranked, key=lambda n: scores[n] < threshold or not compared.have_texts(n))
    why_not = ""
    refused: set[str] = set()
    for n in texts_first:
        if scores[n] < threshold:
            break
        story = stories[n]
        if story in excluded:
            why_not = why_not or "you split it from the most similar story"
            continue
        if scores[n] < compared.raised.get(n, threshold):
            why_not = why_not or _describe_raised(scores[n], compared.raised[n])
            continue
        if story in refused:
            continue
        may_be_part = compared.may_be_part(n)
        is_same_text = scores[n] >= WHOLE_TEXT_SCORE and compared.have_texts(n) and not may_be_part
        candidate_decides = story in manual or is_same_text or compared.is_same_headline(n)
        members = [n] if candidate_decides else _members_to_compare(index.members(story), n)
        compared.add(members)
        share = _AGREEING_SHARE_OF_PARTS if may_be_part else _AGREEING_SHARE
        reason = _disagreement(compared, members, story, threshold, share)
        if not reason:
            return n, ""
        refused.add(story)
        why_not = why_not or reason
    return None, why_not


def _find_united(
    compared: Comparisons,
    index: Index,
    joined: Comparison,
    threshold: float,
    excluded: Collection[str],
) -> tuple[Comparison, ...]:
    """The best candidate of each other story that is the same as the article and the candidate that it joined.

    Two cut copies may share nothing: when the whole text comes after them, it unites their stories. A headline alone,
    or with a teaser, may have come before its text, which joins copies under other headlines: so a story that holds no
    more than the article's own headline and teaser is united too."""
    by_text, by_headline = compared.is_whole_text(joined.n), compared.have_texts(joined.n)
    same = [
        n
        for n in compared.candidates
        if n != joined.n
        and ((by_text and compared.is_whole_text(n)) or (by_headline and compared.is_own_headline(n)))
    ]
    stories = index.stories(same) if same else {}
    found: dict[str, Comparison] = {}
    for n in sorted(same, key=lambda n: (-compared.scores[n], n)):
        story = stories[n]
        if story == joined.story or story in excluded or story in found:
            continue
        if compared.scores[n] < max(threshold, compared.raised.get(n, 0.0)):
            continue
        members = _members_to_compare(index.members(story), n)
        compared.add(members)
        if not compared.is_whole_text(n) and not all(map(compared.is_teaser, members)):
            continue
        if not _disagreement(compared, members, story, threshold, _AGREEING_SHARE):
            found[story] = compared.result(n, story)
    return tuple(found.values())


def _describe_raised(score: float, threshold: float) -> str:
    """Why a score that would usually do is too low. `threshold`: see `split_pairs`."""
    if threshold == inf:
        return f"you split articles of the two sources so often that only equal ones join (score {score:.2f})"
    return (
        f"the best candidate scores {score:.2f}, below {threshold}, which its source needs since your splits"
    )


def _disagreement(
    compared: Comparisons, members: Sequence[int], story: str, threshold: float, share: float
) -> str:
    """Why the members of a story are not similar enough to the new article; "" if at least `share` of them are."""
    agreeing = {member for member in members if compared.scores.get(member, 0.0) >= threshold / 2}
    texts = {member for member in members if compared.have_texts(member)}
    has_agreeing_text = not texts or bool(texts & agreeing)
    if share == _AGREEING_SHARE_OF_PARTS and texts:
        # A headline says nothing about parts of texts. Two cut copies of one text may share only its beginning.
        members, agreeing = list(texts), {n for n in texts if n in agreeing or compared.begin_alike(n)}
    if len(agreeing) >= share * len(members) and has_agreeing_text:
        return ""
    return f"only {len(agreeing)} of {len(members)} compared members of story {story} are similar" + (
        "" if has_agreeing_text else ", and none of those with a full text"
    )


def _members_to_compare(members: Sequence[int], best: int) -> list[int]:
    """At most MAX_MEMBERS_COMPARED: the first member, the best candidate and the latest others."""
    if len(members) <= MAX_MEMBERS_COMPARED:
        return list(members)
    chosen = {members[0], best, *members[-(MAX_MEMBERS_COMPARED - 2) :]}
    return sorted(chosen)
