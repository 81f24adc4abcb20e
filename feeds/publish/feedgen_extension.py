"""feedgen's seam: the one extension of ours, and what it writes in both formats.

feedgen makes the envelope and the elements that it makes well; then it hands over each finished element, and
the callback completes it. What feedgen 1.0 gets wrong is thus never asked of it: entry links (rel, type and
length are lost), atom:source (title and link only), dates (through `setlocale`, process-wide), authors
without an e-mail, a second enclosure.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from feeds.model import Article, Edition, Entry, Format, Media, Place, Podcast
from feeds.publish import wording

Element = Any  # lxml is untyped
Complete = Callable[[Element], None]

NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "cc": "http://backend.userland.com/creativeCommonsRssModule",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "fh": "http://purl.org/syndication/history/1.0",
    "georss": "http://www.georss.org/georss",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "podcast": "https://podcastindex.org/namespace/1.0",
}
"""All of them are declared in every feed, so that one entry more does not change its first line."""

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
    complete: Complete

    def extend_ns(self) -> dict[str, str]:
        if self.atom_feed:  # where it is the default namespace already
            return {prefix: name for prefix, name in NAMESPACES.items() if prefix != "atom"}
        return NAMESPACES

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


def new_feed(complete: Complete, *, atom: bool) -> FeedGenerator:
    """A feed without a time of its own: feedgen's default is now, through `setlocale`."""
    feed = FeedGenerator()
    feed._FeedGenerator__rss_lastBuildDate = None
    feed.generator(GENERATOR)
    feed.register_extension("feeds", Completion, Completion)
    feed.feeds.atom_feed = atom
    feed.feeds.complete = complete
    return feed


def put(parent: Element, name: str, text: str = "", **attributes: str) -> Element:
    """A child, `prefix:name` or `name`; attributes without a value are left out. "" as text: none."""
    prefix, colon, local = name.rpartition(":")
    tag = f"{{{NAMESPACES[prefix]}}}{local}" if colon else name
    child = etree.SubElement(parent, tag, {key: value for key, value in attributes.items() if value})
    if text:
        child.text = text
    return child


def put_some(parent: Element, name: str, text: str, **attributes: str) -> None:
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


def put_modules(parent: Element, entry: Entry, spare: tuple[Media, ...] = ()) -> None:
    """What both formats say through the same vocabularies. `spare`: enclosures that found no place."""
    article = entry.article
    _media(parent, article, (*spare, *wording.media(article, "content")))
    if article.podcast:
        _podcast(parent, article.podcast)
    if article.place:
        _place(parent, article.place)


def _media(parent: Element, article: Article, contents: tuple[Media, ...]) -> None:
    """Media RSS 1.5.1."""
    for one in contents:
        content = put(
            parent,
            "media:content",
            url=one.url,
            type=wording.media_type(one),
            medium=one.medium if one.medium in _MEDIUMS else "",
            fileSize=_natural(one.length),
            duration=_natural(one.duration),
            width=_natural(one.width),
            height=_natural(one.height),
        )
        put_some(content, "media:title", wording.unmarked(wording.line(one.title)), type="plain")
        put_some(content, "media:description", wording.unmarked(wording.line(one.description)), type="plain")
        if one.thumbnail:
            put(content, "media:thumbnail", url=one.thumbnail)
    thumbnails = {one.url: one for one in wording.media(article, "thumbnail")}
    shown = {one.url for one in contents}
    if article.image and article.image not in shown:
        thumbnails.setdefault(article.image, Media(url=article.image))
    for one in thumbnails.values():
        put(parent, "media:thumbnail", url=one.url, width=_natural(one.width), height=_natural(one.height))


_MEDIUMS = frozenset({"image", "audio", "video", "document", "executable"})
_EXPLICIT = {
    "true": "true",
    "yes": "true",
    "explicit": "true",
    "false": "false",
    "no": "false",
    "clean": "false",
}


def _podcast(parent: Element, podcast: Podcast) -> None:
    """Apple's and the Podcast Index's elements; a value outside their rules is not repeated."""
    for name, value in (("season", podcast.season), ("episode", podcast.episode)):
        put_some(parent, f"itunes:{name}", value if value.isascii() and value.isdigit() else "")
    kind = podcast.episode_type.lower()
    put_some(parent, "itunes:episodeType", kind if kind in {"full", "trailer", "bonus"} else "")
    put_some(parent, "itunes:duration", podcast.duration if _is_duration(podcast.duration) else "")
    put_some(parent, "itunes:explicit", _EXPLICIT.get(podcast.explicit.lower(), ""))
    put_some(parent, "itunes:subtitle", wording.unmarked(wording.line(podcast.subtitle)))
    put_some(parent, "itunes:keywords", wording.unmarked(wording.line(podcast.keywords)))
    if podcast.image:
        put(parent, "itunes:image", href=podcast.image)
    if podcast.chapters:
        put(
            parent,
            "podcast:chapters",
            url=podcast.chapters,
            type=podcast.chapters_type or "application/json+chapters",
        )
    for one in podcast.transcripts:
        if one.url:
            put(
                parent,
                "podcast:transcript",
                url=one.url,
                type=one.type or "text/plain",
                language=wording.language(one.language),
                rel=one.rel,
            )


def _place(parent: Element, place: Place) -> None:
    """GeoRSS Simple: latitude and longitude, WGS 84."""
    inside = abs(place.latitude) <= 90 and abs(place.longitude) <= 180  # also false for NaN
    if inside and math.isfinite(place.latitude + place.longitude):
        put(parent, "georss:point", f"{_degrees(place.latitude)} {_degrees(place.longitude)}")
        put_some(parent, "georss:featureName", wording.unmarked(wording.line(place.name)))


def _degrees(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")


def _natural(value: int | None) -> str:
    return str(value) if value is not None and value >= 0 else ""


def _is_duration(value: str) -> bool:
    parts = value.split(":")
    return len(parts) <= 3 and all(part.isascii() and part.isdigit() for part in parts)
