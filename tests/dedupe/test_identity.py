from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.dedupe.identity import match_known
from feeds.dedupe.identity_keys import article_id, article_keys
from feeds.model import Text
from tests.dedupe.known_articles import KnownArticles
from tests.make import NOW, WORDS, article


def test_the_same_document_again_has_no_new_article() -> None:
    known = KnownArticles()
    items = (
        article("a", link="https://h.example/a"),
        article("b", link="https://h.example/b", text=WORDS + " B"),
    )
    assert known.are_new(*items) == [True, True]
    assert known.are_new(*items) == [False, False]


def test_an_edit_keeps_the_id_and_the_first_dates() -> None:
    known = KnownArticles()
    (first,) = known.poll(article("a"))
    later = article("a", title="Old ferry pier closes early", first_seen=NOW + timedelta(days=1), hours=-3)
    (edit,) = known.poll(later)
    assert edit.edited
    assert edit.article.id == first.article.id
    assert edit.article.first_seen == NOW
    assert edit.article.published == NOW


def test_a_new_guid_with_the_same_link_is_the_same_article() -> None:
    known = KnownArticles()
    known.poll(article("id=17"))
    assert known.are_new(article("urn:uuid:17", text=WORDS + " And more.")) == [False]


def test_articles_of_a_moved_site_are_recognised_by_content() -> None:
    known = KnownArticles()
    known.poll(article("https://old.example/1", link="https://old.example/1"))
    assert known.are_new(article("https://new.example/x", link="https://new.example/x")) == [False]


@pytest.mark.parametrize("hours", [24, 96])
def test_the_same_words_on_another_day_are_a_new_article(hours: int) -> None:
    known = KnownArticles()
    known.poll(article("a", link="https://h.example/a", hours=hours))
    assert known.are_new(article("b", link="https://h.example/b")) == [True]


def test_items_with_the_same_link_are_told_apart_by_guid() -> None:
    known = KnownArticles()
    home = "https://pod.example/show"
    episodes = [article(f"e{n}", link=home, text=f"{WORDS} {n}") for n in range(3)]
    assert known.are_new(*episodes) == [True] * 3
    assert known.are_new(article("e3", link=home, text=f"{WORDS} 3"), *episodes) == [
        True,
        False,
        False,
        False,
    ]


def test_items_with_the_same_guid_are_told_apart_by_link() -> None:
    known = KnownArticles()
    items = [article("same", link=f"https://h.example/{n}", text=f"{WORDS} {n}") for n in range(3)]
    assert known.are_new(*items) == [True] * 3
    assert known.are_new(*items[::-1]) == [False] * 3


def test_an_item_does_not_take_over_an_article_whose_guid_is_still_there() -> None:
    known = KnownArticles()
    known.poll(article("a", link="https://h.example/live"))
    both = (article("b", link="https://h.example/live", text=WORDS + " New."), article("a", link=""))
    assert known.are_new(*both) == [True, False]


def test_items_that_cannot_be_told_apart_are_one_article() -> None:
    bare = article("", link="", text="", title="Untitled")
    assert len(match_known((bare, bare), {})) == 1


def test_an_id_depends_only_on_the_source_and_the_first_key() -> None:
    first = article("a")
    (key,) = article_keys((first,))
    (edited,) = article_keys((replace(first, text=Text(first.text + " more")),))
    assert article_id("herald", key) == article_id("herald", edited)
    assert article_id("herald", key) != article_id("post", key)


def test_a_known_id_never_changes() -> None:
    # A literal id: later versions must give a published article the same id.
    (keys,) = article_keys((article("g"),))
    assert article_id("herald", keys) == "8d075b3f63aed4d04f253505ae2b9433"


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3)), max_size=12))
def test_any_document_polled_again_has_no_new_article(
    shapes: Sequence[tuple[int, int, int]],
) -> None:
    items = [
        article(
            f"g{guid}" if guid else "",
            link=f"https://h.example/{link}" if link else "",
            text=f"{WORDS} {text}" if text else "",
        )
        for guid, link, text in shapes
    ]
    known = KnownArticles()
    known.poll(*items)
    assert not any(known.are_new(*items))
