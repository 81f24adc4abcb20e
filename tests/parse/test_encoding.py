"""Encodings: how documents are decoded, and what is repaired before they are parsed."""

from __future__ import annotations

import pytest

from feeds.errors import ParseError
from feeds.parse import parse
from feeds.parse.encoding import MAX_PROLOGUE_BYTES, is_certainly_utf8, repair_encoding


def title(body: bytes, content_type: str = "") -> str:
    (item,) = parse("s", body, url="https://a.example/", content_type=content_type).items
    return item.title.value if item.title else ""


def rss(text: bytes, declaration: bytes = b"") -> bytes:
    return (
        declaration + b'<rss version="2.0"><channel><item><title>' + text + b"</title></item></channel></rss>"
    )


def declared(encoding: str, text: str) -> bytes:
    head = f'<?xml version="1.0" encoding="{encoding}"?>'
    return (head + rss(text.encode()).decode()).encode(encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1251", "koi8-r", "iso-8859-5", "utf-8-sig"])
def test_a_declared_encoding_is_used(encoding: str) -> None:
    assert title(declared(encoding, "Привет, мир")) == "Привет, мир"


@pytest.mark.parametrize("encoding", ["shift_jis", "euc-jp", "iso-2022-jp"])
def test_a_declared_japanese_encoding_is_used(encoding: str) -> None:
    assert title(declared(encoding, "雪の朝")) == "雪の朝"


@pytest.mark.parametrize(
    "content_type", ["", "text/xml", "text/html; charset=iso-8859-1", "application/rss+xml; charset=us-ascii"]
)
def test_bytes_that_decode_as_utf_8_are_utf_8(content_type: str) -> None:
    assert title(rss("Größe – “ça”".encode()), content_type) == "Größe – “ça”"


def test_other_bytes_are_decoded_with_the_charset_of_the_server() -> None:
    assert title(rss("Привет".encode("cp1251")), "text/xml; charset=windows-1251") == "Привет"


def test_a_damaged_byte_does_not_garble_the_other_characters() -> None:
    text = "déjà vu, là-bas, à côté — ".encode() * 4
    assert title(rss(text + b"caf\xc3")) == text.decode() + "caf�"


def test_forbidden_characters_and_references_are_removed() -> None:
    assert title(rss(b"a\x0b\x00\x1fb &#7;&#xD800;&#xFFFF;&#99999999999;c &#65;&#x00042;")) == "ab c AB"


def test_a_byte_order_mark_overrides_the_declaration() -> None:
    body = b"\xef\xbb\xbf" + b'<?xml version="1.0" encoding="iso-8859-1"?>' + rss("é".encode())
    assert title(body) == "é"


@pytest.mark.parametrize("encoding", [b"punycode", b"idna", b"unicode_escape"])
def test_python_codecs_that_are_not_encodings_are_not_used(encoding: bytes) -> None:
    assert title(rss(b"a\\u0041-", b'<?xml version="1.0" encoding="' + encoding + b'"?>')) == "a\\u0041-"


def test_white_space_before_the_declaration_is_removed() -> None:
    assert title(b"\n\n  " + rss(b"x", b'<?xml version="1.0"?>')) == "x"


def test_a_long_prologue_is_removed() -> None:
    declaration = b'<?xml version="1.0" encoding="iso-8859-1"?>'
    body, _ = repair_encoding(declaration + b"\n" * (MAX_PROLOGUE_BYTES + 1) + rss(b"\xe9"), "")
    assert body == b"<?xml version='1.0' encoding='utf-8'?>" + rss("é".encode())


@pytest.mark.parametrize(
    ("declared", "content_type", "encoding"),
    [
        ('<?xml version="1.0" encoding="iso-8859-1"?>', "", "iso-8859-1"),
        ('<?xml version="1.0" encoding="koi8-r"?>\n', "application/rss+xml", "koi8-r"),
        ('<?xml version="1.0" encoding="gb2312"?>\n', "text/xml; charset=GBK", "gbk"),
        ("", "text/xml; charset=windows-1251", "windows-1251"),
        ("", "", "windows-1252"),  # undeclared and not UTF-8: feedparser's fallback
    ],
)
def test_other_encodings_are_converted_to_utf8_once(declared: str, content_type: str, encoding: str) -> None:
    text = {"koi8-r": "Порт", "windows-1251": "Порт", "gbk": "港口"}.get(encoding, "Café")
    raw = declared.encode() + rss(text.encode(encoding))
    body, kind = repair_encoding(raw, content_type)
    assert text.encode() in body
    assert is_certainly_utf8(body, kind)
    assert repair_encoding(body, kind) == (body, kind)
    assert title(raw, content_type) == text


def test_references_that_appear_when_others_are_removed_are_removed_too() -> None:
    body, _ = repair_encoding(rss(b"a&#&#1;1;b"), "")
    assert b"&#" not in body


def test_entities_that_refer_to_others_are_not_expanded() -> None:
    bomb = b'<!DOCTYPE rss [\n<!ENTITY a "aaaaaaaaaa">\n<!ENTITY b "&a;&a;&a;&a;&a;">\n]>'
    assert title(rss(b"x&b;y&a;", bomb)) == "x&b;yaaaaaaaaaa"


def test_a_body_that_is_a_file_name_is_not_opened(tmp_path: object) -> None:
    with pytest.raises(ParseError):
        parse("s", __file__.encode(), url="https://a.example/")
