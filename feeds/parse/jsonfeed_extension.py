"""Reads the `_feeds` extension of an item of JSON Feed, which `render.jsonfeed_extension` writes.

So an instance of this program that reads our JSON Feed knows what it would read in our Atom. docs/output.md lists the
keys. Like all of a document, the values are untrusted: those of the wrong type are ignored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from typing import Any, Literal, TypeVar, cast

from feeds.model import (
    Body,
    Category,
    Chapter,
    GeoPlace,
    Item,
    Link,
    Media,
    Mention,
    Origin,
    Person,
    Podcast,
    PodcastLocation,
    PodcastPerson,
    Rating,
    Soundbite,
    Text,
    Transcript,
    Url,
)
from feeds.parse.json_fields import json_list, json_object, json_objects, json_text, json_url
from feeds.parse.place import MAX_POINTS
from feeds.parse.values import Fields, finite_number, parse_iso_date, whole_number

Part = TypeVar("Part", Chapter, PodcastLocation, PodcastPerson, Transcript)

_PODCAST_TEXTS = tuple(field.name for field in fields(Podcast) if field.type == "str")


def with_extension(item: Item, extension: Fields, url: str) -> Item:
    """The item with the values of its `_feeds`. `url`: the document's, to which relative URLs refer."""
    origin = _origin(json_object(extension, "origin"), url)
    summary = json_text(extension, "summary")
    return replace(
        item,
        links=(*item.links, *_links(extension, "related", url)),
        summary=Body(value=summary, language=item.language) if summary else item.summary,
        authors=tuple(_with_addresses(item.authors, _people(extension, "authors", url))),
        contributors=tuple(_people(extension, "contributors", url)),
        credits=tuple(_texts(extension, "credits")),
        categories=tuple(_categories(extension)) or item.categories,
        media=tuple(_media(item.media, extension, url)),
        rating=_rating(extension),
        comments=json_url(extension, "comments", url),
        comment_count=whole_number(extension.get("comment_count")),
        rights=json_text(extension, "rights"),
        license=json_url(extension, "license", url),
        podcast=_podcast(json_object(extension, "podcast"), url),
        place=_place(json_object(extension, "place")),
        origin=origin if origin != Origin() else None,
        also_in=tuple(_mentions(extension, url)),
    )


def _texts(extension: Fields, name: str) -> Iterator[str]:
    return (value.strip() for value in json_list(extension, name) if isinstance(value, str) and value.strip())


def _people(values: Fields, name: str, url: str) -> Iterator[Person]:
    for stated in json_objects(values, name):
        person = Person(
            name=json_text(stated, "name"),
            email=json_text(stated, "email"),
            uri=json_url(stated, "url", url),
        )
        if person != Person():
            yield person


def _with_addresses(authors: tuple[Person, ...], detailed: Iterable[Person]) -> Iterator[Person]:
    """The authors, with the e-mail address of those that are among the detailed ones."""
    addresses = {(person.name, person.uri): person.email for person in detailed}
    for author in authors:
        email = addresses.get((author.name, author.uri), "")
        yield replace(author, email=email) if email else author


def _categories(values: Fields) -> Iterator[Category]:
    for category in json_objects(values, "categories"):
        if term := json_text(category, "term"):
            yield Category(
                term=term, scheme=json_text(category, "scheme"), label=json_text(category, "label")
            )


def _links(values: Fields, name: str, url: str) -> Iterator[Link]:
    for link in json_objects(values, name):
        if href := json_url(link, "url", url):
            yield Link(
                href=href,
                rel=json_text(link, "rel").lower() or "related",
                type=json_text(link, "type"),
                title=json_text(link, "title"),
                hreflang=json_text(link, "language"),
            )


def _mentions(extension: Fields, url: str) -> Iterator[Mention]:
    for mention in json_objects(extension, "also_in"):
        if link := json_url(mention, "url", url):
            yield Mention(
                source=Text(json_text(mention, "source")),
                title=Text(json_text(mention, "title")),
                link=Url(link),
            )


