"""Permanent redirects: when they are believed, what follows, and when they are given up."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feeds.config import change_urls
from feeds.errors import BadStatus, Gone, Malformed, SourceError, Throttled, TooSlow, Unreachable
from feeds.model import SourceState
from feeds.model.schemes import queue_key
from feeds.schedule.permanent_redirects import (
    MIN_FAILING_TIME,
    MIN_FAILURES,
    MIN_SIGHTING_SPAN,
    MIN_SIGHTINGS,
    NOT_MOVED,
    RedirectState,
    after_answer,
    after_failure,
    describe_change,
)
from feeds.store import sources
from tests.loopback import Answer, Loopback
from tests.make import NOW
from tests.newsroom import Newsroom, item, rss

DAY = timedelta(days=1)
OLD, NEW = "https://old.example/feed", "https://new.example/feed"


# ------------------------------------------------------------------------------------------------ decisions


def believed(*seen: tuple[str, float]) -> RedirectState:
    """The state after good answers, each a (target of its permanent redirect, day)."""
    known = NOT_MOVED
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
def test_a_redirect_is_believed_when_it_was_seen_often_and_over_days(
    seen: list[tuple[str, float]], address: str
) -> None:
    found = believed(*seen)
    assert found.permanent_url == address
    assert bool(found.permanent_since) == bool(address)


def test_the_limits_are_those_that_are_documented() -> None:
    assert (3, timedelta(days=3), 3, timedelta(days=7)) == (
        MIN_SIGHTINGS,
        MIN_SIGHTING_SPAN,
        MIN_FAILURES,
        MIN_FAILING_TIME,
    )


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
def test_only_failures_about_the_document_reset_the_count(
    error: SourceError, *, read: bool, kept: bool
) -> None:
    before = believed((NEW, 0), (NEW, 1))
    after = after_failure(before, error, document_received=read, failures=1, ok_at=NOW, now=NOW + 2 * DAY)
    assert after == (before if kept else NOT_MOVED)


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
def test_a_new_address_that_fails_for_a_week_or_is_gone_is_given_up(
    days: float, failures: int, error: SourceError, *, given_up: bool
) -> None:
    moved = RedirectState(permanent_url=NEW, permanent_since=NOW - 30 * DAY)
    after = after_failure(
        moved, error, document_received=False, failures=failures, ok_at=NOW, now=NOW + days * DAY
    )
    assert after == (NOT_MOVED if given_up else moved)
    assert bool(describe_change(moved, after)) is given_up


def test_a_note_names_only_hosts() -> None:
    moved = RedirectState(permanent_url=f"{NEW}?token=secret")
    assert describe_change(NOT_MOVED, NOT_MOVED) == describe_change(moved, moved) == ""
    assert "new.example" in describe_change(NOT_MOVED, moved)
    assert "secret" not in describe_change(NOT_MOVED, moved) + describe_change(moved, NOT_MOVED)


# ------------------------------------------------------------------------------------------------- the road


def state(room: Newsroom) -> SourceState:
    store, _ = room.parts()
    with store.read() as connection:
        return next(one for one in sources.states(connection) if one.id == "s1")


def etag(value: str, *items: str) -> Answer:
    return Answer(rss(items), headers=[("ETag", value)])


def moved(room: Newsroom, server: Loopback) -> str:
    """A source that answers at /old for a day and then redirects permanently, until that is believed."""
    new = server.url("/new", host="localhost")
    server.handle(
        "/new",
        lambda request: (
            Answer(status=304)
            if request.header("If-None-Match") == '"new"'
            else etag('"new"', item(1), item(2))
        ),
    )
    room.configure_urls(server.answers("/old", etag('"old"', item(1))))
    room.once()
    server.redirect("/old", new, 301)
    for _ in range(4):
        assert not state(room).permanent_url
        room.once(later=1.1 * DAY)
    return new


# fetching checklist 18 and 20
def test_a_believed_permanent_redirect_is_polled_directly(room: Newsroom, server: Loopback) -> None:
    new = moved(room, server)
    before = room.config.read_bytes()
    known = state(room)
    assert (known.permanent_url, known.fetch_url, known.host) == (new, new, "localhost")
    assert known.url == server.url("/old")
    assert known.redirect_count == 0
    asked = len(server.requests)
    polled = room.poll(later=1.1 * DAY)
    assert server.paths()[asked:] == ["/new"]
    assert polled.outcome == "unchanged"
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


def test_the_poll_that_believes_a_redirect_reports_it(room: Newsroom, server: Loopback) -> None:
    server.page("/new", rss([item(1)]))
    room.configure_urls(server.redirect("/old", "/new", 308))
    notes = [room.once(later=1.1 * DAY).polled[0].note for _ in range(4)]
    assert notes[:3] == ["", "", ""]
    assert notes[3].startswith(f"moved permanently to 127.0.0.1:{server.port}")


# fetching checklist 19
@pytest.mark.parametrize("status", [302, 303, 307])
def test_temporary_redirects_change_no_address(room: Newsroom, server: Loopback, status: int) -> None:
    server.page("/new", rss([item(1)]))
    room.configure_urls(server.redirect("/old", "/new", status))
    for _ in range(8):
        room.once(later=1.1 * DAY)
    assert not state(room).permanent_url
    assert not state(room).redirect_url
    assert server.paths() == ["/old", "/new"] * 8


# fetching checklist 18
@pytest.mark.parametrize(
    "page",
    [b"<html><title>Welcome</title></html>", b"<html><form>Log in to this network</form></html>", b"ok"],
)
def test_a_redirect_to_a_front_page_or_portal_is_not_believed(
    room: Newsroom, server: Loopback, page: bytes
) -> None:
    feed = etag('"one"', item(1))
    room.configure_urls(server.answers("/feed", feed))
    room.once()
    server.page("/", page)
    for _ in range(9):
        server.redirect("/feed", "/", 301)
        assert room.once(later=1.5 * DAY).polled[0].outcome == "failed"
        assert not state(room).redirect_url
    server.handle(
        "/feed", lambda request: Answer(status=304) if request.header("If-None-Match") == '"one"' else feed
    )
    room.once(later=1.5 * DAY)
    assert not state(room).permanent_url
    assert state(room).error == ""
    assert room.titles() == ["Title 1"]


def test_a_portal_in_between_resets_the_count(room: Newsroom, server: Loopback) -> None:
    server.page("/new", rss([item(1)]))
    server.page("/login", b"<html>Log in</html>")
    room.configure_urls(server.redirect("/old", "/new", 301))
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


def test_the_configured_url_is_polled_again_when_the_new_one_fails_for_a_week(
    room: Newsroom, server: Loopback
) -> None:
    new = moved(room, server)
    server.page("/new", b"nothing here", status=404)
    server.page("/old", rss([item(3), item(1)]))
    first = room.clock.now()
    notes: list[str] = []
    while not notes:
        notes = [one.note for one in room.once(later=timedelta(hours=6)).polled if one.note]
        assert server.paths()[-1] == "/new"
    assert room.clock.now() - first >= timedelta(days=6)
    assert "the configured URL is polled again" in notes[0]
    assert (state(room).permanent_url, state(room).host) == ("", "127.0.0.1")
    assert room.poll(later=1.5 * DAY).new == 1
    assert server.paths()[-1] == "/old"
    assert new not in state(room).fetch_url
    assert room.titles() == ["Title 1", "Title 2", "Title 3"]


def test_the_configured_url_is_polled_once_more_when_the_new_one_is_gone(
    room: Newsroom, server: Loopback
) -> None:
    moved(room, server)
    server.page("/new", status=410)
    room.once(later=1.1 * DAY)
    assert server.paths()[-1] == "/new"
    polled = room.poll(later=1.5 * DAY)  # the configured one leads there still: now it has ended
    assert server.paths()[-2:] == ["/old", "/new"]
    assert (polled.outcome, polled.status) == ("failed", 410)
    asked = len(server.requests)
    for _ in range(40):
        room.once(later=10 * DAY)
    room.once(ignore_due_times=True)
    assert len(server.requests) == asked
    assert room.titles() == ["Title 1", "Title 2"]


def test_a_source_may_move_twice_and_back(room: Newsroom, server: Loopback) -> None:
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
    """The id, which was derived from the old URL, is written into the file, and no article comes back as new."""
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
    plan = change_urls.plan_url_changes(room.config, {own.id: new})
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


def test_a_third_url_in_the_configuration_resets_the_state_but_keeps_the_articles(
    room: Newsroom, server: Loopback
) -> None:
    moved(room, server)
    third = server.page("/third", rss([item(1), item(2), item(3)]))
    room.configure_urls(third)
    assert room.poll().new == 1
    assert (state(room).permanent_url, state(room).host) == ("", queue_key(third))
    assert len(room.entries()) == 3


def test_an_opml_list_that_follows_a_move_duplicates_no_article(room: Newsroom, server: Loopback) -> None:
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


def test_permanent_redirects_of_lists_and_pages_are_believed_too(room: Newsroom, server: Loopback) -> None:
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
