"""Decodes any document, whatever it and its server say about its encoding: bytes → bytes in UTF-8.

    UTF-16 or UTF-32, known by its zero bytes ───────────────────┐
    UTF-8, whatever is declared ─────────────────────────────────┤
    UTF-8 with some damaged bytes ── repaired ───────────────────┼→ UTF-8
    the server's charset, else the document's, if it can be ──────┤
    none, or only a default ── a certain guess, or windows-1252 ─┘

What cannot be decoded becomes U+FFFD. It never changes how the rest is decoded.
"""

from __future__ import annotations

import re
from itertools import islice

from feeds.parse.charset import REPLACEMENT, Charset, decode, find_charset
from feeds.parse.damaged_utf8 import (
    count_characters,
    decode_damaged_utf8,
    decode_mixed_with_windows_1252,
    is_utf8,
)
from feeds.parse.double_encoding import undo_double_encoding
from feeds.parse.guess_charset import better_charset, guess_charset

# Of Chinese characters in GBK, one in eight is also valid UTF-8, as one or two other letters.
MAX_ACCIDENTAL_CHARACTERS = 4
# How many sound characters for each damaged one make a document UTF-8, if it declares an encoding, and if not.
_SOUND_IF_DECLARED, _SOUND_IF_NOT = 10, 1

_CHARSET_PARAMETER = re.compile(r"""charset\s*+=\s*+["']?+([^"';,\s]{1,40})""", re.IGNORECASE)
_BYTE_ORDER_MARKS = re.compile(rb"(?:\xff\xfe|\xfe\xff)?(?:\xef\xbb\xbf|\s)*+")
_EBCDIC = "<?xm".encode("cp037")
_ISO_2022_JP_ESCAPES = re.compile(rb"\x1b(?:\$[@B]|\(I)")
_STATEFUL_ESCAPES = re.compile(rb"\x1b[$(]|~\{")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_BESIDE_LATIN = re.compile(r"[A-Za-z][^\x00-\x7f]|[^\x00-\x7f][A-Za-z]")


def to_utf8(body: bytes, content_type: str = "", label: str = "") -> bytes:
    """The document in UTF-8, without white space and byte order marks at its start. Never raises.

    `content_type`: the server's. `label`: the encoding that the document itself declares, if any.
    """
    if codec := _wide_codec(body):
        return body.decode(codec, "replace").lstrip("\ufeff \t\r\n").encode()
    if body.startswith(_EBCDIC):
        return body.decode("cp037").encode()
    body = without_byte_order_marks(body)
    charsets = stated_charsets(content_type, label)
    if stateful := _stateful_charset(body, charsets):
        return decode(body, stateful).encode()
    if is_utf8(body):
        accidental = next((charset for charset in charsets if _is_utf8_by_accident(body, charset)), None)
        return decode(body, accidental).encode() if accidental else undo_double_encoding(body)
    return _decode_other(body, charsets).encode()


def without_byte_order_marks(body: bytes) -> bytes:
    """The document without the white space and the marks, of which programs write several, before it."""
    marks = _BYTE_ORDER_MARKS.match(body)
    return body[marks.end() :] if marks else body


def stated_charsets(content_type: str, label: str) -> list[Charset]:
    """The encodings that the server and the document state. Unknown labels are left out."""
    parameter = _CHARSET_PARAMETER.search(content_type)
    labels = (parameter[1] if parameter else "", label)
    return [charset for stated in labels if stated and (charset := find_charset(stated))]


def is_utf16_or_32(body: bytes) -> bool:
    """Whether ASCII characters are not single bytes, so that markup cannot be searched as ASCII bytes."""
    return bool(_wide_codec(body))


def _wide_codec(body: bytes) -> str:
    """Python's codec of UTF-16 or UTF-32; "" for other documents.

    Every document begins with ASCII characters, which have zero bytes in these. A byte order mark is not enough: some
    programs write it before UTF-8.
    """
    head = body[:64]
    zeros_at_even, zeros_at_odd = head[::2].count(0), head[1::2].count(0)
    if zeros_at_even + zeros_at_odd < len(head) / 4 or not head:
        return ""
    if zeros_at_even + zeros_at_odd > len(head) * 0.6:
        return "utf-32-be" if head[0] == 0 else "utf-32-le"
    return "utf-16-be" if zeros_at_even > zeros_at_odd else "utf-16-le"


def _stateful_charset(body: bytes, charsets: list[Charset]) -> Charset | None:
    """The encoding of escape sequences in which the document is, so that it looks like ASCII; None if it has none."""
    for charset in charsets:
        if charset.is_stateful and _STATEFUL_ESCAPES.search(body):
            return charset
    has_escapes = body.isascii() and b"\x1b" in body and _ISO_2022_JP_ESCAPES.search(body)
    return find_charset("iso-2022-jp") if has_escapes else None


def _is_utf8_by_accident(body: bytes, charset: Charset) -> bool:
    """Whether a few characters in an Asian encoding, such as one short title in GBK, happen to be valid UTF-8 too.

    Then all of them are letters of two bytes, beside no Latin letter. "Café" and "© 2024" are no accident.
    """
    if not charset.is_multibyte or body.isascii():
        return False
    text = body.decode()
    characters = [match[0] for match in islice(_NOT_ASCII.finditer(text), MAX_ACCIDENTAL_CHARACTERS + 1)]
    are_letters = all(character.isalpha() and character < "\u0800" for character in characters)
    if len(characters) > MAX_ACCIDENTAL_CHARACTERS or not are_letters:
        return False
    return not _BESIDE_LATIN.search(text) and REPLACEMENT not in decode(body, charset)


def _decode_other(body: bytes, charsets: list[Charset]) -> str:
    """Decode a document that is not UTF-8, or not all of it."""
    legacy = [charset for charset in charsets if not charset.is_unicode and not charset.is_stateful]
    sound, damaged = count_characters(body)
    if sound > damaged * (_SOUND_IF_DECLARED if legacy else _SOUND_IF_NOT):
        return decode_damaged_utf8(body)
    if specific := [charset for charset in legacy if not charset.is_default]:
        texts = {charset: decode(body, charset) for charset in specific}
        stated = min(specific, key=lambda charset: texts[charset].count(REPLACEMENT))
        better = better_charset(body, stated)
        return decode(body, better) if better else texts[stated]
    if guessed := guess_charset(body):
        return decode(body, guessed)
    return decode(body, legacy[0]) if legacy else decode_mixed_with_windows_1252(body)
