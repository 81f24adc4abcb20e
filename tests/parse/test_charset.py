"""Labels of encodings, and decoders with the results of browsers (checked against Chromium, pair by pair)."""

from __future__ import annotations

import pytest

from feeds.parse.charset import decode, find_charset

CODECS = {  # label → Python's codec
    "utf-8": "utf-8", "UTF8": "utf-8", "utf_8": "utf-8", "UTF-8-BOM": "utf-8", "utf8mb4": "utf-8",
    "cp65001": "utf-8", "unicode": "utf-16-le", "utf-16": "utf-16-le", "ISO-10646-UCS-2": "utf-16-le",
    "iso-8859-1": "cp1252", "ISO8859_1": "cp1252", "latin-1": "cp1252", "us-ascii": "cp1252", "ANSI": "cp1252",
    "x-user-defined": "cp1252", "iso-8859-9": "cp1254", "iso-8859-11": "cp874", "TIS-620": "cp874",
    "windows-1251": "cp1251", "win-1251": "cp1251", "cp-1251": "cp1251", "CP1251": "cp1251", "Win1251": "cp1251",
    "windows_1251": "cp1251", "x-cp1251": "cp1251", "windows1250": "cp1250", "iso-8859-8-i": "iso8859-8",
    "koi8-u": "koi8-u", "koi8-ru": "koi8-u", "KOI8": "koi8-r", "cp866": "cp866", "x-mac-cyrillic": "mac-cyrillic",
    "Shift_JIS": "cp932", "x-sjis": "cp932", "MS_Kanji": "cp932", "Windows-31J": "cp932", "cp932": "cp932",
    "sjis-win": "cp932", "EUC-JP": "euc-jp", "eucJP-ms": "euc-jp", "x-euc-jp": "euc-jp", "ISO-2022-JP": "iso2022-jp",
    "EUC-KR": "cp949", "ks_c_5601-1987": "cp949", "KSC5601": "cp949", "windows-949": "cp949", "UHC": "cp949",
    "gb2312": "gb18030", "GBK": "gb18030", "x-gbk": "gb18030", "cp936": "gb18030", "GB_2312-80": "gb18030",
    "Big5": "big5hkscs", "big5-hkscs": "big5hkscs", "x-x-big5": "big5hkscs", "cp950": "big5hkscs",
    "hz-gb-2312": "hz", "cp437": "cp437",
    # codecs of Python that are no document encodings, encodings without ASCII, and no encodings
    "punycode": None, "idna": None, "unicode_escape": None, "undefined": None, "rot13": None, "utf-7": None,
    "cp037": None, "iso-2022-cn": None, "binary": None, "x": None, "": None, "\x00é": None,
}  # fmt: skip


@pytest.mark.parametrize("label", CODECS)
def test_a_label_names_the_encoding_that_browsers_take_it_for(label: str) -> None:
    charset = find_charset(label)
    assert (charset.codec if charset else None) == CODECS[label]


@pytest.mark.parametrize(
    ("label", "encoded", "text"),
    [
        # characters that Python's codec of the same name does not have, or has at another place
        ("shift_jis", b"\x87\x40\xfb\xfc\x81\x60", "①髙～"),
        ("euc-jp", b"\xad\xa1\xfc\xe2\xa1\xc1", "①髙～"),
        ("iso-2022-jp", b"a\x1b$B-!|b!A\x1b(Bb \x1b(I12\x1b(J\\~\x1b(Bz", "a①髙～b ｱｲ¥‾z"),
        ("euc-kr", b"\x8c\x63\xb9\xe6", "똠방"),
        ("gb2312", b"\xe9\x46\x80\xa8\xbc", "镕€ḿ"),
        ("big5", b"\xc6\xe7\xfe\x60\xa1\x45\xa3\xe1\xf9\xd6", "ぁ𤇢‧€碁"),
        ("windows-1252", b"\x80\x81\x9f", "€\x81Ÿ"),
        ("windows-1253", b"\x98\xaa\xe1", "\x98\ufffdα"),
        ("windows-1255", b"\xca\xe0", "\u05baא"),
        ("koi8-u", b"\xae\xbe\xa6", "ўЎі"),
        ("windows-874", b"\x85\xa1\xdb", "…ก\ufffd"),
    ],
)
def test_characters_are_those_of_the_encoding_standard(label: str, encoded: bytes, text: str) -> None:
    charset = find_charset(label)
    assert charset is not None
    assert decode(encoded, charset) == text


@pytest.mark.parametrize(
    ("label", "encoded", "text"),
    [
        ("gb2312", b"\xc2\xdb\xff\xcc\xb3<b>", "论\ufffd坛<b>"),
        ("gb2312", b"\xc2<b>\x81\xff", "\ufffd<b>\ufffd"),
        ("gb18030", b"\x81\x30\x81<", "\ufffd0\ufffd<"),
        ("shift_jis", b"\x90\x56\xff\x83<b>\xa0", "新\ufffd\ufffd<b>\ufffd"),
        ("euc-jp", b"\xc3\xcf\xa4<b>\x8f\xa1\xa1\xff", "地\ufffd<b>\ufffd\ufffd"),
        ("iso-2022-jp", b"\x1b$BF|F\x1b(Bok", "日\ufffdok"),
        ("euc-kr", b"\xbf\xc0\xc9\xa1\xfe", "오\ufffd\ufffd"),
        ("big5", b"\xa4\xb5\xff\xa4<", "今\ufffd\ufffd<"),
        ("utf-8", b"a\xe2\x80<", "a\ufffd<"),
    ],
)
def test_a_damaged_character_costs_no_other_one(label: str, encoded: bytes, text: str) -> None:
    charset = find_charset(label)
    assert charset is not None
    assert decode(encoded, charset) == text
