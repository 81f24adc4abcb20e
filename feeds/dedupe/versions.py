"""Removes older versions of an article from the articles of one document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime

from feeds.dedupe.guid_forms import is_weak_guid, split_version
from feeds.dedupe.item_comparison import compare, date_relation, is_another_item
from feeds.model import Article

_Key = Callable[[Article], tuple[str, ...] | None]
_IsVersion = Callable[[Article, Article, bool], bool]

_MAX_VERSIONS = 3
"""If more items share guid and link, the publisher gives them to all items."""


def newest_versions(articles: Sequence[Article]) -> tuple[Article, ...]:
    """The articles of one document without older versions: some documents list a corrected article beside its first
    version.

    Two or three items with the same link, and the same guid or guids that differ only in a version ("URL#1", "URL#4"),
    are versions, unless their dates, titles and texts say that they are different items. The newest is kept, in the
    place of the first. If all items of the document share guid and link, only versions that are alike count.

    Where only the guid agrees (RFC 4287 §4.1.1 lets a feed list states of one entry), or only the link and there is no
    guid, title and text must be alike.
    """
    replaced = _replaced(articles, _guid_and_page, _is_version)
    for key in (_strong_guid, _page_without_guid):
        rest = [index for index in range(len(articles)) if index not in replaced]
        replaced |= _replaced(articles, key, _is_alike, rest)
    kept = (replaced.get(index, index) for index in range(len(articles)))
    return tuple(articles[index] for index in kept if index is not None)


def _guid_and_page(article: Article) -> tuple[str, ...] | None:
    page = article.canonical_part or article.canonical
    return (split_version(article.guid)[0], page) if article.guid and page else None


def _strong_guid(article: Article) -> tuple[str, ...] | None:
    return (article.guid,) if article.guid and not is_weak_guid(article.guid) else None


def _page_without_guid(article: Article) -> tuple[str, ...] | None:
    page = article.canonical_part or article.canonical
    return (page,) if page and not article.guid else None


def _replaced(
    articles: Sequence[Article], key: _Key, is_version: _IsVersion, indices: Sequence[int] | None = None
) -> dict[int, int | None]:
    """Index → the index of the version that takes its place; None if none does."""
    groups: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for index in range(len(articles)) if indices is None else indices:
        if (name := key(articles[index])) is not None:
            groups[name].append(index)
    replaced: dict[int, int | None] = {}
    for group in groups.values():
        if 1 < len(group) <= _MAX_VERSIONS:
            replaced |= _versions(articles, group, is_version, is_all=len(group) == len(articles))
    return replaced


def _versions(
    articles: Sequence[Article], group: Sequence[int], is_version: _IsVersion, *, is_all: bool
) -> dict[int, int | None]:
    newest = max(group, key=lambda index: (_last_changed(articles[index]), _version(articles[index]), -index))
    older = [
        index for index in group if index != newest and is_version(articles[index], articles[newest], is_all)
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


def _is_alike(article: Article, newest: Article, is_all: bool) -> bool:
    found = compare(article, newest, date_relation(article.published, newest.published))
    has_like_words = found.title in ("equal", "alike") and found.text in ("equal", "alike")
    is_of_one_time = bool(article.guid) or found.date != "far"
    return has_like_words and is_of_one_time and not is_all and found.same_enclosure is not False


def _last_changed(article: Article) -> datetime:
    return max(article.updated or article.date, article.date)


def _version(article: Article) -> tuple[int, str]:
    """Sorts "9" before "10"."""
    version = split_version(article.guid)[1]
    return len(version), version
