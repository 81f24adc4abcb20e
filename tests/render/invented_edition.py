"""An output made of articles, without a state."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from feeds.model import Article, Edition, Entry, Format, Origin, Text
from feeds.publish.ledger import new_row
from feeds.render.edition import build_entry
from feeds.render.entry_ids import entry_id

NOW = datetime(2027, 1, 1, tzinfo=UTC)
FORMATS: tuple[Format, ...] = ("atom", "rss", "json")


def edition_with(entries: Iterable[Entry]) -> Edition:
    listed = tuple(entries)
    return Edition(
        name="all",
        title=Text("All"),
        id="urn:uuid:2d1f0c4e-55a5-5c3a-8a52-8f0f4a2f3c10",
        base_url="https://feeds.example/",
        updated=max((entry.updated for entry in listed), default=NOW),
        entries=listed,
        formats=FORMATS,
    )


def entry_of(article: Article, home: Origin) -> Entry:
    """The entry of an article that is alone in its story. `home`: what its source says about itself."""
    row = new_row(
        output="all",
        entry_id=entry_id(article),
        story="s",
        first=article,
        lead=article,
        lead_n=1,
        rank=article.date,
        now=NOW,
    )
    return build_entry(row, article, (), {article.source: home}, {})
