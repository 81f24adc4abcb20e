"""Parses a feed document with feedparser: with its strict parser, or if it is ill-formed with its loose one.

This does what `feedparser.parse` does, with our handlers. The bytes are passed as a file object, never as a name that
could be opened or fetched. feedparser's sanitizing and its URL resolution in HTML are off: `normalize` does both.
"""

from __future__ import annotations

import re
import xml.sax
from dataclasses import dataclass
from html.entities import name2codepoint
from io import BytesIO
from typing import Any
from xml.sax.handler import feature_external_ges, feature_namespaces

from feedparser.sanitizer import replace_doctype

from feeds.parse.encoding import without_declaration
from feeds.parse.reference.handlers import ItemLimit, LimitExceeded, LooseParser, StrictParser
from feeds.parse.reference.raw_extras import RawExtras

_NAMED_ENTITY = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,31});")
# Any spelling but "utf-8" keeps feedparser from decoding texts twice that look as if they had been encoded twice: the
# topic of an article may be such texts.
_ENCODING = "utf8"
_XML_ENTITIES = frozenset({b"lt", b"gt", b"amp", b"quot", b"apos"})


@dataclass(slots=True)
class RawDocument:
    """A document in feedparser's dictionaries. `xml_error`: why it is not well-formed; "" if it is."""

    version: str
    feed: dict[str, Any]
    entries: list[dict[str, Any]]
    entry_extras: list[RawExtras]  # one for each entry
    skip_hours: list[str]
    skip_days: list[str]
    notes: list[str]  # what was skipped, for people
    xml_error: str = ""
    complete: bool = True  # False: the document is cut off before its last end tag
    independent_entries: bool = False  # see Document


def parse(body: bytes) -> RawDocument:
    """Parse the document, after `encoding.repair_encoding`. URLs stay relative where no xml:base is in force.

    If feedparser raises an exception in the middle of the document, the items before it are returned. Raises
    LimitExceeded, and such an exception if there are none.
    """
    version, data, entities = replace_doctype(without_declaration(body))
    parser = StrictParser("", None, _ENCODING)
    xml_error = _parse_strictly(parser, data)
    independent_entries = not (xml_error or parser.notes or parser.entries_depend or parser.has_open_state())
    # HTML entities such as &nbsp; are the most common error, and harmless
    if xml_error.endswith("undefined entity"):
        parser = StrictParser("", None, _ENCODING)
        xml_error = _parse_strictly(parser, _NAMED_ENTITY.sub(_numeric_reference, data))
    if xml_error:
        parser = LooseParser("", None, _ENCODING, entities)
        parser.resolve_relative_uris = parser.sanitize_html = False
        try:
            parser.feed(data.decode("utf-8", "replace"))
            if not parser.root_ended:
                _drop_cut_item(parser)
        except ItemLimit:
            pass
        except (LimitExceeded, MemoryError, RecursionError):
            raise
        except Exception as error:
            if not parser.entries:
                raise
            parser.root_ended = False
            _drop_cut_item(parser)
            parser.notes.append(f"the document cannot be read behind its last item ({type(error).__name__})")
    return RawDocument(
        version=version or parser.version,
        feed=parser.feeddata,
        entries=parser.entries,
        entry_extras=parser.entry_extras,
        skip_hours=parser.skip_hours,
        skip_days=parser.skip_days,
        notes=parser.notes,
        xml_error=xml_error,
        complete=not xml_error or parser.root_ended,
        independent_entries=independent_entries,
    )


def _parse_strictly(parser: Any, data: bytes) -> str:
    """Parse the document and return its first well-formedness error, or "". An exception of the parser counts as one:
    the loose parser does not raise it."""
    parser.resolve_relative_uris = parser.sanitize_html = False
    # safe: replace_doctype removed all entities that refer to others, and external ones are not loaded
    expat = xml.sax.make_parser()  # noqa: S317
    expat.setFeature(feature_namespaces, True)
    expat.setFeature(feature_external_ges, False)
    expat.setContentHandler(parser)
    expat.setErrorHandler(parser)
    source = xml.sax.xmlreader.InputSource()
    source.setByteStream(BytesIO(data))
    try:
        expat.parse(source)
    except ItemLimit:
        return ""
    except xml.sax.SAXParseException as error:
        return f"line {error.getLineNumber()}, column {error.getColumnNumber()}: {error.getMessage()}"
    except (LimitExceeded, MemoryError, RecursionError):
        raise
    except Exception as error:  # such as ValueError for a namespace with a space in it
        return f"the XML parser fails with {type(error).__name__}"
    return ""


def _numeric_reference(match: re.Match[bytes]) -> bytes:
    code = name2codepoint.get(match[1].decode("ascii"))
    return match[0] if code is None or match[1] in _XML_ENTITIES else b"&#%d;" % code


def _drop_cut_item(parser: Any) -> None:
    """Remove the item in whose middle the document ends. Published, it would have to be corrected at the next fetch."""
    if parser.entry_extras and not parser.entry_extras[-1].complete:
        parser.entries.pop()
        parser.entry_extras.pop()
        parser.notes.append(f"item {len(parser.entries) + 1}: the document was cut off in the middle of it")
    else:
        parser.notes.append("the document was cut off after its last item")
