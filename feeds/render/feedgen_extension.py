"""The feedgen extension through which Atom and RSS write their elements, and the elements that both have.

feedgen makes the document and the elements that it gets right. Then it calls the extension with each finished element,
and a callback completes it. So feedgen 1.0 is never asked for what it gets wrong: entry links (rel, type and length are
lost), atom:source (title and link only), dates (through `setlocale`, process-wide), authors without an e-mail address,
a second enclosure.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from feeds.model import GENERATOR, Edition, Format
from feeds.render import formats

Element = Any  # lxml is untyped
ElementCallback = Callable[[Element], None]

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
"""Prefix → namespace, with the prefixes that the W3C's validator expects."""

OPTIONAL_NAMESPACES = frozenset({"podcast", "psc"})
"""Namespaces that the validator does not know and warns of. They are declared only if an entry uses them. The others
are declared in every feed, so that a new entry does not change the first line."""

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


class CompletionExtension(BaseEntryExtension):  # type: ignore[misc]  # feedgen is untyped
    """The extension of a feed or of an entry: calls `complete` with its element."""

    atom_feed: bool = False
    used_prefixes: Collection[str] = ()  # those of OPTIONAL_NAMESPACES that an entry uses
    complete: ElementCallback

    def extend_ns(self) -> dict[str, str]:
        unused = OPTIONAL_NAMESPACES.difference(self.used_prefixes)
        if self.atom_feed:  # where Atom is the default namespace already
            unused |= {"atom"}
        return {prefix: name for prefix, name in NAMESPACES.items() if prefix not in unused}

    def extend_atom(self, feed: Element) -> Element:
        self.complete(feed)
        return feed

    def extend_rss(self, feed: Element) -> Element:
        self.complete(feed)
        return feed


def new_entry(complete: ElementCallback) -> FeedEntry:
    entry = FeedEntry()
    entry.register_extension("feeds", CompletionExtension)
    entry.feeds.complete = complete
    return entry


def new_feed(complete: ElementCallback, *, atom: bool, used_prefixes: Collection[str]) -> FeedGenerator:
    """A feed without a build date: feedgen's default is the current time, through `setlocale`.

    `complete` is called with the finished root element. `used_prefixes`: the namespaces that the entries use.
    """
    feed = FeedGenerator()
    feed._FeedGenerator__rss_lastBuildDate = None
    feed.generator(GENERATOR)
    feed.register_extension("feeds", CompletionExtension, CompletionExtension)
    feed.feeds.atom_feed = atom
    feed.feeds.used_prefixes = used_prefixes
    feed.feeds.complete = complete
    return feed


def put(parent: Element, name: str, text: str = "", /, **attributes: str) -> Element:
    """Append a child element, `prefix:name` or `name`, and return it. Empty attributes and texts are left out."""
    prefix, colon, local = name.rpartition(":")
    tag = f"{{{NAMESPACES[prefix]}}}{local}" if colon else name
    child = etree.SubElement(parent, tag, {key: value for key, value in attributes.items() if value})
    if text:
        child.text = text
    return child


def put_if_text(parent: Element, name: str, text: str, /, **attributes: str) -> None:
    """Append a child element if the text is not empty."""
    if text:
        put(parent, name, text, **attributes)


def put_history(parent: Element, edition: Edition, format_name: Format, link: str) -> None:
    """Link to the other documents of the same feed (RFC 5005 §4). `link`: the name of Atom's link element.

    An archive page does not link to the next one: it would have to change when the next one is made.
    """
    media_type = formats.get(format_name).media_type
    if edition.current:
        put(parent, "fh:archive")
        put(parent, link, rel="current", href=edition.url(format_name, edition.current), type=media_type)
    if edition.previous:
        put(
            parent, link, rel="prev-archive", href=edition.url(format_name, edition.previous), type=media_type
        )


def put_hubs(parent: Element, edition: Edition, link: str) -> None:
    """Link to the WebSub hubs of this feed (WebSub §4). `link`: the name of Atom's link element."""
    for hub in edition.hubs:
        put(parent, link, rel="hub", href=hub)
