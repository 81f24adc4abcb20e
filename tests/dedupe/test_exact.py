from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.dedupe.exact import bare_title, exact_keys, folded
from tests.make import WORDS, article


def kinds(one: str, other: str, **more: str) -> list[str]:
    """By what two articles with these titles are equal."""
    first = exact_keys(article(title=one), site="Herald", link_is_own=True)
    second = exact_keys(
        article("g2", source="post", title=other, link=more.get("link", "https://post.example/1")),
        site="Harbor Times",
        link_is_own=True,
    )
    return [key.kind for key in first if key in second]


@pytest.mark.parametrize(
    ("title", "site", "bare"),
    [
        ("Pier closes | Harbor Times", "Harbor Times", "pier closes"),
        ("Pier closes – HARBOR TIMES", "Harbor Times", "pier closes"),
        ("Harbor Times: Pier closes", "Harbor Times", "pier closes"),
        ("Pier closes | Weather", "Harbor Times", "pier closes weather"),
        ("Council – a portrait", "Portrait", "council a portrait"),
        ("Pier closes", "", "pier closes"),
        ("Harbor Times", "Harbor Times", "harbor times"),
    ],
)
def test_the_sites_own_name_is_taken_off_a_title(title: str, site: str, bare: str) -> None:
    assert bare_title(title, site) == bare


def test_words_are_compared_without_case_punctuation_and_forms() -> None:
    assert folded("“The ﬁrst”, he said…  STRASSE") == folded("the first he said strasse")


def test_the_same_words_under_a_title_with_another_sites_name() -> None:
    assert kinds("Old pier closes", "Old pier closes | Harbor Times") == ["text"]


def test_the_same_url() -> None:
    assert kinds("One title", "Another", link="https://herald.example/pier") == ["url"]


def test_a_short_text_proves_nothing() -> None:
    assert exact_keys(article(text="Read more.", link=""), site="", link_is_own=True) == ()


def test_scripts_without_spaces_count_characters() -> None:
    text = "港湾委員会は木曜日、古い渡し船の桟橋を春まで修理のため閉鎖することを決めたと発表した。"
    assert [key.kind for key in exact_keys(article(text=text, link=""), site="", link_is_own=True)] == [
        "text"
    ]


def test_a_shared_link_says_nothing() -> None:
    assert [key.kind for key in exact_keys(article(text=WORDS), site="", link_is_own=False)] == ["text"]


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_text_is_folded_as_any_other(text: str) -> None:
    assert folded(text) == folded(text + " \u00e9").removesuffix("\u00e9").rstrip(" ")


@given(st.text(alphabet="aB \n-_.\u0301é“”„‘’–—…•\xa0"))
def test_text_with_typography_is_folded_as_any_other(text: str) -> None:
    assert folded(text) == " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold()))
