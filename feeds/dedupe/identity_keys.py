"""The keys by which an article is recognised in its source, and the ids that are derived from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from feeds.dedupe.exact import folded_words, has_enough_words
from feeds.dedupe.guid_forms import is_weak_guid
from feeds.model import Article

BEGINNING_BYTES = 32  # in bytes, because a Chinese character says more


@dataclass(frozen=True, slots=True)
class Keys:
    """8-byte digests of what tells an article from the others of its document; None where it has no such key.

    `page` and `date` are only looked up, never stored.
    """

    guid: bytes | None
    link: bytes | None  # of the page, with the fragment
    content: bytes | None  # title and text
    enclosure: bytes | None = None  # this and the next three: only of items without a good guid
    dated_title: bytes | None = None  # title and date
    text: bytes | None = None
    title: bytes | None = (
        None  # or the text's beginning; only of items without link and enclosure of their own
    )
    page: bytes | None = None  # of a link with a fragment: the page without it; items may share it
    date: bytes | None = None  # the second of publication
    whole: bytes = b""  # over all fields; used if there is no other key
    shared: bool = False  # another item has the same guid, page or text, so that is no key
    owns_page: bool = False  # the link leads to a page that is about this item only

    def present(self) -> tuple[bytes, ...]:
        """The keys that alone identify an article of a document."""
        return tuple(key for key in (self.guid, self.link, self.content) if key)

    def usable(self) -> tuple[bytes, ...]:
        """The keys to store. `whole` is among them if there is none that identifies the article."""
        first = tuple(key for key in (self.guid, self.link, self.content, self.enclosure) if key)
        return (
            *(first or (self.whole,)),
            *(key for key in (self.dated_title, self.text, self.title) if key),
        )

    def candidates(self) -> tuple[bytes, ...]:
        """The keys under which the state may know the article. `date` is looked up separately.

        `whole` is among them because a state of an older version may know an article without a guid by it only.
        """
        weak = (self.enclosure, self.dated_title, self.text, self.title, self.page)
        whole = None if self.guid else self.whole
        return (*self.present(), *(key for key in (*weak, whole) if key))


def guid_key(guid: str) -> bytes:
    return _digest("guid", guid)


def _digest(kind: str, *parts: str) -> bytes:
    return blake2b("\x1f".join((kind, *parts)).encode("utf-8", "replace"), digest_size=8).digest()


def article_keys(articles: Sequence[Article]) -> tuple[Keys, ...]:
    """The keys of the articles of one document, in the same order. What two of them share is a key of neither."""
    digests = [_digests(article) for article in articles]
    counts = Counter(key for row in digests for key in row.values() if key)
    pages = Counter(article.canonical for article in articles)
    return tuple(
        _keys(article, row, counts, pages[article.canonical] if article.canonical else 0)
        for article, row in zip(articles, digests, strict=True)
    )


def _digests(article: Article) -> dict[str, bytes | None]:
    link = article.canonical_part or article.canonical
    title, text = folded_words(article.title), folded_words(article.text)
    is_long = has_enough_words(text)
    date = article.published.isoformat() if article.published else ""
    return {
        "guid": guid_key(article.guid) if article.guid else None,
        "link": _digest("link", link) if link else None,
        "content": _digest("content", title, text) if is_long else None,
        "enclosure": _digest("enclosure", article.enclosure_key) if article.enclosure_key else None,
        "dated_title": _digest("dated title", title, date) if title and date else None,
        "text": _digest("text", text) if text else None,
        "title": _digest("title", title) if title else _beginning_key(text),
        "date": _digest("date", date) if date else None,
    }


def _beginning_key(text: str) -> bytes | None:
    """What stands for the title of an item that has neither title nor link: the beginning of its text."""
    beginning = text.encode("utf-8", "replace")[:BEGINNING_BYTES]
    return _digest("title", beginning.hex()) if len(beginning) == BEGINNING_BYTES else None


def _keys(
    article: Article, digests: Mapping[str, bytes | None], counts: Mapping[bytes, int], on_page: int
) -> Keys:
    """`on_page`: how many items of the document link to the article's page; 0 if it has none."""
    own = {name: key if key and counts[key] == 1 else None for name, key in digests.items()}
    if own["guid"] and not is_weak_guid(article.guid):
        own |= dict.fromkeys(("enclosure", "dated_title", "text", "title"))
    elif own["link"] or own["enclosure"]:
        own |= {"text": own["text"] if digests["content"] else None, "title": None}
    return Keys(
        **own,
        page=_digest("link", article.canonical) if article.canonical_part and on_page else None,
        whole=_whole(article),
        shared=on_page > 1 or any(digests[name] and not own[name] for name in ("guid", "link", "content")),
        owns_page=on_page == 1 and not _is_part_of_page(article),
    )


def _is_part_of_page(article: Article) -> bool:
    """Whether the link leads to a part of a page, as in a list of changes. "#publisher=example" names no part."""
    return "=" not in article.canonical_part.partition("#")[2] and bool(article.canonical_part)


def _whole(article: Article) -> bytes:
    published = str(article.published or "")
    return _digest("whole", article.guid, article.canonical, article.title, article.text, published)


def article_id(source: str, keys: Keys, version: str = "") -> str:
    """The id of a new article: 128 bits as hex digits. The same article gets the same id in every state.

    `version`: tells the article from an older one that had the same first key.
    """
    name = source.encode() + b"\x1f" + keys.usable()[0]
    if version:
        name += b"\x1f" + keys.whole + version.encode()
    return blake2b(name, digest_size=16).hexdigest()
