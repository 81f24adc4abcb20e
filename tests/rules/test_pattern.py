"""Plain words in many scripts, regular expressions, and the expressions that are rejected."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.rules.pattern import MAX_SEARCHED_CHARS, Pattern


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("trade", "Ministers resume TRADE talks"),
        ("trade talks", "Ministers resume trade\n  talks"),
        ("trade", "the trade's future, and (trade)"),
        ("c++", "Learning C++ at sea"),
        ("straße", "DIE STRASSE DER LIEDER"),
        ("ΟΔΟΣ", "η οδός"[:2] + "οδος"),
        ("ﬁsh", "Fish prices"),
        ("élection", "E\u0301lection au port"),
        ("चाय", "आज चाय महँगी"),
        ("東京", "今日の東京都知事"),
        ("ラーメン", "名古屋ラーメン祭り"),
        ("ข่าว", "อ่านข่าวเช้านี้"),
        ("2026", "Budget 2026: the figures"),
    ],
)
def test_words_are_found_in_any_case_and_unicode_form(words: str, text: str) -> None:
    assert Pattern.parse(words).found_in(text)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("port", "a full report"),
        ("trade", "trademark dispute"),
        ("चाय", "चायवाला"),
        ("बात", "बाती"),  # a vowel sign follows, which does not end a word
        ("2026", "invoice 12026"),
        ("trade talks", "trade and talks"),
        ("elections", "an election"),
    ],
)
def test_only_whole_words_are_found(words: str, text: str) -> None:
    assert not Pattern.parse(words).found_in(text)


def test_a_later_whole_word_is_found_after_a_partial_one() -> None:
    assert Pattern.parse("port").found_in("a report from the port")


@pytest.mark.parametrize(
    ("expression", "text", "found"),
    [
        ("/trade|tariff/i", "New TARIFF", True),
        ("/trade/", "Trade", False),
        ("/^live/im", "first\nLive now", True),
        ("/a.b/s", "a\nb", True),
        ("/ a  b /x", "ab", True),
        ("/news/world/", "https://site.example/news/world/1", True),
    ],
)
def test_expressions_search_as_re_does(expression: str, text: str, found: bool) -> None:
    assert Pattern.parse(expression).found_in(text) is found


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("/[/", "not a regular expression"),
        ("/trade", "no second slash"),
        ("/trade/g", "no flag 'g'"),
        ("/(a+)+$/", "repeat within a repeat"),
        (r"/^(\w+\s?)*$/", "repeat within a repeat"),
        ("/((x|y+)z?)+/", "repeat within a repeat"),
        ("/(?:a*){2,}/", "repeat within a repeat"),
        ("/a{99999999999999999999}/", "not a regular expression"),
        ("  ", "the pattern is empty"),
        (True, "regular expression between slashes"),
        (None, "regular expression between slashes"),
    ],
)
def test_a_bad_pattern_is_rejected_with_a_message(expression: object, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        Pattern.parse(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "/(a++)+/",
        "/(?>a+)+/",
        "/(foo|bar)+ baz*/",
        r"/(\+\*)+/",
        "/([+*])+/",
        "/(a{2})+/",
        "/([]+])+/",
        "/a+b+/",
    ],
)
def test_a_harmless_repeat_is_accepted(expression: str) -> None:
    assert Pattern.parse(expression).regex


def test_only_the_beginning_of_a_long_text_is_searched() -> None:
    text = "x " * (MAX_SEARCHED_CHARS // 2) + "needle"
    assert not Pattern.parse("needle").found_in(text)
    assert not Pattern.parse("/needle/").found_in(text)


def test_equals_compares_the_whole_text() -> None:
    assert Pattern.parse("World").matches_whole("world")
    assert not Pattern.parse("world").matches_whole("world cup")
    assert Pattern.parse("/^world/").matches_whole("world cup")


@given(st.text(), st.text())
def test_a_word_is_found_in_any_text_around_it(before: str, after: str) -> None:
    assert Pattern.parse("needle").found_in(f"{before} needle {after}"[-MAX_SEARCHED_CHARS:])


@given(st.text(max_size=30))
def test_any_string_is_accepted_or_rejected_with_a_message(written: str) -> None:
    try:
        pattern = Pattern.parse(written)
    except ValueError as error:
        assert str(error)
    else:
        pattern.found_in("some text")
        assert eval(repr(pattern), {"Pattern": Pattern}) == pattern


def test_only_whole_words_are_replaced() -> None:
    assert Pattern.parse("live").replace_in("LIVE: olives, live", "") == ": olives, "
    assert Pattern.parse("a").replace_in("a", r"\1") == r"\1"
    assert Pattern.parse("/(b)(a)/").replace_in("ba", r"\2\1") == "ab"
