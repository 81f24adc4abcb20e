"""What stands around the outputs: the front page and the lists of subscriptions, none of which tells of what is
private.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from feeds.config import Settings
from feeds.model import Feed, Source
from feeds.publish.private_outputs import may_be_named
from feeds.publish.sink import Sink
from feeds.render import index, opml
from feeds.render.edition import source_origin, source_title
from feeds.render.listing import Listing, Subscription
from feeds.render.theme import Theme

FILES = ("feeds.opml", "sources.opml", "index.html")


def write(
    sink: Sink,
    settings: Settings,
    listings: Sequence[Listing],
    sources: Sequence[Source],
    feeds: Mapping[str, Feed | None],
    look: Theme,
) -> tuple[str, ...]:
    """`listings`: of the outputs that are public. Returns the names of the files whose bytes changed. Raises
    PublishError."""
    subscriptions = tuple(
        subscription(one, feeds.get(one.id), settings)
        for one in sources
        if one.kind != "opml" and may_be_named(one, settings.outputs)
    )
    title, base_url = settings.site.title, settings.site.base_url
    health = settings.site.health
    files = {
        "feeds.opml": opml.render(title, opml.own(tuple(listings))).data,
        "sources.opml": opml.render(f"{title}: sources", subscriptions).data,
        "index.html": index.render(title, base_url, tuple(listings), subscriptions, health=health, look=look),
    }
    return tuple(name for name, data in files.items() if sink.write(name, data))


def subscription(source: Source, feed: Feed | None, settings: Settings) -> Subscription:
    """A source as a list of subscriptions names it."""
    origin = source_origin(source, feed, private=source.id in settings.private)
    return Subscription(
        title=source_title(source, feed),
        url=origin.url if source.kind == "feed" else "",  # a page is none that a reader could subscribe to
        link=origin.link or origin.url,
        tags=source.tags,
        description=feed.subtitle if feed else "",
        language=origin.language,
    )
