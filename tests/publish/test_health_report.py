"""What is wrong with sources is told once when it begins and once when it ends."""

from __future__ import annotations

from datetime import timedelta

import feedparser
import pytest

from feeds import codec
from feeds.model import SourceIssue, SourceState
from feeds.render import health as report
from feeds.schedule.publishing_pattern import learn
from feeds.schedule.source_health import changes, troubles
from tests.loopback import Answer, Loopback
from tests.make import NOW
from tests.newsroom import Newsroom, item, rss

DAY = timedelta(days=1)


def state(**more: object) -> SourceState:
    facts: dict[str, object] = {"id": "s", "url": "https://s.example/feed", "due_at": NOW, "ok_at": NOW}
    return SourceState(**(facts | more))  # type: ignore[arg-type]


def kinds(one: SourceState, days: float = 0) -> list[str]:
    return [trouble.kind for trouble in troubles(one, NOW + days * DAY)]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, []),
        ({"error": "no answer", "failures": 2}, []),
        ({"error": "no answer", "failures": 3}, ["failing"]),
        ({"error": "no answer", "failures": 1, "ok_at": None}, ["failing"]),
        ({"error": "Gone", "failures": 1, "status": 410}, ["gone"]),
        ({"address": "https://new.example/feed"}, ["moved"]),
        ({"flooded_at": NOW - 2 * DAY, "flooded": 450}, ["flooding"]),
        ({"flooded_at": NOW - 4 * DAY, "flooded": 450}, []),
        ({"address": "https://new.example/feed", "error": "x", "failures": 9}, ["failing", "moved"]),
    ],
)
def test_what_is_wrong(facts: dict[str, object], expected: list[str]) -> None:
    assert kinds(state(**facts)) == expected


def test_silence_is_measured_by_the_sources_own_rhythm() -> None:
    daily = learn(None, [NOW - n * DAY for n in range(60)], NOW, None)
    weekly = learn(None, [NOW - 7 * n * DAY for n in range(30)], NOW, None)
    of = {
        name: state(id=name, publishing_pattern=codec.dumps(one))
        for name, one in (("d", daily), ("w", weekly))
    }
    assert [kinds(of["d"], days) for days in (5, 20)] == [[], ["silent"]]
    assert [kinds(of["w"], days) for days in (20, 100)] == [[], ["silent"]]


def test_only_what_begins_or_ends_is_a_change() -> None:
    failing = state(error="no answer", failures=3)
    (began,) = changes((), [failing], NOW)
    assert changes((began,), [state(error="another reason", failures=7)], NOW + DAY) == ()
    (ended,) = changes((began,), [state()], NOW + DAY)
    assert ended == SourceIssue(
        source="s", kind="failing", description=began.description, since=NOW, until=NOW + DAY
    )
    assert changes((began,), [], NOW + DAY) == (ended,)  # nobody asks it any more


def told(room: Newsroom) -> list[str]:
    found = feedparser.parse(room.file("health.atom").read_bytes())
    assert not found.bozo
    return [entry.title for entry in found.entries]


def test_health_is_published_beside_the_outputs_and_never_in_them(room: Newsroom, server: Loopback) -> None:
    broken = Answer(status=500)
    good = Answer(body=rss([item(1)]))
    room.web(
        server.answers("/a", good, broken, broken, broken, broken, good), server.page("/b", rss([item(9)]))
    )
    room.once()
    assert told(room) == []
    assert "All 2 sources are well." in room.file("health.html").read_text()
    quiet = room.file("health.atom").read_bytes()
    room.once(later=2 * DAY)
    room.once(later=2 * DAY)
    assert room.file("health.atom").read_bytes() == quiet
    room.once(later=2 * DAY)
    assert told(room) == ["News (s1) is failing"]
    assert "500" in room.file("health.html").read_text()
    begun = room.file("health.atom").read_bytes()
    room.once(later=2 * DAY)
    assert room.file("health.atom").read_bytes() == begun
    room.once(later=2 * DAY)
    assert told(room) == ["News (s1) answers again"]
    assert sorted(room.titles()) == ["Title 1", "Title 9"]
    entry = feedparser.parse(room.file("health.atom").read_bytes()).entries[0]
    assert entry.id == feedparser.parse(begun).entries[0].id
    assert entry.published != entry.updated


