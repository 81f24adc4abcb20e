"""The window in memory: for training, and to check the store's against."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from feeds.dedupe.draft import Arrival, Draft
from feeds.dedupe.features import COMMON, Side
from feeds.dedupe.join import Prepared, Verdict
from feeds.dedupe.near_index import Postings


class MemoryIndex:
    """`feeds.dedupe.near_index.Index` over everything that was put."""

    def __init__(self) -> None:
        self.first = 0
        self._sides: list[Side] = []
        self._times: list[float] = []
        self._postings: defaultdict[int, list[int]] = defaultdict(list)
        self._seen: dict[int, tuple[int, ...]] = {}
        self._stories: dict[int, str] = {}
        self._members: defaultdict[str, list[int]] = defaultdict(list)

    def since(self, moment: float) -> None:
        self.first = bisect_left(self._times, moment)

    def size(self) -> int:
        return len(self._sides) - self.first

    def postings(self, keys: Sequence[int]) -> Postings:
        found = {
            key: [n for n in self._postings[key] if n >= self.first] for key in keys if key in self._postings
        }
        counts = {key: len(numbers) for key, numbers in found.items()}
        return Postings(counts, {key: numbers for key, numbers in found.items() if counts[key] <= COMMON})

    def sides(self, numbers: Iterable[int]) -> Mapping[int, Side]:
        return {n: self._sides[n] for n in numbers}

    def stories(self, numbers: Iterable[int]) -> Mapping[int, str]:
        return {n: self._stories[n] for n in numbers}

    def members(self, story: str) -> Sequence[int]:
        return [n for n in self._members[story] if n >= self.first]

    def seen(self, pieces: Sequence[int]) -> Mapping[int, tuple[int, ...]]:
        return {key: self._seen[key] for key in pieces if key in self._seen}

    def put(
        self, side: Side, story: str, keys: Iterable[int], marks: Iterable[tuple[int, tuple[int, ...]]]
    ) -> int:
        n = len(self._sides)
        self._sides.append(side)
        self._times.append(side.seen)
        self._stories[n] = story
        self._members[story].append(n)
        for key in keys:
            self._postings[key].append(n)
        self._seen.update(marks)
        return n

    def enter(self, made: Prepared | Verdict, came: Arrival | Draft, story: str) -> int:
        if isinstance(made, Verdict):
            side = Side(len(self._sides), came.source, came.seen, made.new)
            return self.put(side, story, made.keys, made.marks)
        return self.put(made.new, story, made.rare_keys, made.marks)
