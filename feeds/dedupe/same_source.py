"""Tells different items of one source that have the same words: photo posts, comics, episodes with the same notes."""

from __future__ import annotations

from feeds.dedupe.exact import count_words, folded_words
from feeds.dedupe.item_comparison import SERIES_INTERVAL
from feeds.model import Article

MIN_REPEATED_WORDS = 60
"""A publisher repeats shorter texts under every item of a series ("A new comic is up")."""

MIN_REPEATED_WORDS_OF_DAYS = 150
"""The same for items that are dated on different days: a daily programme is described at more length."""


def is_other_item(article: Article, other: Article, *, side_by_side: bool) -> bool:
    """Whether two items of one source, each with a guid or link of its own, are different although their words are
    alike. `side_by_side`: one document has both."""
    if has_other_media(article, other):
        return True
    is_same_text = folded_words(article.text) == folded_words(other.text)
    is_far = abs(article.date - other.date) >= SERIES_INTERVAL
    least = MIN_REPEATED_WORDS_OF_DAYS if is_far else MIN_REPEATED_WORDS
    return is_same_text and (is_far or side_by_side) and count_words(article.text) < least


def has_other_media(article: Article, other: Article) -> bool:
    """Whether both articles have an enclosure or a lead image, and it is another one."""
    if article.enclosure_key and other.enclosure_key:
        return article.enclosure_key != other.enclosure_key
    if article.image and other.image:
        return _without_query(article.image) != _without_query(other.image)
    return False


def _without_query(url: str) -> str:
    """The URL without its query, which may hold tokens and sizes, and without the scheme."""
    return url.partition("?")[0].partition("://")[2]
