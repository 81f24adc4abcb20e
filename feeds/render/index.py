"""The site's front page: the news as a newspaper lays it out, and what can be subscribed to."""

from __future__ import annotations

from dataclasses import dataclass

from feeds.render import entry_text
from feeds.render.card import Card
from feeds.render.clean_for_publication import admit
from feeds.render.lead_story import leading
from feeds.render.listing import Listing, Subscription
from feeds.render.output_page import subscribable
from feeds.render.theme import Theme, ours

BESIDE = 6  # stories under the lead of the first output
SHELF = 5  # of each other output


@dataclass(frozen=True, slots=True)
class Shelf:
    """An output on the front page. `lead`: the story that most others carry as well."""

    listing: Listing
    formats: list[tuple[str, str, str]]
    lead: Card | None
    others: tuple[Card, ...]


def render(
    site_title: str,
    base_url: str,
    listings: tuple[Listing, ...],
    sources: tuple[Subscription, ...],
    *,
    health: bool = True,
    look: Theme | None = None,
) -> bytes:
    """The outputs in their order, the first at length, and where the news comes from. `health`: there is a page
    about that as well."""
    listings = admit(listings)
    facts = {
        "title": entry_text.line(admit(site_title)) or "Feeds",
        "base_url": base_url,
        "language": "en",
        "direction": "ltr",
        "shelves": arranged(listings),
        "sources": admit(sources),
        "updated": max((one.updated for one in listings), default=None),
        "health": health,
    }
    return (look or ours()).render("index.html", facts)


def arranged(listings: tuple[Listing, ...]) -> list[Shelf]:
    """What stands where. Nothing stands twice: outputs often overlap, and whoever looks down the page has read it
    above."""
    shown: set[str] = set()
    shelves: list[Shelf] = []
    for at, listing in enumerate(listings):
        fresh = [one for one in listing.latest if (one.link or one.id) not in shown]
        lead = leading(fresh)
        others = [one for one in fresh if one is not lead][: SHELF - 1 if at else BESIDE]
        shown |= {one.link or one.id for one in (lead, *others) if one}
        shelves.append(Shelf(listing, subscribable(listing.formats), lead, tuple(others)))
    return shelves
