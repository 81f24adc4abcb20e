"""The exact tier: two articles of any sources are one text when they have

* the same canonical URL, or
* the same title and the same text, word by word, once the site's own name is taken off the title.

Texts under 15 words prove nothing and are left to the near-duplicate tier.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Literal

from feeds.model import Article, untypeset

MIN_WORDS = 15
"""Shorter texts ("Read more on our site.") recur under any title (measured on the labelled duplicates)."""

_WORD = re.compile(r"\w+")
_NO_WORD = {code: " " for code in range(128) if not _WORD.match(chr(code))}
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")  # Thai … Han
_AFFIX = re.compile(r"\s+[|–—·•»-]\s+|\s*\|\s*|:\s+")

_DATELINE = re.compile(
    r"\A[^\W\d_a-zà-ÿ](?:[^\W\d_a-zà-ÿ]|[ ,./'’-]){1,40}?\s*(?:\([^()\n]{2,30}\)\s*)?\s[–—-]+\s"
)
"""The place that a wire text begins with, in capitals ("PORT ANSEL (AP) – "): some outlets cut it."""

ExactKind = Literal["url", "text"]


@dataclass(frozen=True, slots=True)
class ExactKey:
    kind: ExactKind
    digest: bytes  # 16 bytes


@lru_cache(maxsize=128)  # identity and the exact tier ask for the texts of a document one after the other
def folded(text: str) -> str:
    """The words of a text without case, punctuation or compatibility forms, joined by single spaces."""
    plain = untypeset(text, " ")
    if plain.isascii():  # most is, and then it goes four times as fast
        return " ".join(plain.lower().translate(_NO_WORD).split())
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def says_enough(words: str) -> bool:
    """Whether folded words are enough to prove anything. Without spaces, two characters are a word."""
    parted = words.count(" ") + 1
    return parted >= MIN_WORDS or parted + len(_UNSPACED.findall(words)) // 2 >= MIN_WORDS


def bare_title(title: str, site: str) -> str:
    """A folded title without the site's name before or behind a separator ("… | Harbor Times")."""
    name = folded(site)
    if name:
        cuts = list(_AFFIX.finditer(title))
        if cuts and folded(title[cuts[-1].end() :]) == name:
            title = title[: cuts[-1].start()]
        elif cuts and folded(title[: cuts[0].start()]) == name:
            title = title[cuts[0].end() :]
    return folded(title)


def exact_keys(article: Article, *, site: str, link_is_own: bool) -> tuple[ExactKey, ...]:
    """What an article may share with its copies.

    `site`: the title of the source. `link_is_own`: no other item of the document has this link (a podcast
    whose episodes all link to its home page is many articles).
    """
    found = []
    if link_is_own and article.canonical:
        found.append(url_key(article.canonical))
    words = folded(_DATELINE.sub("", article.text, count=1))
    if says_enough(words):
        found.append(ExactKey("text", _digest("text", bare_title(article.title, site), words)))
    return tuple(found)


def url_key(canonical: str) -> ExactKey:
    """The key of a canonical URL."""
    return ExactKey("url", _digest("url", canonical))


def _digest(kind: str, *parts: str) -> bytes:
    return blake2b("\x1f".join((kind, *parts)).encode("utf-8", "replace"), digest_size=16).digest()
