"""Repairs the commonest errors of an ill-formed document where they stand, so that they change nothing but themselves.

An ampersand that should be `&amp;` makes a document ill-formed. feedparser's loose parser, which reads such documents,
would change every ampersand in it ("R&D;") and read `&copy=3` in a URL as "©=3".
"""

from __future__ import annotations

import re
from html.entities import html5

# Sections whose content is no markup, and their ends.
_SECTION = re.compile(rb"<!\[CDATA\[|<!--|<\?|<!DOCTYPE", re.IGNORECASE)
_ENDS = {b"<![CDATA[": b"]]>", b"<!--": b"-->", b"<?": b"?>", b"<!DOCTYPE": b">"}
_SECOND_END = re.compile(rb"\s*+\]\]>")
# An ampersand with what follows it, a "<" that begins no tag or a tag that never ends, and an end without a section.
_DOUBTFUL = re.compile(
    rb"&(?:#[xX]?([0-9a-fA-F]++);?|([A-Za-z][A-Za-z0-9]*+);|)|<(?![A-Za-z_:/!?\x80-\xff])|<(?!/)(?=[^<>]*+(?:<|\Z))|\]\]>"
)
_REPLACEMENTS = {b"&": b"&amp;", b"<": b"&lt;", b"]]>": b"]]&gt;"}
_XML_ENTITIES = frozenset({b"lt", b"gt", b"amp", b"quot", b"apos"})
_ROOT = re.compile(rb"<([A-Za-z_][\w:.-]*+)[\s>]")
_ITEM = re.compile(rb"<(?:item|entry)[\s>]")


def repair_markup(body: bytes) -> bytes:
    """The document, in UTF-8, with escaped ampersands and "<" where they are no markup, and nothing after its end.

    The meaning of a well-formed document does not change. References to the entities of HTML become numeric ones.
    """
    if b"<!ENTITY" in body:
        return body
    body = _up_to_its_end(body)
    pieces: list[bytes] = []
    at = 0
    while section := _SECTION.search(body, at):
        kind = section[0].upper()
        end = body.find(_ENDS[kind], section.end())
        if end < 0:
            break
        end += len(_ENDS[kind])
        pieces += (_DOUBTFUL.sub(_repaired, body[at : section.start()]), body[section.start() : end])
        at = end
        if kind == b"<![CDATA[" and (second_end := _SECOND_END.match(body, at)):
            at = second_end.end()
    rest = body[at:]
    pieces.append(rest if section else _DOUBTFUL.sub(_repaired, rest))
    return b"".join(pieces)


def _repaired(doubtful: re.Match[bytes]) -> bytes:
    number, name = doubtful[1], doubtful[2]
    if number:
        return _repaired_number(doubtful[0], number)
    if name in _XML_ENTITIES:
        return doubtful[0]
    if name:
        characters = html5.get(name.decode() + ";")
        if characters:
            return b"".join(b"&#%d;" % ord(character) for character in characters)
        return b"&amp;" + doubtful[0][1:]
    return _REPLACEMENTS[doubtful[0]]


def _repaired_number(reference: bytes, number: bytes) -> bytes:
    """The character reference with its semicolon, which HTML does not require."""
    is_hexadecimal = reference[2:3] in b"xX"
    if not is_hexadecimal and not number.isdigit():  # "&#39a": the number ends before the letter
        digits = re.match(rb"[0-9]*", number)
        assert digits is not None
        return b"&#%b;%b" % (digits[0], number[digits.end() :]) if digits[0] else b"&amp;" + reference[1:]
    return b"&#%b%b;" % (b"x" if is_hexadecimal else b"", number)


def _up_to_its_end(body: bytes) -> bytes:
    """Cut off what a program wrote after the document, such as a script, unless it has items."""
    root = _ROOT.search(body)
    start = body.rfind(b"</" + root[1]) if root else -1
    end = body.find(b">", start) + 1 if start >= 0 else 0
    return body[:end] if end and not _ITEM.search(body, end) else body
