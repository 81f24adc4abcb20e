"""Documents of every kind are decoded by one decoder, whatever they and their server declare."""

from __future__ import annotations

import json

import pytest

from feeds.errors import Malformed
from feeds.model import Extract
from feeds.parse import opml, parse
from feeds.parse.charset import WINDOWS_1252, decode
from feeds.parse.damaged_utf8 import decode_damaged_utf8, decode_mixed_with_windows_1252
from feeds.parse.guess_charset import guess_charset
from feeds.parse.html_tree import parse_page
from feeds.parse.to_utf8 import to_utf8

RUSSIAN = "Погода на выходные: дождь и ветер"
GERMAN = "Wetter für morgen: Böen an der Küste – 20 €"
CHINESE = "校园论坛今日话题汇总与讨论"
JAPANESE = "新製品①の発表は髙橋社長が五千円とした"
KOREAN = "오늘의 날씨는 전국에 비가 내리겠다"
HEBREW = "תחזית מזג האוויר לסוף השבוע"
GREEK = "Ο καιρός το Σαββατοκύριακο: βροχή και άνεμος"
ARABIC = "أخبار الطقس اليوم وأمطار في الشمال"
THAI = "ข่าวพยากรณ์อากาศวันนี้และฝนตกหนัก"
TAIWANESE = "今日天氣預報北部多雲時晴南部有雨"


def title(body: bytes, content_type: str = "application/xml") -> str:
    (item,) = parse("s", body, url="https://a.example/", content_type=content_type).items
    return item.title.value if item.title else ""


def rss(text: bytes, label: str = "") -> bytes:
    declaration = f'<?xml version="1.0" encoding="{label}"?>'.encode() if label else b""
    return (
        declaration + b"<rss version='2.0'><channel><item><title>" + text + b"</title></item></channel></rss>"
    )


# what is declared

DECLARED = {  # label → (the encoding that it is, a text)
    "win-1251": ("cp1251", RUSSIAN),
    "cp-1251": ("cp1251", RUSSIAN),
    "koi8-r": ("koi8-r", RUSSIAN),
    "ISO-8859-1": ("cp1252", "The baker’s “new” oven – €900…"),
    "us-ascii": ("cp1252", "Café"),
    "iso-8859-8-i": ("iso8859-8", HEBREW),
    "windows-1256": ("cp1256", ARABIC),
    "TIS-620": ("cp874", THAI + "…"),
    "Shift_JIS": ("cp932", JAPANESE),
    "x-sjis": ("cp932", JAPANESE),
    "EUC-KR": ("cp949", KOREAN + " 똠방각하"),
    "ks_c_5601-1987": ("cp949", KOREAN),
    "gb2312": ("gbk", CHINESE + "朱镕基"),
    "x-gbk": ("gbk", CHINESE),
    "Big5": ("big5hkscs", TAIWANESE + "啲"),
    "hz-gb-2312": ("hz", CHINESE),
    "ISO-2022-JP": ("iso2022_jp", "地震の速報"),
    "iso-2022-kr": ("iso2022_kr", KOREAN),
    "cp437": ("cp437", "Café ½"),
}


@pytest.mark.parametrize("label", DECLARED)
def test_a_declared_encoding_is_the_one_that_browsers_take_its_label_for(label: str) -> None:
    codec, text = DECLARED[label]
    assert title(rss(text.encode(codec), label)) == text
    assert title(rss(text.encode(codec)), f'text/xml; charset="{label}"') == text


@pytest.mark.parametrize(
    "label", ["windows-1251", "iso-8859-1", "us-ascii", "utf-16", "unicode", "gb2312", "x", "UTF8"]
)
@pytest.mark.parametrize(
    "content_type", ["", "text/xml", "text/xml; charset=iso-8859-1", "text/html; charset=big5"]
)
def test_valid_utf_8_wins_over_every_declaration(label: str, content_type: str) -> None:
    assert title(rss(GERMAN.encode(), label), content_type) == GERMAN
    assert title(rss(RUSSIAN.encode(), label), content_type) == RUSSIAN


