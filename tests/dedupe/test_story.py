from __future__ import annotations

from datetime import timedelta
from typing import Any

from feeds.dedupe.story import Candidate, Member, first_member, groups, join, ranked
from feeds.model import DedupePolicy, Source
from tests.make import NOW, article

WINDOW = timedelta(hours=72)


def candidate(n: int, *, kind: str = "text", hours: float = 0) -> Candidate:
    return Candidate(
        n=n,
        id=f"a{n}",
        source="s",
        story="story1",
        sure="sure1",
        exact="exact1",
        date=NOW - timedelta(hours=hours),
        kind=kind,
    )


def member(
    n: int,
    *,
    source: str = "",
    sure: str = "s",
    exact: str = "e",
    hours: float = 0,
    words: int = 20,
    **more: Any,
) -> Member:
    one = article(f"g{n}", source=source or f"s{n}", text="word " * words, hours=hours, id=f"a{n}", **more)
    return Member(
        n=n, id=one.id, source=one.source, story="story", sure=sure, exact=exact, date=one.date, article=one
    )


def test_the_first_equal_article_gives_the_story() -> None:
    joined = join(article(id="x"), [candidate(5), candidate(3)], WINDOW)
    assert joined is not None
    assert (joined.story, joined.sure, joined.exact, joined.other) == ("story1", "sure1", "exact1", "a3")
    assert joined.evidence == "the same title and text, word by word"


def test_both_reasons_are_said() -> None:
    joined = join(article(id="x"), [candidate(3), candidate(3, kind="url")], WINDOW)
    assert joined is not None
    assert joined.evidence == "the same canonical URL and the same title and text, word by word"


def test_the_same_text_out_of_the_window_is_another_story_but_the_same_url_is_not() -> None:
    assert join(article(id="x"), [candidate(3, hours=73)], WINDOW) is None
    assert join(article(id="x"), [candidate(3, hours=73, kind="url")], WINDOW) is not None


def test_an_article_does_not_join_itself() -> None:
    assert join(article(id="a3"), [candidate(3)], WINDOW) is None


def shapes(policy: DedupePolicy, *members: Member) -> list[list[int]]:
    return [[one.n for one in group] for group in groups(members, policy)]


def test_modes() -> None:
    members = (member(1), member(2, exact="f"), member(3), member(4, sure="t", exact="g"))
    assert shapes(DedupePolicy(mode="near"), *members) == [[1, 2, 3, 4]]
    assert shapes(DedupePolicy(mode="near", caution="cautious"), *members) == [[1, 2, 3], [4]]
    assert shapes(DedupePolicy(mode="exact"), *members) == [[1, 3], [2], [4]]
    assert shapes(DedupePolicy(mode="off"), *members) == [[1], [2], [3], [4]]


def test_the_window_counts_from_the_first_of_a_group() -> None:
    assert shapes(DedupePolicy(), member(1, hours=100), member(2, hours=50), member(3)) == [[1, 2], [3]]


def test_the_first_member_is_the_first_published_not_the_first_polled() -> None:
    assert first_member([member(1, hours=1), member(2, hours=5)]).n == 2


def test_preferences_decide_in_their_order() -> None:
    long, early, favoured = member(1, words=90), member(2, hours=9), member(3, source="agency")
    group = (long, early, favoured)
    sources = {"agency": Source(id="agency", url="https://agency.example/", priority=10)}
    assert [one.n for one in ranked(group, ("priority", "longest", "earliest"), sources)] == [3, 1, 2]
    assert ranked(group, ("earliest",), sources)[0].n == 2
    assert ranked(group, ("longest",), sources)[0].n == 1
    assert ranked(group, ("latest",), {})[-1].n == 2


def test_the_agency_is_the_source_that_the_copies_credit() -> None:
    wire, copy = member(1, source="wire"), member(2, credits=("AFP",), words=90)
    named = {"wire": Source(id="wire", url="https://wire.example/", title="AFP, the wire")}
    tagged = {"wire": Source(id="wire", url="https://wire.example/", tags=("agency",))}
    assert ranked((copy, wire), ("agency", "longest"), named)[0].n == 1
    assert ranked((copy, wire), ("agency", "longest"), tagged)[0].n == 1
    assert ranked((copy, wire), ("agency", "longest"), {})[0].n == 2
