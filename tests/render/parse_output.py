"""Parse the rendered bytes: with feedparser, without its repairs, or as plain XML or JSON."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import feedparser
from lxml import etree

from feeds.model import Entry, Format
from feeds.render import render
from tests.render.sample_edition import with_entries

FORMATS: tuple[Format, ...] = ("atom", "rss", "json", "html")

ATOM = "{http://www.w3.org/2005/Atom}"
MEDIA = "{http://search.yahoo.com/mrss/}"
DC = "{http://purl.org/dc/elements/1.1/}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

TYPES = {"atom": "application/atom+xml; charset=utf-8", "rss": "application/rss+xml; charset=utf-8"}


def read(data: bytes, form: str) -> Any:
    """feedparser's view of one of our feeds."""
    return feedparser.parse(
        BytesIO(data),
        response_headers={"content-type": TYPES[form], "content-location": "https://feeds.example/"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )


def xml(data: bytes) -> Any:
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))


def atom_entries(data: bytes) -> list[Any]:
    return list(xml(data).iterfind(f"{ATOM}entry"))


def items(data: bytes) -> list[Any]:
    return list(xml(data).iterfind("channel/item"))


def words(element: Any, path: str) -> list[str]:
    return [match.text or "" for match in element.iterfind(path)]


def atom(*entries: Entry) -> Any:
    return xml(render(with_entries(*entries), "atom").data)


def one_item(entry: Entry) -> Any:
    return items(render(with_entries(entry), "rss").data)[0]


def json_items(*entries: Entry) -> Any:
    return json.loads(render(with_entries(*entries), "json").data)["items"]
