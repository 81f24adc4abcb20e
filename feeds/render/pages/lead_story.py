"""Choose the story that leads a page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from feeds.render.pages.card import Card

HALF_LIFE = timedelta(days=1)
"""The weight of the other sources that carry a story halves in this time."""

LONG_EXCERPT_CHARS = 200


def choose_lead(cards: Sequence[Card]) -> Card | None:
    """The story that most sources carry, newer ones weighing more; else a story of the last day with a picture, or with
    a long excerpt; else the newest. `cards`: the newest first. None if there is no card.
    """

    def score(card: Card) -> tuple[float, bool, bool]:
        age = max(cards[0].placed - card.placed, timedelta(0)) / HALF_LIFE
        return (
            len(card.also) * 0.5**age,
            age <= 1 and card.picture is not None,
            age <= 1 and len(card.excerpt) >= LONG_EXCERPT_CHARS,
        )

    return max(cards, key=score, default=None)
