"""The names that feedparser gives to elements and attributes, where they are certain.

feedparser names an element by prefix: its own prefix for a namespace that it knows, the document's for any other.
It has one table of prefixes for the whole document. Where two declarations may conflict in that table, we raise
`Unsupported`, and feedparser parses the document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from feeds.parse.reference.handlers import MAX_ATTRIBUTES, StrictParser
from feeds.parse.values import Element

_XML = "{http://www.w3.org/XML/1998/namespace}"
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_THREAD = "{http://purl.org/syndication/thread/1.0}"
_ENCLOSURE = "{http://purl.oclc.org/net/rss_2.0/enc#}"
ATOM10 = "http://www.w3.org/2005/atom"
RSS10 = "http://purl.org/rss/1.0/"
RSS090 = "http://my.netscape.com/rdf/simple/0.9/"
USERLAND = "backend.userland.com/rss"  # feedparser takes every namespace that contains this for plain RSS

HANDLED_ELEMENTS = frozenset(
    name.removeprefix("_start_").removeprefix("_end_")
    for name in dir(StrictParser)
    if name.startswith(("_start_", "_end_"))
)
_PREFIX_BY_NAMESPACE = {uri.lower(): prefix for uri, prefix in StrictParser.namespaces.items()}
_PREFIXES = frozenset(_PREFIX_BY_NAMESPACE.values()) | {
    prefix.lower() for prefix in _PREFIX_BY_NAMESPACE.values()
}
_DECLARATION = re.compile(rb"""\sxmlns:([^\s=]+)\s*=\s*["']([^"']*)["']""")
_PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._-]*", re.ASCII)


class Unsupported(Exception):
    """The document holds something that only feedparser can parse; the message says what."""


class ElementNames:
    """Translates lxml's tags into the names of feedparser's handlers: "title", "media_group"."""

    def __init__(self, root: Element, body: bytes) -> None:
        self._root_prefixes = {prefix: uri for prefix, uri in root.nsmap.items() if prefix is not None}
        unknown = []
        for prefix, uri in self._root_prefixes.items():
            known = _known_prefix(uri)
            if known is None:
                unknown.append(uri)
            elif prefix in _PREFIXES and known != prefix:
                raise Unsupported(f"the prefix {prefix} for {uri}")
        if len(set(unknown)) < len(unknown):
            raise Unsupported("two prefixes for one namespace")
        if any(self._conflicts(prefix, uri) for prefix, uri in _possible_declarations(root, body)):
            # It may be text, escaped or in CDATA: look at the elements.
            for prefix, uri in {pair for element in root.iterdescendants() for pair in element.nsmap.items()}:
                if prefix is not None and self._conflicts(prefix, uri):
                    raise Unsupported(f"below the root, the prefix {prefix} for {uri}")
        self._names: dict[str, str] = {}

    def _conflicts(self, prefix: str, uri: str) -> bool:
        """Whether a declaration below the root changes a name: in feedparser it holds for the rest of the document."""
        known = _known_prefix(uri)
        usual = known is not None and (known == prefix or prefix not in _PREFIXES)
        return self._root_prefixes.get(prefix, uri if usual else "") != uri or known == "xlink"

    def of(self, element: Element) -> str:
        """The name. Raises Unsupported where feedparser might come to another one."""
        tag: str = element.tag
        name = self._names.get(tag)
        if name is None:
            name = self._names[tag] = self._translate(tag, element.prefix)
        return name

    def _translate(self, tag: str, own: str | None) -> str:
        uri, _, local = tag[1:].rpartition("}") if tag[0] == "{" else ("", "", tag)
        if not _PLAIN_NAME.fullmatch(local):
            raise Unsupported(f"the element name {local}")
        prefix = _known_prefix(uri)
        if prefix is None:
            if own is None or self._root_prefixes.get(own) != uri or not _PLAIN_NAME.fullmatch(own):
                raise Unsupported(f"elements of {uri}")
            prefix = own
        return f"{prefix}_{local}".lower() if prefix else local.lower()


def _possible_declarations(root: Element, body: bytes) -> Iterator[tuple[str, str]]:
    """(prefix, namespace) of all that looks like a declaration below the root."""
    at = body.find(b"xmlns:", body.find(b">", body.find(b"<" + root_name(root))))
    for match in _DECLARATION.finditer(body, at - 1) if at >= 0 else ():
        yield match[1].decode("utf-8", "replace"), match[2].decode("utf-8", "replace")


def _known_prefix(uri: str) -> str | None:
    """feedparser's prefix for the namespace, "" for those without one; None where it does not know it."""
    uri = uri.lower()
    return "" if USERLAND in uri else _PREFIX_BY_NAMESPACE.get(uri)


def root_name(root: Element) -> bytes:
    """The root's name as it is written, with its prefix."""
    local = root.tag.rpartition("}")[2]
    return (f"{root.prefix}:{local}" if root.prefix else local).encode()


def attributes(element: Element) -> dict[str, str]:
    """The attributes by the names that feedparser gives them. Raises Unsupported for those of other namespaces."""
    found: dict[str, str] = {}
    for written, value in element.items():
        name = (_prefixed(written) if written[0] == "{" else written).lower()
        found[name] = value.lower() if name in ("rel", "type") else value
    if len(found) > MAX_ATTRIBUTES:
        raise Unsupported("too many attributes")
    return found


def _prefixed(name: str) -> str:
    for uri, prefix in ((_XML, "xml:"), (_RDF, "rdf:"), (_THREAD, "thr:"), (_ENCLOSURE, "enc:")):
        if name.startswith(uri):
            return prefix + name.removeprefix(uri)
    raise Unsupported(f"the attribute {name}")
