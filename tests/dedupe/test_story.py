from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from feeds.dedupe.story import EqualArticle, Member, first_member, groups, join_equal, rank_members
from feeds.model import DedupePolicy, Source
from tests.make import NOW, article

WINDOW = timedelta(hours=72)


def candidate(n: int, *, kind: str = "text", hours: float = 0) -> EqualArticle:
    return EqualArticle(
        n=n,
        id=f"a{n}",
        source="s",
        story="story1",
        cautious_story="cautious1",
        exact_story="exact1",
        date=NOW - timedelta(hours=hours),
        kind=kind,
    )


def member(
    n: int,
    *,
    source: str = "",
    cautious: str = "s",
    exact: str = "e",
    hours: float = 0,
    words: int = 20,
    **more: Any,
) -> Member:
    value = article(f"g{n}", source=source or f"s{n}", text="word " * words, hours=hours, id=f"a{n}", **more)
    return Member(
        n=n,
        id=value.id,
        source=value.source,
        story="story",
        cautious_story=cautious,
        exact_story=exact,
        date=value.date,
        article=value,
    )


def test_an_article_joins_the_story_of_the_first_equal_one() -> None:
    joined = join_equal(article(id="x"), [candidate(5), candidate(3)], WINDOW)
    assert joined is not None
    assert (joined.story, joined.cautious_story, joined.exact_story) == ("story1", "cautious1", "exact1")
    assert joined.other == "a3"
    assert joined.evidence == "the same title and text, word by word"


def test_the_evidence_names_both_reasons() -> None:
    joined = join_equal(article(id="x"), [candidate(3), candidate(3, kind="url")], WINDOW)
    assert joined is not None
    assert joined.evidence == "the same canonical URL and the same title and text, word by word"


def test_outside_the_window_only_the_same_url_or_item_joins() -> None:
    assert join_equal(article(id="x"), [candidate(3, hours=73)], WINDOW) is None
    assert join_equal(article(id="x"), [candidate(3, hours=73, kind="url")], WINDOW) is not None
    assert join_equal(article(id="x"), [candidate(3, hours=73, kind="item")], WINDOW) is not None


def test_an_article_does_not_join_itself() -> None:
    assert join_equal(article(id="a3"), [candidate(3)], WINDOW) is None


def group_numbers(policy: DedupePolicy, *members: Member) -> list[list[int]]:
    return [[member.n for member in group] for group in groups(members, policy)]


def test_each_mode_groups_by_its_own_key() -> None:
    members = (member(1), member(2, exact="f"), member(3), member(4, cautious="t", exact="g"))
    assert group_numbers(DedupePolicy(mode="near"), *members) == [[1, 2, 3, 4]]
    assert group_numbers(DedupePolicy(mode="near", caution="cautious"), *members) == [[1, 2, 3], [4]]
    assert group_numbers(DedupePolicy(mode="exact"), *members) == [[1, 3], [2], [4]]
    assert group_numbers(DedupePolicy(mode="off"), *members) == [[1], [2], [3], [4]]


def test_the_window_starts_at_the_first_member_of_a_group() -> None:
    assert group_numbers(DedupePolicy(), member(1, hours=100), member(2, hours=50), member(3)) == [
        [1, 2],
        [3],
    ]


def test_copies_of_one_page_of_which_one_has_no_date_are_one_entry() -> None:
    page = "https://herald.example/pier"
    undated = replace(member(1, hours=200), is_dated=False, link=page)
    assert group_numbers(DedupePolicy(), undated, replace(member(2), link=page)) == [[1, 2]]
    for other in (replace(member(2), link="https://herald.example/2"), replace(undated, n=2, date=NOW)):
        assert group_numbers(DedupePolicy(), undated, other) == [[1], [2]]


def test_the_first_member_is_the_first_published_not_the_first_polled() -> None:
    assert first_member([member(1, hours=1), member(2, hours=5)]).n == 2


def test_preferences_apply_in_their_order() -> None:
    long, early, favoured = member(1, words=90), member(2, hours=9), member(3, source="agency")
    group = (long, early, favoured)
    sources = {"agency": Source(id="agency", url="https://agency.example/", priority=10)}
    assert [member.n for member in rank_members(group, ("priority", "longest", "earliest"), sources)] == [
        3,
        1,
        2,
    ]
    assert rank_members(group, ("earliest",), sources)[0].n == 2
    assert rank_members(group, ("longest",), sources)[0].n == 1
    assert rank_members(group, ("latest",), {})[-1].n == 2


def test_the_agency_is_a_tagged_source_or_one_that_the_copies_credit() -> None:
    wire, copy = member(1, source="wire"), member(2, credits=("AFP",), words=90)
    named = {"wire": Source(id="wire", url="https://wire.example/", title="AFP, the wire")}
    tagged = {"wire": Source(id="wire", url="https://wire.example/", tags=("agency",))}
    assert rank_members((copy, wire), ("agency", "longest"), named)[0].n == 1
    assert rank_members((copy, wire), ("agency", "longest"), tagged)[0].n == 1
    assert rank_members((copy, wire), ("agency", "longest"), {})[0].n == 2


def test_two_pages_of_a_source_can_be_kept_apart() -> None:
    def page(n: int, source: str, name: str, *, manual: bool = False) -> Member:
        return replace(member(n, source=source), page=f"herald.example/{name}", manual=manual)

    copies = (page(1, "a", "x"), page(2, "a", "y"), page(3, "b", "z"), page(4, "a", "x"))
    assert group_numbers(DedupePolicy(), *copies) == [[1, 2, 3, 4]]
    assert group_numbers(DedupePolicy(within_source=False), *copies) == [[1, 3, 4], [2]]
    merged = (page(1, "a", "x", manual=True), page(2, "a", "y", manual=True))
    assert group_numbers(DedupePolicy(within_source=False), *merged) == [[1, 2]]
    nameless = (page(1, "a", ""), replace(page(2, "a", ""), page=""), replace(page(3, "a", ""), page=""))
    assert group_numbers(DedupePolicy(within_source=False), *nameless) == [[1], [2], [3]]
