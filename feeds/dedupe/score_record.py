"""The scores of compared articles, as they are stored with a decision.

They are stored as numbers, because putting a comparison into words takes longer than scoring it and is rarely wanted:
`score.Model.explain` does it on demand. The field names are part of the stored format.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScoreRecord:
    """One compared pair. `score`: 0 to 1. `values`: the pair's features in the model's order, as 32-bit floats."""

    score: float
    values: bytes
    limit: str = ""  # the `evidence_limits.Limit` that decided in place of the model


@dataclass(frozen=True, slots=True)
class DecisionScores:
    """The scores behind the decision about one article. `joined`: with the copy through which it joined its story.
    `nearest`: (Article.id, score) of the best candidates that it did not join."""

    joined: ScoreRecord | None = None
    nearest: tuple[tuple[str, ScoreRecord], ...] = ()
