"""A problem of a source is reported once when it begins and once when it ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import feedparser
import pytest

from feeds import codec
from feeds.model import SourceIssue, SourceState
from feeds.render import health as report
from feeds.schedule.publishing_pattern import update_pattern
from feeds.schedule.source_health import current_issues, issue_changes
from tests.loopback import Answer, Loopback
from tests.make import NOW
from tests.newsroom import Newsroom, item, prose, rss

DAY = timedelta(days=1)


def state(**more: object) -> SourceState:
    values: dict[str, object] = {
        "id": "s",
        "url": "https://s.example/feed",
        "due_at": NOW,
        "succeeded_at": NOW,
    }
    return SourceState(**(values | more))  # type: ignore[arg-type]


def kinds(state_: SourceState, days: float = 0) -> list[str]:
    """Of a source that goes on as it is: one that answers answers still."""
    now = NOW + days * DAY
    if state_.succeeded_at and not state_.error:
        state_ = replace(state_, succeeded_at=now)
    return [trouble.kind for trouble in current_issues(state_, now)]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, []),
        ({"error": "no answer", "failures": 2}, []),
        ({"error": "no answer", "failures": 3}, ["failing"]),
        ({"error": "no answer", "failures": 1, "succeeded_at": None}, ["failing"]),
        ({"error": "Gone", "failures": 1, "status": 410}, ["gone"]),
        ({"permanent_url": "https://new.example/feed"}, ["moved"]),
        ({"backfill_at": NOW - 2 * DAY, "backfill_entries": 450}, ["flooding"]),
        ({"backfill_at": NOW - 4 * DAY, "backfill_entries": 450}, []),
        ({"permanent_url": "https://new.example/feed", "error": "x", "failures": 9}, ["failing", "moved"]),
    ],
)
def test_the_issues_of_a_source_state(values: dict[str, object], expected: list[str]) -> None:
    assert kinds(state(**values)) == expected


def test_silence_is_measured_by_the_publishing_pattern_of_the_source() -> None:
    daily = update_pattern(None, [NOW - n * DAY for n in range(60)], NOW, None)
    weekly = update_pattern(None, [NOW - 7 * n * DAY for n in range(30)], NOW, None)
    of = {
        name: state(id=name, publishing_pattern=codec.dumps(pattern))
        for name, pattern in (("d", daily), ("w", weekly))
    }
    assert [kinds(of["d"], days) for days in (5, 20)] == [[], ["silent"]]
    assert [kinds(of["w"], days) for days in (20, 100)] == [[], ["silent"]]
    # Who was switched off, or without a network, has seen no silence.
    assert list(current_issues(of["d"], NOW + 20 * DAY)) == []


def test_only_a_beginning_or_an_end_is_a_change() -> None:
    failing = state(error="no answer", failures=3)
    (began,) = issue_changes((), [failing], NOW)
    assert issue_changes((began,), [state(error="another reason", failures=7)], NOW + DAY) == ()
    (ended,) = issue_changes((began,), [state()], NOW + DAY)
    assert ended == SourceIssue(
        source="s", kind="failing", description=began.description, since=NOW, until=NOW + DAY
    )
    assert issue_changes((began,), [], NOW + DAY) == (ended,)  # the source is not polled any more


def titles(room: Newsroom) -> list[str]:
    feed = feedparser.parse(room.file("health.atom").read_bytes())
    assert not feed.bozo
    return [entry.title for entry in feed.entries]


def test_the_report_is_published_beside_the_outputs_and_never_in_them(
    room: Newsroom, server: Loopback
) -> None:
    broken = Answer(status=500)
    good = Answer(body=rss([item(1)]))
    room.configure_urls(
        server.answers("/a", good, broken, broken, broken, broken, good), server.page("/b", rss([item(9)]))
    )
    room.once()
    assert titles(room) == []
    assert "All 2 sources are well." in room.file("health.html").read_text()
    quiet = room.file("health.atom").read_bytes()
    room.once(later=2 * DAY)
    room.once(later=2 * DAY)
    assert room.file("health.atom").read_bytes() == quiet
    room.once(later=2 * DAY)
    assert titles(room) == ["News (s1) is failing"]
    assert "500" in room.file("health.html").read_text()
    begun = room.file("health.atom").read_bytes()
    room.once(later=2 * DAY)
    assert room.file("health.atom").read_bytes() == begun
    room.once(later=2 * DAY)
    assert titles(room) == ["News (s1) answers again"]
    assert sorted(room.titles()) == ["Title 1", "Title 9"]
    entry = feedparser.parse(room.file("health.atom").read_bytes()).entries[0]
    assert entry.id == feedparser.parse(begun).entries[0].id
    assert entry.published != entry.updated


def test_a_backfill_is_reported(room: Newsroom, server: Loopback) -> None:
    again = [item(n, hours=-2 - n / 1000, guid=f"again{n}") for n in range(100, 160)]
    room.configure_urls(
        server.answers("/a", Answer(body=rss([item(1)])), Answer(body=rss(again))), flood="20"
    )
    room.once()
    room.once(later=timedelta(hours=3))
    assert titles(room) == ["News (s1) presented too much at once"]
    assert "40 entries appeared as new at once" in room.file("health.html").read_text()


def test_a_source_that_only_private_outputs_take_is_not_named(room: Newsroom, server: Loopback) -> None:
    down = [server.page(f"/{name}", b"", status=500) for name in "abc"]
    rows = "".join(
        f"  - {{id: {name}, url: '{url}', allow_private: true, tags: [{name}]}}\n"
        for name, url in zip(("open", "both", "secluded"), down, strict=True)
    )
    own = "own: {private: true, from: {tags: [both, secluded]}}"
    room.configure(f"sources:\n{rows}", f"outputs: {{all: {{from: {{tags: [open, both]}}}}, {own}}}\n")
    room.once()
    assert sorted(titles(room)) == ["both is failing", "open is failing"]
    page = room.file("health.html").read_text()
    assert "secluded" not in page
    assert "2 of 2 sources need a look" in page

    # A source that becomes private is taken out at once, not only when its issue changes.
    room.configure(f"sources:\n{rows}", "outputs: {all: {from: {tags: [open]}}, own: {private: true}}\n")
    room.once(later=timedelta(minutes=1))
    assert titles(room) == ["open is failing"]


def test_the_report_can_be_switched_off(room: Newsroom, server: Loopback) -> None:
    room.configure_urls(server.page("/a", rss([item(1)])))
    room.once()
    assert "health.html" in room.file("index.html").read_text()
    room.config.write_text(room.config.read_text().replace("title: Test,", "title: Test, health: false,"))
    room.close()
    room.once(later=DAY)
    assert not room.file("health.atom").exists()
    assert not room.file("health.html").exists()


# output checklist 23
def test_a_failure_is_never_an_entry_of_an_output(room: Newsroom, server: Loopback) -> None:
    server.page("/good", rss([item(1)]))
    server.page("/broken", b"<html>we are closed</html>", status=500)
    server.page("/nonsense", b"no feed at all")
    room.configure_urls(server.url("/good"), server.url("/broken"), server.url("/nonsense"))
    for _ in range(4):
        report = room.once(later=timedelta(days=1))
    assert {poll.outcome for poll in report.polled} >= {"failed"}
    assert room.titles() == ["Title 1"]
    for form in ("atom", "rss", "json"):
        data = room.file(f"front.{form}").read_bytes()
        assert b"s2" not in data
        assert b"s3" not in data
    assert b"failing" in room.file("health.atom").read_bytes()  # the failure is in the health report


def test_the_feed_holds_the_newest_changes_and_the_page_holds_all() -> None:
    many = [
        SourceIssue(source=f"s{n}", kind="silent", description="is silent", since=NOW + timedelta(hours=n))
        for n in range(report.MAX_FEED_ENTRIES + 5)
    ]
    health = report.HealthReport(
        title="The wire",
        base_url="https://feeds.example/",
        issues=report.newest_first(many),
        titles={issue.source: issue.source for issue in many},
        sources=len(many),
        since=NOW,
    )
    feed, page = report.render_feed(health).decode(), report.render_page(health).decode()
    assert feed.count("<entry>") == report.MAX_FEED_ENTRIES
    assert "s5 has fallen silent" in feed
    assert "s4 has fallen silent" not in feed
    assert all(f">{issue.source}<" in page for issue in many)


def test_the_page_says_how_many_joins_each_pair_of_sources_had(room: Newsroom, server: Loopback) -> None:
    text = prose(1) + prose(2)
    copies = {
        name: item(1, title="Pier", text=f"{text} {end}", guid=name, link=f"https://{name}.example/1")
        for name, end in (("a", ""), ("b", ""), ("secret", "More."))
    }
    rows = "".join(
        f"  - {{id: {name}, url: '{server.page(f'/{name}', rss([copy], name.title()))}', "
        f"allow_private: true, tags: [{name}]}}\n"
        for name, copy in copies.items()
    )
    room.configure(f"sources:\n{rows}", "outputs: {all: {from: {tags: [a, b]}}, own: {private: true}}\n")
    room.once()
    page = room.file("health.html").read_text()
    assert "<td><bdi>A (a)</bdi> and <bdi>B (b)</bdi></td><td>1</td>" in page
    assert "ecret" not in page
    before = room.file("health.html").read_bytes()
    room.once(later=DAY)
    assert room.file("health.html").read_bytes() == before
    later = [item(n, title="Quay", text=prose(9) + prose(8), hours=-16 * n) for n in (1, 2)]
    for one in later:
        server.page("/b", rss([one], "B"))
        room.once(later=timedelta(hours=30))
    assert "<td><bdi>B (b)</bdi> with itself</td><td>1</td>" in room.file("health.html").read_text()
