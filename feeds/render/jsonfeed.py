"""JSON Feed 1.1. What it has no word for stands under `_feeds`, described in docs/output.md."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, fields
from functools import partial
from typing import Any

from feeds.model import Category, Edition, Entry, Link, Media, Person, Place, Podcast
from feeds.render import entry_text
from feeds.render.atom import RELATIONS, SOURCE_RELATIONS
from feeds.render.rendered import Admitted, Rendered, admit_edition, each
from feeds.render.rendered_cache import Pieces

Object = dict[str, Any]


def render(edition: Edition | Admitted, pieces: Pieces | None = None) -> Rendered:
    """JSON Feed 1.1, UTF-8, its keys in a fixed order, one value a line."""
    edition, refused = admit_edition(edition)
    make = partial(_laid_out, language=edition.language)
    _, items, left_out = each(edition.entries, pieces.json(make, edition.language) if pieces else make)
    feed = _said(
        version="https://jsonfeed.org/version/1.1",
        title=edition.title,
        home_page_url=edition.url("html") if "html" in edition.formats else edition.base_url,
        feed_url=edition.url("json"),
        next_url=edition.url("json", edition.previous) if edition.previous else "",
        description=edition.description,
        language=entry_text.language(edition.language),
        hubs=[{"type": "WebSub", "url": hub} for hub in edition.hubs],
        _feeds={"id": edition.id, "updated": entry_text.rfc3339(edition.updated), "ttl": max(edition.ttl, 1)},
    )
    text = json.dumps({**feed, "items": []}, ensure_ascii=False, indent=1).encode() + b"\n"
    if items:
        text = text.removesuffix(b"[]\n}\n") + b"[\n" + b",\n".join(items) + b"\n ]\n}\n"
    return Rendered(text, refused + left_out)


def _laid_out(entry: Entry, language: str) -> bytes:
    """The item as it stands in the list of items: two deep."""
    text = json.dumps(_item(entry, language), ensure_ascii=False, indent=1)
    return f"  {text}".replace("\n", "\n  ").encode()  # in strings, JSON has no line ends


def _item(entry: Entry, language: str) -> Object:
    article = entry.article
    body = entry_text.body(entry)
    tag = entry_text.language(article.language)
    return _said(
        id=entry.id,
        url=article.link or "",
        title=entry_text.headline(entry),
        content_html=body,
        # One of the two has to be there.
        content_text="" if body else entry_text.headline(entry),
        summary=entry_text.plain(article.summary) if entry_text.has_own_summary(entry) else "",
        image=article.image or "",
        date_published=entry_text.rfc3339(entry.published),
        date_modified=entry_text.rfc3339(entry.updated),
        authors=[_said(name=one.name, url=one.uri) for one in entry_text.people(article.authors)],
        tags=list(
            dict.fromkeys(
                entry_text.line(one.label) or one.term for one in entry_text.categories(article.categories)
            )
        ),
        language=tag if tag != language else "",
        attachments=[_attachment(one) for one in entry_text.media(article, "enclosure", "content")],
        _feeds=_extension(entry),
    )


def _attachment(one: Media) -> Object:
    attachment = _said(url=one.url, mime_type=entry_text.media_type(one), title=entry_text.line(one.title))
    if one.length is not None and one.length >= 0:
        attachment["size_in_bytes"] = one.length
    if one.duration is not None and one.duration >= 0:
        attachment["duration_in_seconds"] = one.duration
    return attachment


def _extension(entry: Entry) -> Object:
    article, origin = entry.article, entry.origin
    return _said(
        origin=_said(
            id=entry_text.source_id(entry),
            title=entry_text.source_title(entry),
            feed_url=origin.url,
            home_page_url=origin.link,
            updated=entry_text.rfc3339(origin.updated or entry.updated),
            authors=[_person(one) for one in entry_text.people(origin.authors)],
            rights=origin.rights.strip(),
            icon=origin.icon,
            language=entry_text.language(origin.language),
            categories=[_category(one) for one in entry_text.categories(origin.categories)],
            links=[_link(one) for one in entry_text.distinct(origin.links, SOURCE_RELATIONS)],
        ),
        also_in=[
            _said(source=entry_text.mention_title(one), title=entry_text.line(one.title), url=one.link)
            for one in entry_text.mentions(entry)
        ],
        authors=[_person(one) for one in entry_text.people(article.authors) if one.email],
        contributors=[_person(one) for one in entry_text.people(article.contributors)],
        credits=[credit for raw in article.credits if (credit := entry_text.line(raw))],
        categories=[
            _category(one) for one in entry_text.categories(article.categories) if one.scheme or one.label
        ],
        related=[_link(one) for one in entry_text.related(article, RELATIONS)],
        media=[made for one in entry_text.media(article, *_ROLES) if len(made := _medium(one)) > 1],
        podcast=_podcast(article.podcast),
        place=_place(article.place),
        rights=article.rights.strip() or origin.rights.strip(),
        license=article.license or "",
        comments=article.comments or "",
        comment_count=article.comment_count,
    )


_ROLES = ("enclosure", "content", "thumbnail")


def _person(one: Person) -> Object:
    return _said(name=one.name, email=one.email, url=one.uri)


def _category(one: Category) -> Object:
    return _said(term=one.term, scheme=entry_text.taxonomy(one), label=entry_text.line(one.label))


def _link(one: Link) -> Object:
    title = entry_text.line(one.title)
    return _said(rel=one.rel, url=one.href, type=one.type, title=title, language=one.hreflang)


def _medium(one: Media) -> Object:
    """What JSON Feed's attachment has no word for; of a thumbnail, which is no attachment, all."""
    thumbnail = one.role == "thumbnail"
    return _said(
        url=one.url,
        role="thumbnail" if thumbnail else "",
        type=one.type if thumbnail else "",
        title=entry_text.line(one.title) if thumbnail else "",
        medium=one.medium,
        description=entry_text.line(one.description),
        width=one.width,
        height=one.height,
        bitrate=one.bitrate,
        language=entry_text.language(one.language),
        expression=one.expression,
        group=one.group or None,
        default=one.default,
        thumbnail=one.thumbnail,
    )


def _podcast(podcast: Podcast) -> Object:
    """The episode in the model's own words, without those that say nothing."""
    told = {}
    for field in fields(podcast):
        value = getattr(podcast, field.name)
        several = isinstance(value, tuple)
        told[field.name] = [_said(**asdict(one)) for one in value] if several else value
    if podcast.location:
        told["location"] = _said(**asdict(podcast.location))
    return _said(**told)


def _place(place: Place | None) -> Object:
    if place is None or not math.isfinite(place.latitude + place.longitude):
        return {}
    made: Object = {"latitude": place.latitude, "longitude": place.longitude}
    if place.points:
        made |= {"shape": place.shape, "points": place.points}
    return made | _said(name=entry_text.line(place.name))


def _said(**values: Any) -> Object:
    """The pairs that say something, in the order given. Nought is a number."""
    return {key: value for key, value in values.items() if value or type(value) in (int, float)}
