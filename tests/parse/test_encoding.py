"""What is repaired in a document before it is parsed. How it is decoded: see test_to_utf8."""

from __future__ import annotations

import pytest

from feeds.errors import ParseError
from feeds.parse import parse
from feeds.parse.encoding import (
    MAX_PROLOGUE_BYTES,
    UTF8_CONTENT_TYPE,
    is_certainly_utf8,
    repair_encoding,
)


def title(body: bytes, content_type: str = "") -> str:
    (item,) = parse("s", body, url="https://a.example/", content_type=content_type).items
    return item.title.value if item.title else ""


def rss(text: bytes, declaration: bytes = b"") -> bytes:
    return (
        declaration + b'<rss version="2.0"><channel><item><title>' + text + b"</title></item></channel></rss>"
    )


def test_forbidden_characters_and_references_are_removed() -> None:
    assert title(rss(b"a\x0b\x00\x1fb &#7;&#xD800;&#xFFFF;&#99999999999;c &#65;&#x00042;")) == "ab c AB"


@pytest.mark.parametrize("encoding", [b"punycode", b"idna", b"unicode_escape"])
def test_python_codecs_that_are_not_encodings_are_not_used(encoding: bytes) -> None:
    assert title(rss(b"a\\u0041-", b'<?xml version="1.0" encoding="' + encoding + b'"?>')) == "a\\u0041-"


def test_white_space_before_the_declaration_is_removed() -> None:
    assert title(b"\n\n  " + rss(b"x", b'<?xml version="1.0"?>')) == "x"


def test_a_long_prologue_is_removed() -> None:
    declaration = b'<?xml version="1.0" encoding="iso-8859-1"?>'
    body = repair_encoding(declaration + b"\n" * (MAX_PROLOGUE_BYTES + 1) + rss(b"\xe9"), "")
    assert body == b"<?xml version='1.0' encoding='utf-8'?>" + rss("é".encode())


@pytest.mark.parametrize(
    ("declared", "content_type", "encoding"),
    [
        ('<?xml version="1.0" encoding="iso-8859-1"?>', "", "iso-8859-1"),
        ('<?xml version="1.0" encoding="koi8-r"?>\n', "application/rss+xml", "koi8-r"),
        ('<?xml version="1.0" encoding="gb2312"?>\n', "text/xml; charset=GBK", "gbk"),
        ("", "text/xml; charset=windows-1251", "windows-1251"),
        ("", "", "windows-1252"),
        ("\ufeff", "", "utf-16-le"),
        ('<?xml version="1.0" encoding="iso-2022-jp"?>', "", "iso-2022-jp"),
    ],
)
def test_other_encodings_are_converted_to_utf8_once(declared: str, content_type: str, encoding: str) -> None:
    text = {"koi8-r": "Порт", "windows-1251": "Порт", "gbk": "港口", "iso-2022-jp": "港口"}.get(
        encoding, "Café"
    )
    raw = (declared + rss(b"$").decode().replace("$", text)).encode(encoding)
    body = repair_encoding(raw, content_type)
    assert text.encode() in body
    assert is_certainly_utf8(body, UTF8_CONTENT_TYPE)
    assert repair_encoding(body, UTF8_CONTENT_TYPE) == repair_encoding(body, "") == body
    assert title(raw, content_type) == text


def test_references_that_appear_when_others_are_removed_are_removed_too() -> None:
    body = repair_encoding(rss(b"a&#&#1;1;b"), "")
    assert b"&#" not in body


def test_entities_that_refer_to_others_are_not_expanded() -> None:
    bomb = b'<!DOCTYPE rss [\n<!ENTITY a "aaaaaaaaaa">\n<!ENTITY b "&a;&a;&a;&a;&a;">\n]>'
    assert title(rss(b"x&b;y&a;", bomb)) == "x&b;yaaaaaaaaaa"


def test_a_body_that_is_a_file_name_is_not_opened(tmp_path: object) -> None:
    with pytest.raises(ParseError):
        parse("s", __file__.encode(), url="https://a.example/")


def test_a_document_in_utf_8_keeps_its_bytes_whatever_single_byte_encoding_it_declares() -> None:
    for label in ("utf-8", "iso-8859-1", "windows-1251", "us-ascii", "utf-16", "unknown"):
        body = rss("Größe".encode(), f'<?xml version="1.0" encoding="{label}"?>'.encode())
        assert repair_encoding(body, "") == body
        assert is_certainly_utf8(body, "text/xml; charset=koi8-r")


def test_a_document_that_part_of_might_be_another_encoding_gets_another_declaration() -> None:
    body = rss("Größe ".encode() * 9, b'<?xml version="1.0" encoding="gbk"?>')
    assert not is_certainly_utf8(body, "")
    repaired = repair_encoding(body, "")
    assert is_certainly_utf8(repaired, "")
    assert "Größe ".encode() * 9 in repaired


@pytest.mark.parametrize(
    "before",
    [
        b"<br />\n<b>Warning</b>: Undefined variable $x in <b>/x.php</b> on line <b>1</b><br />\n",
        b"Notice: x is deprecated in /x.php on line 5\n",
        b"\n <!-- made by a cache -->\n",
        b"\xef\xbb\xbf\xef\xbb\xbf\n",
    ],
)
@pytest.mark.parametrize("declaration", [b'<?xml version="1.0" encoding="windows-1251"?>\n', b""])
def test_what_a_program_wrote_before_the_document_is_removed(before: bytes, declaration: bytes) -> None:
    text = "Порт и море, ветер и дождь"
    body = before + rss(text.encode("cp1251"), declaration)
    assert title(body) == text
    assert repair_encoding(body, "").startswith((b"<?xml", b"<rss", b"<!--"))


def test_a_comment_or_a_doctype_before_the_root_stays() -> None:
    for head in (b"<!-- <b> -->", b"<?xml-stylesheet href='x'?>", b"<!DOCTYPE rss [<!ENTITY a 'b'>]>"):
        body = b"<?xml version='1.0'?>" + head + rss(b"x")
        assert repair_encoding(body, "") == body


def test_both_halves_of_a_character_are_joined() -> None:
    assert title(rss(b"a &#55357;&#56832; &#xD83D;&#xDE00; &#xd83d; &#56832; b")) == "a 😀 😀   b"


@pytest.mark.parametrize(
    ("wrapped", "text"),
    [
        (b"<![CDATA[<![CDATA[R&D <b>x</b>]]]]><![CDATA[>]]>", "R&D <b>x</b>"),
        (b"<![CDATA[<![CDATA[R&D]]>]]>", "R&D"),
        (b"<![CDATA[ <![CDATA[<![CDATA[R&D]]> ]]>]]>", "R&D"),
        (b"&lt;![CDATA[R&amp;D]]&gt;", "R&D"),
        (b" &lt;![CDATA[<![CDATA[R&D]]>]]&gt; ", "R&D"),
        (b"R &lt;![CDATA[x]]&gt; D", "R <![CDATA[x]]> D"),
        (b"<![CDATA[About <code>&lt;![CDATA[x]]&gt;</code>]]>", "About <code>&lt;![CDATA[x]]&gt;</code>"),
    ],
)
def test_a_text_that_is_wrapped_twice_is_unwrapped(wrapped: bytes, text: str) -> None:
    assert title(rss(wrapped)) == text
    body = repair_encoding(rss(wrapped), "")
    assert repair_encoding(body, "") == body