@pytest.mark.parametrize(
    ("text", "label", "expected"),
    [
        (b"\xc4\xa3\xd0\xa1", "gbk", "模小"),  # as UTF-8, they are letters of two alphabets
        (b"\xc2\xa3\xc2\xb7", "gbk", "£·"),  # as UTF-8, they are signs, which occur alone
        ("caf\u00e9".encode(), "gbk", "café"),
        ("© 2024".encode(), "euc-kr", "© 2024"),
        ("雪".encode(), "shift_jis", "雪"),
    ],
)
def test_a_few_characters_may_be_valid_utf_8_by_accident(text: bytes, label: str, expected: str) -> None:
    assert title(rss(text, label)) == expected


def test_a_declaration_after_the_charset_of_the_server_is_used_where_that_cannot_be_right() -> None:
    body = rss(RUSSIAN.encode("cp1251"), "windows-1251")
    for wrong in ("utf-8", "iso-8859-1", "us-ascii", "unknown", "utf-16", "big5"):
        assert title(body, f"text/xml; charset={wrong}") == RUSSIAN
    assert title(rss(RUSSIAN.encode("koi8-r"), "windows-1251"), "text/xml; charset=koi8-r") == RUSSIAN


# UTF-16, UTF-32, byte order marks

WIDE = {
    "UTF-16 LE": b"\xff\xfe" + rss(b"$", "utf-16").decode().replace("$", GERMAN).encode("utf-16-le"),
    "UTF-16 BE": b"\xfe\xff" + rss(b"$", "utf-16").decode().replace("$", GERMAN).encode("utf-16-be"),
    "UTF-16 LE without a mark": rss(b"$", "utf-16").decode().replace("$", GERMAN).encode("utf-16-le"),
    "UTF-16 BE without a mark": ("\n" + rss(b"$").decode().replace("$", GERMAN)).encode("utf-16-be"),
    "UTF-16 that declares UTF-8": rss(b"$", "utf-8").decode().replace("$", GERMAN).encode("utf-16"),
    "two marks in UTF-16": ("\ufeff\ufeff" + rss(b"$").decode().replace("$", GERMAN)).encode("utf-16-le"),
    "UTF-32": rss(b"$").decode().replace("$", GERMAN).encode("utf-32"),
    "UTF-32 BE without a mark": rss(b"$").decode().replace("$", GERMAN).encode("utf-32-be"),
    "two marks": b"\xef\xbb\xbf\xef\xbb\xbf" + rss(GERMAN.encode(), "UTF-8"),
    "marks between empty lines": b"\xef\xbb\xbf\n\n\xef\xbb\xbf\r\n" + rss(GERMAN.encode(), "UTF-8"),
    "a mark of UTF-16 before UTF-8": b"\xff\xfe" + rss(GERMAN.encode(), "utf-16"),
    "a mark of UTF-8 before windows-1252": b"\xef\xbb\xbf" + rss(GERMAN.encode("cp1252"), "iso-8859-1"),
    "EBCDIC": rss(b"Wetter", "cp037").decode().encode("cp037"),
}


@pytest.mark.parametrize("name", WIDE)
def test_zero_bytes_and_byte_order_marks_tell_the_encoding(name: str) -> None:
    assert title(WIDE[name]) == ("Wetter" if name == "EBCDIC" else GERMAN)


# nothing is declared

GUESSED = {
    "windows-1251": RUSSIAN,
    "koi8-r": RUSSIAN,
    "iso8859-5": RUSSIAN,
    "cp866": RUSSIAN,
    "cp1253": GREEK,
    "cp1255": HEBREW,
    "cp1256": ARABIC,
    "cp874": THAI,
    "gbk": CHINESE,
    "big5": TAIWANESE,
    "cp932": JAPANESE,
    "euc-jp": "地震の速報がありましたが津波の心配はない",
    "cp949": KOREAN,
    "iso2022_jp": "地震の速報",
}


@pytest.mark.parametrize("codec", GUESSED)
@pytest.mark.parametrize("label", ["", "utf-8", "iso-8859-1"])
def test_an_encoding_that_is_not_declared_is_guessed_if_it_is_certain(codec: str, label: str) -> None:
    assert title(rss(GUESSED[codec].encode(codec), label)) == GUESSED[codec]


