"""Extracts the main text of an article's page, without menus, comments and advertisements."""

from __future__ import annotations

import re

from feeds.errors import Malformed, NotAFeed, TooCostly
from feeds.model import Body
from feeds.parse.html_tree import document_base, parse_page
from feeds.parse.sniff import sniff

MAX_PAGE_BYTES = 10 << 20

MIN_TELLING_WORDS = 5  # a teaser with fewer is too short to compare
MIN_RECURRING_SHARE = 0.6
"""Share of a teaser's words that must recur. For the first 250 characters of an article, another article of its
outlet reaches it in 0.1 to 2.3 % of cases, and its own rest in 32 to 47 % (measured on the labelled duplicates)."""

# A word of four letters or more, a number, or two characters of a script without spaces.
_TELLING_WORD = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]{2}|[^\\W\\d_]{4,}|\\d+"
)


def extract_main_text(source: str, page: bytes, *, url: str, content_type: str = "") -> Body:
    """The main text of the page as HTML. Its `base` is the URL that relative links refer to.

    Raises NotAFeed for other documents, TooCostly for too large a page, Malformed if no text is found.
    """
    if len(page) > MAX_PAGE_BYTES:
        raise TooCostly(source, f"the page has {len(page)} bytes, more than {MAX_PAGE_BYTES}")
    root = parse_page(page, content_type) if sniff(page, content_type) in ("html", "markup") else None
    if root is None:
        raise NotAFeed(source, "it is not a page")
    from trafilatura import extract  # takes 0.2 s, and few sources need it

    html = extract(
        root,
        url=url,
        output_format="html",
        include_comments=False,
        include_formatting=True,
        include_images=True,
        include_links=True,
    )
    if not html:
        raise Malformed(source, "no text was found on the page")
    return Body(value=html, base=document_base(root, url))


def continues_teaser(text: str, teaser: str) -> bool:
    """Whether `text` is longer than `teaser` and most of the teaser's words recur in it.

    This rejects logins, cookie notices and other articles. It accepts a text whose teaser is a summary in other words,
    or ends with an invitation to read on. A very short teaser ("Comments") accepts every longer text.
    """
    if len(text) <= len(teaser):
        return False
    words = set(_TELLING_WORD.findall(teaser.casefold()))
    folded = text.casefold()
    return len(words) < MIN_TELLING_WORDS or sum(
        word in folded for word in words
    ) >= MIN_RECURRING_SHARE * len(words)