def _origin(values: Fields, url: str) -> Origin:
    return Origin(
        title=json_text(values, "title"),
        id=json_text(values, "id"),
        url=json_url(values, "feed_url", url),
        link=json_url(values, "home_page_url", url),
        links=tuple(_links(values, "links", url)),
        categories=tuple(_categories(values)),
        updated=parse_iso_date(json_text(values, "updated")).parsed,
        rights=json_text(values, "rights"),
        authors=tuple(_people(values, "authors", url)),
        language=json_text(values, "language"),
        icon=json_url(values, "icon", url),
    )


def _media(stated: tuple[Media, ...], extension: Fields, url: str) -> Iterator[Media]:
    """The attachments with their details, the thumbnails, and the lead image if it is among neither."""
    details = {json_url(values, "url", url): values for values in json_objects(extension, "media")}
    known = {"", *details}
    for medium in stated:
        if medium.role == "enclosure":
            known.add(medium.url)
            yield _with_details(medium, details.pop(medium.url, {}), url)
    for href, values in details.items():
        if href:
            yield _with_details(Media(url=href, role="thumbnail"), values, url)
    for image in stated:
        if image.role != "enclosure" and image.url not in known:
            yield replace(image, role="thumbnail")


def _with_details(medium: Media, values: Fields, url: str) -> Media:
    role = json_text(values, "role")
    return replace(
        medium,
        role=cast(Literal["content", "thumbnail"], role) if role in ("content", "thumbnail") else medium.role,
        type=medium.type or json_text(values, "type"),
        title=medium.title or json_text(values, "title"),
        medium=json_text(values, "medium") or medium.medium,
        description=json_text(values, "description"),
        width=whole_number(values.get("width")),
        height=whole_number(values.get("height")),
        bitrate=whole_number(values.get("bitrate")),
        language=json_text(values, "language"),
        expression=json_text(values, "expression"),
        default=values.get("default") is True,
        group=whole_number(values.get("group")) or 0,
        thumbnail=json_url(values, "thumbnail", url),
        rating=_rating(values),
    )


def _rating(values: Fields) -> Rating:
    rating = json_text(values, "rating")
    return cast(Rating, rating) if rating in ("adult", "nonadult") else ""


def _podcast(values: Fields, url: str) -> Podcast:
    texts: dict[str, Any] = {name: json_text(values, name) for name in _PODCAST_TEXTS}
    location = json_object(values, "location")
    return Podcast(
        **texts,
        marks=tuple(_parts(Chapter, values, "marks", "start")),
        transcripts=tuple(_parts(Transcript, values, "transcripts", "url")),
        voices=tuple(_parts(PodcastPerson, values, "voices", "name")),
        soundbites=tuple(_soundbites(values)),
        location=next(_parts(PodcastLocation, {"location": [location]}, "location", "name"), None),
    )


def _parts(kind: type[Part], values: Fields, name: str, required: str) -> Iterator[Part]:
    """The objects of a list as dataclasses whose fields are all texts, without those that lack the required one."""
    for part in json_objects(values, name):
        if json_text(part, required):
            yield kind(**{field.name: json_text(part, field.name) for field in fields(kind)})


def _soundbites(values: Fields) -> Iterator[Soundbite]:
    for soundbite in json_objects(values, "soundbites"):
        start, duration = finite_number(soundbite.get("start")), finite_number(soundbite.get("duration"))
        if start is not None and duration is not None and start >= 0 and duration > 0:
            yield Soundbite(start=start, duration=duration, title=json_text(soundbite, "title"))


def _place(values: Fields) -> GeoPlace | None:
    latitude, longitude = finite_number(values.get("latitude")), finite_number(values.get("longitude"))
    if latitude is None or longitude is None:
        return None
    name, shape = json_text(values, "name"), json_text(values, "shape")
    points = tuple(_points(json_list(values, "points")[: MAX_POINTS + 1]))
    if shape not in ("line", "polygon") or not 1 < len(points) <= MAX_POINTS:
        return GeoPlace(latitude=latitude, longitude=longitude, name=name)
    return GeoPlace(
        latitude=latitude,
        longitude=longitude,
        name=name,
        shape=cast(Literal["line", "polygon"], shape),
        points=points,
    )


def _points(values: Iterable[Any]) -> Iterator[tuple[float, float]]:
    for pair in values:
        if isinstance(pair, list) and len(pair) == 2:
            latitude, longitude = map(finite_number, pair)
            if latitude is not None and longitude is not None:
                yield latitude, longitude
