from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from feeds.dedupe.identity import Known, Match, article_id, keys, match, versions_apart
from feeds.model import Article, Text
from tests.make import NOW, WORDS, article


class Memory:
    """What a store would remember of one source."""

    def __init__(self) -> None:
        self.by_key: dict[bytes, Known] = {}
        self.count = 0

    def poll(self, *articles: Article) -> tuple[Match, ...]:
        matches = match(articles, self.by_key)
        for one in matches:
            if one.known is None:
                self.count += 1
            known = Known(
                n=one.known.n if one.known else self.count,
                id=one.article.id,
                story="",
                exact="",
                first_seen=one.article.first_seen,
                published=one.article.published,
                met=NOW,
                content_hash=one.article.content_hash,
            )
            self.by_key |= dict.fromkeys(one.keys.usable(), known)
        return matches

    def fresh(self, *articles: Article) -> list[bool]:
        return [one.known is None for one in self.poll(*articles)]


def test_the_same_document_twice_brings_nothing_new() -> None:
    memory = Memory()
    items = (
        article("a", link="https://h.example/a"),
        article("b", link="https://h.example/b", text=WORDS + " B"),
    )
    assert memory.fresh(*items) == [True, True]
    assert memory.fresh(*items) == [False, False]


def test_an_edit_keeps_the_id_and_the_first_dates() -> None:
    memory = Memory()
    (first,) = memory.poll(article("a"))
    later = article("a", title="Old ferry pier closes early", first_seen=NOW + timedelta(days=1), hours=-3)
    (edit,) = memory.poll(later)
    assert edit.edited
    assert edit.article.id == first.article.id
    assert edit.article.first_seen == NOW
    assert edit.article.published == NOW


def test_a_new_guid_with_the_same_link_is_the_same_article() -> None:
    memory = Memory()
    memory.poll(article("id=17"))
    assert memory.fresh(article("urn:uuid:17", text=WORDS + " And more.")) == [False]


def test_a_moved_site_is_known_by_its_texts() -> None:
    memory = Memory()
    memory.poll(article("https://old.example/1", link="https://old.example/1"))
    assert memory.fresh(article("https://new.example/x", link="https://new.example/x")) == [False]


def test_yesterdays_words_on_another_day_are_another_article() -> None:
    memory = Memory()
    memory.poll(article("a", link="https://h.example/a", hours=96))
    assert memory.fresh(article("b", link="https://h.example/b")) == [True]


def test_items_that_share_a_link_are_told_apart_by_guid() -> None:
    memory = Memory()
    home = "https://pod.example/show"
    episodes = [article(f"e{n}", link=home, text=f"{WORDS} {n}") for n in range(3)]
    assert memory.fresh(*episodes) == [True] * 3
    assert memory.fresh(article("e3", link=home, text=f"{WORDS} 3"), *episodes) == [True, False, False, False]


def test_a_feed_whose_guids_are_all_equal_is_told_apart_by_link() -> None:
    memory = Memory()
    items = [article("same", link=f"https://h.example/{n}", text=f"{WORDS} {n}") for n in range(3)]
    assert memory.fresh(*items) == [True] * 3
    assert memory.fresh(*items[::-1]) == [False] * 3


def test_an_item_never_takes_over_one_that_is_still_there() -> None:
    memory = Memory()
    memory.poll(article("a", link="https://h.example/live"))
    both = (article("b", link="https://h.example/live", text=WORDS + " New."), article("a", link=""))
    assert memory.fresh(*both) == [True, False]


def test_nothing_tells_them_apart_so_they_are_one() -> None:
    bare = article("", link="", text="", title="Untitled")
    assert len(match((bare, bare), {})) == 1


def test_a_correction_listed_beside_its_first_version_takes_its_place() -> None:
    first = article("a", link="https://h.example/a", hours=2)
    correction = article("a", link="https://h.example/a", title="Corrected", hours=1)
    other = article("b", link="https://h.example/b")
    assert versions_apart((first, other, correction)) == (correction, other)
    assert versions_apart((correction, other, first)) == (correction, other)


def test_items_that_all_share_guid_and_link_are_no_versions() -> None:
    items = tuple(article("same", link="https://h.example/", text=f"{WORDS} {n}") for n in range(3))
    assert versions_apart(items) == items


def test_ids_depend_on_the_source_and_the_first_identity_only() -> None:
    one = article("a")
    (key,) = keys((one,))
    (edited,) = keys((replace(one, text=Text(one.text + " more")),))
    assert article_id("herald", key) == article_id("herald", edited)
    assert article_id("herald", key) != article_id("post", key)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3)), max_size=12))
def test_whatever_a_document_repeats_polling_it_again_brings_nothing_new(
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
    memory = Memory()
    memory.poll(*items)
    assert not any(memory.fresh(*items))
