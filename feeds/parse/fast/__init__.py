"""Common feeds at a tenth of the cost: well-formed RSS and Atom through lxml, read as feedparser reads them.

What it gives is what `reader` gives, field by field. It knows the elements that it reads, those that mean
nothing to us, and nothing else: a document in which something stands that feedparser might take in another way
is left to feedparser. libxml2's limits on depth and size are on, entities and external documents off.
"""

from __future__ import annotations

import re
from typing import Any

from feedparser.urls import make_safe_absolute_uri
from lxml import etree

from feeds.parse.encoding import surely_utf8
from feeds.parse.fast.media import MEDIA
from feeds.parse.fast.names import ATOM10, RSS090, RSS10, USERLAND, Names, Odd, attributes, root_name
from feeds.parse.fast.podcasting import PODCASTING
from feeds.parse.fast.text import based, rebased, spoken
from feeds.parse.fast.walk import Place, Walk
from feeds.parse.fast.words import WORDS
from feeds.parse.limits import ITEMS
from feeds.parse.reference.raw_extras import Extra
from feeds.parse.reference.reader import Reading

_DECLARATION = re.compile(rb"<\?xml[^>]*?>")
_BASE = re.compile(rb"base(?<=[\s:]base)\s*=")  # that way round it is looked for as a word is
_QUOTED = rb"""(?:"[^"<]*+"|'[^'<]*+')"""
_ACCENTED = re.compile(
    rb"<[A-Za-z?][^<>\"'\x80-\xff]*+(?>(?:" + _QUOTED + rb"[^<>\"'\x80-\xff]*+)*)[\x80-\xff]"
)
_VERSIONS = {"0.91": "rss091u", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094"}
_ACTIONS = WORDS | MEDIA | PODCASTING

_parser = etree.XMLParser(
    resolve_entities=False,
    no_network=True,
    huge_tree=False,
    load_dtd=False,
    remove_comments=True,
    remove_pis=True,
)


def read(body: bytes, content_type: str, url: str) -> Reading | None:
    """What the document says, after `door.mend`; None where feedparser has to say it. Raises nothing."""
    try:
        return _read(body, content_type, url)
    except Exception:  # Odd, or not well-formed; and feedparser's own readings of dates raise what comes
        return None


def _read(body: bytes, content_type: str, url: str) -> Reading:
    if not surely_utf8(body, content_type):
        raise Odd("another encoding")
    declaration = _DECLARATION.match(body)
    body = body[declaration.end() :] if declaration else body
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise Odd("a DOCTYPE")
    if not body.isascii() and _ACCENTED.search(body):
        raise Odd("a name with accents")  # expat follows XML 1.0's fourth edition in what it allows there
    root = etree.fromstring(body, _parser)
    names = Names(root, body)
    end = body.find(b">", body.find(b"<" + root_name(root)))
    if _BASE.search(body, end):
        _check_bases(root, names)
    attrs = attributes(root)
    base = make_safe_absolute_uri(url)
    base = rebased(attrs.get("xml:base", attrs.get("base", "")), base)
    kind = root_name(root).decode().rpartition(":")[2].lower()
    version = _version(kind, root, attrs)
    language = spoken(attrs, None)
    walk = Walk(names, _ACTIONS, atom=version.startswith("atom"), base=base)
    feed = Place({}, None, language)
    if language and kind in ("feed", "rss") and names.of(root) == kind:
        feed.fields["language"] = language.replace("_", "-")
    entries, extras = _walk_feed(walk, feed, root, kind)
    return Reading(
        version=version,
        feed=feed.fields,
        entries=entries,
        extras=extras,
        skip_hours=walk.hours,
        skip_days=walk.days,
        notes=[],
        separable=True,
    )


def _check_bases(root: Any, names: Names) -> None:
    """WordPress puts xml:base on its contents, others on entries; elsewhere it is rare."""
    for element in root.iterdescendants():
        if any(name.rpartition("}")[2].lower() == "base" for name in element.attrib):
            name = names.of(element)
            if name not in ("entry", "item", "title", "summary", "description", "content", "content_encoded"):
                raise Odd(f"xml:base on <{name}>")


def _version(kind: str, root: Any, attrs: dict[str, str]) -> str:
    """feedparser's name for the format; raises Odd where it could come to another."""
    uris = [uri.lower() for uri in root.nsmap.values()]
    if any(USERLAND in uri for uri in uris) or RSS090 in uris:
        raise Odd("an old namespace")
    if kind == "feed" and ATOM10 in uris and RSS10 not in uris:
        return "atom10"
    if kind == "rdf" and RSS10 in uris and ATOM10 not in uris:
        return "rss10"
    if kind == "rss" and RSS10 not in uris and "}" not in root.tag:
        version = attrs.get("version", "")
        return "rss20" if version.startswith("2.") else _VERSIONS.get(version, "rss")
    raise Odd(f"a <{kind}>")


def _walk_feed(walk: Walk, feed: Place, root: Any, kind: str) -> tuple[list[dict[str, Any]], list[Extra]]:
    """Fills `feed`; returns the entries, and beside them what feedparser would lose of each."""
    entries: list[dict[str, Any]] = []
    extras: list[Extra] = []
    name_of = walk.names.of
    if kind == "feed":
        if name_of(root) != "feed":
            raise Odd("a prefix before <feed>")
        holders, entry = [root], "entry"
    elif kind == "rss":
        holders, entry = list(root), "item"
        if [name_of(one) for one in holders] != ["channel"]:
            raise Odd("not one channel")
    else:
        holders, entry = [root, *(one for one in root if name_of(one) == "channel")], "item"
        if len(holders) != 2 or name_of(root[0]) != "channel" or name_of(root) != "rdf_rdf":
            raise Odd("not one channel before all")
        holders.reverse()
    for holder in holders:
        language = feed.language
        if holder is not root:
            attrs = attributes(holder)
            feed.language = spoken(attrs, language)
            if "href" in attrs or "lastmod" in attrs:
                raise Odd("a channel with a link")
        for element in holder:
            name = name_of(element)
            if name == entry and (kind != "rdf" or holder is root):
                fields, extra = _entry(walk, element, feed.language)
                entries.append(fields)
                extras.append(extra)
                feed.titled = False
            elif kind == "rdf" and holder is root:
                _beside_the_channel(walk, element, name)
            else:
                walk.take(element, name, feed)
        feed.language = language
    if len(entries) > ITEMS:
        raise Odd("very many items")
    return entries, extras


def _entry(walk: Walk, element: Any, language: str | None) -> tuple[dict[str, Any], Extra]:
    attrs = attributes(element) if element.attrib else {}
    if "href" in attrs or "lastmod" in attrs:
        raise Odd("an item with a link")
    language = spoken(attrs, language)
    outer, walk.base = walk.base, based(attrs, walk.base)
    place = Place({}, Extra(language=language or ""), language)
    if about := attrs.get("rdf:about"):
        place.fields["id"] = about
    for child in element:
        walk.take(child, walk.names.of(child), place)
    assert place.extra is not None
    place.extra.whole = True
    walk.base = outer
    return place.fields, place.extra


def _beside_the_channel(walk: Walk, element: Any, name: str) -> None:
    """RSS 1.0's image and textinput: feedparser takes nothing of them that we want."""
    if name == "channel":
        return
    if name not in ("image", "textinput"):
        raise Odd(f"<{name}> beside the channel")
    allowed = ("title", "link", "url", "description", "name")
    if any(walk.names.of(child) not in allowed or len(child) for child in element):
        raise Odd(f"more in <{name}>")
