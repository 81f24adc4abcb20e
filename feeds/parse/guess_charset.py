"""Guesses the encoding of a document that states none, or a wrong one. Only a certain guess is given.

Text in a wrong encoding gives itself away: words of mixed alphabets, capitals within words, rare letters where the
common ones should be. Western European text in windows-1252 has none of the alphabets here and gives no guess.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from feeds.parse.charset import REPLACEMENT, Charset, decode, find_charset

MAX_SAMPLE_BYTES = 64 << 10
MIN_LETTERS = 16  # three words
MIN_PURE_WORDS = 0.9  # share of the words that are of one alphabet, without capitals within
# Share of an alphabet's common letters among all characters that are not ASCII. In the right encoding it was 0.62 to
# 0.77 for nine languages, in a wrong one at most 0.57 (Hebrew read as KOI8), and then the right one was 0.12 better.
MIN_COMMON_LETTERS = 0.58
MIN_LEAD = 0.08
MIN_PAIRS = 12
MAX_DAMAGE = 0.01  # of the characters
# Of the bytes that are not ASCII. A document in the stated encoding has a few damaged ones at most.
MIN_DAMAGE_IN_WRONG = 0.02
# Half-width katakana are what Shift_JIS makes of EUC-JP.
_DOUBTFUL = re.compile("[\ufffd\uff61-\uff9f]")


@dataclass(frozen=True, slots=True)
class _Alphabet:
    letters: str  # a character class
    common: str  # the letters that make up about 70 % of a text
    labels: tuple[str, ...]


_ALPHABETS = (
    _Alphabet(
        "\u0400-\u045f\u0490\u0491",
        "оеаинтсрвлкмді",
        ("windows-1251", "koi8-u", "iso-8859-5", "ibm866"),
    ),
    _Alphabet("\u0370-\u03ff", "αοιετσνηυρπκά", ("windows-1253", "iso-8859-7")),
    _Alphabet("\u05d0-\u05ea", "יוהלארמתבש", ("windows-1255",)),
    _Alphabet("\u0621-\u0652پچژکگی", "النيمتربوهع", ("windows-1256", "iso-8859-6")),
    _Alphabet("\u0e01-\u0e4e", "านรอกเงวมย่้ัทลสด", ("windows-874",)),
)
# (label, its characters of two bytes, the common ones among them, their least share), in the order in which to try
_PAIRS = tuple(
    (label, re.compile(pair), re.compile(common), share)
    for label, pair, common, share in (
        ("euc-jp", rb"[\xa1-\xfe]{2}", rb"[\xa4\xa5][\xa1-\xf6]", 0.25),  # kana
        (
            "shift_jis",
            rb"[\x81-\x9f\xe0-\xfc][\x40-\x7e\x80-\xfc]",
            rb"\x82[\x9f-\xf1]|\x83[\x40-\x96]",
            0.25,
        ),
        ("euc-kr", rb"[\xa1-\xfe]{2}", rb"[\xb0-\xc8][\xa1-\xfe]", 0.85),  # syllables; Chinese text has 0.6
        ("gbk", rb"[\x81-\xfe][\x40-\x7e\x80-\xfe]", rb"[\xb0-\xd7][\xa1-\xfe]", 0.8),  # level 1
        ("big5", rb"[\xa1-\xf9][\x40-\x7e\xa1-\xfe]", rb"[\xa4-\xc6][\x40-\x7e\xa1-\xfe]", 0.75),  # level 1
    )
)
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
# The look-behind keeps the time linear in long words that are ASCII.
_WORD = re.compile(rb"(?<![A-Za-z])[A-Za-z]*+[\x80-\xff][A-Za-z\x80-\xff]*+")


def guess_charset(body: bytes) -> Charset | None:
    """The encoding of a document that is not UTF-8, in which ASCII bytes are ASCII; None if it is not certain."""
    sample = _sample(body)
    return _guess_of_one_byte(b" ".join(_WORD.findall(sample))) or _guess_of_two_bytes(sample)


def better_charset(body: bytes, stated: Charset) -> Charset | None:
    """The encoding of a document that certainly is not in the one that it states; None if it may be."""
    sample = _sample(body)
    if not stated.is_multibyte:
        better = _guess_of_one_byte(b" ".join(_WORD.findall(sample)), stated)
    else:
        damaged = len(_DOUBTFUL.findall(decode(sample, stated)))
        is_doubtful = damaged > 1 + MIN_DAMAGE_IN_WRONG * len(_NOT_ASCII.findall(sample))
        better = _guess_of_two_bytes(sample) if is_doubtful else None
    return better if better != stated else None


def _sample(body: bytes) -> bytes:
    first = _NOT_ASCII.search(body)
    start = first.start() if first else len(body)
    return body[start : start + MAX_SAMPLE_BYTES]


def _guess_of_one_byte(words: bytes, stated: Charset | None = None) -> Charset | None:
    """`stated`: another candidate, which is taken where a guess is no better."""
    shares: dict[str, tuple[float, Charset]] = {}  # by the text, which may be the same in two encodings
    if stated is not None:
        text = decode(words, stated)
        shares[text] = (max(_share_of_common_letters(text, alphabet) for alphabet in _ALPHABETS), stated)
    for alphabet in _ALPHABETS:
        for label in alphabet.labels:
            charset = find_charset(label)
            assert charset is not None
            text = decode(words, charset)
            shares.setdefault(text, (_share_of_common_letters(text, alphabet), charset))
    best, *others = sorted(shares.values(), key=lambda pair: -pair[0])
    is_certain = best[0] >= MIN_COMMON_LETTERS and best[0] - others[0][0] >= MIN_LEAD
    return best[1] if is_certain else None


def _share_of_common_letters(text: str, alphabet: _Alphabet) -> float:
    """The share among the characters that are not ASCII; 0 if there are too few words of the alphabet, or others."""
    words = re.findall(rf"(?:[{alphabet.letters}]|[^\W\d_])++", text)
    words = [word for word in words if not word.isascii()]
    of_alphabet = re.compile(f"[{alphabet.letters}]+")
    pure = [word for word in words if of_alphabet.fullmatch(word) and _has_usual_capitals(word)]
    if sum(map(len, pure)) < MIN_LETTERS or len(pure) < MIN_PURE_WORDS * len(words):
        return 0
    common = sum(letter in alphabet.common for word in pure for letter in word.lower())
    return common / sum(not character.isascii() for character in text)


def _has_usual_capitals(word: str) -> bool:
    return word.isupper() or word[1:] == word[1:].lower()


def _guess_of_two_bytes(sample: bytes) -> Charset | None:
    for label, pair, common, share in _PAIRS:
        pairs = pair.findall(sample)
        if len(pairs) < MIN_PAIRS or sum(map(bool, map(common.fullmatch, pairs))) < share * len(pairs):
            continue
        charset = find_charset(label)
        assert charset is not None
        if decode(sample, charset).count(REPLACEMENT) <= 1 + MAX_DAMAGE * len(
            pairs
        ):  # the sample may cut one
            return charset
    return None
