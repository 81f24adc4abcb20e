"""Whole cycles: from a source on the loopback to the published feeds."""

from __future__ import annotations

import shutil
from datetime import timedelta

from feeds.engine.cycle import Progress, run_cycle
from feeds.ingest.articles import DocumentIngest
from feeds.ingest.poll_source import PollOutcome, poll_source
from feeds.ingest.record_poll import record_poll
from feeds.store import sources
from tests.loopback import Answer, Loopback, Request
from tests.make import WORDS
from tests.newsroom import Newsroom, item, rss

TWO_HOURS = timedelta(hours=2)
XML = ("Content-Type", "application/rss+xml")


def test_a_feed_is_published_in_every_format_newest_first(room: Newsroom, server: Loopback) -> None:
    room.configure_urls(server.page("/feed", rss([item(3), item(1), item(2)])))
    assert room.poll().new == 3
    assert room.titles() == ["Title 1", "Title 2", "Title 3"]
    names = [
        "feeds.opml",
        "front.atom",
        "front.html",
        "front.json",
        "front.rss",
        "health.atom",
        "health.html",
        "index.html",
        "sources.opml",
    ]
    assert [name for name in room.bytes() if not name.endswith(".css")] == names


def test_an_unchanged_feed_costs_one_request_and_writes_no_file(room: Newsroom, server: Loopback) -> None:
    body = rss([item(1)])
    first = Answer(body=body, headers=(("ETag", '"one"'),))
    room.configure_urls(server.answers("/feed", first, Answer(status=304), first))
    room.once()
    before = room.bytes()
    report = room.once(later=TWO_HOURS)
    assert [polled.outcome for polled in report.polled] == ["unchanged"]
    assert server.requests[1].header("If-None-Match") == '"one"'
    assert room.once(later=TWO_HOURS).polled[0].known == 0  # the same bytes are not parsed again
    assert not any(output.written for output in report.published)
    assert room.bytes() == before


def test_no_source_is_polled_before_it_is_due(room: Newsroom, server: Loopback) -> None:
    room.configure_urls(server.page("/feed", rss([item(1)])))
    room.once()
    room.once(later=timedelta(minutes=59))
    assert len(server.requests) == 1
    room.close()  # the due time survives a restart
    room.once()
    assert len(server.requests) == 1
    room.once(later=timedelta(minutes=1))
    assert len(server.requests) == 2


def test_an_edit_updates_its_entry_and_keeps_id_and_date(room: Newsroom, server: Loopback) -> None:
    edited = item(1, title="Title 1, corrected")
    room.configure_urls(server.answers("/feed", Answer(body=rss([item(1)])), Answer(body=rss([edited]))))
    room.once()
    (before,) = room.entries()
    assert room.poll(later=TWO_HOURS).updated == 1
    (after,) = room.entries()
    assert after.title == "Title 1, corrected"
    assert (after.id, after.published) == (before.id, before.published)
    assert after.updated > before.updated


def test_articles_with_new_guids_keep_their_entries(room: Newsroom, server: Loopback) -> None:
    renamed = [item(n, guid=f"https://news.example/?p={n}") for n in (1, 2)]
    room.configure_urls(
        server.answers("/feed", Answer(body=rss([item(1), item(2)])), Answer(body=rss(renamed)))
    )
    room.once()
    before = [entry.id for entry in room.entries()]
    assert room.poll(later=TWO_HOURS).new == 0
    assert [entry.id for entry in room.entries()] == before


def test_copies_become_one_entry_that_names_the_other_sources(room: Newsroom, server: Loopback) -> None:
    agency = rss([item(1, title="Harbour pier closes after storm", text=WORDS)], "Agency")
    outlet = rss(
        [
            item(
                1,
                title="Harbour pier closes after storm | Outlet",
                text=WORDS,
                guid="o1",
                link="https://outlet.example/a",
            )
        ],
        "Outlet",
    )
    tracked = rss(
        [item(1, title="Other words", guid="t1", link="https://news.example/1?utm_source=rss#top")], "Tracker"
    )
    room.configure_urls(server.page("/a", agency), server.page("/b", outlet), server.page("/c", tracked))
    report = room.once()
    assert sum(polled.merged for polled in report.polled) == 2
    (entry,) = room.entries()
    assert "Outlet" in entry.content[0].value


