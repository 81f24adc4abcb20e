"""The front page of the site: the newest stories of each output, and the feeds and sources."""

from __future__ import annotations

from dataclasses import dataclass

from feeds.render import entry_text, formats
from feeds.render.clean_for_publication import clean_for_publication
from feeds.render.formats import FeedLink
from feeds.render.listing import FeedListing, Listing
from feeds.render.pages.card import Card
from feeds.render.pages.lead_story import choose_lead
from feeds.render.pages.theme import Theme, built_in_theme

FIRST_OUTPUT_STORIES = 6  # stories below the lead of the first output
OTHER_OUTPUT_STORIES = 5  # stories of each other output, with its lead


@dataclass(frozen=True, slots=True)
class Shelf:
    """An output on the front page."""

    listing: Listing
    formats: list[FeedLink]
    lead: Card | None
    others: tuple[Card, ...]


def render(
    site_title: str,
    base_url: str,
    listings: tuple[Listing, ...],
    sources: tuple[FeedListing, ...],
    *,
    health: bool = True,
    theme: Theme | None = None,
) -> bytes:
    """The outputs in their order, the first one at length, and the sources. `health`: link to the health page."""
    listings = clean_for_publication(listings)
    values = {
        "title": entry_text.one_line(clean_for_publication(site_title)) or "Feeds",
        "base_url": base_url,
        "language": "en",
        "direction": "ltr",
        "shelves": arrange_shelves(listings),
        "sources": clean_for_publication(sources),
        "updated": max((listing.updated for listing in listings), default=None),
        "health": health,
    }
    return (theme or built_in_theme()).render("index.html", values)


def arrange_shelves(listings: tuple[Listing, ...]) -> list[Shelf]:
    """Choose the stories of each output. Outputs often overlap, so a story that is shown above is not shown again."""
    shown: set[str] = set()
    shelves: list[Shelf] = []
    for position, listing in enumerate(listings):
        fresh = [card for card in listing.latest if (card.link or card.id) not in shown]
        lead = choose_lead(fresh)
        limit = OTHER_OUTPUT_STORIES - 1 if position else FIRST_OUTPUT_STORIES
        others = [card for card in fresh if card is not lead][:limit]
        shown |= {card.link or card.id for card in (lead, *others) if card}
        shelves.append(Shelf(listing, formats.feed_links(listing.formats), lead, tuple(others)))
    return shelves
