"""The fast path: parses common well-formed RSS and Atom with lxml, at a tenth of feedparser's cost.

Its result equals that of `reference.reader`, field by field. It knows the elements that it uses and those that have
no effect. A document with anything else, which feedparser may parse in another way, is left to feedparser. libxml2's
limits on depth and size are on; entities and external documents are off.
"""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from feeds.parse.encoding import without_declaration
from feeds.parse.fast.core import CORE_ELEMENTS
from feeds.parse.fast.mediarss import MEDIARSS_ELEMENTS
from feeds.parse.fast.metadata import METADATA_ELEMENTS
from feeds.parse.fast.names import (
    ATOM10,
    RSS090,
    RSS10,
    USERLAND,
    ElementNames,
    Unsupported,
    attributes,
    root_name,
)
from feeds.parse.fast.podcasting import PODCAST_ELEMENTS
from feeds.parse.fast.text import effective_base, effective_language, resolve_base
from feeds.parse.fast.walker import Target, Walker
from feeds.parse.limits import MAX_READ_ITEMS
from feeds.parse.reference.raw_extras import RawExtras
from feeds.parse.reference.reader import RawDocument
from feeds.parse.values import Element

# With the look-behind at the end, the engine can search for the literal "base" first.
_XML_BASE = re.compile(rb"base(?<=[\s:]base)\s*=")
_QUOTED = rb"""(?:"[^"<]*+"|'[^'<]*+')"""
_NON_ASCII_NAME = re.compile(
    rb"<[A-Za-z?][^<>\"'\x80-\xff]*+(?>(?:" + _QUOTED + rb"[^<>\"'\x80-\xff]*+)*)[\x80-\xff]"
)
_VERSIONS = {"0.91": "rss091u", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094"}
_ACTIONS = CORE_ELEMENTS | METADATA_ELEMENTS | MEDIARSS_ELEMENTS | PODCAST_ELEMENTS

_parser = etree.XMLParser(
    resolve_entities=False,
    no_network=True,
    huge_tree=False,
    load_dtd=False,
    remove_comments=True,
    remove_pis=True,
)


def parse(body: bytes) -> RawDocument | None:
    """The document, after `encoding.repair_encoding`; None if feedparser has to parse it. Never raises."""
    try:
        return _parse(body)
    except Exception:  # Unsupported, not well-formed, or whatever feedparser's date parsers raise
        return None


def _parse(body: bytes) -> RawDocument:
    body = without_declaration(body)
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise Unsupported("a DOCTYPE")
    if not body.isascii() and _NON_ASCII_NAME.search(body):
        # expat allows other characters in names (XML 1.0, fourth edition) than libxml2.
        raise Unsupported("a non-ASCII name")
    root = etree.fromstring(body, _parser)
    names = ElementNames(root, body)
    end = body.find(b">", body.find(b"<" + root_name(root)))
    if _XML_BASE.search(body, end):
        _check_bases(root, names)
    attrs = attributes(root)
    base = resolve_base(attrs.get("xml:base", attrs.get("base", "")), "")
    root_kind = root_name(root).decode().rpartition(":")[2].lower()
    version = _version(root_kind, root, attrs)
    language = effective_language(attrs, None)
    walker = Walker(names, _ACTIONS, atom=version.startswith("atom"), base=base)
    feed = Target({}, None, language)
    if language and root_kind in ("feed", "rss") and names.of(root) == root_kind:
        feed.fields["language"] = language.replace("_", "-")
    entries, entry_extras = _parse_feed(walker, feed, root, root_kind)
    return RawDocument(
        version=version,
        feed=feed.fields,
        entries=entries,
        entry_extras=entry_extras,
        skip_hours=walker.skip_hours,
        skip_days=walker.skip_days,
        notes=[],
        independent_entries=True,
    )


def _check_bases(root: Element, names: ElementNames) -> None:
    """Raise Unsupported for an xml:base other than on entries and text constructs. It is rare elsewhere."""
    for element in root.iterdescendants():
        if any(name.rpartition("}")[2].lower() == "base" for name in element.attrib):
            name = names.of(element)
            if name not in ("entry", "item", "title", "summary", "description", "content", "content_encoded"):
                raise Unsupported(f"xml:base on <{name}>")


def _version(root_kind: str, root: Element, attrs: dict[str, str]) -> str:
    """feedparser's name for the format. Raises Unsupported where it may come to another one."""
    uris = [uri.lower() for uri in root.nsmap.values()]
    if any(USERLAND in uri for uri in uris) or RSS090 in uris:
        raise Unsupported("an old namespace")
    if root_kind == "feed" and ATOM10 in uris and RSS10 not in uris:
        return "atom10"
    if root_kind == "rdf" and RSS10 in uris and ATOM10 not in uris:
        return "rss10"
    if root_kind == "rss" and RSS10 not in uris and "}" not in root.tag:
        version = attrs.get("version", "")
        return "rss20" if version.startswith("2.") else _VERSIONS.get(version, "rss")
    raise Unsupported(f"a root <{root_kind}> of this version")


def _parse_feed(
    walker: Walker, feed: Target, root: Element, root_kind: str
) -> tuple[list[dict[str, Any]], list[RawExtras]]:
    """Fill `feed` and return the fields of each entry, and the raw extras of each."""
    entries: list[dict[str, Any]] = []
    entry_extras: list[RawExtras] = []
    name_of = walker.names.of
    if root_kind == "feed":
        if name_of(root) != "feed":
            raise Unsupported("a prefix before <feed>")
        containers, entry = [root], "entry"
    elif root_kind == "rss":
        containers, entry = list(root), "item"
        if [name_of(child) for child in containers] != ["channel"]:
            raise Unsupported("other than exactly one channel")
    else:
        containers, entry = [root, *(child for child in root if name_of(child) == "channel")], "item"
        if len(containers) != 2 or name_of(root[0]) != "channel" or name_of(root) != "rdf_rdf":
            raise Unsupported("other than exactly one channel, before all items")
        containers.reverse()
    for container in containers:
        language = feed.language
        if container is not root:
            attrs = attributes(container)
            feed.language = effective_language(attrs, language)
            if "href" in attrs or "lastmod" in attrs:
                raise Unsupported("a channel with a link in its attributes")
        for element in container:
            name = name_of(element)
            if name == entry and (root_kind != "rdf" or container is root):
                fields, extras = _parse_entry(walker, element, feed.language)
                entries.append(fields)
                entry_extras.append(extras)
                feed.has_title = False
            elif root_kind == "rdf" and container is root:
                _check_rdf_sibling(walker, element, name)
            else:
                walker.handle(element, name, feed)
        feed.language = language
    if len(entries) > MAX_READ_ITEMS:
        raise Unsupported("too many items")
    return entries, entry_extras


def _parse_entry(walker: Walker, element: Element, language: str | None) -> tuple[dict[str, Any], RawExtras]:
    attrs = attributes(element) if element.attrib else {}
    if "href" in attrs or "lastmod" in attrs:
        raise Unsupported("an item with a link in its attributes")
    language = effective_language(attrs, language)
    outer, walker.base = walker.base, effective_base(attrs, walker.base)
    target = Target({}, RawExtras(language=language or ""), language)
    if about := attrs.get("rdf:about"):
        target.fields["id"] = about
    for child in element:
        walker.handle(child, walker.names.of(child), target)
    assert target.extras is not None
    target.extras.complete = True
    walker.base = outer
    return target.fields, target.extras


def _check_rdf_sibling(walker: Walker, element: Element, name: str) -> None:
    """Check an RSS 1.0 image or textinput, of which we use nothing that feedparser stores."""
    if name == "channel":
        return
    if name not in ("image", "textinput"):
        raise Unsupported(f"<{name}> beside the channel")
    allowed = ("title", "link", "url", "description", "name")
    if any(walker.names.of(child) not in allowed or len(child) for child in element):
        raise Unsupported(f"other elements in <{name}>")
