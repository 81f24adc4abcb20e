"""Reads the expectations in the comments of feedparser's test documents that compare one field with a literal.

Expect:      not bozo and entries[0]['title'] == 'A title'
Header:      Content-type: text/xml; charset=utf-8
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass

from feeds.model import Body, Document, Feed, Item, StatedDate

_EXPECT = re.compile(
    r"Expect:\s*(?:not bozo and |bozo and )?(feed|entries\[0\])((?:\[[^\]]+\])+) == (.+?)\s*(?:\n|-->)"
)
_HEADER = re.compile(r"Header:\s*Content-Type:\s*(.+)", re.IGNORECASE)


@dataclass(frozen=True)
class Expectation:
    where: str  # "feed" or "entries[0]"
    field: str  # "title", "author_detail.name", "tags.0.term"
    value: object

    @property
    def name(self) -> str:
        return f"{self.where} {self.field}"


def expectation(head: str) -> Expectation | None:
    """The expectation in the document's head, or None if it has another form."""
    match = _EXPECT.search(head)
    if not match:
        return None
    try:
        value = ast.literal_eval(match[3])
        keys = [ast.literal_eval(key) for key in re.findall(r"\[([^\]]+)\]", match[2])]
    except (ValueError, SyntaxError):
        return None
    return Expectation(match[1], ".".join(str(key) for key in keys), value)


def content_type(head: str) -> str:
    match = _HEADER.search(head)
    return match[1].strip() if match else ""


def _value(body: Body | None) -> str:
    return body.value if body else ""


def _type(body: Body | None) -> str:
    return {"text": "text/plain", "html": "text/html"}[body.type] if body else ""


def _parts(stated: StatedDate) -> tuple[int, ...]:
    return tuple(stated.parsed.utctimetuple()) if stated.parsed else ()


def _link(item: Item) -> str:
    return next((link.href for link in item.links if link.rel == "alternate"), "")


_ITEM: dict[str, Callable[[Item], object]] = {
    "title": lambda item: _value(item.title),
    "title_detail.value": lambda item: _value(item.title),
    "summary": lambda item: _value(item.summary or item.content),
    "summary_detail.value": lambda item: _value(item.summary),
    "description": lambda item: _value(item.summary or item.content),
    "content.0.value": lambda item: _value(item.content),
    "id": lambda item: item.guid,
    "guid": lambda item: item.guid,
    "link": _link,
    "links.0.href": lambda item: item.links[0].href,
    "links.0.rel": lambda item: item.links[0].rel,
    "links.0.title": lambda item: item.links[0].title,
    "title_detail.type": lambda item: _type(item.title),
    "title_detail.base": lambda item: item.title and item.title.base,
    "title_detail.language": lambda item: (item.title and item.title.language) or None,
    "summary_detail.type": lambda item: _type(item.summary),
    "summary_detail.base": lambda item: item.summary and item.summary.base,
    "summary_detail.language": lambda item: (item.summary and item.summary.language) or None,
    "content.0.type": lambda item: _type(item.content),
    "content.0.base": lambda item: item.content and item.content.base,
    "content.0.language": lambda item: (item.content and item.content.language) or None,
    "content.0.src": lambda item: item.content_src,
    "published_parsed": lambda item: _parts(item.published),
    "updated_parsed": lambda item: _parts(item.updated),
    "created_parsed": lambda item: _parts(item.published),
    "links.0.hreflang": lambda item: item.links[0].hreflang,
    "links.0.length": lambda item: item.links[0].length,
    "comments": lambda item: item.comments,
    "language": lambda item: item.language,
    "rights": lambda item: item.rights,
    "published": lambda item: item.published.raw,
    "updated": lambda item: item.updated.raw,
    "created": lambda item: item.published.raw,
    "author_detail.name": lambda item: item.authors[-1].name,
    "author_detail.email": lambda item: item.authors[-1].email,
    "author_detail.href": lambda item: item.authors[-1].uri,
    "authors.0.name": lambda item: item.authors[0].name,
    "authors.0.email": lambda item: item.authors[0].email,
    "contributors.0.name": lambda item: item.contributors[0].name,
    "contributors.0.email": lambda item: item.contributors[0].email,
    "contributors.0.href": lambda item: item.contributors[0].uri,
    "tags.0.term": lambda item: item.categories[0].term,
    "tags.0.scheme": lambda item: item.categories[0].scheme,
    "tags.0.label": lambda item: item.categories[0].label,
    "category": lambda item: item.categories[0].term,
    "enclosures.0.href": lambda item: item.media[0].url,
    "enclosures.0.url": lambda item: item.media[0].url,
    "enclosures.0.type": lambda item: item.media[0].type,
    "license": lambda item: item.license,
    "source.title": lambda item: item.origin and item.origin.title,
    "source.id": lambda item: item.origin and item.origin.id,
    "source.href": lambda item: item.origin and item.origin.url,
    "source.link": lambda item: item.origin and item.origin.link,
    "source.rights": lambda item: item.origin and item.origin.rights,
    "source.icon": lambda item: item.origin and item.origin.icon,
    "source.author_detail.name": lambda item: item.origin and item.origin.authors[-1].name,
    "image.href": lambda item: item.podcast.image,
    "itunes_duration": lambda item: item.podcast.duration,
    "subtitle": lambda item: item.podcast.subtitle,
}

_FEED: dict[str, Callable[[Feed], object]] = {
    "title": lambda feed: feed.title,
    "title_detail.value": lambda feed: feed.title,
    "subtitle": lambda feed: feed.subtitle,
    "description": lambda feed: feed.subtitle,
    "tagline": lambda feed: feed.subtitle,
    "id": lambda feed: feed.id,
    "link": lambda feed: feed.link,
    "links.0.href": lambda feed: feed.link,
    "language": lambda feed: feed.language,
    "rights": lambda feed: feed.rights,
    "copyright": lambda feed: feed.rights,
    "icon": lambda feed: feed.icon,
    "logo": lambda feed: feed.image,
    "image.href": lambda feed: feed.image,
    "updated": lambda feed: feed.updated.raw,
    "modified": lambda feed: feed.updated.raw,
    "date": lambda feed: feed.updated.raw,
    "published": lambda feed: feed.updated.raw,
    "updated_parsed": lambda feed: _parts(feed.updated),
    "published_parsed": lambda feed: _parts(feed.updated),
    "ttl": lambda feed: str(feed.ttl),
    "author_detail.name": lambda feed: feed.authors[-1].name,
    "author_detail.email": lambda feed: feed.authors[-1].email,
    "author_detail.href": lambda feed: feed.authors[-1].uri,
    "tags.0.term": lambda feed: feed.categories[0].term,
    "tags.0.scheme": lambda feed: feed.categories[0].scheme,
    "tags.0.label": lambda feed: feed.categories[0].label,
    "category": lambda feed: feed.categories[0].term,
}


def parsed_value(document: Document, expected: Expectation) -> object | None:
    """The value of the expectation's field in the document, or None for a field that Document does not have."""
    try:
        if expected.where == "feed":
            read = _FEED.get(expected.field)
            return read(document.feed) if read else None
        read_item = _ITEM.get(expected.field)
        return read_item(document.items[0]) if read_item else None
    except IndexError:
        return "<nothing>"
