"""Test helpers: clean HTML in the same way as an item's content."""

from __future__ import annotations

from typing import NamedTuple

from feeds.model import Body, Item, SafeHtml, Text
from feeds.normalize.base_url import Bases
from feeds.normalize.body import normalize_body_and_summary
from feeds.normalize.html import rewritten_tree, sanitize
from feeds.normalize.lines import lines_of, text_of
from feeds.normalize.text import plain_text

BASE = "https://n.example/news/item"
BASES = Bases(document=BASE, item=BASE)


def sanitize_html(html: str, base: str = BASE) -> SafeHtml:
    return sanitize(rewritten_tree(html, base))


def to_text(html: str) -> Text:
    r"""The plain text of `html`, with "\n" between paragraphs."""
    return text_of(lines_of(rewritten_tree(html, "")))


class CleanedBody(NamedTuple):
    text: str
    html: str
    credits: tuple[str, ...]


def clean_body(html: str, title: str = "The harbour") -> CleanedBody:
    """Returns the body of an item with this content. Asserts that its HTML and its text agree."""
    bodies = normalize_body_and_summary(Item(content=Body(value=html)), plain_text(title), BASES)
    assert to_text(bodies.body.html) == bodies.body.text
    return CleanedBody(bodies.body.text, bodies.body.html, bodies.credits)
