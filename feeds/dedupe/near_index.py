"""What near-duplicate detection asks of the store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from feeds.dedupe.features import Side

CANDIDATES = 8
PHRASE = 10
"""A passage that more articles have is a phrase: two texts that share it and nothing else were never copies."""

TITLE_WORDS = 6
"""So many of a title's rarest words are looked up (dedupe baselines, 4)."""


@dataclass(frozen=True, slots=True)
class Postings:
    """What the window has under some keys; nothing is said of those that it has not. `counts`: in how many articles
    each key stands. `articles`: in which, where they are no more than COMMON."""

    counts: Mapping[int, int]
    articles: Mapping[int, Sequence[int]]


class Index(Protocol):
    """The window. `n` numbers the articles in the order of their arrival."""

    def size(self) -> int:
        """How many articles the window holds."""
        ...

    def postings(self, keys: Sequence[int]) -> Postings: ...

    def sides(self, numbers: Iterable[int]) -> Mapping[int, Side]: ...

    def stories(self, numbers: Iterable[int]) -> Mapping[int, str]: ...

    def members(self, story: str) -> Sequence[int]:
        """The story's articles in the window, in the order of arrival."""
        ...

    def seen(self, pieces: Sequence[int]) -> Mapping[int, tuple[int, ...]]:
        """Marks of the different titles that each piece stood under (see boilerplate)."""
        ...


def candidates(
    keys: Sequence[int],
    title_keys: Sequence[int],
    articles: Mapping[int, Sequence[int]],
    most: int = CANDIDATES,
) -> list[int]:
    """The articles that share the most telling keys, the likeliest first.

    `articles`: as in `Postings`. A key counts for more the fewer articles have it. No reason to look closer are a
    single passage that more than PHRASE have, and titles that share no more than half of the rare words.
    """
    votes: dict[int, float] = {}
    for key in keys:
        if found := articles.get(key):
            vote = 1 / len(found)
            for n in found:
                votes[n] = votes.get(n, 0.0) + vote
    rare = sorted([found for key in title_keys if (found := articles.get(key))], key=len)
    titled: dict[int, tuple[int, float]] = {}
    for found in rare[:TITLE_WORDS]:
        own = 1 / len(found)
        for n in found:
            count, vote = titled.get(n, (0, 0.0))
            titled[n] = (count + 1, vote + own)
    for n in [n for n, vote in votes.items() if vote < 1 / PHRASE and n not in titled]:
        del votes[n]
    enough = 1 if len(title_keys) < 3 else max(2, min(len(rare), TITLE_WORDS) // 2 + 1)
    for n, (count, vote) in titled.items():
        if n in votes or count >= enough:
            votes[n] = votes.get(n, 0.0) + vote
    return sorted(votes, key=lambda n: (-votes[n], -n))[:most]
