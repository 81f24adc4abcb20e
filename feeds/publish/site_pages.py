"""The site pages: the front page, the OPML list of the outputs and that of the sources. They name nothing private."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from feeds.config import Settings
from feeds.model import Feed, Source
from feeds.publish.private_outputs import may_be_named
from feeds.publish.publication import Publication
from feeds.render import opml
from feeds.render.edition import source_origin, source_title
from feeds.render.hide_secrets import SecretFilter
from feeds.render.listing import FeedListing, Listing
from feeds.render.pages import index


def front_page(publication: Publication, listings: Sequence[Listing]) -> bytes:
    """index.html. `listings`: one for each public output."""
    site = publication.settings.site
    return index.render(
        site.title,
        site.base_url,
        tuple(listings),
        source_listings(publication),
        health=site.health,
        theme=publication.theme,
    )


def opml_lists(publication: Publication, listings: Sequence[Listing]) -> dict[str, Callable[[], bytes]]:
    """File name → function that renders it. `listings`: one for each public output."""
    title = publication.settings.site.title
    return {
        "feeds.opml": lambda: opml.render(title, opml.list_outputs(tuple(listings))).data,
        "sources.opml": lambda: opml.render(f"{title}: sources", source_listings(publication)).data,
    }


def source_listings(publication: Publication) -> tuple[FeedListing, ...]:
    """The sources that may be named."""
    settings = publication.settings
    return tuple(
        build_feed_listing(source, publication.feeds.get(source.id), settings)
        for source in publication.sources
        if source.kind != "opml" and may_be_named(source, settings.outputs)
    )


def build_feed_listing(source: Source, feed: Feed | None, settings: Settings) -> FeedListing:
    """A source as an OPML list names it."""
    origin = source_origin(source, feed, hide_url=source.id in settings.secret_url_sources)
    return FeedListing(
        title=source_title(source, feed),
        url=origin.url if source.kind == "feed" else "",  # a reader cannot subscribe to a scraped page
        link=origin.link or origin.url,
        tags=source.tags,
        description=SecretFilter(source.secrets).clean_text(feed.subtitle) if feed else "",
        language=origin.language,
    )
