"""The articles that share an exact key with an article of a document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from feeds.dedupe.exact import ExactKey
from feeds.dedupe.story import EqualArticle, JoinDecision
from feeds.model import Article


class ExactCandidates:
    """Exact key → the articles that have it: those of the state, and those that this document added."""

    def __init__(self, stored: Sequence[tuple[bytes, EqualArticle]]) -> None:
        self._by_key: dict[bytes, list[EqualArticle]] = {}
        for digest, candidate in stored:
            self._by_key.setdefault(digest, []).append(candidate)

    def of(self, keys: Sequence[ExactKey]) -> list[EqualArticle]:
        return [candidate for key in keys for candidate in self._by_key.get(key.digest, ())]

    def add(self, n: int, article: Article, joined: JoinDecision, keys: Sequence[ExactKey]) -> None:
        for key in keys:
            candidate = EqualArticle(
                n=n,
                id=article.id,
                source=article.source,
                story=joined.story,
                cautious_story=joined.cautious_story,
                exact_story=joined.exact_story,
                date=article.date,
                kind=key.kind,
            )
            self._by_key.setdefault(key.digest, []).append(candidate)

    def merge(self, joined: JoinDecision) -> None:
        """Move the candidates of `joined.merged_stories` and `joined.united_stories` into `joined.story`."""
        for key, candidates in self._by_key.items() if joined.merged_stories or joined.united_stories else ():
            self._by_key[key] = [self._merged(candidate, joined) for candidate in candidates]

    def relocate(self, n: int, joined: JoinDecision) -> None:
        """Give the candidate with row number `n` the story of its new decision."""
        for key, candidates in self._by_key.items():
            self._by_key[key] = [
                _with_stories(candidate, joined) if candidate.n == n else candidate
                for candidate in candidates
            ]

    @staticmethod
    def _merged(candidate: EqualArticle, joined: JoinDecision) -> EqualArticle:
        if candidate.story in joined.merged_stories:
            return _with_stories(candidate, joined)
        if candidate.story in joined.united_stories:
            return replace(candidate, story=joined.story, cautious_story=joined.cautious_story)
        return candidate


def _with_stories(candidate: EqualArticle, joined: JoinDecision) -> EqualArticle:
    return replace(
        candidate,
        story=joined.story,
        cautious_story=joined.cautious_story,
        exact_story=joined.exact_story,
    )
