"""Parses JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1) into a Document.

As the specification asks: values of the wrong type are ignored, and ids are converted to strings. It also asks that
items without an id are discarded, but real feeds have them: their `url` is their id, or else they have none.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from feeds.errors import Malformed, NotAFeed
from feeds.model import Body, Category, Document, Feed, Item, Link, Media, Person, StatedDate
from feeds.parse import limits
from feeds.parse.html_tree import text_line
from feeds.parse.json_fields import json_list, json_object, json_objects, json_text, json_url
from feeds.parse.jsonfeed_extension import with_extension
from feeds.parse.to_utf8 import to_utf8
from feeds.parse.values import Fields, finite_number, merge_people, parse_iso_date, whole_number


def parse(source: str, body: bytes, *, url: str, content_type: str = "") -> Document:
    """The document. Raises NotAFeed for other JSON, and Malformed for invalid JSON and too deeply nested values."""
    top = _load(source, to_utf8(body, content_type))
    if not isinstance(top, dict):
        raise NotAFeed(source, f"it is JSON, but a {type(top).__name__} and not a feed")
    version = json_text(top, "version")
    if "jsonfeed.org/version/" not in version and not isinstance(top.get("items"), list):
        raise NotAFeed(source, "it is JSON, but no JSON Feed: it names no version and has no items")
    if not isinstance(top.get("items", []), list):
        raise Malformed(source, "its items are not a list")
    items: list[Item] = []
    skipped: list[str] = []
    for number, fields in enumerate(top.get("items", []), 1):
        if not isinstance(fields, dict):
            skipped.append(f"item {number}: it is no object")
            continue
        item = _item(fields, url)
        if item == Item():
            skipped.append(f"item {number}: it is empty")
        else:
            items.append(item)
    if skipped and not items:
        raise Malformed(source, f"no item could be read: {skipped[0]}")
    return limits.bounded_document(_feed(top, version, url), items, skipped)


def _load(source: str, body: bytes) -> Any:
    try:
        # Control characters in strings are common. `int` refuses integers of thousands of digits.
        return json.loads(body.decode(), strict=False, parse_int=_number, parse_constant=lambda _: None)
    except RecursionError as error:
        raise Malformed(source, "its values are nested without end") from error
    except ValueError as error:
        raise Malformed(source, f"it is not JSON: {error}") from error


def _number(digits: str) -> int | float:
    return int(digits) if len(digits) <= 40 else float(digits)


def _feed(top: Fields, version: str, url: str) -> Feed:
    own = json_object(top, "_feeds")
    return Feed(
        format="json10" if version.rstrip("/").endswith("version/1") else "json11",
        title=text_line(json_text(top, "title")),
        link=json_url(top, "home_page_url", url),
        self_url=json_url(top, "feed_url", url),
        subtitle=text_line(json_text(top, "description")),
        language=json_text(top, "language"),
        authors=_authors(top, url),
        icon=json_url(top, "favicon", url),
        image=json_url(top, "icon", url),
        hubs=tuple(
            json_url(hub, "url", url) for hub in json_objects(top, "hubs") if json_url(hub, "url", url)
        ),
        id=json_text(own, "id"),
        updated=parse_iso_date(json_text(own, "updated")),
        ttl=whole_number(own.get("ttl")),
        own_output=bool(own),
    )


def _item(fields: Fields, url: str) -> Item:
    html, text = json_text(fields, "content_html"), json_text(fields, "content_text")
    language = json_text(fields, "language")
    content = Body(value=html, language=language) if html else None
    item = Item(
        guid=_id(fields) or json_url(fields, "url", url) or json_url(fields, "external_url", url),
        title=_text_body(fields, "title"),
        links=tuple(_links(fields, url)),
        summary=_text_body(fields, "summary"),
        content=content or (Body(value=text, type="text", language=language) if text else None),
        authors=_authors(fields, url),
        categories=tuple(
            Category(term=tag) for tag in json_list(fields, "tags") if isinstance(tag, str) and tag
        ),
        published=_date(fields, "date_published"),
        updated=_date(fields, "date_modified"),
        media=(*_attachments(fields, url), *_images(fields, url)),
        language=language,
    )
    extension = json_object(fields, "_feeds")
    return with_extension(item, extension, url) if extension else item


def _links(fields: Fields, url: str) -> Iterable[Link]:
    own, external = json_url(fields, "url", url), json_url(fields, "external_url", url)
    if own:
        yield Link(href=own)
    if external:  # the page that the item is about, as in a linkblog; the item's page where it has none
        yield Link(href=external, rel="related" if own else "alternate")


def _attachments(fields: Fields, url: str) -> Iterable[Media]:
    for attachment in json_objects(fields, "attachments"):
        if json_url(attachment, "url", url):
            yield Media(
                url=json_url(attachment, "url", url),
                type=json_text(attachment, "mime_type"),
                length=whole_number(attachment.get("size_in_bytes")),
                title=json_text(attachment, "title"),
                duration=whole_number(attachment.get("duration_in_seconds")),
            )


def _images(fields: Fields, url: str) -> Iterable[Media]:
    for name in ("image", "banner_image"):
        if json_url(fields, name, url):
            yield Media(url=json_url(fields, name, url), medium="image", role="content")


def _authors(fields: Fields, url: str) -> tuple[Person, ...]:
    single = fields.get("author")  # JSON Feed 1.0
    authors = json_objects(fields, "authors") or ([single] if isinstance(single, dict) else [])
    return merge_people(
        Person(name=json_text(author, "name"), uri=json_url(author, "url", url)) for author in authors
    )


def _date(fields: Fields, name: str) -> StatedDate:
    """The date; some programs write a number, which is Unix time."""
    number = finite_number(fields.get(name))
    return parse_iso_date(json_text(fields, name) or (f"{number:.0f}" if number is not None else ""))


def _id(fields: Fields) -> str:
    value = fields.get("id")
    if not isinstance(value, str) and finite_number(value) is not None:
        return str(value)
    return value.strip() if isinstance(value, str) else ""


def _text_body(fields: Fields, name: str) -> Body | None:
    value = json_text(fields, name)
    return Body(value=value, type="text", language=json_text(fields, "language")) if value else None
