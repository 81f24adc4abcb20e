"""Reads the labelled files and normalizes their articles."""

from __future__ import annotations

import gzip
import html
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from feeds.dedupe.prepare import ArticleInput
from feeds.model import Article, Body, Document, Feed, Item, Link, StatedDate
from feeds.normalize.article import to_articles
from feeds.normalize.canonical import canonical_form

DEDUPE = Path(__file__).resolve().parents[2].parent / "shared" / "dedupe"
FILES = ("reuters", "abp", "yahoo", "synthetic")

Gold = dict[str, Any]


def read(path: Path) -> Iterator[Gold]:
    """The rows of a JSON Lines file, which may be gzipped."""
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    for line in data.split(b"\n"):
        if line.strip():
            yield json.loads(line)


def gold(name: str) -> list[Gold]:
    """The rows of one of the labelled `FILES`."""
    return list(read(DEDUPE / f"{name}.jsonl.gz"))


UNDATED = datetime(2000, 1, 1, tzinfo=UTC)


def published(row: Gold) -> datetime:
    """When the article was published; UNDATED if the row does not say."""
    try:
        parsed = datetime.fromisoformat(row.get("published") or "")
    except ValueError:
        return UNDATED
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def canonical_url(row: Gold) -> str:
    """The canonical URL; "" if the row has none. Rows with equal ones are the same page."""
    return canonical_form(row["url"]) if row.get("url") else ""


def article(row: Gold) -> Article | None:
    """The normalized article of a row; None if nothing is left to publish."""
    now = published(row)
    text, title = (html.unescape(html.unescape(row.get(name) or "")) for name in ("text", "title"))
    item = Item(
        guid=row["id"],
        title=Body(value=title, type="text"),
        links=(Link(href=row["url"]),) if row.get("url") else (),
        content=Body(value=text, type="text") if text.strip() else None,
        published=StatedDate(raw=row.get("published") or "", parsed=now),
    )
    document = Document(feed=Feed(), items=(item,))
    articles, _ = to_articles(
        document, source=row.get("source") or "unknown", url=row.get("url") or "", now=now
    )
    return articles[0] if articles else None


def arrival(row: Gold) -> ArticleInput:
    """The article of a row as the input of near-duplicate detection."""
    normalized = article(row)
    assert normalized is not None  # the labelled files have no empty article
    host = urlsplit(row.get("url") or "").hostname or ""
    name = host.removeprefix("www.").split(".")[0]
    return ArticleInput(row["source"], normalized.title, normalized.text, published(row).timestamp(), (name,))
