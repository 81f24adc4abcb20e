"""What was weighed when two articles were compared, as it lies in the state.

Saying it in words takes longer than weighing, and hardly anybody asks: `score.Model.explain` does it then.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Weighed:
    """`score`: 0 to 1. `values`: of the model's features in their order, as little-endian floats of 32 bits."""

    score: float
    values: bytes


@dataclass(frozen=True, slots=True)
class Weighings:
    """Of one article. `joined`: with the copy that spoke for its story; `nearest`: with the likeliest that it was not
    joined to, by Article.id."""

    joined: Weighed | None = None
    nearest: tuple[tuple[str, Weighed], ...] = ()
