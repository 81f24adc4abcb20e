"""What the site says of an output and of a source without showing their entries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from feeds.model import Edition, Format, Text
from feeds.render import entry_text
from feeds.render.card import Card, card
from feeds.render.rendered import Admitted, admit_edition, each

LATEST = 60
"""More than are shown, because what another output shows is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """An output in a list of outputs. `count`: the entries that it holds now."""

    name: str
    title: Text
    description: Text = Text("")
    language: str = ""
    base_url: str
    updated: datetime
    count: int = 0
    formats: tuple[Format, ...] = ("atom", "rss", "json", "html")
    latest: tuple[Card, ...] = ()

    def url(self, suffix: str) -> str:
        return f"{self.base_url}{self.name}.{suffix}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A feed in a list of feeds."""

    title: str
    url: str  # the feed
    link: str = ""  # the page that it belongs to
    tags: tuple[str, ...] = ()
    description: str = ""
    language: str = ""


def listing(edition: Edition | Admitted) -> Listing:
    """What the index shows of an edition: itself, and its newest entries."""
    edition, _ = admit_edition(edition)
    _, latest, _ = each(edition.entries[:LATEST], partial(card, language=edition.language))
    return Listing(
        name=edition.name,
        title=edition.title,
        description=edition.description,
        language=entry_text.language(edition.language),
        base_url=edition.base_url,
        updated=edition.updated,
        count=len(edition.entries),
        formats=edition.formats,
        latest=tuple(latest),
    )
