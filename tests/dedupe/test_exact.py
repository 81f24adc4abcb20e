from __future__ import annotations

import re
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.dedupe.exact import ExactKey, comparable_title, exact_keys, folded_words, published_id_key
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
        ("What is new in C++", "", "what is new in c plus plus"),
        ("What is new in C#", "", "what is new in c sharp"),
        ("+++ Pier closes +++ #1", "", "pier closes 1"),
    ],
)
def test_the_name_of_the_site_is_removed_from_a_title(title: str, site: str, expected: str) -> None:
    assert comparable_title(title, site) == expected


def test_case_punctuation_and_compatibility_forms_are_ignored() -> None:
    assert folded_words("“The ﬁrst”, he said…  STRASSE") == folded_words("the first he said strasse")


def test_the_same_words_share_a_text_key_whatever_the_site() -> None:
    title = "Council votes to close the old pier"
    assert shared_kinds(title, f"{title} | Harbor Times") == ["text"]


@pytest.mark.parametrize(
    "title", ["", "v2.4.1", "Letters to the editor", "Open thread", "編集部への手紙", "رسائل القراء"]
)
def test_a_short_text_under_a_title_that_many_items_have_makes_no_equal_articles(title: str) -> None:
    def kinds(words: int) -> list[str]:
        text = " ".join(f"word{at}" for at in range(words))
        keys = exact_keys(article(title=title, text=text, link=""), site="", link_is_own=True)
        return [key.kind for key in keys]

    assert "text" not in kinds(59)
    assert "text" in kinds(60)


@pytest.mark.parametrize(
    "title",
    ["Wreck of a barge halts dredging", "村議会が温泉の建て替えを可決", "تأجيل افتتاح الجسر الجديد إلى مارس"],
)
def test_a_short_text_under_a_telling_title_makes_equal_articles(title: str) -> None:
    text = " ".join(f"word{at}" for at in range(20))
    keys = exact_keys(article(title=title, text=text, link=""), site="", link_is_own=True)
    assert [key.kind for key in keys] == ["text"]


def test_the_same_canonical_url_shares_a_url_key() -> None:
    assert shared_kinds("One title", "Another", link="https://herald.example/pier") == ["url"]


def test_a_short_text_is_equal_only_with_the_same_title_at_the_same_second() -> None:
    [key] = exact_keys(article(text="Read more.", link=""), site="", link_is_own=True)
    assert key.kind == "item"
    for changed in (
        {"hours": 1},
        {"title": "Another"},
        {"text": "Read on."},
        {"enclosure_key": "x.example/1.mp3"},
    ):
        values: dict[str, Any] = {"text": "Read more.", **changed}
        assert exact_keys(article(link="", **values), site="", link_is_own=True) != (key,)
    assert exact_keys(article(text="Read more.", link="", published=None), site="", link_is_own=True) == ()
    assert exact_keys(article(text="Read more.", link="", title=""), site="", link_is_own=True) == ()


def test_a_published_id_counts_only_with_the_same_page_or_words() -> None:
    def key(**fields: Any) -> ExactKey:
        return published_id_key("post:7", article(**{"link": "", "title": "", "text": ""} | fields))

    different: list[dict[str, Any]] = [
        {"link": "https://a.example/7"},
        {"link": "https://a.example/changes#7"},
        {"title": "Pier"},
        {"text": "The pier."},
        {"enclosure_key": "a.example/7.mp3"},
    ]
    assert len({key(**fields) for fields in different}) == len(different)
    assert key(link="https://a.example/7", title="Pier") == key(
        link="https://a.example/7", title="Pier closes"
    )


def test_scripts_without_spaces_count_characters() -> None:
    text = "港湾委員会は木曜日、古い渡し船の桟橋を春まで修理のため閉鎖することを決めたと発表した。"
    title = "古い渡し船の桟橋を閉鎖へ"
    keys = exact_keys(article(title=title, text=text, link=""), site="", link_is_own=True)
    assert [key.kind for key in keys] == ["text"]


def test_a_link_shared_by_several_items_is_no_key() -> None:
    title = "Council votes to close the old pier"
    keys = exact_keys(article(title=title, text=WORDS), site="", link_is_own=False)
    assert [key.kind for key in keys] == ["text"]


@given(st.text(st.characters(max_codepoint=127)))
def test_ascii_text_is_folded_like_any_other(text: str) -> None:
    assert folded_words(text) == folded_words(text + " \u00e9").removesuffix("\u00e9").rstrip(" ")


@given(st.text(alphabet="aB \n-_.\u0301é“”„‘’–—…•\xa0"))
def test_text_with_typographic_characters_is_folded_like_any_other(text: str) -> None:
    assert folded_words(text) == " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold()))
