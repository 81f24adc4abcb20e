"""The interface through which near-duplicate detection reads the window, and the search for candidates in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from feeds.dedupe.features import ComparedArticle

MAX_CANDIDATES = 8

MAX_SHINGLE_ARTICLES = 10
"""A shingle that more articles have is a common phrase. Two texts that shared only such a shingle were never copies."""

MAX_TITLE_WORDS = 6
"""How many of a title's rarest words are used (measured on the labelled articles)."""


@dataclass(frozen=True, slots=True)
class Postings:
    """The articles of the window that have some keys. Keys that no article has are left out.

    `counts`: key → number of articles. `articles`: key → their row numbers, if there are at most MAX_POSTINGS."""

    counts: Mapping[int, int]
    articles: Mapping[int, Sequence[int]]


class Index(Protocol):
    """The window. Articles are identified by their row numbers `n`, which follow the order of arrival."""

    def size(self) -> int:
        """The number of articles in the window."""
        ...

    def postings(self, keys: Sequence[int]) -> Postings:
        """The articles that have each of the keys."""
        ...

    def articles(self, numbers: Iterable[int]) -> Mapping[int, ComparedArticle]:
        """Row number → article, for those of the articles that are stored."""
        ...

    def stories(self, numbers: Iterable[int]) -> Mapping[int, str]:
        """Row number → id of the article's story."""
        ...

    def members(self, story: str) -> Sequence[int]:
        """The articles of the story that are in the window, in order of arrival."""
        ...

    def title_minhashes(self, candidates: Sequence[int]) -> Mapping[int, tuple[int, ...]]:
        """BoilerplateCandidate.key → MinHashes of the different titles that it was printed under."""
        ...


def find_candidates(
    keys: Sequence[int],
    title_keys: Sequence[int],
    articles: Mapping[int, Sequence[int]],
    limit: int = MAX_CANDIDATES,
) -> list[int]:
    """The articles that share the rarest keys, best first, at most `limit`.

    `keys` and `title_keys`: those of the new article. `articles`: as in `Postings`. The fewer articles have a key, the
    more it counts. An article is no candidate if it shares only one shingle that more than MAX_SHINGLE_ARTICLES have,
    or no more than half of the rare title words.
    """
    votes: dict[int, float] = {}
    for key in keys:
        if found := articles.get(key):
            vote = 1 / len(found)
            for n in found:
                votes[n] = votes.get(n, 0.0) + vote
    rare = sorted([found for key in title_keys if (found := articles.get(key))], key=len)
    titled: dict[int, tuple[int, float]] = {}
    for found in rare[:MAX_TITLE_WORDS]:
        weight = 1 / len(found)
        for n in found:
            count, vote = titled.get(n, (0, 0.0))
            titled[n] = (count + 1, vote + weight)
    for n in [n for n, vote in votes.items() if vote < 1 / MAX_SHINGLE_ARTICLES and n not in titled]:
        del votes[n]
    min_words = 1 if len(title_keys) < 3 else max(2, min(len(rare), MAX_TITLE_WORDS) // 2 + 1)
    for n, (count, vote) in titled.items():
        if n in votes or count >= min_words:
            votes[n] = votes.get(n, 0.0) + vote
    return sorted(votes, key=lambda n: (-votes[n], -n))[:limit]
