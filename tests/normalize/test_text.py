"""Plain text of titles and other short fields."""

from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.model import Body
from feeds.normalize.text import (
    one_line,
    plain_text,
    remove_unpublishable_chars,
    resolve_references,
    title_text,
)


def test_characters_that_must_not_be_published_are_removed() -> None:
    assert remove_unpublishable_chars("a\x00b\x0bc\ud800d\ufffee\uffff\t\n\r😀") == "abcde\t\n\r😀"
    assert remove_unpublishable_chars("a\ufdd0b\U0003fffec") == "abc"
    assert remove_unpublishable_chars("It\x92s \x93so\x94") == "It’s “so”"
    assert one_line("e\u0301") == "é"


@given(st.text(st.characters(exclude_categories=()) | st.characters(categories=["Cs", "Cc"])))
def test_only_xml_characters_are_left(text: str) -> None:
    result = remove_unpublishable_chars(text)
    assert all(
        c in "\t\n\r" or "\x20" <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c >= "\U00010000"
        for c in result
    )
    assert remove_unpublishable_chars(result) == result


@given(st.text(st.characters(exclude_categories=())))
def test_one_line_gives_one_line_of_printable_text(text: str) -> None:
    result = one_line(text)
    assert one_line(result) == result
    assert result == result.strip()
    assert not any(c in result for c in "\n\r\t\u00a0\ufeff\u202e")
    result.encode("utf-8")


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        ("Q&A <live>", "text", "Q&A <live>"),
        ("Q&A <live>", "html", "Q&A <live>"),
        ("a < b", "html", "a < b"),
        ("AT&amp;T", "html", "AT&T"),
        ("AT&amp;amp;T", "html", "AT&T"),
        ("AT&amp;T", "text", "AT&T"),
        ("5 &lt; 6", "html", "5 < 6"),
        ("<b>Rates</b> rise <i>again</i>", "html", "Rates rise again"),
        ("<b>Rates</b> rise", "text", "Rates rise"),
        ("&lt;b&gt;Rates&lt;/b&gt; rise", "html", "Rates rise"),
        ("How to use <b>", "text", "How to use <b>"),
        ("How to use &lt;b&gt;", "html", "How to use <b>"),
        ("H<sub>2</sub>O", "html", "H2O"),
        ("one<br>two", "html", "one two"),
        ("one<br/>two", "text", "one two"),
        ("How <br> and <p> differ", "text", "How <br> and <p> differ"),
        ('<img src="/l.png" alt="Logo"> Sale', "text", "Logo Sale"),
        ("Sale <img src='/l.png'>", "html", "Sale"),
        ("x<script>alert(1)</script>y", "html", "xy"),
        ("How <script> works", "html", "How <script> works"),
        ("<Style> and <title>", "html", "<Style> and <title>"),
        ("Fish<wbr>monger", "text", "Fishmonger"),
        ("?a=1&copy=2", "html", "?a=1&copy=2"),
        ("  Rates\n\t rise\u00a0now ", "text", "Rates rise now"),
        ("caf\u00e9 &#233; &eacute;", "html", "café é é"),
        ("<![CDATA[Rates]]>", "html", "Rates"),
        ("soft\u00adhyphen\ufeff", "text", "softhyphen"),
        ("abc\u202edef", "text", "abcdef"),
        (" \n ", "html", ""),
        ("λιμάνι &amp; θάλασσα", "html", "λιμάνι & θάλασσα"),
        ("می\u200cشود", "text", "می\u200cشود"),
    ],
)
def test_title_text(value: str, kind: Literal["text", "html"], expected: str) -> None:
    assert title_text(Body(value=value, type=kind)) == expected


def test_a_missing_title_is_blank() -> None:
    assert title_text(None) == ""


@given(st.text())
def test_plain_text_keeps_text_without_markup(text: str) -> None:
    if "<" not in text and "&" not in text:
        assert plain_text(text) == one_line(text)


def test_only_complete_references_are_resolved() -> None:
    assert resolve_references("a&amp;b&lt;&#x41;&copy=1&unknown;") == "a&b<A&copy=1&unknown;"
