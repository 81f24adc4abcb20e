"""A window in memory, for training and to compare the store with."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from feeds.dedupe.candidates import ArticleWithCandidates
from feeds.dedupe.features import MAX_POSTINGS, ComparedArticle
from feeds.dedupe.join import NearJoinResult
from feeds.dedupe.near_index import Postings
from feeds.dedupe.prepare import ArticleInput, FingerprintedArticle


class MemoryIndex:
    """`feeds.dedupe.near_index.Index` over the articles that were added. Row numbers begin at 0."""

    def __init__(self) -> None:
        self.first = 0
        self._articles: list[ComparedArticle] = []
        self._times: list[float] = []
        self._postings: defaultdict[int, list[int]] = defaultdict(list)
        self._marks: dict[int, tuple[int, ...]] = {}
        self._stories: dict[int, str] = {}
        self._members: defaultdict[str, list[int]] = defaultdict(list)

    def since(self, begin: float) -> None:
        """Limit the window to articles from `begin` on, in seconds since 1970."""
        self.first = bisect_left(self._times, begin)

    def size(self) -> int:
        return len(self._articles) - self.first

    def postings(self, keys: Sequence[int]) -> Postings:
        found = {
            key: [n for n in self._postings[key] if n >= self.first] for key in keys if key in self._postings
        }
        counts = {key: len(numbers) for key, numbers in found.items()}
        return Postings(
            counts, {key: numbers for key, numbers in found.items() if counts[key] <= MAX_POSTINGS}
        )

    def articles(self, numbers: Iterable[int]) -> Mapping[int, ComparedArticle]:
        return {n: self._articles[n] for n in numbers}

    def stories(self, numbers: Iterable[int]) -> Mapping[int, str]:
        return {n: self._stories[n] for n in numbers}

    def members(self, story: str) -> Sequence[int]:
        return [n for n in self._members[story] if n >= self.first]

    def unite(self, story: str, other: str) -> None:
        """Make the members of `other` members of `story`."""
        for n in self._members.pop(other, []):
            self._stories[n] = story
            self._members[story].append(n)
        self._members[story].sort()

    def title_minhashes(self, candidates: Sequence[int]) -> Mapping[int, tuple[int, ...]]:
        return {key: self._marks[key] for key in candidates if key in self._marks}

    def add(
        self,
        article: ComparedArticle,
        story: str,
        keys: Iterable[int],
        marks: Iterable[tuple[int, tuple[int, ...]]],
    ) -> int:
        n = len(self._articles)
        self._articles.append(article)
        self._times.append(article.seen_at)
        self._stories[n] = story
        self._members[story].append(n)
        for key in keys:
            self._postings[key].append(n)
        self._marks.update(marks)
        return n

    def enter(
        self,
        result: ArticleWithCandidates | NearJoinResult,
        arrival: ArticleInput | FingerprintedArticle,
        story: str,
    ) -> int:
        """Add an article after it was compared. Returns its row number."""
        if isinstance(result, NearJoinResult):
            article = ComparedArticle(
                len(self._articles), arrival.source, arrival.seen_at, result.fingerprint
            )
            return self.add(article, story, result.index_keys, result.title_minhashes)
        return self.add(result.article, story, result.index_keys, result.title_minhashes)
