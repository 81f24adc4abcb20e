"""Tells whether a new version of an article is an edit, another text, or a flash that has become a report."""

from __future__ import annotations

from typing import Literal

from feeds.dedupe.exact import count_words
from feeds.dedupe.likeness import text_likeness
from feeds.model import Article

TextChange = Literal["edited", "replaced", "grown"]

_MIN_GROWTH = 2  # times the words
_MIN_GROWN_WORDS = 40  # shorter texts say too little to be compared again


def text_change(before: Article | None, now: Article) -> TextChange:
    """How the text of an article changed. `before`: None if retention has deleted it."""
    if before is None or before.text == now.text:
        return "edited"
    if text_likeness(before.text, now.text) == "other":
        return "replaced"
    old, new = count_words(before.text), count_words(now.text)
    return "grown" if new >= max(_MIN_GROWN_WORDS, _MIN_GROWTH * old) else "edited"
