"""The namespaces that Atom and RSS share: Media RSS, GeoRSS, podcasts."""

from __future__ import annotations

import math
from collections.abc import Mapping

from feeds.model import Article, Entry, GeoPlace, Media
from feeds.render import entry_text, podcast
from feeds.render.feedgen_extension import Element, put, put_if_text
from feeds.render.media_details import group_numbers, has_details, in_order, known_type, shown_kind

_MEDIUMS = frozenset({"image", "audio", "video", "document", "executable"})
_EXPRESSIONS = frozenset({"sample", "full", "nonstop"})


def put_extensions(parent: Element, entry: Entry, detailed: tuple[Media, ...] = ()) -> None:
    """Append the elements of an entry that belong to these namespaces.

    `detailed`: enclosures that must be written as media:content too. The others are if they have more details.
    """
    article = entry.article
    groups = group_numbers(article)
    enclosures = (
        enclosure
        for enclosure in entry_text.media(article, "enclosure")
        if enclosure in detailed or has_details(enclosure, groups)
    )
    _media(parent, article, (*enclosures, *entry_text.media(article, "content")))
    put_if_text(parent, "media:rating", article.rating, scheme="urn:simple")
    podcast.put_episode(parent, article.podcast)
    if article.place:
        _place(parent, article.place)


def _media(parent: Element, article: Article, contents: tuple[Media, ...]) -> None:
    """Media RSS 1.5.1."""
    numbers = group_numbers(article)
    for members in in_order(contents, numbers):
        container = put(parent, "media:group") if members[0].group in numbers else parent
        for medium in members:
            _content(container, medium, numbers)
    thumbnails = {medium.url: medium for medium in entry_text.media(article, "thumbnail")}
    shown = {medium.url for medium in contents}
    if article.image and article.image not in shown:
        thumbnails.setdefault(article.image, Media(url=article.image))
    for thumbnail in thumbnails.values():
        put(
            parent,
            "media:thumbnail",
            url=thumbnail.url,
            width=_positive(thumbnail.width),
            height=_positive(thumbnail.height),
        )


def _content(parent: Element, medium: Media, groups: Mapping[int, int]) -> None:
    kind = shown_kind(medium, groups)
    content = put(
        parent,
        "media:content",
        url=medium.url,
        type=known_type(medium),
        medium=kind if kind in _MEDIUMS else "",
        fileSize=_positive(medium.length),
        duration=_positive(medium.duration),
        bitrate=_positive(medium.bitrate),
        width=_positive(medium.width),
        height=_positive(medium.height),
        lang=entry_text.language_tag(medium.language),
        expression=medium.expression if medium.expression in _EXPRESSIONS else "",
        isDefault="true" if medium.default else "",
    )
    put_if_text(
        content, "media:title", entry_text.neutralize_tags(entry_text.one_line(medium.title)), type="plain"
    )
    put_if_text(
        content,
        "media:description",
        entry_text.neutralize_tags(entry_text.one_line(medium.description)),
        type="plain",
    )
    if medium.thumbnail:
        put(content, "media:thumbnail", url=medium.thumbnail)
    put_if_text(content, "media:rating", medium.rating, scheme="urn:simple")


def _place(parent: Element, place: GeoPlace) -> None:
    """GeoRSS Simple: latitude and longitude, WGS 84."""
    points = place.points or ((place.latitude, place.longitude),)
    if all(_on_earth(*point) for point in points):
        name = place.shape if place.points else "point"
        coordinates = " ".join(
            f"{_degrees(latitude)} {_degrees(longitude)}" for latitude, longitude in points
        )
        put(parent, f"georss:{name}", coordinates)
        put_if_text(parent, "georss:featureName", entry_text.neutralize_tags(entry_text.one_line(place.name)))


def _on_earth(latitude: float, longitude: float) -> bool:
    inside = abs(latitude) <= 90 and abs(longitude) <= 180  # also false for NaN
    return inside and math.isfinite(latitude + longitude)


def _degrees(value: float) -> str:
    return f"{value:.9f}".rstrip("0").rstrip(".")


def _positive(value: int | None) -> str:
    return str(value) if value is not None and value > 0 else ""
