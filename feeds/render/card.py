"""An entry as the site shows it: enough to decide whether to read it where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from feeds.model import Entry, Media, Mention, utc
from feeds.render import entry_text, labels

TITLE = 200  # characters of a headline; more is no headline, and pushes the others off the page


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    id: str
    title: str
    link: str
    source: str
    source_link: str
    published: datetime
    placed: datetime  # where it stands among the others
    excerpt: str
    picture: Picture | None
    language: str  # "" where it is that of the output
    direction: str
    also: tuple[Mention, ...]
    also_said: str  # what is written before them
    credits: tuple[str, ...]
    attachments: tuple[Attachment, ...]


def card(entry: Entry, language: str) -> Card:
    """`language`: of the output that shows it."""
    article = entry.article
    own = entry_text.language(article.language)
    return Card(
        id=entry.id,
        title=entry_text.clip(entry_text.headline(entry), TITLE),
        link=article.link or "",
        source=entry_text.source_title(entry),
        source_link=entry.origin.link,
        published=utc(entry.published),
        placed=utc(entry.rank or entry.published),
        excerpt=entry_text.excerpt(entry),
        picture=_picture(entry),
        language=own if own != language else "",
        direction=article.direction or ("rtl" if entry_text.right_to_left(own) else "auto"),
        also=entry_text.mentions(entry),
        also_said=labels.said(article.language),
        credits=tuple(filter(None, map(entry_text.line, article.credits))),
        attachments=tuple(_attachment(one) for one in entry_text.media(article, "enclosure") if _plays(one)),
    )


def _picture(entry: Entry) -> Picture | None:
    article = entry.article
    if not article.image:
        return None
    same = next((one for one in article.media if one.url == article.image), Media(url=article.image))
    alt = entry_text.line(same.description) or entry_text.line(same.title)
    return Picture(article.image, entry_text.clip(alt, entry_text.EXCERPT), same.width, same.height)


def _plays(one: Media) -> bool:
    return one.medium != "image" and not one.type.startswith("image/")


def _attachment(one: Media) -> Attachment:
    major = one.medium or one.type.partition("/")[0]
    label = {"audio": "Audio", "video": "Video"}.get(major, "Attachment")
    if one.duration and one.duration > 0:
        hours, rest = divmod(one.duration, 3600)
        clock = f"{rest // 60:02}:{rest % 60:02}"
        label += f", {hours}:{clock}" if hours else f", {clock}"
    return Attachment(label, one.url, entry_text.media_type(one))