def test_an_article_that_matches_two_stories_merges_them(room: Newsroom, server: Loopback) -> None:
    """The copy and the teaser come first and have nothing in common; the original matches both."""
    copy = rss(
        [
            item(
                1,
                title="Harbour pier closes after storm",
                text=WORDS,
                guid="c",
                link="https://copy.example/1",
            )
        ]
    )
    teaser = rss([item(1, title="A pier", text="Read it there.", guid="t", link="https://news.example/1")])
    original = rss([item(1, title="Harbour pier closes after storm", text=WORDS)])
    first_url, second_url, third_url = (
        server.page("/a", copy),
        server.page("/b", teaser),
        server.page("/c", original),
    )
    room.configure_urls(first_url, second_url)
    room.once()
    assert len(room.entries()) == 2
    room.configure_urls(first_url, second_url, third_url)
    assert sum(found.merged for found in room.once().polled) == 1
    assert len(room.entries()) == 1


def test_a_better_lead_article_keeps_the_entrys_id_and_dates(room: Newsroom, server: Loopback) -> None:
    short = rss([item(1, text=WORDS, guid="a")])
    longer = rss([item(1, title="The agency's own", text=f"{WORDS} {WORDS}", guid="b")])
    first_url, second_url = server.page("/a", short), server.page("/b", longer)
    room.configure_urls(first_url)
    room.once()
    (before,) = room.entries()
    room.configure_urls(first_url, second_url)
    room.once()
    (after,) = room.entries()
    assert after.title == "The agency's own"
    assert (after.id, after.published, after.updated) == (before.id, before.published, before.updated)


def test_failing_sources_do_not_affect_others_and_make_no_entry(room: Newsroom, server: Loopback) -> None:
    good, bad = server.page("/good", rss([item(1)])), server.page("/bad", b"no", status=500)
    room.configure_urls(
        good, bad, server.page("/page", b"<html><body>not a feed</body></html>"), "http://127.0.0.1:9/closed"
    )
    report = room.once()
    assert {polled.source: polled.outcome for polled in report.polled} == {
        "s1": "new",
        "s2": "failed",
        "s3": "failed",
        "s4": "failed",
    }
    assert room.titles() == ["Title 1"]


def test_a_document_that_exceeds_the_parse_limits_fails_alone(room: Newsroom, server: Loopback) -> None:
    bomb = b'<?xml version="1.0" encoding="punycode"?><rss version="2.0"><channel>' + b"<x>a-b</x>" * 200_000
    room.configure(
        "limits: {parse_timeout: 2s}\nsources:\n"
        f"  - {{id: bomb, url: '{server.page('/bomb', bomb)}', allow_private: true}}\n"
        f"  - {{id: good, url: '{server.page('/good', rss([item(1)]))}', allow_private: true}}\n"
    )
    report = room.once()
    assert {polled.source: polled.outcome for polled in report.polled} == {"bomb": "failed", "good": "new"}


def test_a_feed_is_discovered_on_a_page_once(room: Newsroom, server: Loopback) -> None:
    feed = server.page("/feed.xml", rss([item(1)]))
    page = '<html><head><link rel="alternate" type="application/rss+xml" href="/feed.xml"></head></html>'
    room.configure_urls(server.page("/", page.encode()))
    assert room.poll().new == 1
    room.once(later=TWO_HOURS)
    assert server.paths() == ["/", "/feed.xml", "/feed.xml"]
    assert feed.endswith("/feed.xml")


def test_a_feed_that_turns_into_a_page_keeps_its_entries_and_its_validators(
    room: Newsroom, server: Loopback
) -> None:
    good = Answer(body=rss([item(1)]), headers=(("ETag", '"good"'),))
    page = Answer(body=b"<html>We are back soon</html>", headers=(("ETag", '"bad"'),))
    room.configure_urls(server.answers("/feed", good, page, good))
    room.once()
    before = room.bytes()
    assert room.poll(later=TWO_HOURS).outcome == "failed"
    assert room.bytes() == before
    room.once(later=TWO_HOURS)
    assert server.requests[2].header("If-None-Match") == '"good"'


def test_items_that_leave_the_feed_stay_published(room: Newsroom, server: Loopback) -> None:
    room.configure_urls(
        server.answers("/feed", Answer(body=rss([item(1), item(2)])), Answer(body=rss([item(0)])))
    )
    room.once()
    room.once(later=TWO_HOURS)
    assert room.titles() == ["Title 0", "Title 1", "Title 2"]


def test_deleted_output_is_written_again_with_the_same_bytes(room: Newsroom, server: Loopback) -> None:
    room.configure_urls(server.page("/feed", rss([item(1), item(2)])))
    room.once()
    before = room.bytes()
    shutil.rmtree(room.folder / "output")
    room.once()
    assert room.bytes() == before


def feeds_of(room: Newsroom) -> dict[str, bytes]:
    """The published files except the health report, which depends on the age of the state."""
    return {name: data for name, data in room.bytes().items() if not name.startswith("health.")}