def test_a_flood_is_told(room: Newsroom, server: Loopback) -> None:
    again = [item(n, hours=-2 - n / 1000, guid=f"again{n}") for n in range(100, 160)]
    room.web(server.answers("/a", Answer(body=rss([item(1)])), Answer(body=rss(again))), flood="20")
    room.once()
    room.once(later=timedelta(hours=3))
    assert told(room) == ["News (s1) presented too much at once"]
    assert "presented 40 entries" in room.file("health.html").read_text()


def test_what_only_private_outputs_take_is_not_named(room: Newsroom, server: Loopback) -> None:
    down = [server.page(f"/{name}", b"", status=500) for name in "abc"]
    rows = "".join(
        f"  - {{id: {name}, url: '{url}', allow_private: true, tags: [{name}]}}\n"
        for name, url in zip(("open", "both", "secluded"), down, strict=True)
    )
    own = "own: {private: true, from: {tags: [both, secluded]}}"
    room.configure(f"sources:\n{rows}", f"outputs: {{all: {{from: {{tags: [open, both]}}}}, {own}}}\n")
    room.once()
    assert sorted(told(room)) == ["both is failing", "open is failing"]
    page = room.file("health.html").read_text()
    assert "secluded" not in page
    assert "2 of 2 sources need a look" in page

    # What becomes private is taken out at once, and not when its trouble changes.
    room.configure(f"sources:\n{rows}", "outputs: {all: {from: {tags: [open]}}, own: {private: true}}\n")
    room.once(later=timedelta(minutes=1))
    assert told(room) == ["open is failing"]


def test_health_can_be_switched_off(room: Newsroom, server: Loopback) -> None:
    room.web(server.page("/a", rss([item(1)])))
    room.once()
    assert "health.html" in room.file("index.html").read_text()
    room.config.write_text(room.config.read_text().replace("title: Test,", "title: Test, health: false,"))
    room.close()
    room.once(later=DAY)
    assert not room.file("health.atom").exists()
    assert not room.file("health.html").exists()


def test_line_23_no_failure_is_ever_an_entry(room: Newsroom, server: Loopback) -> None:
    server.page("/good", rss([item(1)]))
    server.page("/broken", b"<html>we are closed</html>", status=500)
    server.page("/nonsense", b"no feed at all")
    room.web(server.url("/good"), server.url("/broken"), server.url("/nonsense"))
    for _ in range(4):
        report = room.once(later=timedelta(days=1))
    assert {one.result for one in report.polled} >= {"failed"}
    assert room.titles() == ["Title 1"]
    for form in ("atom", "rss", "json"):
        data = room.file(f"front.{form}").read_bytes()
        assert b"s2" not in data
        assert b"s3" not in data
    assert b"failing" in room.file("health.atom").read_bytes()  # which is told elsewhere


def test_the_feed_holds_the_newest_changes_and_the_page_all() -> None:
    many = [
        SourceIssue(source=f"s{n}", kind="silent", description="is silent", since=NOW + timedelta(hours=n))
        for n in range(report.MAX_FEED_ENTRIES + 5)
    ]
    told = report.HealthReport(
        title="The wire",
        base_url="https://feeds.example/",
        troubles=report.newest_first(many),
        titles={one.source: one.source for one in many},
        sources=len(many),
        since=NOW,
    )
    feed, page = report.render_feed(told).decode(), report.render_page(told).decode()
    assert feed.count("<entry>") == report.MAX_FEED_ENTRIES
    assert "s5 has fallen silent" in feed
    assert "s4 has fallen silent" not in feed
    assert all(f">{one.source}<" in page for one in many)
