"""What the user splits and merges holds: against later articles, in every mode, and in a state that is built anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from feeds.cli import FAILED, MISUSED, OK
from tests.cli.conftest import Call
from tests.cli.test_commands import CONFIG, LONG, shown
from tests.loopback import Loopback
from tests.newsroom import item, prose, rss

A, B, C, D = (f"https://{name}.example/1" for name in "abcd")
MODES = "outputs: {front: {title: F}, sure: {title: S, dedupe: {caution: cautious}}, same: {title: E, dedupe: exact}}"


def copy(
    server: Loopback, link: str, text: str = LONG, *, title: str = "Crane bought", hours: float = 1
) -> str:
    """A source with one article."""
    one = item(1, title=title, text=text, link=link, guid=link, hours=hours)
    return server.page(f"/{link[8]}", rss([one]))


def configure(*urls: str, outputs: str = "outputs: {front: {title: Front}}") -> None:
    """Each source is called by the last letter of its address, whatever the order."""
    lines = "".join(f"  - {{id: {url[-1]}, url: '{url}', allow_private: true}}\n" for url in urls)
    CONFIG.write_text(f"sources:\n{lines}\n{outputs}\n", encoding="utf-8")


def rebuild() -> None:
    for path in Path().glob("feeds.db*"):
        path.unlink()


def test_an_article_that_equals_both_unites_no_stories_that_were_taken_apart(
    call: Call, server: Loopback
) -> None:
    one, two, three = (copy(server, link) for link in (A, B, C))
    configure(one, two)
    call("once")
    assert call("split", B)[0] == OK
    configure(one, two, three)
    call("once", "--all")
    assert len(shown()) == 2
    assert "2 articles" in call("explain", C)[1]


def test_what_was_split_stays_so_in_a_new_state_whoever_comes_first(call: Call, server: Loopback) -> None:
    one, two, three = (copy(server, link) for link in (A, B, C))
    configure(one, two, three)
    call("once")
    assert call("split", B)[0] == OK
    for order in ((one, two, three), (two, one, three), (two, three, one), (three, two, one)):
        rebuild()
        configure(order[0])
        call("once")
        configure(*order)
        call("once")
        assert len(shown()) == 2, order
        assert "1 article" in call("explain", B)[1].splitlines()[0]


def test_what_was_merged_stays_so_in_a_new_state_whoever_comes_first(call: Call, server: Loopback) -> None:
    """A and B are alike, C and D are; the user says that B and C are one."""
    one, two = copy(server, A), copy(server, B, LONG + " Read on.")
    three = copy(server, C, prose(7) + prose(8), title="Lantern")
    four = copy(server, D, prose(7) + prose(8) + " More.", title="Lantern", hours=3)
    configure(one, two, three, four)
    call("once")
    assert len(shown()) == 2
    assert call("merge", B, C)[0] == OK
    call("once")
    before = shown()
    assert len(before) == 1
    for order in ((one, three, two, four), (four, one, three, two), (three, two, four, one)):
        rebuild()
        for n in range(1, 5):
            configure(*order[:n])
            call("once")
        assert len(shown()) == 1, order
        assert call("explain", A)[1].startswith("story ")
        assert "4 articles" in call("explain", A)[1]


def test_the_latest_word_about_two_articles_counts(call: Call, server: Loopback) -> None:
    one, two = copy(server, A), copy(server, B)
    configure(one, two)
    call("once")
    assert call("split", A)[0] == OK
    assert call("merge", B, A)[0] == OK
    for order in ((one, two), (two, one)):
        rebuild()
        configure(*order)
        call("once")
        assert len(shown()) == 1
    assert call("split", B)[0] == OK
    rebuild()
    configure(one, two)
    call("once")
    assert len(shown()) == 2


def test_what_is_merged_by_hand_is_one_entry_however_far_apart(call: Call, server: Loopback) -> None:
    old, new = copy(server, A, hours=24 * 9), copy(server, B, prose(7) + prose(8), title="Lantern")
    beside = copy(server, C, prose(7) + prose(8) + " More.", title="Lantern", hours=2)
    configure(old, new, beside, outputs=MODES)
    call("once")
    assert call("merge", A, B)[0] == OK
    call("once")
    assert [len(shown(name)) for name in ("front", "sure", "same")] == [1, 1, 2]


def test_copies_that_come_later_join_a_story_of_two_texts(call: Call, server: Loopback) -> None:
    """A story of six that was put beside one more: none of the six is like the copy that comes now."""
    texts = [f"{LONG} Copy {n} of it." for n in range(6)]
    many = rss([item(n + 1, title="Crane bought", text=text) for n, text in enumerate(texts)])
    one = copy(server, B, prose(7) + prose(8), title="Lantern")
    late = copy(server, C, prose(7) + prose(8) + " More.", title="Lantern lit")
    configure(server.page("/a", many), one)
    call("once")
    assert call("merge", "https://news.example/1", B)[0] == OK
    configure(server.page("/a", many), one, late)
    call("once")
    assert len(shown()) == 1
    assert call("split", C)[0] == OK
    assert call("split", B)[0] == OK
    rebuild()
    configure(server.page("/a", many), one)
    call("once")
    configure(server.page("/a", many), one, late)
    call("once")
    assert len(shown()) == 3
    assert "not joined to b's “Lantern”, as you said: score" in call("explain", C)[1]


def test_taking_out_the_first_leaves_the_others_as_like_as_they_were(call: Call, server: Loopback) -> None:
    one, two, three = (copy(server, link, f"{LONG} {end}") for link, end in ((A, "Go."), (B, ""), (C, "On.")))
    configure(one, two, three, outputs=MODES)
    call("once")
    assert [len(shown(name)) for name in ("front", "same")] == [1, 3]
    first = call("explain", A)[1].split()[1].rstrip(":")
    assert call("split", first)[0] == OK
    call("once")
    assert [len(shown(name)) for name in ("front", "same")] == [2, 3]


def test_a_file_of_decisions_that_is_none_is_told(call: Call, server: Loopback) -> None:
    configure(copy(server, A))
    Path("feeds.corrections").write_text("split everything\n", encoding="utf-8")
    code, _, err = call("once")
    assert code == FAILED
    assert "feeds.corrections" in err
    assert "line 1 is no decision" in err


@pytest.mark.parametrize("arguments", [("split",), ("merge", A)])
def test_an_article_has_to_be_named(call: Call, arguments: tuple[str, ...]) -> None:
    assert call(*arguments)[0] == MISUSED
