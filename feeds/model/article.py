"""Article: a normalized item."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from feeds.model.item import Origin
from feeds.model.parts import Category, GeoPlace, Link, Media, Mention, Person, Podcast, Rating
from feeds.model.text import SafeHtml, Text, Url


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A normalized item. `id` depends only on the source's id and the item's first key."""

    id: str
    source: str  # Source.id
    guid: str = ""  # as written in the document
    link: Url | None = None  # the page: absolute, without tracking parameters
    canonical: str = ""  # `link` in the form for comparison; "" if there is none
    canonical_part: str = ""  # the same with its fragment; "" if `link` has none
    enclosure_key: str = ""  # the first enclosure in the form for comparison
    title: Text = Text("")
    html: SafeHtml = SafeHtml("")
    summary: SafeHtml = SafeHtml("")  # "" if it only repeats the beginning of `html`
    text: Text = Text("")  # the body as plain text, paragraphs separated by "\n"
    authors: tuple[Person, ...] = ()
    contributors: tuple[Person, ...] = ()
    credits: tuple[str, ...] = ()  # credited agencies: "AFP", "Reuters"
    categories: tuple[Category, ...] = ()
    published: datetime | None = None  # as stated and plausible; None if the document does not state it
    updated: datetime | None = None
    rejected_date: str = ""  # as written in the document: a date that cannot be understood, or is implausible
    first_seen: datetime  # when it was first fetched; used where dates are missing or implausible
    language: str = ""  # BCP 47
    direction: Literal["", "ltr", "rtl"] = ""
    media: tuple[Media, ...] = ()
    rating: Rating = ""  # of the article as a whole
    image: Url | None = None  # the lead image
    comments: Url | None = None
    comment_count: int | None = None
    rights: Text = Text("")
    license: Url | None = None
    podcast: Podcast = Podcast()
    place: GeoPlace | None = None
    related: tuple[Link, ...] = ()  # rel=related, via, replies … and further alternates; cleaned
    origin: Origin | None = None
    also_in: tuple[
        Mention, ...
    ] = ()  # other pages with the story, as another instance of this program states them
    content_hash: bytes = b""  # over the parts that readers see; an edit changes it

    @property
    def is_adult(self) -> bool:
        """Whether the article, or a file of it, is stated to be for adults, so that it is not shown unasked."""
        return self.rating == "adult" or any(media.rating == "adult" for media in self.media)

    @property
    def date(self) -> datetime:
        """The date for ordering: `published`, but not after `first_seen`, so that a future date does not count."""
        return min(self.published, self.first_seen) if self.published else self.first_seen
