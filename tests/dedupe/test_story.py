from __future__ import annotations

from datetime import timedelta

from feeds.dedupe.story import Candidate, Member, first_member, groups, join, ranked
from feeds.model import DedupeMode
from tests.make import NOW, article

WINDOW = timedelta(hours=72)


def candidate(n: int, *, kind: str = "text", hours: float = 0) -> Candidate:
    return Candidate(n, f"a{n}", "s", "story1", "exact1", NOW - timedelta(hours=hours), kind)


def member(n: int, *, source: str = "", exact: str = "e", hours: float = 0, words: int = 20) -> Member:
    one = article(f"g{n}", source=source or f"s{n}", text="word " * words, hours=hours, id=f"a{n}")
    return Member(n, f"a{n}", one.source, "story", exact, one.date, one)


def test_the_first_equal_article_gives_the_story() -> None:
    joined = join(article(id="x"), [candidate(5), candidate(3)], WINDOW)
    assert (joined.story, joined.exact, joined.other, joined.kind) == ("story1", "exact1", "a3", "text")
    assert joined.evidence == "the same title and text, word by word"


def test_both_reasons_are_said() -> None:
    joined = join(article(id="x"), [candidate(3), candidate(3, kind="url")], WINDOW)
    assert joined.evidence == "the same canonical URL and the same title and text, word by word"


def test_the_same_text_out_of_the_window_is_another_story_but_the_same_url_is_not() -> None:
    assert join(article(id="x"), [candidate(3, hours=73)], WINDOW).story == "x"
    assert join(article(id="x"), [candidate(3, hours=73, kind="url")], WINDOW).story == "story1"


def test_an_article_does_not_join_itself() -> None:
    assert join(article(id="a3"), [candidate(3)], WINDOW).other == ""


def shapes(mode: DedupeMode, *members: Member) -> list[list[int]]:
    return [[one.n for one in group] for group in groups(members, mode, WINDOW)]


def test_modes() -> None:
    members = (member(1), member(2, exact="f"), member(3))
    assert shapes("near", *members) == [[1, 2, 3]]
    assert shapes("exact", *members) == [[1, 3], [2]]
    assert shapes("off", *members) == [[1], [2], [3]]


def test_the_window_counts_from_the_first_of_a_group() -> None:
    assert shapes("near", member(1, hours=100), member(2, hours=50), member(3)) == [[1, 2], [3]]


def test_the_first_member_is_the_first_published_not_the_first_polled() -> None:
    assert first_member([member(1, hours=1), member(2, hours=5)]).n == 2


def test_preferences_decide_in_their_order() -> None:
    long, early, favoured = member(1, words=90), member(2, hours=9), member(3, source="agency")
    group, priority = (long, early, favoured), {"agency": 10}
    assert [one.n for one in ranked(group, ("priority", "longest", "earliest"), priority)] == [3, 1, 2]
    assert ranked(group, ("earliest",), priority)[0].n == 2
    assert ranked(group, ("longest",), priority)[0].n == 1
    assert ranked(group, ("latest",), {})[-1].n == 2
