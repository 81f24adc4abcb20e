"""Removes the duplicates among the articles of one document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import timedelta

from feeds.model import Article

SERIES_INTERVAL = timedelta(hours=20)
"""Two items that say the same and are dated at least this far apart are two of a series ("Today's crossword")."""

_Key = tuple[str | bytes, ...]


def distinct(articles: Iterable[Article]) -> tuple[Article, ...]:
    """The articles without duplicates, in order.

    Two are the same if they have the same guid, link, enclosure and content hash. So are two with the same title, text,
    link and enclosure of which neither has a guid or a link of its own. A guid or link that several different items
    share is not their own: some feeds give one guid to all items. Items without a guid of their own that are dated
    `SERIES_INTERVAL` apart are never the same.
    """
    candidates = tuple(articles)
    guids = Counter(key[0] for key in {_all_of(article) for article in candidates})
    kept = _first_of_each(
        candidates, _all_of, is_series=lambda article: not article.guid or guids[article.guid] > 1
    )
    guids = Counter(article.guid for article in kept)
    links = Counter(_link(article) for article in kept)

    def key(article: Article) -> _Key:
        if article.guid and guids[article.guid] == 1:
            return ("guid", article.guid)
        if _link(article) and links[_link(article)] == 1:
            return ("link", _link(article))
        return ("text", article.title, article.text, article.link or "", article.enclosure_key)

    return tuple(_first_of_each(kept, key, is_series=lambda _: True))


def _first_of_each(
    articles: Iterable[Article], key: Callable[[Article], _Key], is_series: Callable[[Article], bool]
) -> list[Article]:
    """The articles without those that have the key of one before. `is_series`: whether an article with that key
    that is dated far from all before is kept."""
    kept: list[Article] = []
    by_key: dict[_Key, list[Article]] = {}
    for article in articles:
        same = by_key.setdefault(key(article), [])
        if not same or (is_series(article) and all(_are_far_apart(article, other) for other in same)):
            same.append(article)
            kept.append(article)
    return kept


def _are_far_apart(first: Article, second: Article) -> bool:
    if first.published is None or second.published is None:
        return False
    return abs(first.published - second.published) >= SERIES_INTERVAL


def _all_of(article: Article) -> _Key:
    return article.guid, article.link or "", article.enclosure_key, article.content_hash


def _link(article: Article) -> str:
    return article.canonical_part or article.canonical
