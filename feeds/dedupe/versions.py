"""Removes older versions of an article from the articles of one document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from feeds.dedupe.guid_forms import split_version
from feeds.dedupe.item_comparison import compare, date_relation, is_another_item
from feeds.model import Article

_MAX_VERSIONS = 3
"""If more items share guid and link, the publisher gives them to all items."""


def newest_versions(articles: Sequence[Article]) -> tuple[Article, ...]:
    """The articles of one document without older versions: some documents list a corrected article beside its first
    version.

    Two or three items with the same link, and the same guid or guids that differ only in a version ("URL#1", "URL#4"),
    are versions, unless their dates, titles and texts say that they are different items. The newest is kept, in the
    place of the first. If all items of the document share guid and link, only versions that are alike count.
    """
    groups: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for index, article in enumerate(articles):
        if article.guid and article.canonical:
            page = article.canonical_part or article.canonical
            groups[split_version(article.guid)[0], page].append(index)
    replaced: dict[int, int | None] = {}
    for group in groups.values():
        if 1 < len(group) <= _MAX_VERSIONS:
            replaced |= _versions(articles, group, is_all=len(group) == len(articles))
    kept = (replaced.get(index, index) for index in range(len(articles)))
    return tuple(articles[index] for index in kept if index is not None)


def _versions(articles: Sequence[Article], group: Sequence[int], *, is_all: bool) -> dict[int, int | None]:
    """Index → the index of the version that takes its place; None if none does."""
    newest = max(group, key=lambda index: (_last_changed(articles[index]), _version(articles[index]), -index))
    older = [
        index for index in group if index != newest and _is_version(articles[index], articles[newest], is_all)
    ]
    if not older:
        return {}
    return dict.fromkeys((*older, newest)) | {min(*older, newest): newest}


def _is_version(article: Article, newest: Article, is_all: bool) -> bool:
    found = compare(article, newest, date_relation(article.published, newest.published))
    if is_all:
        has_like_title = found.title in ("equal", "alike") or (found.title == "unknown" and found.is_alike)
        return article.guid != newest.guid and has_like_title
    return not is_another_item(found)


def _last_changed(article: Article) -> datetime:
    return max(article.updated or article.date, article.date)


def _version(article: Article) -> tuple[int, str]:
    """Sorts "9" before "10"."""
    version = split_version(article.guid)[1]
    return len(version), version
