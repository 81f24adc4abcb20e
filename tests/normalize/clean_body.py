"""Test helper: cleans a body in the same way as an item's content."""

from __future__ import annotations

from typing import NamedTuple

from feeds.model import Body, Item
from feeds.normalize.body import read_bodies
from feeds.normalize.html import to_text
from feeds.normalize.text import plain_text

BASE = "https://n.example/news/item"


class CleanedBody(NamedTuple):
    text: str
    html: str
    credits: tuple[str, ...]


def clean_body(html: str, title: str = "The harbour") -> CleanedBody:
    """Returns the body of an item with this content. Asserts that its HTML and its text agree."""
    bodies = read_bodies(Item(content=Body(value=html)), plain_text(title), BASE)
    assert to_text(bodies.body.html) == bodies.body.text
    return CleanedBody(bodies.body.text, bodies.body.html, bodies.credits)
