"""Decides which story an article joins, by comparing it with similar articles of the window.

The score of the best candidate must reach the threshold, and a third of its story's members must reach half of the
threshold. So a story cannot drift, copy by copy, into another text. The first member is always compared.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import log1p

from feeds.dedupe import boilerplate
from feeds.dedupe.evidence_limits import MIN_TEXT_SHINGLES, WHOLE_TEXT_SCORE, limited_score
from feeds.dedupe.features import (
    MAX_POSTINGS,
    ComparedArticle,
    Features,
    WindowWeights,
    add_peer_features,
    features,
)
from feeds.dedupe.near_index import Index, find_candidates
from feeds.dedupe.open_fingerprint import OpenFingerprint
from feeds.dedupe.prepare import FingerprintedArticle
from feeds.dedupe.score import Model
from feeds.dedupe.score_record import ScoreRecord
from feeds.model import Caution

THRESHOLDS: dict[Caution, float] = {"balanced": 0.5, "cautious": 0.9}
"""The score at which articles join. With "balanced", a wrong merge weighs as much as a missed one; "cautious" joins
only near-certain copies (measured on the labelled articles)."""

MAX_MEMBERS_COMPARED = 8
"""Of one story."""

_AGREEING_SHARE = 3
"""One in this many of the compared members must agree."""

_NEAREST, _MIN_NEAREST_SCORE = 2, 0.05
"""How many candidates that were not joined are kept for `explain`. The first one is kept whatever its score."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The score against one other article. `n`: its row number."""

    n: int
    story: str
    record: ScoreRecord


