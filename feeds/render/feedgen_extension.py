"""feedgen's seam: the one extension of ours, and what it writes in both formats.

feedgen makes the envelope and the elements that it makes well; then it hands over each finished element, and
the callback completes it. What feedgen 1.0 gets wrong is thus never asked of it: entry links (rel, type and
length are lost), atom:source (title and link only), dates (through `setlocale`, process-wide), authors
without an e-mail, a second enclosure.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from feeds.model import Edition, Format

Element = Any  # lxml is untyped
Complete = Callable[[Element], None]

NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "creativeCommons": "http://backend.userland.com/creativeCommonsRssModule",
    "dc": "http://purl.org/dc/elements/1.1/",
    "fh": "http://purl.org/syndication/history/1.0",
    "georss": "http://www.georss.org/georss",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "psc": "http://podlove.org/simple-chapters",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "thr": "http://purl.org/syndication/thread/1.0",
    "wfw": "http://wellformedweb.org/CommentAPI/",
}
"""Under the prefixes that the W3C's validator knows them by."""

STRANGE = frozenset({"podcast", "psc"})
"""What the validator does not know and warns of: declared where an entry uses it. The others are declared in
every feed, so that one entry more does not change its first line."""

TYPES: dict[Format, str] = {
    "atom": "application/atom+xml",
    "rss": "application/rss+xml",
    "json": "application/feed+json",
    "html": "text/html",
}

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
GENERATOR = "feeds"  # without a version: an upgrade is no news


class Completion(BaseEntryExtension):  # type: ignore[misc]  # feedgen is untyped
    """Serves as the extension of the feed and of each entry; `complete` does the work."""

    atom_feed: bool = False
    used: Collection[str] = ()  # of the strange vocabularies
    complete: Complete

    def extend_ns(self) -> dict[str, str]:
        unused = STRANGE.difference(self.used)
        if self.atom_feed:  # where it is the default namespace already
            unused |= {"atom"}
        return {prefix: name for prefix, name in NAMESPACES.items() if prefix not in unused}

    def extend_atom(self, feed: Element) -> Element:
        self.complete(feed)
        return feed

    def extend_rss(self, feed: Element) -> Element:
        self.complete(feed)
        return feed


def new_entry(complete: Complete) -> FeedEntry:
    entry = FeedEntry()
    entry.register_extension("feeds", Completion)
    entry.feeds.complete = complete
    return entry


def new_feed(complete: Complete, *, atom: bool, used: Collection[str]) -> FeedGenerator:
    """A feed without a time of its own: feedgen's default is now, through `setlocale`. `used`: the vocabularies
    that its entries use.
    """
    feed = FeedGenerator()
    feed._FeedGenerator__rss_lastBuildDate = None
    feed.generator(GENERATOR)
    feed.register_extension("feeds", Completion, Completion)
    feed.feeds.atom_feed = atom
    feed.feeds.used = used
    feed.feeds.complete = complete
    return feed


def put(parent: Element, name: str, text: str = "", /, **attributes: str) -> Element:
    """A child, `prefix:name` or `name`; attributes without a value are left out. "" as text: none."""
    prefix, colon, local = name.rpartition(":")
    tag = f"{{{NAMESPACES[prefix]}}}{local}" if colon else name
    child = etree.SubElement(parent, tag, {key: value for key, value in attributes.items() if value})
    if text:
        child.text = text
    return child


def put_some(parent: Element, name: str, text: str, /, **attributes: str) -> None:
    """`put`, where there is a text."""
    if text:
        put(parent, name, text, **attributes)


def put_history(parent: Element, edition: Edition, form: Format, link: str) -> None:
    """Where the other documents of the same feed are (RFC 5005 §4). `link`: the name of Atom's link element.

    A page does not point to its successor: it would have to change when that one is made.
    """
    if edition.current:
        put(parent, "fh:archive")
        put(parent, link, rel="current", href=edition.url(form, edition.current), type=TYPES[form])
    if edition.previous:
        put(parent, link, rel="prev-archive", href=edition.url(form, edition.previous), type=TYPES[form])


def put_hubs(parent: Element, edition: Edition, link: str) -> None:
    """Who can be asked for the news of this feed (WebSub §4). `link`: the name of Atom's link element."""
    for hub in edition.hubs:
        put(parent, link, rel="hub", href=hub)