def test_a_rebuilt_state_publishes_the_same_feeds(room: Newsroom, server: Loopback) -> None:
    copy = item(
        1, guid="no-iri", link="https://b.example/1", title="Title 1", text=f"{WORDS} Part 1.", hours=3
    )
    room.configure_urls(server.page("/a", rss([item(1), item(2)])), server.page("/b", rss([copy, item(4)])))
    room.once()
    before = feeds_of(room)
    room.close()
    for path in room.folder.glob("feeds.db*"):
        path.unlink()
    shutil.rmtree(room.folder / "output")
    room.once(later=timedelta(days=2))
    assert feeds_of(room) == before


def test_an_outcome_committed_twice_has_its_effects_once(room: Newsroom, server: Loopback) -> None:
    room.configure_urls(server.page("/feed", rss([item(1)])))
    store, poller = room.parts()
    with store.read() as connection:
        (seen,) = sources.due(connection, room.clock.now())
    outcome: PollOutcome = poll_source(
        poller.sources[0], seen, poller._fetcher, poller._parse_pool, room.clock.now()
    ).decoded()
    results = []
    for _ in range(2):
        with store.write() as connection:
            results.append(
                record_poll(
                    connection,
                    outcome,
                    DocumentIngest(connection, poller._ingest_settings),
                    room.clock.now(),
                    lambda: 0.0,
                ).outcome
            )
    assert results == ["new", "late"]


def test_articles_deleted_by_retention_do_not_return_as_new(room: Newsroom, server: Loopback) -> None:
    old = item(1)
    edited = item(1, title="Title 1, edited")
    room.configure_urls(
        server.answers(
            "/feed",
            Answer(body=rss([old, item(2)])),
            Answer(body=rss([item(-100), old, item(2)])),
            Answer(body=rss([item(-100), edited, item(2)])),
        )
    )
    room.config.write_text(room.config.read_text() + "retention: {age: 2d}\n", encoding="utf-8")
    room.once()
    first = {entry.id: entry.published for entry in room.entries()}
    room.once(later=timedelta(days=5))
    room.once(later=timedelta(days=2))
    assert room.titles()[0] == "Title -100"
    now = {entry.id: entry.published for entry in room.entries()}
    assert all(now[entry_id] == first[entry_id] for entry_id in now if entry_id in first)
    assert room.poll(later=timedelta(days=2)).new == 0


def test_a_throttled_host_gets_a_cooldown_for_all_its_sources(room: Newsroom, server: Loopback) -> None:
    slow = Answer(status=429, headers=(("Retry-After", "36000"),))
    room.configure_urls(server.answers("/a", slow), server.page("/b", rss([item(1)])))
    assert [result.outcome for result in room.once().polled] == ["failed"]
    assert room.once(later=timedelta(hours=9)).polled == ()
    assert [result.outcome for result in room.once(later=timedelta(hours=2)).polled] == ["new", "failed"]
    assert server.paths() == ["/a", "/b", "/a"]


def test_after_a_week_of_304_one_request_is_unconditional(room: Newsroom, server: Loopback) -> None:
    first = Answer(body=rss([item(1)]), headers=(("ETag", '"one"'),))
    room.configure_urls(server.answers("/feed", first, *[Answer(status=304)] * 4, first, Answer(status=304)))
    room.once()
    for _ in range(4):
        room.once(later=timedelta(days=1.7))
    room.once(later=timedelta(days=1.7))
    room.once(later=timedelta(days=1.7))
    sent = [request.header("If-None-Match") for request in server.requests]
    assert sent == [None, '"one"', '"one"', '"one"', '"one"', None, '"one"']


def test_a_permanent_redirect_is_recorded(room: Newsroom, server: Loopback) -> None:
    target = server.page("/new", rss([item(1)]))
    room.configure_urls(server.redirect("/old", target, status=301))
    room.once()
    store, _ = room.parts()
    with store.read() as connection:
        (state,) = sources.states(connection)
    assert (state.redirect_url, state.redirect_since) == (target, room.clock.now())


