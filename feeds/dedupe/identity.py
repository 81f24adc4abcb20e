"""Is it the same article? Within one source: by guid, else by link, else by content.

A guid is the publisher's word and comes first. But sites change their guid scheme, move from http to https or
to another host, and some give every item the same guid or the same link. So a key counts only where it tells
the items of its own document apart, and an article that is still in the document under its own guid is never
taken over by another item that shares its link.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b

from feeds.dedupe.exact import folded, says_enough
from feeds.model import Article

MOVE_TOLERANCE = timedelta(hours=48)
"""A site that moves keeps its dates; a daily bulletin with the same words has another one."""


@dataclass(frozen=True, slots=True)
class Keys:
    """By what an article is known again in its source: 8-byte digests, or None where it has no such key."""

    guid: bytes | None
    link: bytes | None
    content: bytes | None
    whole: bytes = b""  # everything together: the last resort
    shared: bool = False  # it has a guid, link or text that is another item's as well, and so no key

    def own(self) -> tuple[bytes, ...]:
        return tuple(key for key in (self.guid, self.link, self.content) if key)

    def usable(self) -> tuple[bytes, ...]:
        return self.own() or (self.whole,)


@dataclass(frozen=True, slots=True)
class Known:
    """An article that the store holds."""

    n: int
    id: str
    story: str
    exact: str
    first_seen: datetime
    published: datetime | None
    met: datetime
    content_hash: bytes


@dataclass(frozen=True, slots=True)
class Match:
    """What an incoming article is: new (`known` None), or a version of a known one."""

    at: int  # its place in the document
    article: Article
    keys: Keys
    known: Known | None
    edited: bool


def guid_key(guid: str) -> bytes:
    return _digest("guid", guid)


def _digest(kind: str, *parts: str) -> bytes:
    return blake2b("\x1f".join((kind, *parts)).encode("utf-8", "replace"), digest_size=8).digest()


def versions_apart(articles: Sequence[Article]) -> tuple[Article, ...]:
    """The articles of one document, of which some list a corrected article beside the first version of it.

    Two or three items with one guid and one link are versions; the newest stays, at the place of the first.
    Where more share both, the publisher just gives every item the same.
    """
    named = [(one.guid, one.canonical) if one.guid and one.canonical else None for one in articles]
    counts = Counter(name for name in named if name)
    newest: dict[tuple[str, str] | int, Article] = {}
    for at, (one, name) in enumerate(zip(articles, named, strict=True)):
        key = name if name and counts[name] <= min(3, len(articles) - 1) else at
        held = newest.get(key)
        if held is None or _dated(one) > _dated(held):
            newest[key] = one
    return tuple(newest.values())


def _dated(article: Article) -> datetime:
    return max(article.updated or article.date, article.date)


def keys(articles: Sequence[Article]) -> tuple[Keys, ...]:
    """The keys of the articles of one document, in their order."""
    raw = [
        (
            guid_key(article.guid) if article.guid else None,
            _digest("link", article.canonical) if article.canonical else None,
            _content(article),
        )
        for article in articles
    ]
    counts = Counter(key for row in raw for key in row if key)

    def own(key: bytes | None) -> bytes | None:
        return key if key and counts[key] == 1 else None

    return tuple(
        Keys(
            guid=own(guid),
            link=own(link),
            content=own(content),
            whole=_whole(article),
            shared=any(counts[key] > 1 for key in (guid, link, content) if key),
        )
        for article, (guid, link, content) in zip(articles, raw, strict=True)
    )


def _whole(article: Article) -> bytes:
    stated = str(article.published or "")
    return _digest("whole", article.guid, article.canonical, article.title, article.text, stated)


def _content(article: Article) -> bytes | None:
    words = folded(article.text)
    return _digest("content", folded(article.title), words) if says_enough(words) else None


def article_id(source: str, keys: Keys) -> str:
    """The id of an article seen for the first time: 128 bits, hex; the same in every state that meets it."""
    return blake2b(source.encode() + b"\x1f" + keys.usable()[0], digest_size=16).hexdigest()


def match(
    articles: Sequence[Article],
    known: Mapping[bytes, Known],
    keyed: Sequence[Keys] | None = None,
    standing: Sequence[Keys] = (),
) -> tuple[Match, ...]:
    """Tell new articles from versions of known ones. `known` answers for every key that the store has.

    `standing`: the keys of unchanged items of the same document, whose articles are not to be had.
    """
    keyed = keys(articles) if keyed is None else keyed
    found: dict[int, Known] = {}
    claimed = {held.n for one in standing if (held := _held(one, known))}

    def claim(index: int, candidate: Known | None) -> None:
        if candidate and index not in found and candidate.n not in claimed:
            found[index] = candidate
            claimed.add(candidate.n)

    for index, key in enumerate(keyed):
        claim(index, known.get(key.guid) if key.guid else None)
    for index, key in enumerate(keyed):
        claim(index, known.get(key.link) if key.link else None)
    for index, key in enumerate(keyed):
        candidate = known.get(key.content) if key.content else None
        if candidate and _dates_agree(articles[index].published, candidate.published):
            claim(index, candidate)
    for index, key in enumerate(keyed):
        claim(index, known.get(key.whole))
    return tuple(_unique(_matches(articles, keyed, found)))


def _held(standing: Keys, known: Mapping[bytes, Known]) -> Known | None:
    return next((known[key] for key in standing.own() if key in known), None)


def _matches(
    articles: Sequence[Article], keyed: Sequence[Keys], found: Mapping[int, Known]
) -> Iterable[Match]:
    for index, (article, key) in enumerate(zip(articles, keyed, strict=True)):
        old = found.get(index)
        if old is None:
            yield Match(index, replace(article, id=article_id(article.source, key)), key, None, edited=False)
        else:
            kept = replace(
                article, id=old.id, first_seen=old.first_seen, published=old.published or article.published
            )
            yield Match(index, kept, key, old, edited=old.content_hash != article.content_hash)


def _unique(matches: Iterable[Match]) -> Iterable[Match]:
    """Items that nothing tells apart are one."""
    seen: set[str] = set()
    for item in matches:
        if item.article.id not in seen:
            seen.add(item.article.id)
            yield item


def _dates_agree(one: datetime | None, other: datetime | None) -> bool:
    return one is None or other is None or abs(one - other) <= MOVE_TOLERANCE
