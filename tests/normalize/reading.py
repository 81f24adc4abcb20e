"""Reads a body as `body.bodies` does, for tests of its parts."""

from __future__ import annotations

from typing import NamedTuple

from feeds.model import Body, Item
from feeds.normalize.body import bodies
from feeds.normalize.html import to_text
from feeds.normalize.text import plain

BASE = "https://n.example/news/item"


class Read(NamedTuple):
    text: str
    html: str
    credits: tuple[str, ...]


def read(html: str, title: str = "The harbour") -> Read:
    """The body that an item with this content has; checks that its html and its text say the same."""
    read = bodies(Item(content=Body(value=html)), plain(title), BASE)
    assert to_text(read.body.html) == read.body.text
    return Read(read.body.text, read.body.html, read.credits)
