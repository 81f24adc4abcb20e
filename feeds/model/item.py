"""Item: what a document said, decoded but otherwise untouched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from feeds.model.parts import Category, Link, Media, Person, Place, Podcast


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A text construct as the document gave it. `type` is "text" or "html"; xhtml arrives as html."""

    value: str
    type: Literal["text", "html"] = "html"
    language: str = ""
    base: str = ""  # xml:base in force, absolute


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A date as the document wrote it, and what the parser made of it (None: it could not)."""

    raw: str = ""
    parsed: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What the document said, decoded but otherwise untouched. Nothing here may be trusted or shown."""

    guid: str = ""
    guid_is_link: bool = False  # RSS: isPermaLink is not "false"
    title: Body | None = None
    links: tuple[Link, ...] = ()
    summary: Body | None = None
    content: Body | None = None
    content_src: str = ""  # Atom content that lies elsewhere
    authors: tuple[Person, ...] = ()
    contributors: tuple[Person, ...] = ()
    categories: tuple[Category, ...] = ()
    published: Stated = Stated()
    updated: Stated = Stated()
    media: tuple[Media, ...] = ()  # enclosures first
    comments: str = ""
    comment_count: int | None = None
    rights: str = ""
    license: str = ""
    language: str = ""
    podcast: Podcast = Podcast()
    place: Place | None = None
    origin: Origin | None = None  # RSS source, Atom source: the feed that this was taken from


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The feed that an entry was taken from (RFC 4287 §4.2.11), as far as it is known."""

    title: str = ""
    id: str = ""
    url: str = ""  # the feed
    link: str = ""  # the page that the feed belongs to
    links: tuple[Link, ...] = ()  # its other links
    categories: tuple[Category, ...] = ()
    updated: datetime | None = None
    rights: str = ""
    authors: tuple[Person, ...] = ()
    language: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What a document says of itself, and of how often it wants to be asked."""

    format: str = ""  # rss20, rss10, rss091…, atom10, atom03, json11, page
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
    updated: Stated = Stated()
    hubs: tuple[str, ...] = ()
    ttl: int | None = None  # minutes
    skip_hours: tuple[int, ...] = ()  # GMT
    skip_days: tuple[str, ...] = ()  # English names, GMT
    update_period: str = ""
    update_frequency: int | None = None
    update_base: str = ""  # a date, as written


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One parsed document. `skipped`: items that could not be read, in words."""

    feed: Feed
    items: tuple[Item, ...]
    skipped: tuple[str, ...] = ()
    complete: bool = True  # False: it was cut off, and there may have been more
    separable: bool = False  # each item, and `feed`, would read the same without the other items
