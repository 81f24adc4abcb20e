"""Undoes UTF-8 that a program took for windows-1252 and encoded again, all through a document: "cafÃ©" was "café".

Only whole documents are repaired. A few such characters may be what an article is about.
"""

from __future__ import annotations

import codecs
import re
from itertools import islice

from feeds.parse.charset import WINDOWS_1252, decode

MIN_CHARACTERS = 12
MIN_SHARE_IN_WORDS = 0.5  # a list of examples has its characters apart: "Ã©, Ã¼"
MAX_ROUNDS = 3

_ENCODING_MAP = codecs.charmap_build(decode(bytes(range(256)), WINDOWS_1252))
_RUN = re.compile(rb"[\x80-\xff]+")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_IN_WORD = re.compile(
    r"(?<=[A-Za-z])[^\x00-\x7f]|[^\x00-\x7f](?=[A-Za-z])|[^\x00-\x7f](?:(?<=[^\x00-\x7f]{2})|(?=[^\x00-\x7f]))"
)


def undo_double_encoding(document: bytes) -> bytes:
    """The document, which is UTF-8, decoded once more if it was encoded twice or more often."""
    for _ in range(MAX_ROUNDS):
        decoded = _decoded_once_more(document)
        if decoded is None:
            break
        document = decoded
    return document


def _decoded_once_more(document: bytes) -> bytes | None:
    if document.isascii():
        return None
    try:
        for run in islice(_RUN.finditer(document, _first_not_ascii(document)), MIN_CHARACTERS):
            _decode_again(run[0])  # fails soon in nearly all documents
        text = _decode_again(document)
    except UnicodeError:  # there is a character that was encoded once
        return None
    characters = len(_NOT_ASCII.findall(text))
    in_words = len(_IN_WORD.findall(text))
    is_text = characters >= MIN_CHARACTERS and in_words >= MIN_SHARE_IN_WORDS * characters
    return text.encode() if is_text else None


def _decode_again(encoded: bytes) -> str:
    original, _ = codecs.charmap_encode(encoded.decode(), "strict", _ENCODING_MAP)
    return original.decode()


def _first_not_ascii(document: bytes) -> int:
    try:
        document.decode("ascii")  # faster than a search
    except UnicodeDecodeError as error:
        return error.start
    return len(document)
