"""Permanent redirects: when they are believed, what follows, and the way back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feeds.config import move
from feeds.errors import BadStatus, Gone, Malformed, SourceError, Throttled, TooSlow, Unreachable
from feeds.model import SourceState
from feeds.model.schemes import host_key
from feeds.schedule.permanent_redirects import (
    PATIENCE,
    SEEN,
    SPAN,
    STAYED,
    TRIES,
    Move,
    after_answer,
    after_failure,
    told,
)
from feeds.store import sources
from tests.loopback import Answer, Loopback
from tests.make import NOW
from tests.newsroom import Newsroom, item, rss

DAY = timedelta(days=1)
OLD, NEW = "https://old.example/feed", "https://new.example/feed"


# ------------------------------------------------------------------------------------------------ decisions


def believed(*seen: tuple[str, float]) -> Move:
    """After good answers that began with a redirect to a target, each on a day."""
    known = STAYED
    for target, day in seen:
        known = after_answer(known, target, OLD, NOW + day * DAY)
    return known


@pytest.mark.parametrize(
    ("seen", "address"),
    [
        ([(NEW, 0), (NEW, 1), (NEW, 3)], NEW),
        ([(NEW, 0), (NEW, 3)], ""),  # not often enough
        ([(NEW, 0), (NEW, 3), (NEW, 9)], NEW),
        ([(NEW, n / 24) for n in range(72)], ""),  # not for long enough
        ([(NEW, n / 24) for n in range(73)], NEW),
        ([(NEW, 0), (NEW, 1), ("", 2), (NEW, 3)], ""),  # it answered itself
        ([(NEW, 0), (NEW, 1), ("", 2), (NEW, 3), (NEW, 4), (NEW, 6)], NEW),
        ([(NEW, 0), (NEW, 1), ("https://portal.example/", 2), (NEW, 3)], ""),  # it led elsewhere
        ([(OLD, 0), (OLD, 1), (OLD, 3)], ""),  # to where it is
    ],
)
def test_a_redirect_is_believed_when_it_was_seen_often_and_for_days(
    seen: list[tuple[str, float]], address: str
) -> None:
    found = believed(*seen)
    assert found.permanent_url == address
    assert bool(found.permanent_since) == bool(address)


def test_the_limits_are_those_that_are_documented() -> None:
    assert (3, timedelta(days=3), 3, timedelta(days=7)) == (SEEN, SPAN, TRIES, PATIENCE)


@pytest.mark.parametrize(
    ("error", "read", "kept"),
    [
        (Unreachable("s", "no route"), False, True),
        (TooSlow("s", "late"), False, True),
        (BadStatus("s", "ill", status=503), False, True),
        (Throttled("s", "patience", status=429), False, True),
        (BadStatus("s", "not there", status=404), False, False),
        (Gone("s", "gone", status=410), False, False),
        (Malformed("s", "a front page"), True, False),
    ],
)
def test_a_failure_counts_against_a_redirect_where_it_speaks_of_the_place(
    error: SourceError, *, read: bool, kept: bool
) -> None:
    before = believed((NEW, 0), (NEW, 1))
    after = after_failure(before, error, read=read, failures=1, ok_at=NOW, now=NOW + 2 * DAY)
    assert after == (before if kept else STAYED)


@pytest.mark.parametrize(
    ("days", "failures", "error", "given_up"),
    [
        (6.9, 50, Unreachable("s", "no route"), False),
        (7, 3, Unreachable("s", "no route"), True),
        (7, 3, Malformed("s", "a page"), True),
        (90, 2, Unreachable("s", "no route"), False),  # the program was off: nobody saw it fail
        (0, 1, Gone("s", "gone", status=410), True),
        (0, 1, BadStatus("s", "not there", status=404), False),
    ],
)
def test_an_address_that_fails_for_a_week_or_is_gone_is_given_up(
    days: float, failures: int, error: SourceError, *, given_up: bool
) -> None:
    moved = Move(permanent_url=NEW, permanent_since=NOW - 30 * DAY)
    after = after_failure(moved, error, read=False, failures=failures, ok_at=NOW, now=NOW + days * DAY)
    assert after == (STAYED if given_up else moved)
    assert bool(told(moved, after)) is given_up


def test_a_note_tells_hosts_and_no_more() -> None:
    moved = Move(permanent_url=f"{NEW}?token=secret")
    assert told(STAYED, STAYED) == told(moved, moved) == ""
    assert "new.example" in told(STAYED, moved)
    assert "secret" not in told(STAYED, moved) + told(moved, STAYED)


# ------------------------------------------------------------------------------------------------- the road


def state(room: Newsroom) -> SourceState:
    store, _ = room.parts()
    with store.read() as connection:
        return next(one for one in sources.states(connection) if one.id == "s1")


def etag(value: str, *items: str) -> Answer:
    return Answer(rss(items), headers=[("ETag", value)])


def moved(room: Newsroom, server: Loopback) -> str:
    """A source that answers at /old for a day, then redirects for good, until that is believed."""
    new = server.url("/new", host="localhost")
    server.handle(
        "/new",
        lambda request: (
            Answer(status=304)
            if request.header("If-None-Match") == '"new"'
            else etag('"new"', item(1), item(2))
        ),
    )
    room.web(server.answers("/old", etag('"old"', item(1))))
    room.once()
    server.redirect("/old", new, 301)
    for _ in range(4):
        assert not state(room).permanent_url
        room.once(later=1.1 * DAY)
    return new


def test_lines_18_20_a_move_is_asked_for_directly_once_it_is_believed(
    room: Newsroom, server: Loopback
) -> None:
    new = moved(room, server)
    before = room.config.read_bytes()
    known = state(room)
    assert (known.permanent_url, known.fetch_url, known.host) == (new, new, "localhost")
    assert known.url == server.url("/old")
    assert known.redirect_count == 0
    asked = len(server.requests)
    polled = room.poll(later=1.1 * DAY)
    assert server.paths()[asked:] == ["/new"]
    assert polled.result == "unchanged"
    sent = [(one.path, one.header("If-None-Match")) for one in server.requests]
    assert sent == [
        ("/old", None),
        ("/old", '"old"'),
        ("/new", None),  # another URL: what /old issued is nothing to it
        *[("/old", None), ("/new", '"new"')] * 3,  # and the other way round
        ("/new", '"new"'),
    ]
    assert room.config.read_bytes() == before
    assert room.titles() == ["Title 1", "Title 2"]


def test_the_poll_that_believes_it_says_so(room: Newsroom, server: Loopback) -> None:
    server.page("/new", rss([item(1)]))
    room.web(server.redirect("/old", "/new", 308))
    notes = [room.once(later=1.1 * DAY).polled[0].note for _ in range(4)]
    assert notes[:3] == ["", "", ""]
    assert notes[3].startswith(f"moved for good to 127.0.0.1:{server.port}")


@pytest.mark.parametrize("status", [302, 303, 307])
def test_line_19_other_redirects_move_nothing(room: Newsroom, server: Loopback, status: int) -> None:
    server.page("/new", rss([item(1)]))
    room.web(server.redirect("/old", "/new", status))
    for _ in range(8):
        room.once(later=1.1 * DAY)
    assert not state(room).permanent_url
    assert not state(room).redirect_url
    assert server.paths() == ["/old", "/new"] * 8


@pytest.mark.parametrize(
    "page",
    [b"<html><title>Welcome</title></html>", b"<html><form>Log in to this network</form></html>", b"ok"],
)
def test_line_18_a_front_page_or_a_portal_is_no_place_to_move_to(
    room: Newsroom, server: Loopback, page: bytes
) -> None:
    feed = etag('"one"', item(1))
    room.web(server.answers("/feed", feed))
    room.once()
    server.page("/", page)
    for _ in range(9):
        server.redirect("/feed", "/", 301)
        assert room.once(later=1.5 * DAY).polled[0].result == "failed"
        assert not state(room).redirect_url
    server.handle(
        "/feed", lambda request: Answer(status=304) if request.header("If-None-Match") == '"one"' else feed
    )
    room.once(later=1.5 * DAY)
    assert not state(room).permanent_url
    assert state(room).error == ""
    assert room.titles() == ["Title 1"]


def test_a_portal_in_between_begins_the_count_anew(room: Newsroom, server: Loopback) -> None:
    server.page("/new", rss([item(1)]))
    server.page("/login", b"<html>Log in</html>")
    room.web(server.redirect("/old", "/new", 301))
    room.once()
    room.once(later=1.1 * DAY)
    server.redirect("/old", "/login", 301)
    room.once(later=1.1 * DAY)
    server.redirect("/old", "/new", 301)
    for _ in range(3):
        room.once(later=1.1 * DAY)
        assert not state(room).permanent_url
    room.once(later=1.1 * DAY)
    assert state(room).permanent_url == server.url("/new")


def test_a_new_address_that_fails_for_a_week_leads_back(room: Newsroom, server: Loopback) -> None:
    new = moved(room, server)
    server.page("/new", b"nothing here", status=404)
    server.page("/old", rss([item(3), item(1)]))
    first = room.clock.now()
    notes: list[str] = []
    while not notes:
        notes = [one.note for one in room.once(later=timedelta(hours=6)).polled if one.note]
        assert server.paths()[-1] == "/new"
    assert room.clock.now() - first >= timedelta(days=6)
    assert "but at its configured URL" in notes[0]
    assert (state(room).permanent_url, state(room).host) == ("", "127.0.0.1")
    assert room.poll(later=1.5 * DAY).new == 1
    assert server.paths()[-1] == "/old"
    assert new not in state(room).fetch_url
    assert room.titles() == ["Title 1", "Title 2", "Title 3"]


def test_a_new_address_that_is_gone_leads_back_once(room: Newsroom, server: Loopback) -> None:
    moved(room, server)
    server.page("/new", status=410)
    room.once(later=1.1 * DAY)
    assert server.paths()[-1] == "/new"
    polled = room.poll(later=1.5 * DAY)  # the configured one leads there still: now it has ended
    assert server.paths()[-2:] == ["/old", "/new"]
    assert (polled.result, polled.status) == ("failed", 410)
    asked = len(server.requests)
    for _ in range(40):
        room.once(later=10 * DAY)
    room.once(everything=True)
    assert len(server.requests) == asked
    assert room.titles() == ["Title 1", "Title 2"]


def test_it_may_move_twice_and_back(room: Newsroom, server: Loopback) -> None:
    moved(room, server)
    third = server.page("/third", rss([item(1), item(2)]))
    server.redirect("/new", third, 301)
    for _ in range(4):
        room.once(later=1.1 * DAY)
    assert state(room).permanent_url == third
    home = server.page("/old", rss([item(1), item(2), item(3)]))
    server.redirect("/third", home, 301)
    for _ in range(4):
        room.once(later=1.1 * DAY)
    assert state(room).permanent_url == ""
    assert state(room).fetch_url == home
    assert len(room.entries()) == 3


def test_the_fix_changes_the_file_and_nothing_that_readers_see(room: Newsroom, server: Loopback) -> None:
    """The id was derived from the URL; it is written down, and no article comes back as new."""
    new = server.url("/elsewhere/feed.xml")
    old = server.url("/old")
    room.configure(f"sources:\n  # the wire\n  - {{url: '{old}', allow_private: true}}   # since 2019\n")
    server.redirect("/old", new, 301)
    server.page("/elsewhere/feed.xml", etag('"n"', item(1), item(2)).body, headers=[("ETag", '"n"')])
    for _ in range(4):
        room.once(later=1.1 * DAY)
    before, entries = room.bytes(), [(one.id, one.published) for one in room.entries()]
    _, shard = room.parts()
    (own,) = shard.sources
    plan = move.plan(room.config, {own.id: new})
    assert not plan.changes[0].obstacle
    plan.write()
    room.close()
    _, shard = room.parts()
    assert [(one.id, one.url) for one in shard.sources] == [(own.id, new)]
    assert (
        f'  # the wire\n  - {{id: "{own.id}", url: "{new}", allow_private: true}}   # since 2019\n'
        in room.config.read_text()
    )
    assert room.once().polled == ()  # not even asked anew
    asked = len(server.requests)
    polled = room.poll(later=1.1 * DAY)
    assert (polled.new, polled.updated) == (0, 0)
    assert server.paths()[asked:] == ["/elsewhere/feed.xml"]
    assert server.requests[-1].header("If-None-Match") == '"n"'
    assert [(one.id, one.published) for one in room.entries()] == entries
    names = [name for name in before if name.startswith("front.")]
    assert {name: room.bytes()[name] for name in names if name != "front.opml"} == {
        name: before[name] for name in names if name != "front.opml"
    }


def test_another_url_than_the_new_address_begins_anew_but_keeps_the_articles(
    room: Newsroom, server: Loopback
) -> None:
    moved(room, server)
    third = server.page("/third", rss([item(1), item(2), item(3)]))
    room.web(third)
    assert room.poll().new == 1
    assert (state(room).permanent_url, state(room).host) == ("", host_key(third))
    assert len(room.entries()) == 3


def test_a_list_that_follows_a_move_brings_no_article_twice(room: Newsroom, server: Loopback) -> None:
    def opml(url: str) -> None:
        text = f'<opml version="2.0"><body><outline type="rss" text="x" xmlUrl="{url}"/></body></opml>'
        (room.folder / "list.opml").write_text(text)

    old, new = server.url("/old"), server.page("/new", rss([item(1), item(2)]))
    server.redirect("/old", new, 301)
    opml(old)
    room.configure("sources:\n  - {id: people, opml: list.opml, allow_private: true}\n")
    for _ in range(4):
        room.once(later=1.1 * DAY)
    store, _ = room.parts()
    with store.read() as connection:
        (listed,) = [one for one in sources.states(connection) if one.listed_by]
    assert (listed.listed_by, listed.url, listed.permanent_url) == ("people", old, new)
    before = [(one.id, one.published) for one in room.entries()]
    opml(new)
    room.once(later=1.1 * DAY)
    room.once(later=1.1 * DAY)
    assert [(one.id, one.published) for one in room.entries()] == before


def test_a_list_and_a_page_move_too(room: Newsroom, server: Loopback) -> None:
    page = server.page("/news2", b"<html><body><ul><li><a href='/1'>One</a></li></ul></body></html>")
    feed = server.page("/feed", rss([item(5)]))
    text = f'<opml version="2.0"><body><outline type="rss" text="x" xmlUrl="{feed}"/></body></opml>'
    opml = server.page("/list2", text.encode())
    room.configure(
        "sources:\n"
        f"  - {{id: page, page: '{server.redirect('/news', page, 301)}', extract: {{item: li, title: a}}, "
        "allow_private: true}\n"
        f"  - {{id: list, opml: '{server.redirect('/list', opml, 301)}', allow_private: true}}\n"
    )
    for _ in range(4):
        room.once(later=1.1 * DAY)
    store, _ = room.parts()
    with store.read() as connection:
        found = {one.id: one.permanent_url for one in sources.states(connection)}
    assert (found["page"], found["list"]) == (page, opml)
