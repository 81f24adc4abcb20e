"""Repairs the encoding of an XML document, so that a strict parser can read it.

One bad byte, control character or character reference makes a whole document ill-formed, or garbles all its accents.
Obvious damage is removed here, so that one bad item does not spoil the others.
"""

from __future__ import annotations

import re

from feeds.parse.charset import find_charset
from feeds.parse.damaged_utf8 import is_utf8
from feeds.parse.doubled_cdata import without_doubled_cdata
from feeds.parse.to_utf8 import is_utf16_or_32, stated_charsets, to_utf8

MAX_PROLOGUE_BYTES = 8 << 10
UTF8_CONTENT_TYPE = "application/xml; charset=utf-8"

_HEAD_BYTES = 64 << 10
_ENCODING = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*+=\s*+["']([^"'>]{1,40})["'][^>]{0,200}\?>""")
_DECLARATION = re.compile(rb"<\?xml\s[^>]{0,400}\?>")
_UTF8_DECLARATION = b"<?xml version='1.0' encoding='utf-8'?>"
_ROOT = re.compile(rb"<[A-Za-z_]")
_KNOWN_ROOT = re.compile(rb"<(?:[A-Za-z_][\w.-]{0,40}:)?(?:rss|feed|rdf|channel|opml)[\s>]", re.IGNORECASE)
_CONTROLS = bytes(set(range(0x20)) - {0x09, 0x0A, 0x0D})  # not allowed, XML 1.0 §2.2

_MAX_NESTED_REFERENCES = 10
_REFERENCE = re.compile(rb"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));")
# Both halves of a character beyond U+FFFF, as programs write it that take its surrogates for characters.
_HIGH = rb"&#(?:[xX]0*([dD][89abAB][0-9a-fA-F]{2})|0*(5[56][0-9]{3}));"
_SURROGATES = re.compile(_HIGH + rb"&#(?:[xX]0*([dD][c-fC-F][0-9a-fA-F]{2})|0*(5[67][0-9]{3}));")


def repair_encoding(body: bytes, content_type: str) -> bytes:
    """The repaired document, in UTF-8. Repairing a repaired document changes nothing."""
    label = declared_label(body)
    text = to_utf8(body, content_type, label)
    was_utf8 = body.endswith(text)
    if not text.startswith(b"<") and not _KNOWN_ROOT.search(text, 0, _HEAD_BYTES):
        return text
    text = _from_its_start(text)
    declaration = _DECLARATION.match(text)
    if declaration and not (was_utf8 and _has_harmless_label(label)):
        text = _UTF8_DECLARATION + text[declaration.end() :]
    text = _without_prologue(text).translate(None, _CONTROLS)
    if b"&#" in text:
        text = _without_references(text)
    return without_doubled_cdata(text)


def without_declaration(document: bytes) -> bytes:
    """A repaired document without its XML declaration: it may name the encoding that the document had, or XML 1.1."""
    declaration = _DECLARATION.match(document)
    return document[declaration.end() :] if declaration else document


def declared_label(body: bytes) -> str:
    """The encoding in the XML declaration, as written; "" if there is none. Text may stand before the declaration."""
    root = _KNOWN_ROOT.search(body, 0, _HEAD_BYTES)
    declaration = _ENCODING.search(body, 0, root.start() if root else _HEAD_BYTES)
    return declaration[1].decode("latin-1") if declaration else ""


def is_certainly_utf8(body: bytes, content_type: str) -> bool:
    """Whether the document, and any part of it, is decoded as UTF-8."""
    charsets = stated_charsets(content_type, declared_label(body))
    return is_utf8(body) and not any(charset.is_multibyte or charset.is_stateful for charset in charsets)


def ascii_head(body: bytes, limit: int) -> str:
    """The ASCII characters among the first `limit` of a document, whatever its encoding: enough to see its kind."""
    head = body[: limit * 4 if is_utf16_or_32(body) else limit]
    return head.replace(b"\0", b"").decode("ascii", "ignore").lstrip()


def _has_harmless_label(label: str) -> bool:
    """Whether every part of a document in UTF-8 is read as UTF-8 although it declares this encoding."""
    charset = find_charset(label) if label else None
    return charset is None or not (charset.is_multibyte or charset.is_stateful)


def _from_its_start(text: bytes) -> bytes:
    """The document without what a program wrote before it, such as warnings of PHP: the declaration must come first
    (XML 1.0 §2.8)."""
    root = _KNOWN_ROOT.search(text, 0, _HEAD_BYTES)
    if not root:
        return text
    if declaration := _DECLARATION.search(text, 0, root.start()):
        return text[declaration.start() :]
    first = _ROOT.search(text)
    is_first = text.startswith(b"<") and first is not None and first.start() == root.start()
    return text if is_first else text[root.start() :]


def _without_prologue(text: bytes) -> bytes:
    """Remove what is between declaration and root if it is very long: feedparser searches it for a DOCTYPE in
    quadratic time (20,000 empty lines: 2 s)."""
    declaration, root = _DECLARATION.match(text), _ROOT.search(text)
    start = declaration.end() if declaration else 0
    if not root or root.start() - start < MAX_PROLOGUE_BYTES:
        return text
    return text[:start] + text[root.start() :]


def _without_references(text: bytes) -> bytes:
    """Remove references to what is not a character, repeatedly: removing one may leave another."""
    cleaned = _REFERENCE.sub(_keep_if_allowed, text)
    if len(cleaned) == len(text):
        return text
    text = _SURROGATES.sub(_joined_surrogates, text)
    for _ in range(_MAX_NESTED_REFERENCES):
        cleaned = _REFERENCE.sub(_keep_if_allowed, text)
        if len(cleaned) == len(text):
            break
        text = cleaned
    return text


def _joined_surrogates(match: re.Match[bytes]) -> bytes:
    high, low = (int(match[n], 16) if match[n] else int(match[n + 1]) for n in (1, 3))
    if not (0xD800 <= high < 0xDC00 <= low < 0xE000):
        return match[0]
    return b"&#%d;" % (0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))


def _keep_if_allowed(match: re.Match[bytes]) -> bytes:
    digits = (match[1] or match[2]).lstrip(b"0") or b"0"
    code = int(digits, 16 if match[1] else 10) if len(digits) <= 7 else 0
    allowed = code in (0x9, 0xA, 0xD) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD
    return match[0] if allowed or 0x10000 <= code <= 0x10FFFF else b""
