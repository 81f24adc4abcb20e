"""What is known of a document that an instance of this program published. `normalize.own_output` does the rest."""

from __future__ import annotations

from dataclasses import replace

from feeds.model import GENERATOR, Item, Origin
from feeds.parse.values import Fields, text_field


def is_own_output(feed: Fields) -> bool:
    """Whether the feed names this program as its generator."""
    return text_field(feed, "generator").strip() == GENERATOR


def with_plain_texts(item: Item, entry: Fields, version: str) -> Item:
    """The item with its rights and the title of its source. RSS cannot say that they are text and not HTML."""
    if not version.startswith("rss"):
        return item
    source = dict.get(entry, "source")
    # dc:source: RSS's own element requires a URL.
    title = text_field(source, "title") if isinstance(source, dict) else text_field(entry, "dc_source")
    origin = replace(item.origin or Origin(), title=" ".join(title.split())) if title else item.origin
    return replace(item, rights=" ".join(text_field(entry, "rights").split()), origin=origin)
