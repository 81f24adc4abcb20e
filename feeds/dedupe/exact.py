"""Finds equal articles. Two articles of any sources are equal if they have

* the same canonical URL, or
* the same words in title and text, after the site's name is removed from the title.

Texts under 15 words are not compared here, nor are those under 60 words with a title that many items have ("Letters",
"v2.4.1"); near-duplicate detection handles them.

Two articles of different sources are also equal if they are one item that reached both: an aggregator, such as another
instance of this program, passes an item on with its id, its words and its dates. So they have

* the same published id, and the same link, or without links the same title or text, or
* with a short text: the same title, text, link, enclosure and second of publication.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Literal

from feeds.model import Article, replace_typography

MIN_WORDS = 15
"""Shorter texts ("Read more on our site.") occur under different titles (measured on the labelled duplicates)."""

MIN_WORDS_UNDER_ANY_TITLE = 60
"""Shorter texts ("This release contains bug fixes …") need a telling title to be compared here."""

_TELLING_WORDS, _LONG_WORD = 4, 4
_WORDS_OF_TEXT = 3
_TELLING_LETTERS = 16  # of a script without capital letters; half as many without spaces

_WORD = re.compile(r"\w+")
_NAME_SIGNS = re.compile(r"(?<=[^\W\d_])[#+]++")
_NON_WORD_CHARS = {code: " " for code in range(128) if not _WORD.match(chr(code))}
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]"
)  # Thai … Han; changing it changes stored keys
_SITE_NAME_SEPARATOR = re.compile(r"(?<!\s)\s++(?:[|–—·•»-]\s++|\|\s*+)|\|\s*+|:\s++")

_DATELINE = re.compile(
    r"\A[^\W\d_a-zà-ÿ](?:[^\W\d_a-zà-ÿ]|[ ,./'’-]){1,40}?\s*(?:\([^()\n]{2,30}\)\s*)?\s[–—-]+\s"
)
"""The place in capitals at the beginning of agency copy ("PORT ANSEL (AP) – "). Some outlets remove it."""

ExactKind = Literal["url", "text", "item"]
"""What articles share. "item" makes only articles of different sources equal."""


@dataclass(frozen=True, slots=True)
class ExactKey:
    kind: ExactKind
    digest: bytes  # 16 bytes


@lru_cache(maxsize=128)  # `identity` folds the texts of a document, then this module folds the same texts
def folded_words(text: str) -> str:
    """The words of a text, joined by single spaces: NFKC, case-folded, without punctuation."""
    plain = replace_typography(text, " ")
    if plain.isascii():  # most texts; four times as fast
        return " ".join(plain.lower().translate(_NON_WORD_CHARS).split())
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def count_words(text: str) -> int:
    """The words of a text. In scripts without spaces, eight characters count as one at least."""
    words = folded_words(text)
    return max(words.count(" ") + 1, len(words) // 8) if words else 0


def has_enough_words(words: str, least: int = MIN_WORDS) -> bool:
    """Whether folded text has at least so many words. In scripts without spaces, two characters count as a word."""
    count = words.count(" ") + 1
    return count >= least or count + len(_UNSPACED.findall(words)) // 2 >= least


def is_telling_title(title: str) -> bool:
    """Whether a folded title says so much that other items hardly have it: four words of four letters, or as many
    letters in a script without capital letters."""
    if title.upper() != title:
        return sum(len(word) >= _LONG_WORD for word in title.split()) >= _TELLING_WORDS
    return len(title.replace(" ", "")) + len(_UNSPACED.findall(title)) >= _TELLING_LETTERS


def is_title_of_text(title: str, text: str) -> bool:
    """Whether a folded title has three words of four letters, and two thirds of them are in the folded text."""
    words = [word for word in title.split() if len(word) >= _LONG_WORD]
    text_words = set(text.split())
    return len(words) >= _WORDS_OF_TEXT and 3 * sum(word in text_words for word in words) >= 2 * len(words)


def comparable_title(title: str, site: str) -> str:
    """The folded title without the site's name before or after a separator ("… | Harbor Times", "Harbor Times: …").

    Only the exact name is removed, since an equal title makes articles equal. `boilerplate.strip_title` also removes an
    end that only resembles the name: it prepares a title for a comparison that tolerates differences."""
    name = folded_words(site)
    if name:
        cuts = list(_SITE_NAME_SEPARATOR.finditer(title))
        if cuts and folded_words(title[cuts[-1].end() :]) == name:
            title = title[: cuts[-1].start()]
        elif cuts and folded_words(title[: cuts[0].start()]) == name:
            title = title[cuts[0].end() :]
    return folded_words(_NAME_SIGNS.sub(_spell_signs, title))


def _spell_signs(signs: re.Match[str]) -> str:
    """ "C#" and "C++" are other names than "C"."""
    return signs[0].replace("#", " sharp").replace("+", " plus")


def exact_keys(article: Article, *, site: str, link_is_own: bool) -> tuple[ExactKey, ...]:
    """The keys that an article has in common with equal articles.

    `site`: the title of the source. `link_is_own`: no other item of the document has this link (the episodes of a
    podcast may all link to its home page).
    """
    keys = []
    if link_is_own and article.canonical:
        keys.append(url_key(article.canonical))
    words = folded_words(_DATELINE.sub("", article.text, count=1))
    comparable = comparable_title(article.title, site)
    is_telling = is_telling_title(comparable) or is_title_of_text(comparable, words)
    if has_enough_words(words, MIN_WORDS if is_telling else MIN_WORDS_UNDER_ANY_TITLE):
        keys.append(ExactKey("text", _digest("text", comparable, words)))
    elif article.published and article.title:
        title, address = folded_words(article.title), (_address(article), article.enclosure_key)
        keys.append(ExactKey("item", _digest("item", title, words, *address, article.published.isoformat())))
    return tuple(keys)


def published_id_key(published_id: str, article: Article) -> ExactKey:
    """The key of an article and the id under which an entry with it is published.

    The id alone is no evidence: ids such as `post:7` are legal, and several sites use them.
    """
    words = folded_words(article.title) or folded_words(article.text)
    return ExactKey("item", _digest("id", published_id, _address(article) or words or article.enclosure_key))


def _address(article: Article) -> str:
    """The article's page, with the fragment; "" if it has none."""
    return article.canonical_part or article.canonical


def url_key(canonical: str) -> ExactKey:
    """The key of a canonical URL."""
    return ExactKey("url", _digest("url", canonical))


def _digest(kind: str, *parts: str) -> bytes:
    return blake2b("\x1f".join((kind, *parts)).encode("utf-8", "replace"), digest_size=16).digest()