@pytest.mark.parametrize(
    ("codec", "label"),
    [
        ("windows-1251", "koi8-r"), ("koi8-r", "windows-1251"), ("windows-1251", "windows-1250"),
        ("cp866", "windows-1251"),
        ("cp1253", "windows-1254"), ("cp1255", "iso-8859-15"), ("cp1256", "iso-8859-6"), ("cp874", "iso-8859-9"),
        ("cp932", "euc-jp"), ("euc-jp", "shift_jis"), ("big5", "euc-jp"),
    ],
)  # fmt: skip
def test_a_declared_encoding_that_is_certainly_wrong_is_not_used(codec: str, label: str) -> None:
    text = f"{GUESSED[codec]} {GUESSED[codec]}"
    assert title(rss(text.encode(codec), label)) == text


@pytest.mark.parametrize(
    "text",
    [
        "Été : où partir à l’étranger ?", "Größere Prüfungen für Ärzte", "¿Dónde está el niño?", "Não há ações",
        "Così è più città perché", "Ærø på ånden", "Þetta er frétt", "Žluťoučký kůň", "ł", "İstanbul'da yağmur",
    ],
)  # fmt: skip
def test_western_text_and_short_text_is_no_certain_guess(text: str) -> None:
    for codec in ("cp1252", "cp1250", "cp1254"):
        assert guess_charset(b"<title>" + text.encode(codec, "ignore") + b"</title>") is None


def test_other_documents_are_windows_1252_and_their_utf_8_is_read_as_such() -> None:
    for label in ("", "utf-8", "x-unknown"):
        assert title(rss("Café – “€”".encode("cp1252"), label)) == "Café – “€”"
        assert (
            title(rss(b"caf\xe9, \x93d\xe9j\xe0\x94, " + "naïve “ça”".encode(), label))
            == "café, “déjà”, naïve “ça”"
        )
    # A declared Latin-1 is no accident: the text may be about what Latin-1 makes of UTF-8.
    assert title(rss("é, not Ã©, à, î".encode("cp1252"), "iso-8859-1")) == "é, not Ã©, à, î"
    assert decode_mixed_with_windows_1252(b"\xc9\x92 \xe9\x85\xbb " + "今日".encode()) == "É’ é…» 今日"


# damage

LATIN, CYRILLIC, HAN = (
    text.encode() * 4 + b". " for text in ("déjà vu, là-bas, à côté — ", "дождь и ветер ", "今日天氣預報")
)


@pytest.mark.parametrize(
    ("around", "damaged", "expected"),
    [
        # bytes of windows-1252, or of windows-1251 in Cyrillic text
        (LATIN, b"it\x92s \x93new\x94 \x96 \x80900\x85", "it’s “new” – €900…"),
        (LATIN, b"\xc9t\xe9 \xe0 Stra\xdfe, caf\xe9\xbb.", "Été à Straße, café»."),
        (LATIN, b"\xa9 2024, n\xba\xa05", "© 2024, nº\xa05"),
        (CYRILLIC, b"\xab\xcf\xee\xe3\xee\xe4\xe0\xbb \x97 \xb95", "«Погода» — №5"),
        # the rest of a character that was cut, or lost bytes
        (LATIN, b"caf\xc3<", "caf\ufffd<"),
        (LATIN, b"wei\xe2ter \xe2\x80<", "wei\ufffdter \ufffd<"),
        (LATIN, b"\xf0\x9f\x98<", "\ufffd<"),
        (LATIN, b"Gr\xb6n \x81 \xff", "Gr\ufffdn \ufffd \ufffd"),
        (CYRILLIC, b"\xd0<", "\ufffd<"),
        (HAN, b"\xe4\xbb<\x93\xe9", "\ufffd<\ufffd\ufffd"),
        # characters of which each half was encoded for itself
        (LATIN, b"\xed\xa0\xbd\xed\xb8\x80! \xed\xa0\xbd<", "😀! \ufffd<"),
    ],
)  # fmt: skip
def test_damaged_utf_8_is_repaired_byte_by_byte(around: bytes, damaged: bytes, expected: str) -> None:
    assert decode_damaged_utf8(around + damaged).removeprefix(around.decode()) == expected


@pytest.mark.parametrize("label", ["", "utf-8", "iso-8859-1", "windows-1251", "gb2312"])
def test_a_bad_byte_does_not_change_how_the_rest_is_decoded(label: str) -> None:
    assert (
        title(rss(GERMAN.encode() * 3 + b"\xff" + RUSSIAN.encode(), label)) == GERMAN * 3 + "\ufffd" + RUSSIAN
    )
    codec, text = DECLARED.get(label, ("", ""))
    if codec == "gbk":
        assert title(rss(text.encode(codec) + b"\xff" + text.encode(codec), label)) == text + "\ufffd" + text


