"""The headline of an article without a title. The renderers make it up, and the parser recognises it in our own output.

So both sides of a hop, from one instance of this program to the next, know that the source states no title.
"""

from __future__ import annotations

import re
from datetime import datetime
from html import unescape

MAX_FIRST_WORDS_CHARS = 100
_EXAMINED_CHARS = 1000

# Mastodon: <p><strong>Content warning:</strong> words</p><hr>, in the language of the account
_CONTENT_WARNING = re.compile(
    r"\s*+<p>\s*+<strong>([^<]{1,80})</strong>([^<]*+(?:<(?!/p>)[^<]*+){0,40})</p>\s*+<hr\b", re.I
)
_TAG = re.compile(r"<[^<>]*>")


def clip(text: str, limit: int) -> str:
    """The text cut to at most `limit` characters, between words if possible, with an ellipsis."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    head, space, _ = cut.rpartition(" ")
    return (head if space and len(head) > limit // 2 else cut).rstrip(" ,;:–—-") + "…"


def first_words(text: str) -> str:
    """The beginning of a plain text, on one line."""
    return clip(" ".join(text[:_EXAMINED_CHARS].split()), MAX_FIRST_WORDS_CHARS)


def content_warning(html: str) -> str:
    """The warning in front of the body of a post, as plain text; "" if there is none.

    What follows it may not be shown unasked, so a headline must not be made out of that.
    """
    match = _CONTENT_WARNING.match(html)
    if match is None:
        return ""
    label, words = (unescape(_TAG.sub("", part)) for part in match.groups())
    has_colon = label.rstrip().endswith((":", "：")) or words.lstrip().startswith((":", "："))
    return " ".join(f"{label}{words}".split()) if has_colon else ""


def words_for_headline(html: str, text: str, summary: str, *, is_adult_caption: bool) -> str:
    """The words of which the headline is made; "" if there are none, or none that may be shown unasked.

    A content warning and a summary beside the body (as plain text) go before the text. The description of a picture for
    adults, which is the text of a post without one (`is_adult_caption`), is no headline.
    """
    if warning := content_warning(html):
        return first_words(warning)
    return "" if is_adult_caption else first_words(summary) or first_words(text)


def place_and_date(place: str, published: datetime) -> str:
    """The headline of an article without a text. `place`: the host of its page, or its source."""
    return f"{place}, {published.date().isoformat()}"
