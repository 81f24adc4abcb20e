"""`feeds split` and `feeds merge` hold: for later articles, in every dedupe mode, and in a rebuilt state."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from feeds.cli import ExitCode
from feeds.clock import SystemClock
from tests.cli.conftest import Call
from tests.cli.test_commands import CONFIG, CRANE_TEXT, published_titles
from tests.loopback import Loopback
from tests.make import NOW
from tests.newsroom import item, prose, rss

A, B, C, D = (f"https://{name}.example/1" for name in "abcd")
SINCE_NOW = (NOW - SystemClock().now()) / timedelta(hours=1)
"""Added to the hours of an item, so that they count back from the present: the index of near copies drops articles that
are ten days old."""

MODES = "outputs: {front: {title: F}, sure: {title: S, dedupe: {caution: cautious}}, same: {title: E, dedupe: exact}}"


def copy(
    server: Loopback, link: str, text: str = CRANE_TEXT, *, title: str = "Crane bought", hours: float = 1
) -> str:
    """The URL of a source with one article."""
    article = item(1, title=title, text=text, link=link, guid=link, hours=SINCE_NOW + hours)
    return server.page(f"/{link[8]}", rss([article]))


def configure(*urls: str, outputs: str = "outputs: {front: {title: Front}}") -> None:
    """The id of each source is the last letter of its URL, whatever the order."""
    lines = "".join(f"  - {{id: {url[-1]}, url: '{url}', allow_private: true}}\n" for url in urls)
    CONFIG.write_text(f"limits: {{host_interval: 0s}}\nsources:\n{lines}\n{outputs}\n", encoding="utf-8")


def delete_state() -> None:
    """Deletes the state. `feeds.corrections` stays."""
    for path in Path().glob("feeds.db*"):
        path.unlink()


def test_an_article_that_equals_two_split_articles_does_not_unite_them(call: Call, server: Loopback) -> None:
    a, b, c = (copy(server, link) for link in (A, B, C))
    configure(a, b)
    call("once")
    assert call("split", B)[0] == ExitCode.OK
    configure(a, b, c)
    call("once", "--all")
    assert len(published_titles()) == 2
    assert "2 articles" in call("explain", C)[1]


def test_a_split_holds_in_a_rebuilt_state_whichever_article_comes_first(call: Call, server: Loopback) -> None:
    a, b, c = (copy(server, link) for link in (A, B, C))
    configure(a, b, c)
    call("once")
    assert call("split", B)[0] == ExitCode.OK
    for order in ((a, b, c), (b, a, c), (b, c, a), (c, b, a)):
        delete_state()
        configure(order[0])
        call("once")
        configure(*order)
        call("once")
        assert len(published_titles()) == 2, order
        assert "1 article" in call("explain", B)[1].splitlines()[0]


def test_a_merge_holds_in_a_rebuilt_state_whichever_article_comes_first(call: Call, server: Loopback) -> None:
    """A and B are similar, and so are C and D. The user merges B and C."""
    a, b = copy(server, A), copy(server, B, CRANE_TEXT + " Read on.")
    c = copy(server, C, prose(7) + prose(8), title="Lantern")
    d = copy(server, D, prose(7) + prose(8) + " More.", title="Lantern", hours=3)
    configure(a, b, c, d)
    call("once")
    assert len(published_titles()) == 2
    assert call("merge", B, C)[0] == ExitCode.OK
    call("once")
    before = published_titles()
    assert len(before) == 1
    for order in ((a, c, b, d), (d, a, c, b), (c, b, d, a)):
        delete_state()
        for n in range(1, 5):
            configure(*order[:n])
            call("once")
        assert len(published_titles()) == 1, order
        assert call("explain", A)[1].startswith("story ")
        assert "4 articles" in call("explain", A)[1]


def test_the_latest_correction_of_two_articles_counts(call: Call, server: Loopback) -> None:
    a, b = copy(server, A), copy(server, B)
    configure(a, b)
    call("once")
    assert call("split", A)[0] == ExitCode.OK
    assert call("merge", B, A)[0] == ExitCode.OK
    for order in ((a, b), (b, a)):
        delete_state()
        configure(*order)
        call("once")
        assert len(published_titles()) == 1
    assert call("split", B)[0] == ExitCode.OK
    delete_state()
    configure(a, b)
    call("once")
    assert len(published_titles()) == 2


def test_articles_merged_by_hand_are_one_entry_however_far_apart_in_time(
    call: Call, server: Loopback
) -> None:
    old, new = copy(server, A, hours=24 * 9), copy(server, B, prose(7) + prose(8), title="Lantern")
    beside = copy(server, C, prose(7) + prose(8) + " More.", title="Lantern", hours=2)
    configure(old, new, beside, outputs=MODES)
    call("once")
    assert call("merge", A, B)[0] == ExitCode.OK
    call("once")
    assert [len(published_titles(name)) for name in ("front", "sure", "same")] == [1, 1, 2]


def test_a_later_copy_joins_a_story_of_two_texts(call: Call, server: Loopback) -> None:
    """Six similar articles are merged with another one. The later copy is similar only to that one."""
    links = [f"https://{name}.example/1" for name in "efghij"]
    many = [copy(server, link, f"{CRANE_TEXT} Copy {n} of it.", hours=n) for n, link in enumerate(links, 1)]
    other = copy(server, B, prose(7) + prose(8), title="Lantern")
    late = copy(server, C, prose(7) + prose(8) + " More.", title="Lantern lit")
    configure(*many, other)
    call("once")
    assert call("merge", links[0], B)[0] == ExitCode.OK
    configure(*many, other, late)
    call("once")
    assert len(published_titles()) == 1
    assert call("split", C)[0] == ExitCode.OK
    assert call("split", B)[0] == ExitCode.OK
    delete_state()
    configure(*many, other)
    call("once")
    configure(*many, other, late)
    call("once")
    assert len(published_titles()) == 3
    assert "not joined to b's “Lantern”, because you split them: score" in call("explain", C)[1]


def test_splitting_off_the_first_article_keeps_the_others_together(call: Call, server: Loopback) -> None:
    a, b, c = (copy(server, link, f"{CRANE_TEXT} {end}") for link, end in ((A, "Go."), (B, ""), (C, "On.")))
    configure(a, b, c, outputs=MODES)
    call("once")
    assert [len(published_titles(name)) for name in ("front", "same")] == [1, 3]
    first = call("explain", A)[1].split()[1].rstrip(":")
    assert call("split", first)[0] == ExitCode.OK
    call("once")
    assert [len(published_titles(name)) for name in ("front", "same")] == [2, 3]


def test_explain_says_that_a_split_is_not_published_yet(call: Call, server: Loopback) -> None:
    configure(copy(server, A), copy(server, B, prose(7) + prose(8), title="Lantern"))
    call("once")
    assert call("merge", A, B)[0] == ExitCode.OK
    call("once")
    (kept,) = published_titles()
    hidden = A if "not shown" in call("explain", A)[1].partition(kept)[0] else B
    assert f"front: not shown (one story with {kept})" in call("explain", hidden)[1]
    assert call("split", hidden)[0] == ExitCode.OK
    out = call("explain", hidden)[1]
    assert "not shown (one story with" not in out
    assert "front: will be updated at the next publication; its entry is" in out
    call("once")
    assert "front: shown as" in call("explain", hidden)[1]


def test_a_corrections_file_that_cannot_be_read_is_reported(call: Call, server: Loopback) -> None:
    configure(copy(server, A))
    Path("feeds.corrections").write_text("split everything\n", encoding="utf-8")
    code, _, err = call("once")
    assert code == ExitCode.FAILED
    assert "feeds.corrections" in err
    assert "line 1 is not a correction" in err


@pytest.mark.parametrize("arguments", [("split",), ("merge", A)])
def test_split_and_merge_need_their_arguments(call: Call, arguments: tuple[str, ...]) -> None:
    assert call(*arguments)[0] == ExitCode.USAGE_ERROR
