"""Test helpers: articles made of items."""

from __future__ import annotations

from datetime import UTC, datetime

from feeds.model import Article, Body, Document, Feed, Item, Link
from feeds.normalize.article import to_articles

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
URL = "https://n.example/feeds/all.xml"
STORM = "The harbour was closed for a day after the storm, the council said."


def normalize(*items: Item, feed: Feed | None = None) -> tuple[Article, ...]:
    articles, skipped = to_articles(Document(feed=feed or Feed(), items=items), source="s", url=URL, now=NOW)
    assert skipped == ()
    return articles


def article_of(**fields: object) -> Article:
    (article,) = normalize(Item(**{"title": Body(value="The harbour"), **fields}))  # type: ignore[arg-type]
    return article


def link(href: str, **fields: str) -> Link:
    return Link(href=href, **fields)
