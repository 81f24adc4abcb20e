"""Parses JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1) into a Document.

As the specification asks: values of the wrong type are ignored, ids are converted to strings, and "any item without
an id must be discarded".
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, cast

from feeds.errors import Malformed, NotAFeed
from feeds.model import Body, Category, Document, Feed, Item, Link, Media, Person
from feeds.parse import limits
from feeds.parse.values import Fields, finite_number, merge_people, parse_iso_date, resolve_url, whole_number


def parse(source: str, body: bytes, *, url: str) -> Document:
    """The document. Raises NotAFeed for other JSON, and Malformed for invalid JSON and too deeply nested values."""
    top = _load(source, body)
    if not isinstance(top, dict):
        raise NotAFeed(source, f"it is JSON, but a {type(top).__name__} and not a feed")
    version = _text(top, "version")
    if "jsonfeed.org/version/" not in version and not isinstance(top.get("items"), list):
        raise NotAFeed(source, "it is JSON, but no JSON Feed: it names no version and has no items")
    if not isinstance(top.get("items", []), list):
        raise Malformed(source, "its items are not a list")
    items: list[Item] = []
    skipped: list[str] = []
    for number, fields in enumerate(top.get("items", []), 1):
        if not isinstance(fields, dict):
            skipped.append(f"item {number}: it is no object")
        elif not _id(fields):
            skipped.append(f"item {number}: it has no id")
        else:
            items.append(_item(fields, url))
    if skipped and not items:
        raise Malformed(source, f"no item could be read: {skipped[0]}")
    return limits.bounded_document(_feed(top, version, url), items, skipped)


def _load(source: str, body: bytes) -> Any:
    try:
        text = body.decode(json.detect_encoding(body), "replace")
        # Control characters in strings are common. `int` refuses integers of thousands of digits.
        return json.loads(text, strict=False, parse_int=_number, parse_constant=lambda _: None)
    except RecursionError as error:
        raise Malformed(source, "its values are nested without end") from error
    except ValueError as error:
        raise Malformed(source, f"it is not JSON: {error}") from error


def _number(digits: str) -> int | float:
    return int(digits) if len(digits) <= 40 else float(digits)


def _feed(top: Fields, version: str, url: str) -> Feed:
    return Feed(
        format="json10" if version.rstrip("/").endswith("version/1") else "json11",
        title=_text(top, "title"),
        link=_url(top, "home_page_url", url),
        self_url=_url(top, "feed_url", url),
        subtitle=_text(top, "description"),
        language=_text(top, "language"),
        authors=_authors(top, url),
        icon=_url(top, "favicon", url),
        image=_url(top, "icon", url),
        hubs=tuple(_url(hub, "url", url) for hub in _objects(top, "hubs") if _url(hub, "url", url)),
    )


def _item(fields: Fields, url: str) -> Item:
    html, text = _text(fields, "content_html"), _text(fields, "content_text")
    language = _text(fields, "language")
    content = Body(value=html, base=url, language=language) if html else None
    return Item(
        guid=_id(fields),
        title=_text_body(fields, "title"),
        links=tuple(_links(fields, url)),
        summary=_text_body(fields, "summary"),
        content=content or (Body(value=text, type="text", language=language) if text else None),
        authors=_authors(fields, url),
        categories=tuple(Category(term=tag) for tag in _list(fields, "tags") if isinstance(tag, str) and tag),
        published=parse_iso_date(_text(fields, "date_published")),
        updated=parse_iso_date(_text(fields, "date_modified")),
        media=(*_attachments(fields, url), *_images(fields, url)),
        language=language,
    )


def _links(fields: Fields, url: str) -> Iterable[Link]:
    if _url(fields, "url", url):
        yield Link(href=_url(fields, "url", url))
    if _url(fields, "external_url", url):  # the page that the item is about, as in a linkblog
        yield Link(href=_url(fields, "external_url", url), rel="related")


def _attachments(fields: Fields, url: str) -> Iterable[Media]:
    for attachment in _objects(fields, "attachments"):
        if _url(attachment, "url", url):
            yield Media(
                url=_url(attachment, "url", url),
                type=_text(attachment, "mime_type"),
                length=whole_number(attachment.get("size_in_bytes")),
                title=_text(attachment, "title"),
                duration=whole_number(attachment.get("duration_in_seconds")),
            )


def _images(fields: Fields, url: str) -> Iterable[Media]:
    for name in ("image", "banner_image"):
        if _url(fields, name, url):
            yield Media(url=_url(fields, name, url), medium="image", role="content")


def _authors(fields: Fields, url: str) -> tuple[Person, ...]:
    single = fields.get("author")  # JSON Feed 1.0
    authors = _objects(fields, "authors") or ([single] if isinstance(single, dict) else [])
    return merge_people(
        Person(name=_text(author, "name"), uri=_url(author, "url", url)) for author in authors
    )


def _id(fields: Fields) -> str:
    value = fields.get("id")
    if not isinstance(value, str) and finite_number(value) is not None:
        return str(value)
    return value.strip() if isinstance(value, str) else ""


def _text(fields: Fields, name: str) -> str:
    value = fields.get(name)
    return value.strip() if isinstance(value, str) else ""


def _text_body(fields: Fields, name: str) -> Body | None:
    value = _text(fields, name)
    return Body(value=value, type="text", language=_text(fields, "language")) if value else None


def _url(fields: Fields, name: str, base: str) -> str:
    return resolve_url(_text(fields, name), base=base)


def _list(fields: Fields, name: str) -> list[Any]:
    value = fields.get(name)
    return value if isinstance(value, list) else []


def _objects(fields: Fields, name: str) -> list[Fields]:
    return [cast(Fields, value) for value in _list(fields, name) if isinstance(value, dict)]
