from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.dedupe.exact import comparable_title, exact_keys, folded_words
from tests.make import WORDS, article


def shared_kinds(one: str, other: str, **more: str) -> list[str]:
    """The kinds of the exact keys that two articles with these titles share."""
    first = exact_keys(article(title=one), site="Herald", link_is_own=True)
    second = exact_keys(
        article("g2", source="post", title=other, link=more.get("link", "https://post.example/1")),
        site="Harbor Times",
        link_is_own=True,
    )
    return [key.kind for key in first if key in second]


@pytest.mark.parametrize(
    ("title", "site", "expected"),
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
def test_the_name_of_the_site_is_removed_from_a_title(title: str, site: str, expected: str) -> None:
    assert comparable_title(title, site) == expected


def test_case_punctuation_and_compatibility_forms_are_ignored() -> None:
    assert folded_words("“The ﬁrst”, he said…  STRASSE") == folded_words("the first he said strasse")


def test_the_same_words_share_a_text_key_whatever_the_site() -> None:
    assert shared_kinds("Old pier closes", "Old pier closes | Harbor Times") == ["text"]


def test_the_same_canonical_url_shares_a_url_key() -> None:
    assert shared_kinds("One title", "Another", link="https://herald.example/pier") == ["url"]


def test_a_short_text_has_no_key() -> None:
    assert exact_keys(article(text="Read more.", link=""), site="", link_is_own=True) == ()


def test_scripts_without_spaces_count_characters() -> None:
    text = "港湾委員会は木曜日、古い渡し船の桟橋を春まで修理のため閉鎖することを決めたと発表した。"
    assert [key.kind for key in exact_keys(article(text=text, link=""), site="", link_is_own=True)] == [
        "text"
    ]


def test_a_link_shared_by_several_items_is_no_key() -> None:
    assert [key.kind for key in exact_keys(article(text=WORDS), site="", link_is_own=False)] == ["text"]


@given(st.text(st.characters(max_codepoint=127)))
def test_ascii_text_is_folded_like_any_other(text: str) -> None:
    assert folded_words(text) == folded_words(text + " \u00e9").removesuffix("\u00e9").rstrip(" ")


@given(st.text(alphabet="aB \n-_.\u0301é“”„‘’–—…•\xa0"))
def test_text_with_typographic_characters_is_folded_like_any_other(text: str) -> None:
    assert folded_words(text) == " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold()))
