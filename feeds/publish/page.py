"""An HTML page per output, and the index: for people, and for readers that look for the feeds in it.

Nothing in them runs. The content security policy allows pictures and the one style sheet, by its hash.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import partial
from itertools import groupby

from feeds.model import Edition, Entry, Format, Media, Mention, utc
from feeds.publish import also, wording
from feeds.publish.door import admit
from feeds.publish.feedgen_extension import TYPES
from feeds.publish.listing import Listing, Subscription
from feeds.publish.rendered import Rendered, admit_edition, each
from feeds.publish.theme import Theme, ours

FORMATS: dict[Format, str] = {"atom": "Atom", "rss": "RSS", "json": "JSON Feed"}


@dataclass(frozen=True, slots=True)
class Picture:
    url: str
    alt: str = ""
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    label: str
    url: str
    type: str


@dataclass(frozen=True, slots=True)
class Card:
    """An entry as the page shows it."""

    title: str
    link: str
    source: str
    source_link: str
    published: datetime
    day: date  # that it stands under
    excerpt: str
    picture: Picture | None
    language: str
    direction: str
    also: tuple[Mention, ...]
    also_said: str  # what is written before them
    credits: tuple[str, ...]
    attachments: tuple[Attachment, ...]


def render(edition: Edition, look: Theme | None = None) -> Rendered:
    """The output's page: the newest first, by day, with excerpts; the articles are read where they stand."""
    edition, look = admit_edition(edition), look or ours()
    cards, left_out = each(edition.entries, partial(_card, language=edition.language, zone=look.zone))
    days = [(day, list(group)) for day, group in groupby(cards, key=lambda card: card.day)]
    facts = {
        "edition": edition,
        "name": edition.current or edition.name,  # what one subscribes to
        "language": wording.language(edition.language) or "en",
        "direction": "rtl" if wording.right_to_left(edition.language) else "ltr",
        "formats": _formats(edition.formats),
        "days": days,
        "count": len(cards),
    }
    return Rendered(look.render("page.html", facts), left_out)


def render_index(
    site_title: str,
    base_url: str,
    listings: tuple[Listing, ...],
    sources: tuple[Subscription, ...],
    *,
    health: bool = True,
    look: Theme | None = None,
) -> bytes:
    """The site's front page: what can be subscribed to, the newest of each, and where it comes from. `health`:
    there is a page about that as well."""
    listings = admit(listings)
    facts = {
        "title": wording.line(admit(site_title)) or "Feeds",
        "base_url": base_url,
        "language": "en",
        "direction": "ltr",
        "listings": [(one, _formats(one.formats)) for one in listings],
        "sources": admit(sources),
        "updated": max((one.updated for one in listings), default=None),
        "health": health,
    }
    return (look or ours()).render("index.html", facts)


def _card(entry: Entry, language: str, zone: tzinfo) -> Card:
    article = entry.article
    own = wording.language(article.language)
    return Card(
        title=wording.headline(entry),
        link=article.link or "",
        source=wording.source_title(entry),
        source_link=entry.origin.link,
        published=utc(entry.published),
        day=(entry.rank or entry.published).astimezone(zone).date(),
        excerpt=wording.excerpt(entry),
        picture=_picture(entry),
        language=own if own != language else "",
        direction=article.direction or ("rtl" if wording.right_to_left(own) else "auto"),
        also=wording.mentions(entry),
        also_said=also.said(article.language),
        credits=tuple(filter(None, map(wording.line, article.credits))),
        attachments=tuple(_attachment(one) for one in wording.media(article, "enclosure") if _plays(one)),
    )


def _picture(entry: Entry) -> Picture | None:
    article = entry.article
    if not article.image:
        return None
    same = next((one for one in article.media if one.url == article.image), Media(url=article.image))
    alt = wording.line(same.description) or wording.line(same.title)
    return Picture(article.image, wording.clip(alt, wording.EXCERPT), same.width, same.height)


def _plays(one: Media) -> bool:
    return one.medium != "image" and not one.type.startswith("image/")


def _attachment(one: Media) -> Attachment:
    major = one.medium or one.type.partition("/")[0]
    label = {"audio": "Audio", "video": "Video"}.get(major, "Attachment")
    if one.duration and one.duration > 0:
        hours, rest = divmod(one.duration, 3600)
        clock = f"{rest // 60:02}:{rest % 60:02}"
        label += f", {hours}:{clock}" if hours else f", {clock}"
    return Attachment(label, one.url, wording.media_type(one))


def _formats(formats: tuple[str, ...]) -> list[tuple[str, str, str]]:
    """(ending, what people call it, media type) of the feeds among the formats."""
    return [(form, name, TYPES[form]) for form, name in FORMATS.items() if form in formats]
