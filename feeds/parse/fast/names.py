"""What feedparser calls the elements of a document, where it is sure that all of it agrees.

feedparser goes by prefixes: those of the namespaces that it knows, the document's own for the others. What a
prefix means is one table for the whole document. Where two declarations could be at odds, we do not decide:
`Odd`, and feedparser reads the document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from feeds.parse.reference.handlers import ATTRIBUTES, Strict

_XML = "{http://www.w3.org/XML/1998/namespace}"
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_THREAD = "{http://purl.org/syndication/thread/1.0}"
_ENCLOSURE = "{http://purl.oclc.org/net/rss_2.0/enc#}"
ATOM10 = "http://www.w3.org/2005/atom"
RSS10 = "http://purl.org/rss/1.0/"
RSS090 = "http://my.netscape.com/rdf/simple/0.9/"
USERLAND = "backend.userland.com/rss"  # feedparser takes all of theirs for one

HANDLED = frozenset(
    name.removeprefix("_start_").removeprefix("_end_")
    for name in dir(Strict)
    if name.startswith(("_start_", "_end_"))
)
KNOWN = {uri.lower(): prefix for uri, prefix in Strict.namespaces.items()}
_PREFIXES = frozenset(KNOWN.values()) | {prefix.lower() for prefix in KNOWN.values()}
_DECLARED = re.compile(rb"""\sxmlns:([^\s=]+)\s*=\s*["']([^"']*)["']""")
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9._-]*", re.ASCII)


class Odd(Exception):
    """Something that feedparser has to read; the message says what."""


class Names:
    """tag as lxml has it → name as feedparser's handlers have it: "title", "media_group"."""

    def __init__(self, root: Any, body: bytes) -> None:
        self._own = {prefix: uri for prefix, uri in root.nsmap.items() if prefix is not None}
        unknown = []
        for prefix, uri in self._own.items():
            known = _prefix_of(uri)
            if known is None:
                unknown.append(uri)
            elif prefix in _PREFIXES and known != prefix:
                raise Odd(f"{prefix} stands for {uri}")
        if len(set(unknown)) < len(unknown):
            raise Odd("one namespace has two prefixes")
        if any(self._is_odd(*one) for one in _declared_below(root, body)):
            # It may be text, escaped or in CDATA.
            for prefix, uri in {one for element in root.iterdescendants() for one in element.nsmap.items()}:
                if prefix is not None and self._is_odd(prefix, uri):
                    raise Odd(f"{prefix} comes to stand for {uri}")
        self._names: dict[str, str] = {}

    def _is_odd(self, prefix: str, uri: str) -> bool:
        """Declarations below the root hold for the rest of the document, with feedparser."""
        known = _prefix_of(uri)
        usual = known is not None and (known == prefix or prefix not in _PREFIXES)
        return self._own.get(prefix, uri if usual else "") != uri or known == "xlink"

    def of(self, element: Any) -> str:
        """Raises Odd for names that could be taken in two ways."""
        tag: str = element.tag
        name = self._names.get(tag)
        if name is None:
            name = self._names[tag] = self._made(tag, element.prefix)
        return name

    def _made(self, tag: str, own: str | None) -> str:
        uri, _, local = tag[1:].rpartition("}") if tag[0] == "{" else ("", "", tag)
        if not _PLAIN.fullmatch(local):
            raise Odd(f"an element that is called {local}")
        prefix = _prefix_of(uri)
        if prefix is None:
            if own is None or self._own.get(own) != uri or not _PLAIN.fullmatch(own):
                raise Odd(f"elements of {uri}")
            prefix = own
        return f"{prefix}_{local}".lower() if prefix else local.lower()


def _declared_below(root: Any, body: bytes) -> Iterator[tuple[str, str]]:
    """What looks like the declaration of a prefix."""
    at = body.find(b"xmlns:", body.find(b">", body.find(b"<" + root_name(root))))
    for match in _DECLARED.finditer(body, at - 1) if at >= 0 else ():
        yield match[1].decode("utf-8", "replace"), match[2].decode("utf-8", "replace")


def _prefix_of(uri: str) -> str | None:
    uri = uri.lower()
    return "" if USERLAND in uri else KNOWN.get(uri)


def root_name(root: Any) -> bytes:
    """The root's name as it is written."""
    local = root.tag.rpartition("}")[2]
    return (f"{root.prefix}:{local}" if root.prefix else local).encode()


def attributes(element: Any) -> dict[str, str]:
    """The attributes by the names that feedparser gives them; raises Odd for those of other namespaces."""
    found: dict[str, str] = {}
    for written, value in element.items():
        name = (_prefixed(written) if written[0] == "{" else written).lower()
        found[name] = value.lower() if name in ("rel", "type") else value
    if len(found) > ATTRIBUTES:
        raise Odd("very many attributes")
    return found


def _prefixed(name: str) -> str:
    for uri, prefix in ((_XML, "xml:"), (_RDF, "rdf:"), (_THREAD, "thr:"), (_ENCLOSURE, "enc:")):
        if name.startswith(uri):
            return prefix + name.removeprefix(uri)
    raise Odd(f"an attribute {name}")
