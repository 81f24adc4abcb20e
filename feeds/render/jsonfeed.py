"""JSON Feed 1.1. Values that it has no key for are written under `_feeds`, described in docs/output.md."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import asdict, fields
from functools import partial
from typing import TYPE_CHECKING, Any

from feeds.model import Category, Edition, Entry, GeoPlace, Link, Media, Person, Podcast, PreviousEntry
from feeds.render import entry_text
from feeds.render.atom import ENTRY_RELATIONS, SOURCE_RELATIONS
from feeds.render.checks import check_json
from feeds.render.recovery import parse_rfc3339
from feeds.render.rendered import CleanEdition, Rendered, clean_edition, render_each
from feeds.render.rendered_cache import RenderedCache

if TYPE_CHECKING:
    from feeds.render.pages.theme import Theme

Object = dict[str, Any]

check = check_json

_ROLES = ("enclosure", "content", "thumbnail")


def render(
    edition: Edition | CleanEdition, *, theme: Theme | None = None, cache: RenderedCache | None = None
) -> Rendered:
    """JSON Feed 1.1, UTF-8, with the keys in a fixed order and one value per line. `theme` is ignored."""
    clean = clean_edition(edition)
    edition = clean.edition
    render_item: Callable[[Entry], bytes] = partial(_indented_item, language=edition.language)
    if cache is not None:
        render_item = cache.cached_json(render_item, edition.language)
    _, items, skipped = render_each(edition.entries, render_item)
    feed = _without_empty(
        version="https://jsonfeed.org/version/1.1",
        title=edition.title,
        home_page_url=edition.url("html") if "html" in edition.formats else edition.base_url,
        feed_url=edition.url("json"),
        next_url=edition.url("json", edition.previous) if edition.previous else "",
        description=edition.description,
        language=entry_text.language_tag(edition.language),
        hubs=[{"type": "WebSub", "url": hub} for hub in edition.hubs],
        _feeds={"id": edition.id, "updated": entry_text.rfc3339(edition.updated), "ttl": max(edition.ttl, 1)},
    )
    text = json.dumps({**feed, "items": []}, ensure_ascii=False, indent=1).encode() + b"\n"
    if items:
        text = text.removesuffix(b"[]\n}\n") + b"[\n" + b",\n".join(items) + b"\n ]\n}\n"
    return Rendered(text, clean.skipped_entries + skipped)


def _indented_item(entry: Entry, language: str) -> bytes:
    """The item as JSON, indented as an element of the list of items."""
    text = json.dumps(_item(entry, language), ensure_ascii=False, indent=1)
    return f"  {text}".replace("\n", "\n  ").encode()  # a JSON string contains no line break


def _item(entry: Entry, language: str) -> Object:
    article = entry.article
    body = entry_text.body_html(entry)
    tag = entry_text.language_tag(article.language)
    return _without_empty(
        id=entry.id,
        url=article.link or "",
        title=entry_text.headline(entry),
        content_html=body,
        # JSON Feed requires one of the two.
        content_text="" if body else entry_text.headline(entry),
        summary=entry_text.plain_text(article.summary) if entry_text.has_own_summary(entry) else "",
        image=article.image or "",
        date_published=entry_text.rfc3339(entry.published),
        date_modified=entry_text.rfc3339(entry.updated),
        authors=[
            _without_empty(name=author.name, url=author.uri) for author in entry_text.people(article.authors)
        ],
        tags=list(
            dict.fromkeys(
                entry_text.one_line(category.label) or category.term
                for category in entry_text.categories(article.categories)
            )
        ),
        language=tag if tag != language else "",
        attachments=[_attachment(medium) for medium in entry_text.media(article, "enclosure", "content")],
        _feeds=_extension(entry),
    )


def _attachment(medium: Media) -> Object:
    attachment = _without_empty(
        url=medium.url, mime_type=entry_text.media_type(medium), title=entry_text.one_line(medium.title)
    )
    if medium.length is not None and medium.length >= 0:
        attachment["size_in_bytes"] = medium.length
    if medium.duration is not None and medium.duration >= 0:
        attachment["duration_in_seconds"] = medium.duration
    return attachment


def _extension(entry: Entry) -> Object:
    """The value of an item's `_feeds`."""
    article, origin = entry.article, entry.origin
    return _without_empty(
        origin=_without_empty(
            id=entry_text.source_id(entry),
            title=entry_text.source_title(entry),
            feed_url=origin.url,
            home_page_url=origin.link,
            updated=entry_text.rfc3339(origin.updated or entry.updated),
            authors=[_person(author) for author in entry_text.people(origin.authors)],
            rights=origin.rights.strip(),
            icon=origin.icon,
            language=entry_text.language_tag(origin.language),
            categories=[_category(category) for category in entry_text.categories(origin.categories)],
            links=[_link(link) for link in entry_text.distinct_links(origin.links, SOURCE_RELATIONS)],
        ),
        also_in=[
            _without_empty(
                source=entry_text.mention_title(mention),
                title=entry_text.one_line(mention.title),
                url=mention.link,
            )
            for mention in entry_text.mentions(entry)
        ],
        authors=[_person(author) for author in entry_text.people(article.authors) if author.email],
        contributors=[_person(contributor) for contributor in entry_text.people(article.contributors)],
        credits=[credit for raw in article.credits if (credit := entry_text.one_line(raw))],
        categories=[
            _category(category)
            for category in entry_text.categories(article.categories)
            if category.scheme or category.label
        ],
        related=[_link(link) for link in entry_text.related(article, ENTRY_RELATIONS)],
        media=[
            details for medium in entry_text.media(article, *_ROLES) if len(details := _medium(medium)) > 1
        ],
        podcast=_podcast(article.podcast),
        place=_place(article.place),
        rights=article.rights.strip() or origin.rights.strip(),
        license=article.license or "",
        comments=article.comments or "",
        comment_count=article.comment_count,
    )


