"""A feed document through feedparser: strictly, and where it is not well-formed, loosely.

This is `feedparser.parse` with our handlers in it. The bytes come in as a file object and never as a name:
nothing is opened or fetched. Its sanitizing and URL resolution in HTML stay off: `normalize` does both, last.
"""

from __future__ import annotations

import re
import xml.sax
from contextlib import suppress
from dataclasses import dataclass
from html.entities import name2codepoint
from io import BytesIO
from typing import Any
from xml.sax.handler import feature_external_ges, feature_namespaces

from feedparser.encodings import convert_to_utf8
from feedparser.sanitizer import replace_doctype
from feedparser.urls import make_safe_absolute_uri

from feeds.parse.encoding import is_wide
from feeds.parse.reference.handlers import Enough, Loose, Strict
from feeds.parse.reference.raw_extras import Extra

_ENTITY = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,31});")
_XML_ENTITIES = frozenset({b"lt", b"gt", b"amp", b"quot", b"apos"})


@dataclass(slots=True)
class Reading:
    """What feedparser made of a document. `fault`: why it is not well-formed, "" where it is."""

    version: str
    feed: dict[str, Any]
    entries: list[dict[str, Any]]
    extras: list[Extra]  # one for each entry
    skip_hours: list[str]
    skip_days: list[str]
    notes: list[str]
    fault: str = ""
    complete: bool = True  # False: it ends before its last element does
    separable: bool = False  # see Document


def read(body: bytes, content_type: str, url: str) -> Reading:
    """What it says. Raises TooMuch, and for some damaged documents whatever feedparser happens to raise."""
    encoding: dict[str, Any] = {}
    data = convert_to_utf8({"content-location": url, "content-type": content_type}, body, encoding)
    version, data, entities = replace_doctype(data)
    base = make_safe_absolute_uri(url)
    parser, fault, separable = Strict(base, None, "utf-8"), "its character encoding is unknown", False
    if encoding["encoding"]:
        # feedparser gives a document that has no declaration one, on a line of its own
        above = 0 if body.startswith(b"<?xml") or is_wide(body) else 1
        fault = _strictly(parser, data, above)
        separable = not (fault or parser.notes or parser.entangled or parser.is_open())
        # &nbsp; and its like: the most common fault, and a harmless one
        if fault.endswith("undefined entity"):
            parser = Strict(base, None, "utf-8")
            fault = _strictly(parser, _ENTITY.sub(_by_number, data), above)
    if fault:
        parser = Loose(base, None, "utf-8", entities)
        parser.resolve_relative_uris = parser.sanitize_html = False
        with suppress(Enough):
            parser.feed(data.decode("utf-8", "replace"))
            if not parser.closed:
                _drop_cut(parser)
    return Reading(
        version=version or parser.version,
        feed=parser.feeddata,
        entries=parser.entries,
        extras=parser.extras,
        skip_hours=parser.skip_hours,
        skip_days=parser.skip_days,
        notes=parser.notes,
        fault=fault,
        complete=not fault or parser.closed,
        separable=separable,
    )


def _strictly(parser: Any, data: bytes, above: int) -> str:
    """Reads the document; returns where it ceases to be well-formed, "" where it is.

    `above`: lines that it did not have when it came.
    """
    parser.resolve_relative_uris = parser.sanitize_html = False
    # replace_doctype left no entity that refers to another, and external ones are not loaded
    expat = xml.sax.make_parser()  # noqa: S317
    expat.setFeature(feature_namespaces, True)
    expat.setFeature(feature_external_ges, False)
    expat.setContentHandler(parser)
    expat.setErrorHandler(parser)
    source = xml.sax.xmlreader.InputSource()
    source.setByteStream(BytesIO(data))
    try:
        expat.parse(source)
    except Enough:
        return ""
    except xml.sax.SAXParseException as error:
        line, column = (error.getLineNumber() or 1) - above, error.getColumnNumber()
        return f"line {line}, column {column}: {error.getMessage()}"
    return ""


def _by_number(match: re.Match[bytes]) -> bytes:
    code = name2codepoint.get(match[1].decode("ascii"))
    return match[0] if code is None or match[1] in _XML_ENTITIES else b"&#%d;" % code


def _drop_cut(parser: Any) -> None:
    """Half an item would be published as news and corrected with the next fetch: it is left out."""
    if parser.extras and not parser.extras[-1].whole:
        parser.entries.pop()
        parser.extras.pop()
        parser.notes.append(f"item {len(parser.entries) + 1}: the document was cut off in the middle of it")
    else:
        parser.notes.append("the document was cut off after its last item")
