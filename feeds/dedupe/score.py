"""Scores the features of a pair: how likely two articles are the same text, and why.

The model is a sum of small decision trees, fitted by `bench/dedupe` and stored in `weights.json`: for each tree the
conditions it tests ("numbers > 0.62") and the points for each outcome. The fit is monotone: more common text never
lowers a score, and more differing numbers never raise it.
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

from feeds.dedupe.evidence_text import TEXT_FEATURES, describe
from feeds.dedupe.packed_numbers import pack, unpack
from feeds.dedupe.score_record import ScoreRecord

Node = float | tuple[int, float, float, "Node", "Node"]
"""A node of a tree: (feature index, threshold, expected points, node if below or equal, node if above). A leaf is its
points."""

WalkStep = tuple[int, float, float, "WalkStep | None", float, "WalkStep | None"]
"""A node in the form that explains a score: (feature index, threshold, points added if below or equal, next node,
points added if above, next node). None is the end."""


@dataclass(frozen=True, slots=True)
class Reason:
    """The contribution of one feature to a score. `points` are logits: +0.7 doubles the odds."""

    feature: str
    value: float
    points: float

    def __str__(self) -> str:
        return describe(self.feature, self.value)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why two articles were judged to be the same text, or not. `score`: 0 to 1."""

    score: float
    reasons: tuple[Reason, ...] = ()

    def __str__(self) -> str:
        parts = [f"score {self.score:.2f} of 1"]
        for word, sign in (("for", 1), ("against", -1)):
            reasons = [str(reason) for reason in self.reasons if reason.points * sign > 0]
            if reasons:
                parts.append(f"{word}: {'; '.join(reasons)}")
        return ". ".join(parts)


@dataclass(frozen=True, slots=True)
class Model:
    """A fitted model. `walks`: the root node of each tree, to explain a score; None for a tree of one leaf."""

    features: tuple[str, ...]
    # takes a pair, returns its values in the order of `features`
    pick_values: Callable[[Mapping[str, float]], Sequence[float]]
    walks: tuple[WalkStep | None, ...]
    sum_points: Callable[..., float]  # takes those values, returns logits

    def score(self, pair: Mapping[str, float]) -> float:
        return _probability(self.sum_points(*self.pick_values(pair)))

    def record(self, pair: Mapping[str, float], score: float, limit: str | None = None) -> ScoreRecord:
        """The score of a pair in the form that is stored. `limit`: the rule that decided in place of the model."""
        return ScoreRecord(score, pack("f", self.pick_values(pair)), limit or "")

    def explain(self, record: ScoreRecord, limit: int = 6) -> Evidence:
        """A score with the `limit` features that moved it most, strongest first. Only the score if the record has
        another number of features, because another version of the model wrote it."""
        values = unpack("f", record.values)
        if len(values) != len(self.features):
            return Evidence(record.score)
        moved = [0.0] * len(self.features)
        for root in self.walks:
            step = root
            while step:
                at, threshold, under, below, over, above = step
                if values[at] <= threshold:
                    moved[at] += under
                    step = below
                else:
                    moved[at] += over
                    step = above
        if not self.compares_texts(record):
            moved = [
                0.0 if name in TEXT_FEATURES else points
                for name, points in zip(self.features, moved, strict=True)
            ]
        strongest = sorted([(-abs(points), at) for at, points in enumerate(moved) if points])[:limit]
        return Evidence(
            record.score,
            tuple(
                Reason(self.features[at], round(values[at], 3), round(moved[at], 2)) for _, at in strongest
            ),
        )

    def compares_texts(self, record: ScoreRecord) -> bool:
        """Whether both articles have a text. If not, only their titles were compared."""
        values = dict(zip(self.features, unpack("f", record.values), strict=False))
        return bool(values.get("short", 1.0) > 0)


def _probability(points: float) -> float:
    return 1 / (1 + exp(-points)) if points > -500 else 0.0


def parse_model(text: str) -> Model:
    """Read a model from the text of a weights file."""
    data = json.loads(text)
    features, trees = tuple(data["features"]), tuple(_node(tree) for tree in data["trees"])
    return Model(features, itemgetter(*features), tuple(map(_walk, trees)), _compile(features, trees))


def _node(data: Sequence[Any]) -> Node:
    if len(data) == 1:
        return float(data[0])
    feature, threshold, points, below, above = data
    return int(feature), float(threshold), float(points), _node(below), _node(above)


def _walk(node: Node) -> WalkStep | None:
    if not isinstance(node, tuple):
        return None
    at, threshold, here, below, above = node
    under, over = ((side[2] if isinstance(side, tuple) else side) - here for side in (below, above))
    return at, threshold, under, _walk(below), over, _walk(above)


def _compile(features: Sequence[str], trees: Sequence[Node]) -> Callable[..., float]:
    """The trees as one generated function, which is faster than walking from node to node."""

    def expression(node: Node) -> str:
        if not isinstance(node, tuple):
            return repr(node)
        return f"({expression(node[3])} if v{node[0]} <= {node[1]!r} else {expression(node[4])})"

    names = ", ".join(f"v{at}" for at in range(len(features)))
    lines = [
        f"def points({names}):",
        " total = 0.0",
        *(f" total += {expression(tree)}" for tree in trees),
        " return total",
    ]
    namespace: dict[str, Callable[..., float]] = {}
    exec("\n".join(lines), namespace)  # noqa: S102 - the source contains only numbers
    return namespace["points"]


@cache
def shipped_model() -> Model:
    """The model of `weights.json`."""
    return parse_model(Path(__file__).with_name("weights.json").read_text(encoding="utf-8"))