def _person(person: Person) -> Object:
    return _without_empty(name=person.name, email=person.email, url=person.uri)


def _category(category: Category) -> Object:
    return _without_empty(
        term=category.term,
        scheme=entry_text.category_scheme(category),
        label=entry_text.one_line(category.label),
    )


def _link(link: Link) -> Object:
    title = entry_text.one_line(link.title)
    return _without_empty(rel=link.rel, url=link.href, type=link.type, title=title, language=link.hreflang)


def _medium(medium: Media) -> Object:
    """The values that an attachment of JSON Feed has no key for. A thumbnail is not an attachment: all its values."""
    thumbnail = medium.role == "thumbnail"
    return _without_empty(
        url=medium.url,
        role="thumbnail" if thumbnail else "",
        type=medium.type if thumbnail else "",
        title=entry_text.one_line(medium.title) if thumbnail else "",
        medium=medium.medium,
        description=entry_text.one_line(medium.description),
        width=medium.width,
        height=medium.height,
        bitrate=medium.bitrate,
        language=entry_text.language_tag(medium.language),
        expression=medium.expression,
        group=medium.group or None,
        default=medium.default,
        thumbnail=medium.thumbnail,
    )


def _podcast(podcast: Podcast) -> Object:
    """The non-empty fields of the episode, by their names in the model."""
    values = {}
    for field in fields(podcast):
        value = getattr(podcast, field.name)
        values[field.name] = (
            [_without_empty(**asdict(part)) for part in value] if isinstance(value, tuple) else value
        )
    if podcast.location:
        values["location"] = _without_empty(**asdict(podcast.location))
    return _without_empty(**values)


def _place(place: GeoPlace | None) -> Object:
    if place is None or not math.isfinite(place.latitude + place.longitude):
        return {}
    coordinates: Object = {"latitude": place.latitude, "longitude": place.longitude}
    if place.points:
        coordinates |= {"shape": place.shape, "points": place.points}
    return coordinates | _without_empty(name=entry_text.one_line(place.name))


def _without_empty(**values: Any) -> Object:
    """The pairs with a value, in the order given. 0 is a value."""
    return {key: value for key, value in values.items() if value or type(value) in (int, float)}


def recover_entries(data: bytes, feed_id: str, _address: str) -> Iterator[PreviousEntry]:
    """Read the items of a published file; none if it is not a file of the output with this id."""
    feed = json.loads(data)
    if feed["_feeds"]["id"] != feed_id:
        return
    for item in feed["items"]:
        yield PreviousEntry(
            entry=item["id"],
            link=item.get("url", ""),
            published=parse_rfc3339(item["date_published"]),
            updated=parse_rfc3339(item["date_modified"]),
        )
