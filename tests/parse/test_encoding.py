"""What is mended before a document is read, and what is left as it is."""

from __future__ import annotations

import pytest

from feeds.errors import ParseError
from feeds.parse import parse
from feeds.parse.encoding import PROLOGUE, mend, surely_utf8


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
def test_declared_encodings(encoding: str) -> None:
    assert title(declared(encoding, "Привет, мир")) == "Привет, мир"


@pytest.mark.parametrize("encoding", ["shift_jis", "euc-jp", "iso-2022-jp"])
def test_declared_encodings_of_japanese(encoding: str) -> None:
    assert title(declared(encoding, "雪の朝")) == "雪の朝"


@pytest.mark.parametrize(
    "content_type", ["", "text/xml", "text/html; charset=iso-8859-1", "application/rss+xml; charset=us-ascii"]
)
def test_text_that_decodes_as_utf_8_is_utf_8(content_type: str) -> None:
    assert title(rss("Größe – “ça”".encode()), content_type) == "Größe – “ça”"


def test_what_is_no_utf_8_is_read_as_the_server_says() -> None:
    assert title(rss("Привет".encode("cp1251")), "text/xml; charset=windows-1251") == "Привет"


def test_a_damaged_byte_does_not_cost_the_accents_of_all() -> None:
    text = "déjà vu, là-bas, à côté — ".encode() * 4
    assert title(rss(text + b"caf\xc3")) == text.decode() + "caf�"


def test_a_lone_surrogate_and_control_characters_go() -> None:
    assert title(rss(b"a\x0b\x00\x1fb &#7;&#xD800;&#xFFFF;&#99999999999;c &#65;&#x00042;")) == "ab c AB"


def test_a_mark_outweighs_the_declaration() -> None:
    body = b"\xef\xbb\xbf" + b'<?xml version="1.0" encoding="iso-8859-1"?>' + rss("é".encode())
    assert title(body) == "é"


@pytest.mark.parametrize("encoding", [b"punycode", b"idna", b"unicode_escape"])
def test_codecs_that_are_no_encodings_are_not_used(encoding: bytes) -> None:
    assert title(rss(b"a\\u0041-", b'<?xml version="1.0" encoding="' + encoding + b'"?>')) == "a\\u0041-"


def test_white_space_before_the_declaration() -> None:
    assert title(b"\n\n  " + rss(b"x", b'<?xml version="1.0"?>')) == "x"


def test_a_long_prologue_is_cut_out() -> None:
    declaration = b'<?xml version="1.0" encoding="iso-8859-1"?>'
    body, _ = mend(declaration + b"\n" * (PROLOGUE + 1) + rss(b"\xe9"), "")
    assert body == b"<?xml version='1.0' encoding='utf-8'?>" + rss("é".encode())


@pytest.mark.parametrize(
    ("declared", "content_type", "encoding"),
    [
        ('<?xml version="1.0" encoding="iso-8859-1"?>', "", "iso-8859-1"),
        ('<?xml version="1.0" encoding="koi8-r"?>\n', "application/rss+xml", "koi8-r"),
        ('<?xml version="1.0" encoding="gb2312"?>\n', "text/xml; charset=GBK", "gbk"),
        ("", "text/xml; charset=windows-1251", "windows-1251"),
        ("", "", "windows-1252"),  # undeclared and not UTF-8: what feedparser falls back to
    ],
)
def test_another_encoding_becomes_utf8(declared: str, content_type: str, encoding: str) -> None:
    words = {"koi8-r": "Порт", "windows-1251": "Порт", "gbk": "港口"}.get(encoding, "Café")
    raw = declared.encode() + rss(words.encode(encoding))
    body, kind = mend(raw, content_type)
    assert words.encode() in body
    assert surely_utf8(body, kind)
    assert mend(body, kind) == (body, kind)
    assert title(raw, content_type) == words


def test_no_reference_is_left_when_another_is_taken_out() -> None:
    body, _ = mend(rss(b"a&#&#1;1;b"), "")
    assert b"&#" not in body


def test_entities_are_not_expanded_without_end() -> None:
    bomb = b'<!DOCTYPE rss [\n<!ENTITY a "aaaaaaaaaa">\n<!ENTITY b "&a;&a;&a;&a;&a;">\n]>'
    assert title(rss(b"x&b;y&a;", bomb)) == "x&b;yaaaaaaaaaa"


def test_the_body_is_never_a_file_name(tmp_path: object) -> None:
    with pytest.raises(ParseError):
        parse("s", __file__.encode(), url="https://a.example/")
