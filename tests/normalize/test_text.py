"""Titles and other plain text."""

from __future__ import annotations

import unicodedata
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.model import Body
from feeds.normalize.text import fold, headline, plain, printable, references, title, words, xml_chars


def test_what_xml_forbids_goes_and_the_rest_stays() -> None:
    assert xml_chars("a\x00b\x0bc\ud800d\ufffee\uffff\t\n\r😀") == "abcde\t\n\r😀"
    assert xml_chars("a\ufdd0b\U0003fffec") == "abc"
    assert xml_chars("It\x92s \x93so\x94") == "It’s “so”"
    assert printable("e\u0301") == "é"


@given(st.text(st.characters(exclude_categories=()) | st.characters(categories=["Cs", "Cc"])))
def test_printable_is_xml_and_composed(text: str) -> None:
    made = printable(text)
    assert all(
        c in "\t\n\r" or "\x20" <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c >= "\U00010000"
        for c in made
    )
    assert unicodedata.is_normalized("NFC", made)
    assert printable(made) == made


@given(st.text(st.characters(exclude_categories=())))
def test_fold_is_one_printable_line(text: str) -> None:
    made = fold(text)
    assert fold(made) == made
    assert made == made.strip()
    assert not any(c in made for c in "\n\r\t\u00a0\ufeff\u202e")
    made.encode("utf-8")


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
        ("x<script>alert(1)</script>y", "html", "xy"),
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
def test_title(value: str, kind: Literal["text", "html"], expected: str) -> None:
    assert title(Body(value=value, type=kind)) == expected


def test_no_title_is_a_blank_one() -> None:
    assert title(None) == ""


@given(st.text())
def test_words_without_markup_stay(text: str) -> None:
    if "<" not in text and "&" not in text:
        assert plain(text) == fold(text)


def test_references_are_complete_or_none() -> None:
    assert references("a&amp;b&lt;&#x41;&copy=1&unknown;") == "a&b<A&copy=1&unknown;"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The harbour is closed. Nobody knows why.", "The harbour is closed."),
        ("The harbour is closed\nNobody knows why.", "The harbour is closed"),
        ("港が閉鎖された。理由は不明。", "港が閉鎖された。"),
        ("Version 2.5 is out today", "Version 2.5 is out today"),
        ("", ""),
    ],
)
def test_headline(text: str, expected: str) -> None:
    assert headline(text) == expected


@given(st.text(min_size=1))
def test_a_headline_is_short_and_on_one_line(text: str) -> None:
    made = headline(text)
    assert len(made) <= 100
    assert "\n" not in made


def test_a_long_headline_ends_at_a_word() -> None:
    made = headline("harbour " * 40)
    assert made.endswith("harbour…")
    assert 80 < len(made) <= 100


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("The harbour's gate is closed", 5, 5),
        ("Το λιμάνι έκλεισε", 3, 3),
        ("港は嵐のあと一日閉鎖された", 5, 8),
        ("ท่าเรือปิดทำการหนึ่งวันหลังพายุ", 5, 9),
        ("", 0, 0),
    ],
)
def test_words(text: str, least: int, most: int) -> None:
    assert least <= words(text) <= most
