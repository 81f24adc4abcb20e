"""The door: bytes as they came → bytes that can be read strictly, where little is wrong with them.

One bad byte, control character or character reference makes a whole document ill-formed, or turns all its
accents into others. What is plainly damage is taken out here, so that one poisoned item costs nobody else.
"""

from __future__ import annotations

import codecs
import re
from typing import Any

PROLOGUE = 8 << 10  # bytes

_DECLARATION = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([^"'>]{1,40})["'][^>]{0,200}\?>""")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([^"';\s]{1,40})""", re.IGNORECASE)
_REFERENCE = re.compile(rb"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));")

# Codecs of Python that no document is written in; decoding punycode is quadratic (90 s for a small feed).
_NO_ENCODINGS = frozenset({"punycode", "idna", "unicode-escape", "raw-unicode-escape", "undefined"})
# Their escape sequences are control characters.
_STATEFUL = ("iso2022", "iso-2022", "hz")

_LIKE_ASCII = frozenset({"", "utf-8", "ascii", "iso8859-1", "cp1252"})  # for a document in ASCII

_ROOT = re.compile(rb"<[A-Za-z_]")
_CONTROLS = bytes(set(range(0x20)) - {0x09, 0x0A, 0x0D})  # XML 1.0 §2.2

UTF8 = "application/xml; charset=utf-8"


def mend(body: bytes, content_type: str) -> tuple[bytes, str]:
    """The document, and the content type to read it under: as UTF-8, where its encoding is known or can be
    guessed. What was mended needs no mending again."""
    if is_wide(body):
        return body, content_type or "application/xml"
    marked = body.startswith(codecs.BOM_UTF8)
    body = body.removeprefix(codecs.BOM_UTF8).lstrip()  # nothing may stand before the declaration (XML §2.8)
    if not body.startswith(b"<"):
        return body, content_type or "application/xml"
    declaration = _DECLARATION.match(body)
    declared = declared_encoding(body)
    if declaration and (marked or declared in _NO_ENCODINGS):  # a mark outweighs it (RFC 7303 §3.3)
        body, declared, declaration = body[declaration.end() :].lstrip(), "", None
    body = _without_prologue(body, declaration.end() if declaration else 0)
    if sent_charset(content_type) in _NO_ENCODINGS:
        content_type = ""
    # Without a content type feedparser falls back to ISO-8859-1; XML says UTF-8 (XML §4.3.3).
    content_type = content_type or "application/xml"
    if declared in ("", "utf-8"):
        body, content_type = _utf8(body, content_type)
    if not declared.startswith(_STATEFUL):
        body = body.translate(None, _CONTROLS)
    if b"&#" in body:
        body = _without_references(body)
    return _converted(body, content_type)


def declared_encoding(body: bytes) -> str:
    """The codec that the XML declaration names, by Python's name for it; "" where it names none."""
    declaration = _DECLARATION.match(body)
    return _name(declaration[1].decode("latin-1").strip()) if declaration else ""


def sent_charset(content_type: str) -> str:
    """The codec that a media type names, by Python's name for it; "" where it names none."""
    charset = _CHARSET.search(content_type)
    return _name(charset[1]) if charset else ""


def surely_utf8(body: bytes, content_type: str) -> bool:
    """Whether every part of the document is read as UTF-8, whatever the other parts hold."""
    declared, charset = (
        declared_encoding(body.removeprefix(codecs.BOM_UTF8).lstrip()),
        sent_charset(content_type),
    )
    if charset not in _LIKE_ASCII or declared not in (_LIKE_ASCII if body.isascii() else ("", "utf-8")):
        return False
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def is_wide(body: bytes) -> bool:
    """Whether this is UTF-16 or UTF-32, whose bytes cannot be looked at one by one."""
    return body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in body[:4]


def text_of(body: bytes, limit: int) -> str:
    """The beginning of a document as ASCII, good enough to see what kind it is."""
    head = body[: limit * 4 if is_wide(body) else limit]
    return head.replace(b"\0", b"").decode("ascii", "ignore").lstrip()


def _without_prologue(body: bytes, kept: int) -> bytes:
    """Cuts out what stands between the declaration and the root where it is very long: feedparser looks for a
    DOCTYPE in it in quadratic time (20,000 empty lines: 2 s)."""
    root = _ROOT.search(body)
    if not root or root.start() - kept < PROLOGUE:
        return body
    return body[:kept] + body[root.start() :]


def _name(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name.replace("_", "-")
    except (LookupError, ValueError):
        return encoding.lower()


def _utf8(body: bytes, content_type: str) -> tuple[bytes, str]:
    """A document that may be UTF-8, with its damage replaced by U+FFFD.

    Servers send charsets that their documents do not have; text that decodes as UTF-8 is UTF-8. A few bytes
    that do not, in a document where nearly all others do, are damage (a text cut in the middle of a
    character); feedparser would read the whole of it as windows-1252.
    """
    if body.isascii():
        return body, content_type
    try:
        body.decode()
    except UnicodeDecodeError:
        charset = sent_charset(content_type)
        text = body.decode("utf-8", "replace")
        damaged = text.count("�")
        sound = len(text) - len(text.encode("ascii", "ignore")) - damaged
        if charset not in ("", "utf-8") or damaged * 10 > sound:
            return body, content_type
        body = text.encode()
    return body, UTF8


def _converted(body: bytes, content_type: str) -> tuple[bytes, str]:
    """A document in another encoding, as feedparser decodes it. Once, and of the whole: a part of it may look as
    if it were in a third one."""
    if surely_utf8(body, content_type):
        return body, content_type
    # Here, for a poll without news looks at documents too, and at nearly none in another encoding.
    from feedparser.encodings import convert_to_utf8

    found: dict[str, Any] = {}
    data: bytes = convert_to_utf8({"content-type": content_type}, body, found)
    if not found["encoding"]:
        return body, content_type
    if not body.startswith(b"<?xml"):
        data = data.partition(b"\n")[2]  # the declaration that it was given
    return data, UTF8


def _without_references(body: bytes) -> bytes:
    """Without references to what is no character; nor to those that are left when one is taken out."""
    while len(mended := _REFERENCE.sub(_allowed_reference, body)) < len(body):
        body = mended
    return body


def _allowed_reference(match: re.Match[bytes]) -> bytes:
    digits = (match[1] or match[2]).lstrip(b"0") or b"0"
    code = int(digits, 16 if match[1] else 10) if len(digits) <= 7 else 0
    allowed = code in (0x9, 0xA, 0xD) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD
    return match[0] if allowed or 0x10000 <= code <= 0x10FFFF else b""
