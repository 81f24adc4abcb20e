"""Repairs the encoding of an XML document, so that a strict parser can read it.

One bad byte, control character or character reference makes a whole document ill-formed, or garbles all its accents.
Obvious damage is removed here, so that one bad item does not spoil the others.
"""

from __future__ import annotations

import codecs
import re
from typing import Any

MAX_PROLOGUE_BYTES = 8 << 10

_DECLARATION = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([^"'>]{1,40})["'][^>]{0,200}\?>""")
_CHARSET_PARAMETER = re.compile(r"""charset\s*=\s*["']?([^"';\s]{1,40})""", re.IGNORECASE)
_REFERENCE = re.compile(rb"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));")

# Python codecs that are not document encodings; decoding punycode is quadratic (90 s for a small feed).
_NOT_ENCODINGS = frozenset({"punycode", "idna", "unicode-escape", "raw-unicode-escape", "undefined"})
# Encodings whose escape sequences are control characters.
_STATEFUL = ("iso2022", "iso-2022", "hz")

_ASCII_COMPATIBLE = frozenset({"", "utf-8", "ascii", "iso8859-1", "cp1252"})  # equal to UTF-8 for ASCII bytes

_ROOT = re.compile(rb"<[A-Za-z_]")
_CONTROLS = bytes(set(range(0x20)) - {0x09, 0x0A, 0x0D})  # not allowed, XML 1.0 §2.2

UTF8_CONTENT_TYPE = "application/xml; charset=utf-8"


def repair_encoding(body: bytes, content_type: str) -> tuple[bytes, str]:
    """The repaired document, and the content type to parse it with. Repairing a repaired document changes nothing.

    It is UTF-8 if its encoding is known or can be guessed. UTF-16 and UTF-32 are returned as they are: feedparser
    decodes them.
    """
    if is_utf16_or_32(body):
        return body, content_type or "application/xml"
    has_bom = body.startswith(codecs.BOM_UTF8)
    body = body.removeprefix(codecs.BOM_UTF8).lstrip()  # the declaration must come first (XML §2.8)
    if not body.startswith(b"<"):
        return body, content_type or "application/xml"
    declaration = _DECLARATION.match(body)
    declared = declared_encoding(body)
    if declaration and (has_bom or declared in _NOT_ENCODINGS):  # a BOM takes precedence (RFC 7303 §3.3)
        body, declared, declaration = body[declaration.end() :].lstrip(), "", None
    body = _without_prologue(body, declaration.end() if declaration else 0)
    if content_type_charset(content_type) in _NOT_ENCODINGS:
        content_type = ""
    # Without a content type feedparser falls back to ISO-8859-1, but the default of XML is UTF-8 (XML §4.3.3).
    content_type = content_type or "application/xml"
    if declared in ("", "utf-8"):
        body, content_type = _labelled_utf8(body, content_type)
    if not declared.startswith(_STATEFUL):
        body = body.translate(None, _CONTROLS)
    if b"&#" in body:
        body = _without_references(body)
    return _converted_to_utf8(body, content_type)


def declared_encoding(body: bytes) -> str:
    """Python's name of the encoding in the XML declaration; "" if there is none."""
    declaration = _DECLARATION.match(body)
    return _codec_name(declaration[1].decode("latin-1").strip()) if declaration else ""


def content_type_charset(content_type: str) -> str:
    """Python's name of the charset in a Content-Type; "" if there is none."""
    charset = _CHARSET_PARAMETER.search(content_type)
    return _codec_name(charset[1]) if charset else ""


def is_certainly_utf8(body: bytes, content_type: str) -> bool:
    """Whether the document, and any part of it, is decoded as UTF-8."""
    declared = declared_encoding(body.removeprefix(codecs.BOM_UTF8).lstrip())
    charset = content_type_charset(content_type)
    allowed = _ASCII_COMPATIBLE if body.isascii() else ("", "utf-8")
    if charset not in _ASCII_COMPATIBLE or declared not in allowed:
        return False
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def is_utf16_or_32(body: bytes) -> bool:
    """Whether the document is UTF-16 or UTF-32, in which markup cannot be searched as ASCII bytes."""
    return body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in body[:4]


def ascii_head(body: bytes, limit: int) -> str:
    """The ASCII characters among the first `limit` of a document, whatever its encoding: enough to see its kind."""
    head = body[: limit * 4 if is_utf16_or_32(body) else limit]
    return head.replace(b"\0", b"").decode("ascii", "ignore").lstrip()


def _without_prologue(body: bytes, start: int) -> bytes:
    """Remove what is between `start` (the end of the declaration) and the root if it is very long: feedparser
    searches it for a DOCTYPE in quadratic time (20,000 empty lines: 2 s)."""
    root = _ROOT.search(body)
    if not root or root.start() - start < MAX_PROLOGUE_BYTES:
        return body
    return body[:start] + body[root.start() :]


def _codec_name(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name.replace("_", "-")
    except (LookupError, ValueError):
        return encoding.lower()


def _labelled_utf8(body: bytes, content_type: str) -> tuple[bytes, str]:
    """Label the document UTF-8 if it is, with damaged bytes replaced by U+FFFD; else return the arguments.

    Servers send wrong charsets: bytes that decode as UTF-8 are UTF-8. If nearly all bytes do, the others are damage,
    such as a text cut within a character; feedparser would decode the whole document as windows-1252.
    """
    if body.isascii():
        return body, content_type
    try:
        body.decode()
    except UnicodeDecodeError:
        charset = content_type_charset(content_type)
        text = body.decode("utf-8", "replace")
        damaged = text.count("�")
        sound = len(text) - len(text.encode("ascii", "ignore")) - damaged
        if charset not in ("", "utf-8") or damaged * 10 > sound:
            return body, content_type
        body = text.encode()
    return body, UTF8_CONTENT_TYPE


def _converted_to_utf8(body: bytes, content_type: str) -> tuple[bytes, str]:
    """The document in UTF-8, decoded by feedparser, or the arguments if the encoding is unknown.

    The whole document is decoded at once, because parts of it may look as if they had different encodings."""
    if is_certainly_utf8(body, content_type):
        return body, content_type
    # A local import: most polls only compare documents, and few documents need it.
    from feedparser.encodings import convert_to_utf8

    result: dict[str, Any] = {}
    data: bytes = convert_to_utf8({"content-type": content_type}, body, result)
    if not result["encoding"]:
        return body, content_type
    if not body.startswith(b"<?xml"):
        data = data.partition(b"\n")[2]  # the declaration that feedparser added
    return data, UTF8_CONTENT_TYPE


def _without_references(body: bytes) -> bytes:
    """Remove references to what is not a character, repeatedly: removing one may leave another."""
    while len(cleaned := _REFERENCE.sub(_keep_if_allowed, body)) < len(body):
        body = cleaned
    return body


def _keep_if_allowed(match: re.Match[bytes]) -> bytes:
    digits = (match[1] or match[2]).lstrip(b"0") or b"0"
    code = int(digits, 16 if match[1] else 10) if len(digits) <= 7 else 0
    allowed = code in (0x9, 0xA, 0xD) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD
    return match[0] if allowed or 0x10000 <= code <= 0x10FFFF else b""
