"""Article: what an item means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from feeds.model.item import Origin
from feeds.model.parts import Category, Link, Media, Person, Place, Podcast
from feeds.model.text import SafeHtml, Text, Url


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What an item means. `id` is derived from the source's id and the item's first identity, never drawn."""

    id: str
    source: str  # Source.id
    guid: str = ""  # as the document wrote it
    link: Url | None = None  # where to read it: absolute, without tracking
    canonical: str = ""  # the same, folded for comparison; "" where there is none
    title: Text = Text("")
    html: SafeHtml = SafeHtml("")
    summary: SafeHtml = SafeHtml("")  # "" where it only repeats the beginning of `html`
    text: Text = Text("")  # the body in plain words, paragraphs parted by "\n"
    authors: tuple[Person, ...] = ()
    contributors: tuple[Person, ...] = ()
    credits: tuple[str, ...] = ()  # agencies: "AFP", "Reuters"
    categories: tuple[Category, ...] = ()
    published: datetime | None = None  # as stated, checked; None where the document does not say
    updated: datetime | None = None
    first_seen: datetime  # by us; what everything is ordered by where dates are missing or absurd
    language: str = ""  # BCP 47
    direction: Literal["", "ltr", "rtl"] = ""
    media: tuple[Media, ...] = ()
    image: Url | None = None  # the lead image
    comments: Url | None = None
    comment_count: int | None = None
    rights: Text = Text("")
    license: Url | None = None
    podcast: Podcast = Podcast()
    place: Place | None = None
    related: tuple[Link, ...] = ()  # rel=related, via, replies …, and further alternates: cleaned
    origin: Origin | None = None
    content_hash: bytes = b""  # over what a reader would call the article; an edit changes it

    @property
    def date(self) -> datetime:
        """What the article is ordered by: a date in the future or a missing one cannot pin it to the top."""
        return min(self.published, self.first_seen) if self.published else self.first_seen
