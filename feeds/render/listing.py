"""An output and a source as the site pages and the OPML lists name them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from feeds.model import Edition, Format, Text
from feeds.model.edition import file_name
from feeds.render import entry_text
from feeds.render.pages.card import Card, build_card
from feeds.render.rendered import CleanEdition, clean_edition, render_each

MAX_LATEST_CARDS = 60
"""More than the front page shows, because it leaves out stories that another output shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """An output in a list of outputs."""

    name: str
    title: Text
    description: Text = Text("")
    language: str = ""
    base_url: str
    updated: datetime
    count: int = 0  # of its entries
    formats: tuple[Format, ...]
    latest: tuple[Card, ...] = ()

    def url(self, suffix: str) -> str:
        return self.base_url + file_name(self.name, suffix)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedListing:
    """A feed in an OPML list or on the front page."""

    title: str
    url: str  # the feed
    link: str = ""  # the page that it belongs to
    tags: tuple[str, ...] = ()
    description: str = ""
    language: str = ""


def build_listing(edition: Edition | CleanEdition) -> Listing:
    """The listing of an edition, with cards of its newest entries."""
    edition = clean_edition(edition).edition
    _, latest, _ = render_each(
        edition.entries[:MAX_LATEST_CARDS], partial(build_card, language=edition.language)
    )
    return Listing(
        name=edition.name,
        title=edition.title,
        description=edition.description,
        language=entry_text.language_tag(edition.language),
        base_url=edition.base_url,
        updated=edition.updated,
        count=len(edition.entries),
        formats=edition.formats,
        latest=tuple(latest),
    )
