"""OPML 1.0 and 2.0 → the feeds that it lists. `feeds import` and `opml:` sources read it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from lxml import etree

from feeds.errors import Malformed, NotAFeed, TooCostly
from feeds.parse.encoding import text_of
from feeds.parse.limits import LINE, clean
from feeds.parse.outline import Outline
from feeds.parse.sniff import sniff

MOST = 20_000  # outlines

_ENTITY = re.compile(r"<!ENTITY", re.IGNORECASE)
_FEED_TYPES = frozenset({"rss", "atom", "feed", "rdf", "jsonfeed", "pie"})
_KINDS = {"feed": "a feed", "html": "a page", "json": "JSON", "empty": "empty"}


def read(source: str, body: bytes) -> tuple[Outline, ...]:
    """The feeds in the list's order, each once, with the tags of every place where it stands.

    Raises NotAFeed for documents of another kind, Malformed (with the line) for broken ones and those that
    declare entities, TooCostly for more than `MOST` outlines.
    """
    kind = sniff(body)
    if kind in _KINDS:
        raise NotAFeed(source, f"it is {_KINDS[kind]}, not an OPML list")
    head = text_of(body, len(body))
    if declared := _ENTITY.search(head):
        line = head.count("\n", 0, declared.start()) + 1
        raise Malformed(source, f"line {line}: it declares entities; an OPML list has no need of them")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body.strip(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        raise Malformed(source, f"line {line}: {getattr(error, 'msg', None) or error}") from error
    if _local(root) != "opml":
        raise NotAFeed(source, f"its root is <{_local(root)[:40]}>, not an OPML list")
    found: dict[str, Outline] = {}
    for outline in _outlines(source, root):
        before = found.get(outline.url)
        tags = tuple(dict.fromkeys((*before.tags, *outline.tags))) if before else outline.tags
        found[outline.url] = replace(before or outline, tags=tags)
    return tuple(found.values())


def _outlines(source: str, root: Any) -> Iterator[Outline]:
    waiting: list[tuple[Any, tuple[str, ...]]] = [(root, ())]
    seen = 0
    while waiting:
        node, folders = waiting.pop()
        inside = folders
        if _local(node) == "outline":
            seen += 1
            if seen > MOST:
                raise TooCostly(source, f"it lists more than {MOST} outlines")
            fields = {name.lower(): clean(value).strip()[:LINE] for name, value in node.attrib.items()}
            title = fields.get("title") or fields.get("text", "")
            url = fields.get("xmlurl") or (fields.get("url", "") if fields.get("type") in _FEED_TYPES else "")
            if url:
                yield Outline(
                    url=_http(url),
                    title=title,
                    html_url=fields.get("htmlurl", ""),
                    tags=tuple(dict.fromkeys((*folders, *_categories(fields.get("category", ""))))),
                )
            elif title:
                inside = (*folders, title)
        waiting.extend((child, inside) for child in reversed(node) if isinstance(child.tag, str))


def _categories(written: str) -> Iterator[str]:
    """OPML 2.0: "/Boston/Weather, /Harvard/Berkman, Politics"."""
    return (one for part in written.split(",") if (one := part.strip().strip("/")))


def _http(url: str) -> str:
    """Some readers write feed://host/path, or feed:https://host/path."""
    if url.lower().startswith("feed://"):
        return "http" + url[4:]
    return url[5:] if url.lower().startswith("feed:http") else url


def _local(node: Any) -> str:
    return etree.QName(node).localname.lower() if isinstance(node.tag, str) else ""
