"""The site pages: the front page, the OPML list of the outputs and that of the sources. They name nothing private."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from feeds.config import Settings
from feeds.model import Feed, Source
from feeds.publish.private_outputs import may_be_named
from feeds.publish.sink import Sink
from feeds.render import opml
from feeds.render.edition import source_origin, source_title
from feeds.render.listing import FeedListing, Listing
from feeds.render.pages import index
from feeds.render.pages.theme import Theme


def write_site_pages(
    sink: Sink,
    settings: Settings,
    listings: Sequence[Listing],
    sources: Sequence[Source],
    feeds: Mapping[str, Feed | None],
    theme: Theme,
) -> tuple[str, ...]:
    """Write the pages. Returns the names of the files whose bytes changed. Raises PublishError.

    `listings`: one for each public output.
    """
    source_listings = tuple(
        build_feed_listing(source, feeds.get(source.id), settings)
        for source in sources
        if source.kind != "opml" and may_be_named(source, settings.outputs)
    )
    title, base_url = settings.site.title, settings.site.base_url
    health = settings.site.health
    files = {
        "feeds.opml": opml.render(title, opml.list_outputs(tuple(listings))).data,
        "sources.opml": opml.render(f"{title}: sources", source_listings).data,
        "index.html": index.render(
            title, base_url, tuple(listings), source_listings, health=health, theme=theme
        ),
    }
    return tuple(name for name, data in files.items() if sink.write(name, data))


def build_feed_listing(source: Source, feed: Feed | None, settings: Settings) -> FeedListing:
    """A source as an OPML list names it."""
    origin = source_origin(source, feed, hide_url=source.id in settings.secret_url_sources)
    return FeedListing(
        title=source_title(source, feed),
        url=origin.url if source.kind == "feed" else "",  # a reader cannot subscribe to a scraped page
        link=origin.link or origin.url,
        tags=source.tags,
        description=feed.subtitle if feed else "",
        language=origin.language,
    )
