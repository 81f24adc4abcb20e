"""The scores of a new article against its candidates, and against members of their stories."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import log1p

from feeds.dedupe.candidates import ArticleWithCandidates
from feeds.dedupe.evidence_limits import (
    MIN_TEXT_SHINGLES,
    Limit,
    has_other_beginning,
    is_part,
    is_whole_text,
    limited_score,
)
from feeds.dedupe.features import Features, WindowWeights, add_peer_features, features
from feeds.dedupe.near_index import Index
from feeds.dedupe.score import Model
from feeds.dedupe.score_record import ScoreRecord

_MAX_COMMON_OF_PARTS = 0.2
"""The share that two texts of a collection have in common at most. Cut copies of one text have more."""

_SAME_BEGINNING, _PART_OF_REST = 0.5, 0.3
_MAX_TEASER_SHINGLES, _TEASER_SHARE = 40, 0.9


@dataclass(frozen=True, slots=True)
class Comparison:
    """The score against one other article. `n`: its row number."""

    n: int
    story: str
    source: str
    record: ScoreRecord


class Comparisons:
    """A new article compared with its candidates, and with members of their stories.

    `candidates`: those that are stored. `scores`: row number → score, for all articles compared so far."""

    def __init__(
        self,
        with_candidates: ArticleWithCandidates,
        index: Index,
        model: Model,
        side_by_side: Collection[int],
        raised: Mapping[str, float],
    ) -> None:
        self._new, self._index, self._model = with_candidates.article, index, model
        self._side_by_side = side_by_side
        self._is_boilerplate = with_candidates.is_boilerplate
        self._limits: dict[int, Limit | None] = {}
        self._weights = WindowWeights(self._new.fingerprint, with_candidates.frequency, index.size())
        articles = self._articles = index.articles(with_candidates.candidates)
        self.candidates = [n for n in with_candidates.candidates if n in articles]
        self.raised = {n: raised[articles[n].source] for n in self.candidates if articles[n].source in raised}
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
        score, self._limits[n] = limited_score(
            self._model.score(pair),
            pair,
            side_by_side=n in self._side_by_side,
            titles_may_decide=not self._is_boilerplate,
        )
        return score

    def have_texts(self, n: int) -> bool:
        """Whether both articles are long enough to be judged by their texts, not their titles.

        A title alone fits every report of a series; only the text tells which report it is."""
        pair = self._pairs.get(n)
        return (
            pair is not None
            and self._new.fingerprint.shingle_count >= MIN_TEXT_SHINGLES
            and pair["short"] >= log1p(MIN_TEXT_SHINGLES)
        )

    def is_whole_text(self, n: int) -> bool:
        """Whether the candidate, of another source, holds the whole text of the article, or the article its text, and
        both begin alike or have similar titles."""
        pair = self._pairs[n]
        return n not in self._side_by_side and is_whole_text(pair) and not has_other_beginning(pair)

    def may_be_part(self, n: int) -> bool:
        """Whether one of the articles may be a collection of several texts, among them that of the other."""
        return has_other_beginning(self._pairs[n]) or is_part(self._pairs[n])

    def is_same_headline(self, n: int) -> bool:
        """Whether one of the articles has no text, and the titles are equal."""
        return self.lacks_text(n) and bool(self._pairs[n]["title_equal"])

    def is_collection_of(self, stories: Mapping[int, str]) -> bool:
        """Whether the article holds the whole texts of several stories, as the review of a week does."""
        length = self._new.fingerprint.distinct_count
        parts = [
            (stories[n], self._articles[n].fingerprint.shingle_set)
            for n in self.candidates
            if is_part(self._pairs[n]) and self._articles[n].fingerprint.distinct_count < length
        ]
        return any(
            story != other_story and len(part & other) < _MAX_COMMON_OF_PARTS * min(len(part), len(other))
            for (story, part), (other_story, other) in combinations(parts, 2)
        )

    def lacks_text(self, n: int) -> bool:
        """Whether the article, or number `n`, has no text."""
        pair = self._pairs.get(n)
        return pair is not None and not pair["short"]

    def is_teaser(self, n: int) -> bool:
        """Whether number `n` has no text, or a short one that is in the text of the article."""
        pair = self._pairs.get(n)
        if pair is None:
            return False
        is_short = pair["short"] < log1p(_MAX_TEASER_SHINGLES)
        return not pair["short"] or (is_short and pair["contained"] >= _TEASER_SHARE)

    def is_own_headline(self, n: int) -> bool:
        """Whether number `n` is the headline of the article, alone or with a teaser."""
        return bool(self._pairs[n]["title_equal"]) and self.is_teaser(n)

    def begin_alike(self, n: int) -> bool:
        """Whether the texts have their beginning in common, and a part of the rest."""
        return self._pairs[n]["lead"] >= _SAME_BEGINNING and self._pairs[n]["contained"] >= _PART_OF_REST

    def result(self, n: int, story: str) -> Comparison:
        record = self._model.record(self._pairs[n], self.scores[n], self._limits[n])
        return Comparison(n, story, self._articles[n].source, record)
