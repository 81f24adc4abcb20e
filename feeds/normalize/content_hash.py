"""The content hash of an article, which changes with an edit.

It is the version of the hash, then BLAKE2b-128 over named fields. Empty fields are left out, so that a new field does
not change the hashes of articles without it. Raise the version when something else is hashed, or when the same items
are normalized to other texts: after an upgrade, articles are then stored anew, but their entries are not dated anew.
"""

# ruff: noqa: SIM905 - lists of words are read as words

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from hashlib import blake2b

from feeds.model import Media, Mention
from feeds.normalize.canonical import canonical_form
from feeds.normalize.link_tokens import split_urls, without_tokens

HASH_VERSION = b"3"  # one byte; hashes of version 1 have none
_DIGEST_BYTES = 16
_LINKS_BYTES = 8

_ADVERT_LABELS = frozenset(
    "advertisement advertisment ad anzeige werbung publicité publicidad publicidade pubblicità реклама reklam reklama"
    " annonse annons annonce advertentie διαφήμιση 広告 广告 廣告 광고 โฆษณา विज्ञापन إعلان פרסומת".split()
)
_MAX_ADVERT_CHARS = max(map(len, _ADVERT_LABELS))  # case folding never shortens a text
_IGNORED_CHARS = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_FILE_WITH_QUERY = re.compile(r"/[^/?]*\.[a-z0-9]{2,5}\?", re.I)
_GENERATED_FOLDER = re.compile(r"[0-9a-fA-F]{16,}+|[0-9A-Za-z_=-]{22,}+|[0-9]{10,}+")


def content_hash(
    title: str, text: str, link: str, media: Iterable[Media], also_in: Iterable[Mention] = ()
) -> bytes:
    """17 bytes: the version, and a digest of title, text and enclosure URLs. A change of these is an edit.

    8 more bytes, a digest of the links, if there are any: that of the article's page (canonical, if there is such a
    form), the URLs that the text prints, and the other pages with the story that the article names. If only they
    change, the article is stored anew, but its entry is not dated anew (`same_content`).

    Markup, pictures, summary, dates and authors are not part of it. White space, tracking parameters, tokens in URLs
    (`link_tokens`), the URL scheme, labels of advertisements and the query of a file's URL do not change it.
    """
    words, printed_urls = split_urls(text)
    enclosures = (_file_key(item.url) for item in media if item.role == "enclosure")
    fields = [
        ("title", _without_white_space(split_urls(title)[0] or title)),
        ("text", _without_white_space(_without_advert_labels(words))),
        *(("enclosure", url) for url in enclosures),
    ]
    digest = blake2b(HASH_VERSION, digest_size=_DIGEST_BYTES)
    for name, value in fields:
        if value:
            data = value.encode("utf-8", "surrogatepass")
            digest.update(f"\n{name}:{len(data)}:".encode())
            digest.update(data)
    links = [without_tokens(link), *map(without_tokens, printed_urls), *(mention.link for mention in also_in)]
    return HASH_VERSION + digest.digest() + _links_digest(links)


def same_content(first: bytes, second: bytes) -> bool:
    """Whether two content hashes differ at most in links, or in their version: then it cannot be told whether the
    source edited the article, or this program reads it otherwise."""
    (version, digest), (other_version, other_digest) = _split(first), _split(second)
    return version != other_version or digest == other_digest


def only_links_differ(first: bytes, second: bytes) -> bool:
    """Whether two content hashes of one version differ in links and in nothing else."""
    return first != second and _split(first) == _split(second)


def _split(content_hash: bytes) -> tuple[bytes, bytes]:
    """The version of a content hash, and its digest without the links."""
    if len(content_hash) == _DIGEST_BYTES:
        return b"1", content_hash
    return content_hash[:1], content_hash[1 : 1 + _DIGEST_BYTES]


def _links_digest(links: Sequence[str]) -> bytes:
    if not any(links):
        return b""
    return blake2b("\n".join(links).encode("utf-8", "surrogatepass"), digest_size=_LINKS_BYTES).digest()


def _without_white_space(text: str) -> str:
    text = "".join(text.split())
    return text if text.isascii() else _IGNORED_CHARS.sub("", unicodedata.normalize("NFC", text))


def _without_advert_labels(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if not _is_advert_label(line.strip(" :.-–—[]()")))


def _is_advert_label(line: str) -> bool:
    return len(line) <= _MAX_ADVERT_CHARS and line.casefold() in _ADVERT_LABELS


def _file_key(url: str) -> str:
    """The canonical URL of an enclosure without tokens. A file's query is left out whole, and so are its host and the
    folders with generated names: networks that deliver files state others at each poll."""
    key = without_tokens(
        canonical_form(url.partition("?")[0] if _FILE_WITH_QUERY.search(url) else url) or url
    )
    *folders, name = key.split("/")
    return "/".join([*(folder for folder in folders[1:] if not _GENERATED_FOLDER.fullmatch(folder)), name])
