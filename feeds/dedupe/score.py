"""Named features → how likely two articles are one text, and why.

The model is a sum of small decision trees, fitted by `bench/dedupe` and kept in `weights.json`: for each
tree the questions it asks ("numbers > 0.62?") and the points that each answer brings. No feature may count
against its meaning: more common text never lowers a score, more differing numbers never raise it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp
from operator import itemgetter
from pathlib import Path
from typing import Any

from feeds.dedupe.evidence_text import OF_TEXTS, say
from feeds.dedupe.packed_numbers import pack, unpack
from feeds.dedupe.score_record import Weighed


@dataclass(frozen=True, slots=True)
class Reason:
    """One feature's part in a score. `points` are logits: +0.7 doubles the odds."""

    feature: str
    value: float
    points: float

    def __str__(self) -> str:
        return say(self.feature, self.value)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why two articles were taken for one text, or not. `score`: 0 to 1."""

    score: float
    reasons: tuple[Reason, ...] = ()

    def __str__(self) -> str:
        said = [f"score {self.score:.2f} of 1"]
        for word, sign in (("for", 1), ("against", -1)):
            reasons = [str(reason) for reason in self.reasons if reason.points * sign > 0]
            if reasons:
                said.append(f"{word} it: {'; '.join(reasons)}")
        return ". ".join(said)


@dataclass(frozen=True, slots=True)
class Model:
    """`steps`: the trees as walks. A node is (feature, threshold, points gained below or equal, the node there,
    points gained above, the node there); None is the end."""

    features: tuple[str, ...]
    values: Callable[[Mapping[str, float]], Sequence[float]]  # of a pair: the features', in their order
    steps: tuple[Any, ...]
    points: Callable[..., float]  # of the values

    def score(self, pair: Mapping[str, float]) -> float:
        return _probability(self.points(*self.values(pair)))

    def weighed(self, pair: Mapping[str, float], score: float) -> Weighed:
        """`score`: that of the pair."""
        return Weighed(score, pack("f", self.values(pair)))

    def explain(self, weighed: Weighed, most: int = 6) -> Evidence:
        """A score with the features that moved it most, strongest first. What other features weighed, those of another
        version, is told by its score alone."""
        values = unpack("f", weighed.values)
        if len(values) != len(self.features):
            return Evidence(weighed.score)
        moved = [0.0] * len(self.features)
        for root in self.steps:
            step = root
            while step:
                at, threshold, under, below, over, above = step
                if values[at] <= threshold:
                    moved[at] += under
                    step = below
                else:
                    moved[at] += over
                    step = above
        if not self.of_texts(weighed):
            moved = [
                0.0 if name in OF_TEXTS else points for name, points in zip(self.features, moved, strict=True)
            ]
        strongest = sorted([(-abs(points), at) for at, points in enumerate(moved) if points])[:most]
        return Evidence(
            weighed.score,
            tuple(
                Reason(self.features[at], round(values[at], 3), round(moved[at], 2)) for _, at in strongest
            ),
        )

    def of_texts(self, weighed: Weighed) -> bool:
        """Whether both articles have a text; else their titles were compared."""
        values = dict(zip(self.features, unpack("f", weighed.values), strict=False))
        return bool(values.get("short", 1.0) > 0)


def _probability(points: float) -> float:
    return 1 / (1 + exp(-points)) if points > -500 else 0.0


def read(text: str) -> Model:
    """A model from the text of a weights file."""
    data = json.loads(text)
    features, trees = tuple(data["features"]), tuple(_node(tree) for tree in data["trees"])
    return Model(features, itemgetter(*features), tuple(map(_step, trees)), _compiled(features, trees))


def _node(data: Sequence[Any]) -> Any:
    """(feature, threshold, points expected here, below or equal, above); a leaf is its points."""
    if len(data) == 1:
        return float(data[0])
    feature, threshold, points, below, above = data
    return int(feature), float(threshold), float(points), _node(below), _node(above)


def _step(node: Any) -> Any:
    if node.__class__ is not tuple:
        return None
    at, threshold, here, below, above = node
    under, over = ((side[2] if side.__class__ is tuple else side) - here for side in (below, above))
    return at, threshold, under, _step(below), over, _step(above)


def _compiled(features: Sequence[str], trees: Sequence[Any]) -> Callable[..., float]:
    """The trees as one function: a question then costs a comparison, and no walk from node to node."""

    def said(node: Any) -> str:
        if node.__class__ is not tuple:
            return repr(node)
        return f"({said(node[3])} if v{node[0]} <= {node[1]!r} else {said(node[4])})"

    names = ", ".join(f"v{at}" for at in range(len(features)))
    lines = [
        f"def points({names}):",
        " total = 0.0",
        *(f" total += {said(tree)}" for tree in trees),
        " return total",
    ]
    made: dict[str, Callable[..., float]] = {}
    exec("\n".join(lines), made)  # noqa: S102 - made above, of nothing but numbers
    return made["points"]


@cache
def shipped() -> Model:
    return read(Path(__file__).with_name("weights.json").read_text(encoding="utf-8"))
