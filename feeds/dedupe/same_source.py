"""Tells different items of one source that have the same words: photo posts, comics, episodes with the same notes."""

from __future__ import annotations

from feeds.dedupe.exact import folded_words
from feeds.model import Article

MIN_REPEATED_WORDS = 60
"""A publisher repeats shorter texts under every item of a series ("A new comic is up")."""


def has_other_media(article: Article, other: Article) -> bool:
    """Whether both articles have an enclosure or a lead image, and it is another one."""
    if article.enclosure_key and other.enclosure_key:
        return article.enclosure_key != other.enclosure_key
    if article.image and other.image:
        return _without_query(article.image) != _without_query(other.image)
    return False


def is_too_short_to_repeat(article: Article) -> bool:
    """Whether equal words do not show that two items of one document are the same."""
    words = folded_words(article.text)
    spaced = words.count(" ") + 1 if words else 0
    return max(spaced, len(words) // 8) < MIN_REPEATED_WORDS


def _without_query(url: str) -> str:
    """The URL without its query, which may hold tokens and sizes, and without the scheme."""
    return url.partition("?")[0].partition("://")[2]