def test_an_output_shows_its_own_sources_under_its_own_rules(room: Newsroom, server: Loopback) -> None:
    first_url = server.page("/a", rss([item(1, title="Trade grows"), item(2, title="Sponsored: buy")]))
    second_url = server.page(
        "/b", rss([item(3, title="Weather", link="https://w.example/3", guid="tag:w.example,2026:3")])
    )
    room.configure(
        "sources:\n"
        f"  - {{id: a, url: '{first_url}', tags: [world], allow_private: true}}\n"
        f"  - {{id: b, url: '{second_url}', tags: [local], allow_private: true}}\n",
        "outputs:\n"
        "  world: {title: World, from: {tags: [world]}, drop: [{title: sponsored}]}\n"
        "  all: {title: All, limit: 2, formats: [atom]}\n",
    )
    room.once()
    assert room.titles("world") == ["Trade grows"]
    assert room.titles("all") == ["Trade grows", "Sponsored: buy"]
    room.config.write_text(room.config.read_text().replace("sponsored", "trade").replace("limit: 2, ", ""))
    room.close()
    room.once()
    assert room.titles("world") == ["Sponsored: buy"]
    assert room.titles("all") == ["Trade grows", "Sponsored: buy", "Weather"]
    room.config.write_text(room.config.read_text().replace("  world: ", "  globe: "))
    room.close()
    room.once()
    assert not room.file("world.atom").exists()
    assert room.titles("globe") == ["Sponsored: buy"]


def test_dedupe_mode_off_keeps_copies_apart(room: Newsroom, server: Loopback) -> None:
    copy = item(1, guid="tag:b.example,2026:1", link="https://b.example/1")
    room.configure_urls(server.page("/a", rss([item(1)])), server.page("/b", rss([copy])))
    room.config.write_text(
        room.config.read_text().replace("{title: Front page}", "{title: F, dedupe: {mode: off}}"),
        encoding="utf-8",
    )
    room.once()
    assert len(room.entries()) == 2


def test_members_of_an_opml_list_are_polled_in_the_same_cycle(room: Newsroom, server: Loopback) -> None:
    feeds = [
        server.page(f"/{name}", rss([item(n, link=f"https://{name}.example/")]))
        for n, name in enumerate("ab", 1)
    ]

    def opml(*urls: str) -> bytes:
        outlines = "".join(f'<outline type="rss" text="x" xmlUrl="{url}"/>' for url in urls)
        return f'<opml version="2.0"><head/><body>{outlines}</body></opml>'.encode()

    (room.folder / "list.opml").write_bytes(opml(*feeds))
    room.configure("sources:\n  - {id: people, opml: list.opml, allow_private: true, tags: [blogs]}\n")
    room.once()
    assert room.titles() == ["Title 1", "Title 2"]
    (room.folder / "list.opml").write_bytes(opml(feeds[1]))
    room.once()
    _, poller = room.parts()
    assert [source.kind for source in poller.sources] == ["opml", "feed"]
    assert poller.sources[1].tags == ("blogs",)


def test_a_cycle_polls_each_source_once_even_if_it_becomes_due_again(
    room: Newsroom, server: Loopback
) -> None:
    def slow(request: Request) -> Answer:
        if len(server.requests) <= 12:  # bounded, so that the test ends even if the cycle does not
            room.clock.moment += timedelta(minutes=3)
        return Answer(rss([item(1)]))

    paths = [f"/{n}" for n in range(3)]
    for path in paths:
        server.handle(path, slow)
    room.configure_urls(*(server.url(path) for path in paths), every="1m")
    report = room.once()
    assert sorted(polled.source for polled in report.polled) == ["s1", "s2", "s3"]
    assert sorted(request.path for request in server.requests) == paths


def test_per_source_limits_the_entries_of_one_source(room: Newsroom, server: Loopback) -> None:
    many = rss([item(n) for n in range(1, 9)])
    few = rss([item(20, link="https://b.example/20", guid="tag:b.example,2026:20")])
    room.configure_urls(server.page("/a", many), server.page("/b", few))
    room.config.write_text(
        room.config.read_text().replace("{title: Front page}", "{title: F, per_source: 3}")
    )
    room.once()
    assert room.titles() == ["Title 1", "Title 2", "Title 3", "Title 20"]


def test_without_news_no_parse_process_is_started(room: Newsroom, server: Loopback) -> None:
    body = Answer(body=rss([item(1)]), headers=(("ETag", '"one"'),))
    room.configure_urls(server.answers("/feed", body, Answer(status=304)))
    room.once()
    room.close()
    room.once(later=TWO_HOURS)
    assert room.parts()[1]._parsers is None


def test_the_progress_total_leaves_out_polls_that_a_cooldown_puts_off(
    room: Newsroom, server: Loopback
) -> None:
    urls = [server.page(f"/{n}", rss([item(n)])) for n in range(1, 5)]
    busy = server.answers("/busy", Answer(status=429, headers=[("Retry-After", "3600")]))
    room.configure_urls(urls[0], busy, *urls[1:])
    started: list[int] = []
    store, poller = room.parts()
    report = run_cycle(poller, store, room.clock.now, Progress(started=started.append))
    assert len(report.polled) == 2
    assert sum(started) == 2
