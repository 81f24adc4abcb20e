"""The `_feeds` extension of an item of JSON Feed: what JSON Feed has no key for. docs/output.md describes it.

`parse.jsonfeed_extension` reads it back.
"""

from __future__ import annotations

import math
from dataclasses import asdict, fields
from html import escape
from typing import Any

from feeds.model import Article, Category, Entry, GeoPlace, Link, Media, Mention, Person, Podcast
from feeds.render import entry_text, podcast
from feeds.render.atom import ENTRY_RELATIONS, SOURCE_RELATIONS
from feeds.render.media_details import files, group_numbers, shown_kind

Object = dict[str, Any]

_PLAIN_THUMBNAIL = frozenset({"url", "role", "type", "medium"})


def item_extension(entry: Entry) -> Object:
    """The value of an item's `_feeds`."""
    article, origin = entry.article, entry.origin
    return without_empty(
        origin=without_empty(
            id=entry_text.source_id(entry),
            title=entry_text.source_title(entry),
            feed_url=origin.url,
            home_page_url=origin.link,
            updated=entry_text.rfc3339(origin.updated or entry.updated),
            authors=[_person(author) for author in entry_text.source_authors(entry)],
            rights=origin.rights.strip(),
            icon=origin.icon,
            language=entry_text.language_tag(origin.language),
            categories=[_category(category) for category in entry_text.categories(origin.categories)],
            links=[_link(link) for link in entry_text.distinct_links(origin.links, SOURCE_RELATIONS)],
        ),
        also_in=[_mention(mention) for mention in entry_text.mentions(entry)],
        copies=[_mention(mention) for mention in entry.copies],
        summary=_summary(entry),
        authors=[_person(author) for author in entry_text.people(article.authors) if author.email],
        contributors=[_person(contributor) for contributor in entry_text.named_contributors(article)],
        credits=[credit for raw in article.credits if (credit := entry_text.one_line(raw))],
        categories=_categories(article),
        related=[_link(link) for link in entry_text.related(article, ENTRY_RELATIONS)],
        media=_media(article),
        rating=article.rating,
        podcast=_podcast(article.podcast),
        place=_place(article.place),
        rights=article.rights.strip(),
        license=article.license or "",
        comments=article.comments or "",
        comment_count=article.comment_count,
    )


def _summary(entry: Entry) -> str:
    """The summary as HTML; "" if it is plain text, which JSON Feed has a key for."""
    summary = entry.article.summary if entry_text.has_own_summary(entry) else ""
    return "" if summary == escape(entry_text.plain_text(summary), quote=False) else summary


def _mention(mention: Mention) -> Object:
    return without_empty(
        source=entry_text.mention_title(mention),
        title=entry_text.one_line(mention.title),
        url=mention.link,
    )


def _person(person: Person) -> Object:
    return without_empty(name=person.name, email=person.email, url=person.uri)


def _categories(article: Article) -> list[Object]:
    """All categories, if one of them has more than a name; else none, because JSON Feed's tags say the same."""
    categories = entry_text.categories(article.categories)
    has_more = any(category.scheme or category.label for category in categories)
    return [_category(category) for category in categories] if has_more else []


def _category(category: Category) -> Object:
    return without_empty(
        term=category.term,
        scheme=entry_text.category_scheme(category),
        label=entry_text.one_line(category.label),
    )


def _link(link: Link) -> Object:
    title = entry_text.one_line(link.title)
    return without_empty(rel=link.rel, url=link.href, type=link.type, title=title, language=link.hreflang)


def _media(article: Article) -> list[Object]:
    """What JSON Feed's attachments and `image` do not say of the media, one object for each that has more."""
    numbers = group_numbers(article)
    media = (*files(article), *entry_text.media(article, "thumbnail"))
    details = [_medium(medium, shown_kind(medium, numbers), numbers.get(medium.group)) for medium in media]
    if details and _is_only_image(details[-1], article.image):
        details.pop()
    return [values for values in details if len(values) > 1]


def _is_only_image(values: Object, image: str | None) -> bool:
    """Whether a thumbnail is the lead image and nothing else is known of it."""
    return values["url"] == image and values.get("role") == "thumbnail" and values.keys() <= _PLAIN_THUMBNAIL


def _medium(medium: Media, kind: str, group: int | None) -> Object:
    """The values that an attachment of JSON Feed has no key for. A thumbnail is not an attachment: all its values."""
    thumbnail = medium.role == "thumbnail"
    return without_empty(
        url=medium.url,
        role=medium.role if medium.role != "enclosure" else "",
        type=medium.type if thumbnail else "",
        title=entry_text.one_line(medium.title) if thumbnail else "",
        medium=kind,
        description=entry_text.one_line(medium.description),
        width=medium.width,
        height=medium.height,
        bitrate=medium.bitrate,
        language=entry_text.language_tag(medium.language),
        expression=medium.expression,
        group=group,
        default=medium.default,
        thumbnail=medium.thumbnail,
        rating=medium.rating,
    )


def _podcast(episode: Podcast) -> Object:
    """The non-empty fields of the episode, by their names in the model."""
    values = {}
    for field in fields(episode):
        value = getattr(episode, field.name)
        values[field.name] = (
            [without_empty(**asdict(part)) for part in value] if isinstance(value, tuple) else value
        )
    values |= podcast.usual_spellings(episode)
    if episode.location:
        values["location"] = without_empty(**asdict(episode.location))
    return without_empty(**values)


def _place(place: GeoPlace | None) -> Object:
    if place is None or not math.isfinite(place.latitude + place.longitude):
        return {}
    coordinates: Object = {"latitude": _degrees(place.latitude), "longitude": _degrees(place.longitude)}
    if place.points:
        points = [(_degrees(latitude), _degrees(longitude)) for latitude, longitude in place.points]
        coordinates |= {"shape": place.shape, "points": points}
    return coordinates | without_empty(name=entry_text.one_line(place.name))


def _degrees(value: float) -> float:
    """With as many digits as GeoRSS has in our XML: a tenth of a millimetre."""
    return round(value, 9)


def without_empty(**values: Any) -> Object:
    """The pairs with a value, in the order given. 0 is a value."""
    return {key: value for key, value in values.items() if value or type(value) in (int, float)}
