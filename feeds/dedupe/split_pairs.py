"""What the user's splits teach about two sources: near copies of them need a higher score, and later never join.

A pair of sources is unordered, and a source makes a pair with itself too.
"""

from __future__ import annotations

from math import inf

SourcePair = tuple[str, str]

SPLITS_TO_RAISE, SPLITS_TO_STOP = 3, 6
"""After so many splits, near copies of the two sources need the cautious score; after so many they never join."""


def source_pair(source: str, other: str) -> SourcePair:
    """The pair of two sources, in the order of their ids."""
    return (source, other) if source <= other else (other, source)


def pair_threshold(splits: int) -> float | None:
    """The score that near copies of a pair of sources need after so many splits; None: the usual one."""
    if splits >= SPLITS_TO_STOP:
        return inf
    if splits < SPLITS_TO_RAISE:
        return None
    from feeds.dedupe.join import THRESHOLDS  # not loaded by polls without news

    return THRESHOLDS["cautious"]


def pair_name(pair: SourcePair) -> str:
    """Such as "agency and herald", or "herald with itself"."""
    source, other = pair
    return f"{source} with itself" if source == other else f"{source} and {other}"
