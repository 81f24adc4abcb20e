"""The labelled files, as the product would meet their articles."""

from __future__ import annotations

import gzip
import html
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from feeds.dedupe.draft import Arrival
from feeds.model import Article, Body, Document, Feed, Item, Link, Stated
from feeds.normalize.article import to_articles
from feeds.normalize.canonical import canonical

DEDUPE = Path(__file__).resolve().parents[2].parent / "shared" / "dedupe"
FILES = ("reuters", "abp", "yahoo", "synthetic")

Gold = dict[str, Any]


def read(path: Path) -> Iterator[Gold]:
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    for line in data.split(b"\n"):
        if line.strip():
            yield json.loads(line)


def gold(name: str) -> list[Gold]:
    return list(read(DEDUPE / f"{name}.jsonl.gz"))


UNDATED = datetime(2000, 1, 1, tzinfo=UTC)


def moment(row: Gold) -> datetime:
    try:
        parsed = datetime.fromisoformat(row.get("published") or "")
    except ValueError:
        return UNDATED
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def address(row: Gold) -> str:
    """The exact tier's key: one URL is one page."""
    return canonical(row["url"]) if row.get("url") else ""


def article(row: Gold) -> Article | None:
    """A line of a file through the product's normalization; None where that leaves nothing to publish."""
    now = moment(row)
    text, title = (html.unescape(html.unescape(row.get(name) or "")) for name in ("text", "title"))
    item = Item(
        guid=row["id"],
        title=Body(value=title, type="text"),
        links=(Link(href=row["url"]),) if row.get("url") else (),
        content=Body(value=text, type="text") if text.strip() else None,
        published=Stated(raw=row.get("published") or "", parsed=now),
    )
    document = Document(feed=Feed(), items=(item,))
    found, _ = to_articles(document, source=row.get("source") or "unknown", url=row.get("url") or "", now=now)
    return found[0] if found else None


def arrival(row: Gold) -> Arrival:
    """The same, as it comes to the near-duplicate stage."""
    found = article(row)
    assert found is not None  # the labelled files have no empty article
    host = urlsplit(row.get("url") or "").hostname or ""
    name = host.removeprefix("www.").split(".")[0]
    return Arrival(row["source"], found.title, found.text, moment(row).timestamp(), (name,))
