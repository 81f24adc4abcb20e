"""Two digests of an article: what it is (never changes), and what it says (an edit changes it).

Both are BLAKE2b-128 over named fields; an empty field counts as absent, so that a field added later does not
change the digests of articles that lack it. A change of what is digested raises the version.
"""

# ruff: noqa: SIM905 - lists of words are read as words

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from hashlib import blake2b

from feeds.model import Media
from feeds.normalize.canonical import canonical

ID_VERSION = b"1"
CONTENT_VERSION = b"1"

_ADVERTS = frozenset(
    "advertisement advertisment ad anzeige werbung publicité publicidad publicidade pubblicità реклама reklam reklama"
    " annonse annons annonce advertentie διαφήμιση 広告 广告 廣告 광고 โฆษณา विज्ञापन إعلان פרסומת".split()
)
_LONGEST = max(map(len, _ADVERTS))  # what is folded is no shorter for it
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_FILE = re.compile(r"/[^/?]*\.[a-z0-9]{2,5}\?", re.I)


def article_id(source: str, kind: str, value: str) -> str:
    """32 hexadecimal digits: the same for the same source and the same identity (`kind`: guid, link, text)."""
    return _digest(ID_VERSION, (("source", source), (kind, value))).hex()


def content_hash(title: str, text: str, link: str, media: Iterable[Media]) -> bytes:
    """16 bytes over what a reader would call the article: title, text, link (canonical, if it can be), enclosures.

    Not over markup, pictures, summary, dates, authors. White space, tracking parameters, the scheme, labels of
    advertisements and the tokens in a file's address change nothing.
    """
    enclosures = (_file(one.url) for one in media if one.role == "enclosure")
    fields = [
        ("title", _folded(title)),
        ("text", _folded(_without_adverts(text))),
        ("link", link),
        *(("enclosure", url) for url in enclosures),
    ]
    return _digest(CONTENT_VERSION, fields)


def _digest(version: bytes, fields: Iterable[tuple[str, str]]) -> bytes:
    digest = blake2b(version, digest_size=16)
    for name, value in fields:
        if value:
            data = value.encode("utf-8", "surrogatepass")
            digest.update(f"\n{name}:{len(data)}:".encode())
            digest.update(data)
    return digest.digest()


def _folded(words: str) -> str:
    words = "".join(words.split())
    return words if words.isascii() else _UNSEEN.sub("", unicodedata.normalize("NFC", words))


def _without_adverts(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if not _is_advert(line.strip(" :.-–—[]()")))


def _is_advert(line: str) -> bool:
    return len(line) <= _LONGEST and line.casefold() in _ADVERTS


def _file(url: str) -> str:
    """A file's address without its query, which holds tokens that expire; other addresses whole."""
    return canonical(url.partition("?")[0] if _FILE.search(url) else url) or url