@dataclass(frozen=True, slots=True)
class NearJoinResult:
    """The result of a comparison with the window: the story an article joins, and what the index must store for it."""

    story: str  # "": none, it begins its own
    joined: Comparison | None  # the candidate through which it joined
    nearest: tuple[Comparison, ...]  # the best candidates that it did not join
    why_not: str  # the reason, if there was a candidate and it joined no story
    fingerprint: OpenFingerprint
    index_keys: tuple[int, ...]  # keys to index: those that are not too common
    # (BoilerplateCandidate.key, MinHashes of its titles), where an article added one
    title_minhashes: tuple[tuple[int, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True)
class ArticleWithCandidates:
    """An article with its candidates. `frequency`: key → how many articles of the window have it."""

    article: ComparedArticle
    lookup_keys: tuple[int, ...]
    frequency: Mapping[int, int]
    candidates: tuple[int, ...]
    title_minhashes: tuple[tuple[int, tuple[int, ...]], ...]

    @property
    def index_keys(self) -> tuple[int, ...]:
        return tuple(key for key in self.lookup_keys if self.frequency.get(key, 0) <= MAX_POSTINGS)


def find_article_candidates(
    article: FingerprintedArticle, index: Index, own_number: int = 0
) -> ArticleWithCandidates:
    """Remove the boilerplate, make the fingerprint and look up the candidates.

    `own_number`: the row number of the article if it is known already, else 0."""
    known_minhashes = index.title_minhashes([candidate.key for candidate in article.boilerplate_candidates])
    cleaned = boilerplate.remove_boilerplate(
        article.title, article.text, article.boilerplate_candidates, known_minhashes
    )
    new = ComparedArticle(
        own_number, article.source, article.seen_at, article.fingerprint_after_cleaning(cleaned)
    )
    keys = new.fingerprint.lookup_keys
    postings = index.postings(keys)
    found = find_candidates(new.fingerprint.text_keys, new.fingerprint.title_keys, postings.articles)
    minhash = boilerplate.title_minhash(cleaned[0])
    before = {
        candidate.key: known_minhashes.get(candidate.key, ()) for candidate in article.boilerplate_candidates
    }
    # A new version adds no title: changed headlines of one article do not make its text boilerplate.
    after = (
        before
        if own_number > 0
        else {key: boilerplate.add_title_minhash(minhashes, minhash) for key, minhashes in before.items()}
    )
    return ArticleWithCandidates(
        new,
        keys,
        postings.counts,
        tuple(n for n in found if n != own_number),
        tuple((key, minhashes) for key, minhashes in after.items() if minhashes != before[key]),
    )


def skip_comparison(article: FingerprintedArticle, index: Index, own_number: int = 0) -> NearJoinResult:
    """The result for an article whose story is known already: only what the index must store."""
    with_candidates = find_article_candidates(article, index, own_number)
    fingerprint = with_candidates.article.fingerprint
    return NearJoinResult(
        "", None, (), "", fingerprint, with_candidates.index_keys, with_candidates.title_minhashes
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
) -> NearJoinResult:
    """Compare an article with the window.

    `own_number`: the row number of a known article that has a new version; it is not compared with itself.
    `excluded`: stories that it must not join, whatever the scores. `manual`: stories that a user merged; they hold more
    than one text, so the candidate alone decides. `side_by_side`: the row numbers of the other articles of its
    document."""
    with_candidates = find_article_candidates(article, index, own_number)
    compared = _Comparisons(with_candidates, index, model, side_by_side)
    story, joined, nearest, why_not = _join(compared, index, THRESHOLDS[caution], excluded, manual)
    fingerprint = with_candidates.article.fingerprint
    return NearJoinResult(
        story,
        joined,
        nearest,
        why_not,
        fingerprint,
        with_candidates.index_keys,
        with_candidates.title_minhashes,
    )


class _Comparisons:
    """A new article compared with its candidates, and with members of their stories.

    `candidates`: those that are stored. `scores`: row number → score, for all articles compared so far."""

    def __init__(
        self,
        with_candidates: ArticleWithCandidates,
        index: Index,
        model: Model,
        side_by_side: Collection[int],
    ) -> None:
        self._new, self._index, self._model = with_candidates.article, index, model
        self._side_by_side = side_by_side
        self._weights = WindowWeights(self._new.fingerprint, with_candidates.frequency, index.size())
        articles = index.articles(with_candidates.candidates)
        self.candidates = [n for n in with_candidates.candidates if n in articles]
        self._pairs = {n: features(self._new, articles[n], self._weights) for n in self.candidates}
        add_peer_features(list(self._pairs.values()))
        self.scores = {n: self._score(n, pair) for n, pair in self._pairs.items()}

    def add(self, members: Sequence[int]) -> None:
        """Compare also with these articles, unless that is done already."""
        new_members = [member for member in members if member not in self.scores]
        if not new_members:
            return
        articles = self._index.articles(new_members)
        extra = {m: features(self._new, articles[m], self._weights) for m in new_members if m in articles}
        add_peer_features([self._pairs[n] for n in self.candidates], list(extra.values()))
        self._pairs.update(extra)
        self.scores.update({m: self._score(m, pair) for m, pair in extra.items()})

    def _score(self, n: int, pair: Features) -> float:
        return limited_score(self._model.score(pair), pair, side_by_side=n in self._side_by_side)

    def have_texts(self, n: int) -> bool:
        """Whether both articles are long enough to be judged by their texts, not their titles.

        A title alone fits every report of a series; only the text tells which report it is."""
        pair = self._pairs.get(n)
        return (
            pair is not None
            and self._new.fingerprint.shingle_count >= MIN_TEXT_SHINGLES
            and pair["short"] >= log1p(MIN_TEXT_SHINGLES)
        )

    def result(self, n: int, story: str) -> Comparison:
        return Comparison(n, story, self._model.record(self._pairs[n], self.scores[n]))


def _join(
    compared: _Comparisons,
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
    compared: _Comparisons,
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
        if story in refused:
            continue
        is_same_text = scores[n] >= WHOLE_TEXT_SCORE and compared.have_texts(n)
        members = [n] if story in manual or is_same_text else _members_to_compare(index.members(story), n)
        compared.add(members)
        reason = _disagreement(compared, members, story, threshold)
        if not reason:
            return n, ""
        refused.add(story)
        why_not = why_not or reason
    return None, why_not


def _disagreement(compared: _Comparisons, members: Sequence[int], story: str, threshold: float) -> str:
    """Why the members of a story are not similar enough to the new article; "" if they are."""
    agreeing = {member for member in members if compared.scores.get(member, 0.0) >= threshold / 2}
    texts = {member for member in members if compared.have_texts(member)}
    has_agreeing_text = not texts or bool(texts & agreeing)
    if len(agreeing) * _AGREEING_SHARE >= len(members) and has_agreeing_text:
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
