"""Card: an entry as the pages show it, with an excerpt and a link to the article."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from feeds.model import Entry, Media, Mention, utc
from feeds.model.headline import clip
from feeds.render import entry_text, labels

MAX_TITLE_CHARS = 200  # a longer headline would push the other cards off the page


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
    placed: datetime  # cards are ordered by it
    excerpt: str
    picture: Picture | None
    language: str  # "" if it is the language of the output
    direction: str
    also: tuple[Mention, ...]
    also_said: str  # the label before `also`
    credits: tuple[str, ...]
    attachments: tuple[Attachment, ...]


def build_card(entry: Entry, language: str) -> Card:
    """The card of an entry. `language`: of the output that shows it."""
    article = entry.article
    entry_language = entry_text.language_tag(article.language)
    return Card(
        id=entry.id,
        title=clip(entry_text.headline(entry), MAX_TITLE_CHARS),
        link=article.link or "",
        source=entry_text.source_title(entry),
        source_link=entry.origin.link,
        published=utc(entry.published),
        placed=utc(entry.rank or entry.published),
        excerpt=entry_text.excerpt(entry),
        picture=_picture(entry),
        language=entry_language if entry_language != language else "",
        direction=article.direction or ("rtl" if entry_text.is_right_to_left(entry_language) else "auto"),
        also=entry_text.mentions(entry),
        also_said=labels.also_in(article.language),
        credits=tuple(filter(None, map(entry_text.one_line, article.credits))),
        attachments=tuple(
            _attachment(medium) for medium in entry_text.media(article, "enclosure") if not _is_image(medium)
        ),
    )


def _picture(entry: Entry) -> Picture | None:
    article = entry.article
    if not article.image:
        return None
    medium = next(
        (medium for medium in article.media if medium.url == article.image), Media(url=article.image)
    )
    alt = entry_text.one_line(medium.description) or entry_text.one_line(medium.title)
    return Picture(article.image, clip(alt, entry_text.MAX_EXCERPT_CHARS), medium.width, medium.height)


def _is_image(medium: Media) -> bool:
    return medium.medium == "image" or medium.type.startswith("image/")


def _attachment(medium: Media) -> Attachment:
    major = medium.medium or medium.type.partition("/")[0]
    label = {"audio": "Audio", "video": "Video"}.get(major, "Attachment")
    if medium.duration and medium.duration > 0:
        hours, rest = divmod(medium.duration, 3600)
        clock = f"{rest // 60:02}:{rest % 60:02}"
        label += f", {hours}:{clock}" if hours else f", {clock}"
    return Attachment(label, medium.url, entry_text.media_type(medium))
