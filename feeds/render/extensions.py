"""What Atom and RSS say through the same vocabularies: Media RSS, GeoRSS, podcasts."""

from __future__ import annotations

import math

from feeds.model import Article, Entry, Media, Place
from feeds.render import entry_text, podcast
from feeds.render.feedgen_extension import Element, put, put_some

_MEDIUMS = frozenset({"image", "audio", "video", "document", "executable"})
_EXPRESSIONS = frozenset({"sample", "full", "nonstop"})


def put_modules(parent: Element, entry: Entry, spare: tuple[Media, ...] = ()) -> None:
    """Everything of an entry that has an element of its own there. `spare`: enclosures that found no place."""
    article = entry.article
    told = (one for one in entry_text.media(article, "enclosure") if one in spare or _has_detail(one))
    _media(parent, article, (*told, *entry_text.media(article, "content")))
    podcast.put_episode(parent, article.podcast)
    if article.place:
        _place(parent, article.place)


def _has_detail(one: Media) -> bool:
    """Whether an enclosure is told more of than its element has a place for."""
    shown = (one.width, one.height, one.bitrate, one.language, one.expression, one.description)
    return any((*shown, one.thumbnail, one.group, one.duration))


def _media(parent: Element, article: Article, contents: tuple[Media, ...]) -> None:
    """Media RSS 1.5.1."""
    groups: dict[int, list[Media]] = {}
    for one in contents:
        groups.setdefault(one.group, []).append(one)
    for number, members in groups.items():
        # "a group of one" is none: the validator's MediaGroupWithoutAlternatives
        several = number and len(members) > 1
        around = put(parent, "media:group") if several else parent
        for one in members:
            _content(around, one)
    thumbnails = {one.url: one for one in entry_text.media(article, "thumbnail")}
    shown = {one.url for one in contents}
    if article.image and article.image not in shown:
        thumbnails.setdefault(article.image, Media(url=article.image))
    for one in thumbnails.values():
        put(parent, "media:thumbnail", url=one.url, width=_positive(one.width), height=_positive(one.height))


def _content(parent: Element, one: Media) -> None:
    content = put(
        parent,
        "media:content",
        url=one.url,
        type=entry_text.media_type(one),
        medium=one.medium if one.medium in _MEDIUMS else "",
        fileSize=_positive(one.length),
        duration=_positive(one.duration),
        bitrate=_positive(one.bitrate),
        width=_positive(one.width),
        height=_positive(one.height),
        lang=entry_text.language(one.language),
        expression=one.expression if one.expression in _EXPRESSIONS else "",
        isDefault="true" if one.default else "",
    )
    put_some(content, "media:title", entry_text.unmarked(entry_text.line(one.title)), type="plain")
    put_some(
        content, "media:description", entry_text.unmarked(entry_text.line(one.description)), type="plain"
    )
    if one.thumbnail:
        put(content, "media:thumbnail", url=one.thumbnail)


def _place(parent: Element, place: Place) -> None:
    """GeoRSS Simple: latitude and longitude, WGS 84."""
    points = place.points or ((place.latitude, place.longitude),)
    if all(_on_earth(*point) for point in points):
        name = place.shape if place.points else "point"
        told = " ".join(f"{_degrees(latitude)} {_degrees(longitude)}" for latitude, longitude in points)
        put(parent, f"georss:{name}", told)
        put_some(parent, "georss:featureName", entry_text.unmarked(entry_text.line(place.name)))


def _on_earth(latitude: float, longitude: float) -> bool:
    inside = abs(latitude) <= 90 and abs(longitude) <= 180  # also false for NaN
    return inside and math.isfinite(latitude + longitude)


def _degrees(value: float) -> str:
    return f"{value:.9f}".rstrip("0").rstrip(".")


def _positive(value: int | None) -> str:
    return str(value) if value is not None and value > 0 else ""
