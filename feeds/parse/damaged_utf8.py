"""Decodes UTF-8 in which some bytes are damaged, or are characters of another encoding.

Programs that join texts of several origins leave bytes of windows-1252 (or in Cyrillic text, windows-1251) in a
document that is UTF-8 otherwise. They are read as such if they can be a part of the text around them. Others are the
rest of a character that was cut, and become U+FFFD.
"""

from __future__ import annotations

import codecs
import re

from feeds.parse.charset import REPLACEMENT, WINDOWS_1252, decode

_CONTEXT_BYTES = 40  # on each side of a damaged byte
_CYRILLIC_SAMPLE_CHARS = 100_000
MAX_ERRORS = 100_000  # each takes some 5 µs

# Letters of other alphabets than the one of the damaged byte: in Chinese text, no byte stands for an "é".
_NOT_LATIN = re.compile("[\u0370-\u1dff\u2c00-\ud7ff\U00010000-\U0001efff\U00020000-\U0003ffff]")
_NOT_CYRILLIC = re.compile("[\u0530-\u1dff\u2e80-\ud7ff\U00010000-\U0001efff\U00020000-\U0003ffff]")
_CYRILLIC = re.compile("[\u0400-\u052f]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_PUNCTUATION = frozenset("‘’‚“”„…–—•™€‹›«»¡¿§©®°±·£¥¢´×¼½¾¹²³¶†‡№\xa0\xad")
_AFTER_A_LETTER = frozenset("’”»…–—\xa0")
_BETWEEN_LETTERS = frozenset("’‘–—…·\xa0\xad")
# The first bytes of the usual characters in UTF-8: alone, they are the rest of one. (0xFF is what "no character" is.)
_USUAL_LEADS = {"cp1252": frozenset(b"\xc2\xc3\xe2\xff"), "cp1251": frozenset(b"\xc2\xd0\xd1\xe2")}

_HALF = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
_PAIR = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")
_RUN = re.compile(rb"[\x80-\xff]+")
# Two or three bytes that are one of these in UTF-8 are nothing that windows-1252 has in a row, except by accident.
_WESTERN = re.compile("[\u00a0-\u017f\u2010-\u205f\u20a0-\u2bff\ufb00-\ufb06\U0001f000-\U0001faff]+")
_MIN_CERTAIN_RUN = 6


def is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def count_characters(body: bytes) -> tuple[int, int]:
    """The number of characters of several bytes, and of damaged ones, if the document is read as UTF-8."""
    text = body.decode("utf-8", "replace")
    replaced = text.count(REPLACEMENT)
    sound = len(text) - len(text.encode("ascii", "ignore")) - replaced
    return sound, replaced - body.count(REPLACEMENT.encode())


def decode_damaged_utf8(body: bytes) -> str:
    text = body.decode("utf-8", "replace")
    if text.count(REPLACEMENT) > MAX_ERRORS:
        return text
    sample = text[:_CYRILLIC_SAMPLE_CHARS]
    letters = len(_LATIN.findall(re.sub(r"<[^<>]*+>", "", sample)))
    codec = "cp1251" if len(_CYRILLIC.findall(sample)) > letters else "cp1252"
    return body.decode("utf-8", f"feeds-damaged-{codec}")


def decode_mixed_with_windows_1252(body: bytes) -> str:
    """The text of a document in windows-1252 of which some characters are UTF-8."""
    if count_characters(body)[0] == 0:
        return decode(body, WINDOWS_1252)
    return _RUN.sub(_as_utf8, body).decode()


def _as_utf8(run: re.Match[bytes]) -> bytes:
    if is_utf8(run[0]) and (len(run[0]) >= _MIN_CERTAIN_RUN or _WESTERN.fullmatch(run[0].decode())):
        return run[0]
    return decode(run[0], WINDOWS_1252).encode()


def _register_error_handler(codec: str, foreign: re.Pattern[str]) -> None:
    usual_leads = _USUAL_LEADS[codec]

    def replace_error(error: UnicodeError) -> tuple[str, int]:
        assert isinstance(error, UnicodeDecodeError)
        body, start, end = error.object, error.start, error.end
        if _HALF.match(body, start):
            character = _character_of_halves(body[start : start + 6])
            return (character, start + 6) if character else (REPLACEMENT, start + 3)
        before, after = body[max(start - _CONTEXT_BYTES, 0) : start], body[end : end + _CONTEXT_BYTES]
        damaged = body[start:end]
        if damaged[0] in usual_leads or foreign.search((before + after).decode("utf-8", "ignore")):
            return REPLACEMENT, end
        text = damaged.decode(codec, "replace")
        previous = before[-2:].decode("utf-8", "ignore") or before[-1:].decode(codec, "ignore")
        fits = _fits(previous[-1:], text, following=after[:1].decode("ascii", "ignore"))
        return (text if fits else REPLACEMENT), end

    codecs.register_error(f"feeds-damaged-{codec}", replace_error)


def _fits(previous: str, text: str, following: str) -> bool:
    """Whether the text can stand between two characters: no capital after a small letter, no sign within a word."""
    first, rest = text[0], text[1:]
    if first.isalpha():
        return not (first.isupper() and previous.islower()) and all(sign in _AFTER_A_LETTER for sign in rest)
    is_within_word = previous.isalpha() and following.isalpha()
    return not rest and first in (_BETWEEN_LETTERS if is_within_word else _PUNCTUATION)


def _character_of_halves(encoded: bytes) -> str:
    """The character of which both surrogates were encoded as if they were characters (CESU-8); "" for others."""
    if not _PAIR.fullmatch(encoded):
        return ""
    return encoded.decode("utf-8", "surrogatepass").encode("utf-16", "surrogatepass").decode("utf-16")


_register_error_handler("cp1252", _NOT_LATIN)
_register_error_handler("cp1251", _NOT_CYRILLIC)
