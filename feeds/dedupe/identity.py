"""Recognises the known articles of one source in a new document.

The keys are tried one after the other: guid, link, enclosure, content, page, date. The guid comes first, because the
publisher chose it. But sites change their guid scheme, move from http to https or to another host, and some give all
items the same guid or link. So a key counts only if no other item of the document has it, an item never takes over an
article whose guid is still in the document, and `reused_keys` decides whether the key was given to another item.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from feeds.dedupe.identity_keys import Keys, article_id, article_keys
from feeds.dedupe.reused_keys import KeyCheck, KnownArticle, ReadStored, is_unchanged, read_nothing
from feeds.model import Article

_KINDS = ("guid", "link", "enclosure", "content", "dated_title", "text", "page", "date", "title", "whole")
"""The kinds of keys, in the order in which they are tried."""

_IsVersion = Callable[[Article, Keys, KnownArticle], bool]


@dataclass(frozen=True, slots=True)
class Match:
    """An article of a document: new (`known` is None), or a version of a known one."""

    position: int  # among the articles of the document
    article: Article
    keys: Keys
    known: KnownArticle | None
    edited: bool
    link_is_reused: bool = False  # the article is new, and its link was that of another one


def match_known(
    articles: Sequence[Article],
    known: Mapping[bytes, KnownArticle],
    item_keys: Sequence[Keys] | None = None,
    unchanged: Sequence[Keys] = (),
    read_stored: ReadStored = read_nothing,
) -> tuple[Match, ...]:
    """Tells new articles from versions of known ones, and sets their ids. Articles with one id are returned once.

    `known`: key → stored article, for all keys of the document. `item_keys`: the keys of `articles`, if
    already computed. `unchanged`: the keys of items of the same document that have not changed and are not among
    `articles`.
    """
    item_keys = article_keys(articles) if item_keys is None else item_keys
    claims = _Claims(articles, item_keys, known, unchanged)
    for kind in _KINDS:
        claims.add_all(kind, is_unchanged)
    check = KeyCheck(
        known,
        read_stored,
        guids_change=_guids_change(item_keys, known, unchanged, claims.found),
        is_single=len(articles) + len(unchanged) == 1,
    )
    for kind in _KINDS:
        claims.add_all(kind, getattr(check, f"by_{kind}"))
    return tuple(_unique(_matches(articles, item_keys, claims.found, known)))


class _Claims:
    """Which item of a document is a version of which known article. No article is claimed twice."""

    def __init__(
        self,
        articles: Sequence[Article],
        item_keys: Sequence[Keys],
        known: Mapping[bytes, KnownArticle],
        unchanged: Sequence[Keys],
    ) -> None:
        self.found: dict[int, KnownArticle] = {}  # index of the item → article
        self._articles = articles
        self._item_keys = item_keys
        self._known = known
        self._claimed = {stored.n for keys in unchanged if (stored := _known_of(keys, known))}

    def add_all(self, kind: str, is_version: _IsVersion) -> None:
        """For each item: claim the article that has its key of this kind, if both are free and the item is a version
        of it."""
        for index, keys in enumerate(self._item_keys):
            key: bytes | None = getattr(keys, kind)
            stored = self._known.get(key) if key and index not in self.found else None
            if stored is None or stored.n in self._claimed:
                continue
            if is_version(self._articles[index], keys, stored):
                self.found[index] = stored
                self._claimed.add(stored.n)


def _known_of(keys: Keys, known: Mapping[bytes, KnownArticle]) -> KnownArticle | None:
    return next((known[key] for key in keys.present() if key in known), None)


def _guids_change(
    item_keys: Sequence[Keys],
    known: Mapping[bytes, KnownArticle],
    unchanged: Sequence[Keys],
    found: Mapping[int, KnownArticle],
) -> bool:
    """Whether most known items have a guid that is not known: the site has changed its scheme, or makes new guids for
    each document. At least two, because one item alone may be a new one with a used link.

    `found`: the items that are known and have not changed.
    """
    has_known_guid = [
        keys.guid in known
        for index, keys in enumerate(item_keys)
        if keys.guid and (index in found or keys.link in known)
    ]
    kept = sum(has_known_guid) + sum(keys.guid is not None for keys in unchanged)
    changed = len(has_known_guid) - sum(has_known_guid)
    return changed >= 2 and changed > kept


def _matches(
    articles: Sequence[Article],
    item_keys: Sequence[Keys],
    found: Mapping[int, KnownArticle],
    known: Mapping[bytes, KnownArticle],
) -> Iterable[Match]:
    first_keys: set[bytes] = set()
    for index, (article, keys) in enumerate(zip(articles, item_keys, strict=True)):
        old, first_key = found.get(index), keys.usable()[0]
        if first_key in first_keys:
            continue  # no other two items have a first key in common than those that are equal in all fields
        first_keys.add(first_key)
        if old is None:
            # The id of the first key is that of the article which had the key before.
            version = str(article.first_seen) if first_key in known else ""
            new = replace(article, id=article_id(article.source, keys, version))
            yield Match(index, new, keys, None, edited=False, link_is_reused=keys.link in known)
        else:
            revised = replace(
                article, id=old.id, first_seen=old.first_seen, published=old.published or article.published
            )
            yield Match(index, revised, keys, old, edited=old.content_hash != article.content_hash)


def _unique(matches: Iterable[Match]) -> Iterable[Match]:
    """Items that cannot be told apart count as one."""
    seen: set[str] = set()
    for match in matches:
        if match.article.id not in seen:
            seen.add(match.article.id)
            yield match
