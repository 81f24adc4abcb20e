"""Which of some stories stands at the top of a page, at length."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from feeds.render.card import Card

HALF = timedelta(days=1)
"""In which what a story is worth as the lead of a page halves."""

LONG = 200  # characters of an excerpt


def leading(cards: Sequence[Card]) -> Card | None:
    """The one that most sources carry, as it is what most thought worth printing, and the sooner the better;
    else one of the last day to look at, or that has something to say; else the newest. `cards`: the newest first.
    """

    def worth(one: Card) -> tuple[float, bool, bool]:
        age = max(cards[0].placed - one.placed, timedelta(0)) / HALF
        return (
            len(one.also) * 0.5**age,
            age <= 1 and one.picture is not None,
            age <= 1 and len(one.excerpt) >= LONG,
        )

    return max(cards, key=worth, default=None)
