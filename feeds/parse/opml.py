"""Parses the feeds of an OPML 1.0 or 2.0 list, for `feeds import` and `opml:` sources."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from feeds.errors import Malformed, NotAFeed, TooCostly
from feeds.parse.encoding import ascii_head, repair_encoding, without_declaration
from feeds.parse.limits import MAX_FIELD_CHARS, remove_illegal_xml_chars
from feeds.parse.outline import Outline
from feeds.parse.sniff import sniff
from feeds.parse.values import Element

MAX_OUTLINES = 20_000

_ENTITY = re.compile(r"<!ENTITY", re.IGNORECASE)
_FEED_TYPES = frozenset({"rss", "atom", "feed", "rdf", "jsonfeed", "pie"})
_KIND_NAMES = {"feed": "a feed", "html": "a page", "json": "JSON", "empty": "empty"}


def parse(source: str, body: bytes, *, content_type: str = "") -> tuple[Outline, ...]:
    """The feeds in the list's order, each once, with the tags of all its occurrences.

    Raises NotAFeed for documents of another kind, Malformed (with the line) for ill-formed ones and those that
    declare entities, TooCostly for more than `MAX_OUTLINES` outlines.
    """
    kind = sniff(body)
    if kind in _KIND_NAMES:
        raise NotAFeed(source, f"it is {_KIND_NAMES[kind]}, not an OPML list")
    head = ascii_head(body, len(body))
    if declared := _ENTITY.search(head):
        line = head.count("\n", 0, declared.start()) + 1
        raise Malformed(source, f"line {line}: it declares entities; an OPML list has no need of them")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(without_declaration(repair_encoding(body, content_type)), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        raise Malformed(source, f"line {line}: {getattr(error, 'msg', None) or error}") from error
    if _local_name(root) != "opml":
        raise NotAFeed(source, f"its root is <{_local_name(root)[:40]}>, not an OPML list")
    by_url: dict[str, Outline] = {}
    for outline in _outlines(source, root):
        known = by_url.get(outline.url)
        tags = tuple(dict.fromkeys((*known.tags, *outline.tags))) if known else outline.tags
        by_url[outline.url] = replace(known or outline, tags=tags)
    return tuple(by_url.values())


def _outlines(source: str, root: Element) -> Iterator[Outline]:
    pending: list[tuple[Element, tuple[str, ...]]] = [(root, ())]
    count = 0
    while pending:
        node, folders = pending.pop()
        inner_folders = folders
        if _local_name(node) == "outline":
            count += 1
            if count > MAX_OUTLINES:
                raise TooCostly(source, f"it lists more than {MAX_OUTLINES} outlines")
            fields = {
                name.lower(): remove_illegal_xml_chars(value).strip()[:MAX_FIELD_CHARS]
                for name, value in node.attrib.items()
            }
            title = fields.get("title") or fields.get("text", "")
            url = fields.get("xmlurl") or (fields.get("url", "") if fields.get("type") in _FEED_TYPES else "")
            if url:
                yield Outline(
                    url=_http_url(url),
                    title=title,
                    html_url=fields.get("htmlurl", ""),
                    tags=tuple(dict.fromkeys((*folders, *_categories(fields.get("category", ""))))),
                )
            elif title:
                inner_folders = (*folders, title)
        pending.extend((child, inner_folders) for child in reversed(node) if isinstance(child.tag, str))


def _categories(attribute: str) -> Iterator[str]:
    """The categories in an attribute such as "/Boston/Weather, /Harvard/Berkman, Politics" (OPML 2.0)."""
    return (category for part in attribute.split(",") if (category := part.strip().strip("/")))


def _http_url(url: str) -> str:
    """The http(s) URL of feed://host/path or feed:https://host/path, which some feed readers write."""
    if url.lower().startswith("feed://"):
        return "http" + url[4:]
    return url[5:] if url.lower().startswith("feed:http") else url


def _local_name(node: Element) -> str:
    return etree.QName(node).localname.lower() if isinstance(node.tag, str) else ""