# text that was encoded twice


def encoded_again(text: str) -> bytes:
    return decode(text.encode(), WINDOWS_1252).encode()


def test_a_document_that_was_encoded_twice_is_decoded_twice() -> None:
    text = "Été à l’hôtel : « c’est ça », déjà vu là-bas, naïve"
    assert title(rss(encoded_again(text))) == text
    assert title(rss(encoded_again(encoded_again(RUSSIAN).decode()))) == RUSSIAN
    assert to_utf8(to_utf8(encoded_again(text))) == text.encode()


@pytest.mark.parametrize(
    "text",
    [
        "When Ã© and Ã¼ appear on a page",
        "Why you see Ã© instead of é",
        "All of them: Ã© Ã¼ Ã¶ Ã¤ Ã± Ã³ Ãº Ã§ Ãª Ã¨ Ã® Ã´ Ã» Ã£",
        "Their cafÃ© " + "and my cafÃ© " * 20 + "are a café",
    ],
)
def test_a_text_about_such_characters_is_left_alone(text: str) -> None:
    assert title(rss(text.encode(), "utf-8")) == text


# other kinds of documents


@pytest.mark.parametrize(
    ("text", "codec", "head", "content_type"),
    [
        (RUSSIAN, "cp1251", '<meta charset="win-1251">', ""),
        (RUSSIAN, "cp1251", "<meta content='text/html; charset=cp1251'>", "text/html; charset=utf-8"),
        (RUSSIAN, "koi8-r", "<meta charset=windows-1251>", "text/html; charset=koi8-r"),
        (RUSSIAN, "utf-8", "<meta charset=windows-1251>", "text/html; charset=koi8-r"),
        (JAPANESE, "cp932", "<meta charset='shift_jis'>", ""),
        (CHINESE, "gbk", "<meta charset='gb2312'>", "text/html; charset=ISO-8859-1"),
        (GERMAN, "utf-16", "", "text/html"),
        (GERMAN, "cp1252", "", "text/html"),
        (RUSSIAN, "cp1251", "", "text/html"),
    ],
)  # fmt: skip
def test_pages_are_decoded_like_feeds(text: str, codec: str, head: str, content_type: str) -> None:
    page = f"<!DOCTYPE html><html><head>{head}</head><body><h2><a href='/1'>{text}</a></h2></body></html>"
    root = parse_page(page.encode(codec), content_type)
    assert root is not None
    assert root.findtext(".//a") == text
    extract = Extract(item="h2", title="a", link="a")
    document = parse(
        "s", page.encode(codec), url="https://a.example/", content_type=content_type, extract=extract
    )
    assert document.items[0].title
    assert document.items[0].title.value == text


@pytest.mark.parametrize(
    ("codec", "content_type"),
    [
        ("utf-8", "application/json; charset=iso-8859-1"),
        ("utf-8-sig", ""),
        ("utf-16", "application/json"),
        ("utf-16-le", ""),
        ("utf-32-be", ""),
        ("cp1251", "application/json; charset=windows-1251"),
        ("cp1251", ""),
    ],
)
def test_json_is_decoded_like_feeds(codec: str, content_type: str) -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "t",
        "items": [{"id": "1", "title": RUSSIAN}],
    }
    assert title(json.dumps(feed, ensure_ascii=False).encode(codec), content_type) == RUSSIAN


def test_a_damaged_byte_in_json_is_replaced() -> None:
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "title": GERMAN + "$"}]}
    body = json.dumps(feed, ensure_ascii=False).encode().replace(b"$", b"\xff")
    assert title(body) == GERMAN + "\ufffd"
    with pytest.raises(Malformed):
        title(body[:-2])


@pytest.mark.parametrize("label", ["win-1251", "", "utf-8", "iso-8859-1"])
def test_opml_is_decoded_like_feeds(label: str) -> None:
    declaration = f'<?xml version="1.0" encoding="{label}"?>' if label else ""
    body = f'{declaration}<opml version="2.0"><body><outline text="{RUSSIAN}" xmlUrl="https://a.example/f"/></body></opml>'
    for codec in ("cp1251", "utf-8"):
        (outline,) = opml.parse("list", body.encode(codec))
        assert outline.title == RUSSIAN
