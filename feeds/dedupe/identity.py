"""Recognises the known articles of one source in a new document: by guid, else by link, else by content.

The guid comes first, because the publisher chose it. But sites change their guid scheme, move from http to https or to
another host, and some give all items the same guid or link. So a key counts only if no other item of the document has
it, and an item never takes over an article whose guid is still in the document.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b

from feeds.dedupe.exact import folded_words, has_enough_words
from feeds.model import Article

MOVE_TOLERANCE = timedelta(hours=48)
"""For matches by content: a site that moves keeps the dates, a daily bulletin with the same words has a new one."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys by which an article is recognised in its source: 8-byte digests; None if it has no such key."""

    guid: bytes | None
    link: bytes | None
    content: bytes | None
    whole: bytes = b""  # over all fields; used if there is no other key
    shared: bool = False  # another item has the same guid, link or text, so that is no key

    def present(self) -> tuple[bytes, ...]:
        """The keys that are not None."""
        return tuple(key for key in (self.guid, self.link, self.content) if key)

    def usable(self) -> tuple[bytes, ...]:
        """The keys to store: `present`, or `whole` if there are none."""
        return self.present() or (self.whole,)


@dataclass(frozen=True, slots=True)
class KnownArticle:
    """A stored article of the same source."""

    n: int
    id: str
    story: str
    exact_story: str
    first_seen: datetime
    published: datetime | None
    last_seen_at: datetime
    content_hash: bytes


@dataclass(frozen=True, slots=True)
class Match:
    """An article of a document: new (`known` is None), or a version of a known one."""

    position: int  # among the articles of the document
    article: Article
    keys: Keys
    known: KnownArticle | None
    edited: bool


def guid_key(guid: str) -> bytes:
    return _digest("guid", guid)


def _digest(kind: str, *parts: str) -> bytes:
    return blake2b("\x1f".join((kind, *parts)).encode("utf-8", "replace"), digest_size=8).digest()


def newest_versions(articles: Sequence[Article]) -> tuple[Article, ...]:
    """The articles of one document without older versions: some documents list a corrected article beside its first
    version.

    Two or three items with the same guid and link are versions; the newest is kept, in the place of the first. If more
    items share both, the publisher gives all items the same ones.
    """
    pairs = [
        (article.guid, article.canonical) if article.guid and article.canonical else None
        for article in articles
    ]
    counts = Counter(pair for pair in pairs if pair)
    newest: dict[tuple[str, str] | int, Article] = {}
    for at, (article, pair) in enumerate(zip(articles, pairs, strict=True)):
        key = pair if pair and counts[pair] <= min(3, len(articles) - 1) else at
        other = newest.get(key)
        if other is None or _last_changed(article) > _last_changed(other):
            newest[key] = article
    return tuple(newest.values())


def _last_changed(article: Article) -> datetime:
    return max(article.updated or article.date, article.date)


def article_keys(articles: Sequence[Article]) -> tuple[Keys, ...]:
    """The keys of the articles of one document, in the same order."""
    raw = [
        (
            guid_key(article.guid) if article.guid else None,
            _digest("link", article.canonical) if article.canonical else None,
            _content(article),
        )
        for article in articles
    ]
    counts = Counter(key for row in raw for key in row if key)

    def unique_in_document(key: bytes | None) -> bytes | None:
        return key if key and counts[key] == 1 else None

    return tuple(
        Keys(
            guid=unique_in_document(guid),
            link=unique_in_document(link),
            content=unique_in_document(content),
            whole=_whole(article),
            shared=any(counts[key] > 1 for key in (guid, link, content) if key),
        )
        for article, (guid, link, content) in zip(articles, raw, strict=True)
    )


def _whole(article: Article) -> bytes:
    published = str(article.published or "")
    return _digest("whole", article.guid, article.canonical, article.title, article.text, published)


def _content(article: Article) -> bytes | None:
    words = folded_words(article.text)
    return _digest("content", folded_words(article.title), words) if has_enough_words(words) else None


def article_id(source: str, keys: Keys) -> str:
    """The id of a new article: 128 bits as hex digits. The same article gets the same id in every state."""
    return blake2b(source.encode() + b"\x1f" + keys.usable()[0], digest_size=16).hexdigest()


def match_known(
    articles: Sequence[Article],
    known: Mapping[bytes, KnownArticle],
    item_keys: Sequence[Keys] | None = None,
    unchanged: Sequence[Keys] = (),
) -> tuple[Match, ...]:
    """Tells new articles from versions of known ones, and sets their ids. Articles with one id are returned once.

    `known`: key → stored article, for all keys of the document. `item_keys`: the keys of `articles`, if
    already computed. `unchanged`: the keys of items of the same document that have not changed and are not among
    `articles`.
    """
    item_keys = article_keys(articles) if item_keys is None else item_keys
    found: dict[int, KnownArticle] = {}
    claimed = {stored.n for keys in unchanged if (stored := _known_of(keys, known))}

    def claim(index: int, candidate: KnownArticle | None) -> None:
        if candidate and index not in found and candidate.n not in claimed:
            found[index] = candidate
            claimed.add(candidate.n)

    for index, keys in enumerate(item_keys):
        claim(index, known.get(keys.guid) if keys.guid else None)
    for index, keys in enumerate(item_keys):
        claim(index, known.get(keys.link) if keys.link else None)
    for index, keys in enumerate(item_keys):
        candidate = known.get(keys.content) if keys.content else None
        if candidate and _dates_agree(articles[index].published, candidate.published):
            claim(index, candidate)
    for index, keys in enumerate(item_keys):
        claim(index, known.get(keys.whole))
    return tuple(_unique(_matches(articles, item_keys, found)))


def _known_of(keys: Keys, known: Mapping[bytes, KnownArticle]) -> KnownArticle | None:
    return next((known[key] for key in keys.present() if key in known), None)


def _matches(
    articles: Sequence[Article], item_keys: Sequence[Keys], found: Mapping[int, KnownArticle]
) -> Iterable[Match]:
    for index, (article, keys) in enumerate(zip(articles, item_keys, strict=True)):
        old = found.get(index)
        if old is None:
            yield Match(
                index, replace(article, id=article_id(article.source, keys)), keys, None, edited=False
            )
        else:
            version = replace(
                article, id=old.id, first_seen=old.first_seen, published=old.published or article.published
            )
            yield Match(index, version, keys, old, edited=old.content_hash != article.content_hash)


def _unique(matches: Iterable[Match]) -> Iterable[Match]:
    """Items that cannot be told apart count as one."""
    seen: set[str] = set()
    for match in matches:
        if match.article.id not in seen:
            seen.add(match.article.id)
            yield match


def _dates_agree(first: datetime | None, second: datetime | None) -> bool:
    return first is None or second is None or abs(first - second) <= MOVE_TOLERANCE
