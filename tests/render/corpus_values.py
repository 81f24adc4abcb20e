"""Count the values in the XML of the corpus that our Atom still contains.

It uses neither our parser nor feedparser, so it also counts values that both would miss.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from html import unescape
from pathlib import Path
from typing import Any

from lxml import etree

from feeds.render import render
from feeds.render.feedgen_extension import NAMESPACES
from tests.render.lossless import edition_of

_PREFIXES = {uri: prefix for prefix, uri in NAMESPACES.items()} | {
    "http://purl.org/rss/1.0/": "",
    "http://www.w3.org/1999/xhtml": "xhtml",
}


def survey(paths: Iterable[Path]) -> tuple[Counter[str], Counter[str], dict[str, str]]:
    """By element or element@attribute: the number of values, how many of them are published, and one that is not."""
    stated: Counter[str] = Counter()
    published: Counter[str] = Counter()
    missed: dict[str, str] = {}
    for path in paths:
        try:
            root = etree.fromstring(
                path.read_bytes(), etree.XMLParser(resolve_entities=False, no_network=True)
            )
        except etree.XMLSyntaxError:
            continue
        items = [item for item in root.iter("{*}item", "{*}entry") if len(item)]
        edition = edition_of(path) if items else None
        if edition is None or not edition.entries:
            continue
        ours = _words(" ".join(_all(etree.fromstring(render(edition, "atom").data))))
        for item in items:
            for name, value in _values(item):
                if words := _words(value):
                    stated[name] += 1
                    if words in ours:
                        published[name] += 1
                    else:
                        missed[name] = f"{path.name}: {words[:80]}"
    return stated, published, missed


def _all(root: Any) -> Iterator[str]:
    for element in root.iter(etree.Element):
        yield element.text or ""
        yield from element.attrib.values()


def _values(item: Any) -> Iterator[tuple[str, str]]:
    for element in item.iterdescendants(etree.Element):
        name = _name(element.tag)
        if name.startswith("xhtml:"):
            continue
        if not len(element):
            yield name, element.text or ""
        for attribute, value in element.attrib.items():
            yield f"{name}@{_name(attribute)}", value


def _name(tag: str) -> str:
    uri, _, local = tag[1:].rpartition("}") if tag[0] == "{" else ("", "", tag)
    prefix = _PREFIXES.get(uri, uri)
    return f"{prefix}:{local}" if prefix else local


def _words(text: str) -> str:
    plain = re.sub(r"<[^>]*>", " ", unescape(unescape(text)))
    return " ".join(plain.replace("\u2060", "").split()).casefold()
