"""Item: an entry of a document, decoded but otherwise unchanged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from feeds.model.parts import Category, GeoPlace, Link, Media, Mention, Person, Podcast, Rating


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A text construct as written in the document. XHTML is passed as html."""

    value: str
    type: Literal["text", "html"] = "html"
    language: str = ""
    base: str = ""  # the xml:base in effect, absolute


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedDate:
    """A date as written in the document, and as parsed (None: it could not be parsed)."""

    raw: str = ""
    parsed: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An entry of a document, decoded but otherwise unchanged. Untrusted: clean it before it is shown."""

    guid: str = ""
    guid_is_link: bool = False  # RSS: isPermaLink is not "false"
    title: Body | None = None
    links: tuple[Link, ...] = ()
    summary: Body | None = None
    content: Body | None = None
    content_src: str = ""  # URL of Atom content that is not in the feed
    authors: tuple[Person, ...] = ()
    contributors: tuple[Person, ...] = ()
    categories: tuple[Category, ...] = ()
    published: StatedDate = StatedDate()
    updated: StatedDate = StatedDate()
    media: tuple[Media, ...] = ()  # enclosures first
    rating: Rating = ""  # of the item as a whole
    comments: str = ""
    comment_count: int | None = None
    rights: str = ""
    license: str = ""
    language: str = ""
    podcast: Podcast = Podcast()
    place: GeoPlace | None = None
    origin: Origin | None = None  # RSS source, Atom source: the original feed of the entry
    also_in: tuple[
        Mention, ...
    ] = ()  # `_feeds` of our own JSON Feed; in Atom and RSS they are links and a line
    credits: tuple[str, ...] = ()  # the same: credited agencies


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The original feed of an entry (RFC 4287 §4.2.11), as far as it is known."""

    title: str = ""
    id: str = ""
    url: str = ""  # URL of the feed
    link: str = ""  # the page of the feed
    links: tuple[Link, ...] = ()  # its other links
    categories: tuple[Category, ...] = ()
    updated: datetime | None = None
    rights: str = ""
    authors: tuple[Person, ...] = ()
    language: str = ""
    icon: str = ""


GENERATOR = "feeds"
"""What our Atom and RSS name as their generator. Without a version: an upgrade must not change the bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """The metadata of a document, with its hints on how often to poll it."""

    format: str = ""  # rss20, rss10, rss091…, atom10, atom03, json10, json11, page, opml
    title: str = ""
    id: str = ""
    link: str = ""
    self_url: str = ""
    subtitle: str = ""
    language: str = ""
    authors: tuple[Person, ...] = ()
    rights: str = ""
    icon: str = ""
    image: str = ""
    categories: tuple[Category, ...] = ()
    updated: StatedDate = StatedDate()
    hubs: tuple[str, ...] = ()
    ttl: int | None = None  # minutes
    skip_hours: tuple[int, ...] = ()  # GMT
    skip_days: tuple[str, ...] = ()  # English names, GMT
    update_period: str = ""
    update_frequency: int | None = None
    update_base: str = ""  # a date as written
    rating: Rating = ""  # of all items that state none
    own_output: bool = False  # this program wrote it: its values are clean, and its own marks are read back


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One parsed document. `notes`: messages about what was skipped, dropped or cut."""

    feed: Feed
    items: tuple[Item, ...]
    notes: tuple[str, ...] = ()
    complete: bool = True  # False: it was cut off; items may be missing
    independent_entries: bool = False  # each item and `feed` would be parsed the same without the other items
