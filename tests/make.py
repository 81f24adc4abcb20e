"""Makes articles for tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from feeds.model import Article, SafeHtml, Text, Url

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

WORDS = (
    "The harbour council voted on Thursday to close the old ferry pier for repairs that will last until the "
    "spring, and the two remaining boats will leave from the fish market in the meantime."
)


def article(
    guid: str = "g1",
    *,
    source: str = "herald",
    link: str = "https://herald.example/pier",
    title: str = "Old ferry pier closes",
    text: str = WORDS,
    hours: float = 0,
    **more: Any,
) -> Article:
    """An article with default fields. `hours`: how long before NOW it was published. `more`: other fields."""
    fields: dict[str, Any] = {
        "id": "",
        "source": source,
        "guid": guid,
        "link": Url(link) if link else None,
        "canonical": link.removeprefix("https://"),
        "title": Text(title),
        "text": Text(text),
        "html": SafeHtml(f"<p>{text}</p>"),
        "published": NOW - timedelta(hours=hours),
        "first_seen": NOW,
        "content_hash": f"{title}|{text}".encode()[:60],
    }
    return Article(**(fields | more))
