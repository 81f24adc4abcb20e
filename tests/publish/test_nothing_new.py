"""A cycle without news costs next to nothing, and changes other than stories are noticed."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import event

from feeds.publish.publish_site import publish_site
from feeds.store import Store
from tests.loopback import Answer, Loopback, Request
from tests.newsroom import Newsroom, item, rss

HOUR = timedelta(hours=1)


@contextmanager
def statements(store: Store) -> Iterator[list[str]]:
    """The statements that SQLite executes in the block, without those that begin and end transactions."""
    executed: list[str] = []

    def note(statement: str) -> None:
        if not statement.startswith(TRANSACTION_STATEMENTS):
            executed.append(statement)

    def trace(connection: sqlite3.Connection, *_: Any) -> None:
        connection.set_trace_callback(note)

    event.listen(store._engine, "checkout", trace)
    yield executed
    event.remove(store._engine, "checkout", trace)


TRANSACTION_STATEMENTS = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


def test_without_news_publishing_takes_one_statement_and_a_tick_takes_one(
    room: Newsroom, server: Loopback
) -> None:
    room.configure_urls(server.page("/a", rss([item(1)])))
    room.once()
    store, shard = room.parts()
    with statements(store) as executed:
        assert not [
            result
            for result in publish_site(store, shard.settings, shard.sources, room.clock.now())
            if result.written
        ]
        assert len(executed) == 1, executed
        executed.clear()
        shard.start_due()
        shard.commit_finished(0)
        shard.ping_hubs(0)
        assert len(executed) == 1, executed
    with store.read() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {executed[0]}").all()
    assert not [step.detail for step in plan if step.detail.startswith("SCAN source")], plan


def test_a_304_takes_one_statement_per_source(room: Newsroom, server: Loopback) -> None:
    def answer(request: Request) -> Answer:
        unchanged = request.header("if-none-match") == '"1"'
        return Answer(status=304) if unchanged else Answer(rss([item(1)]), headers=[("ETag", '"1"')])

    for n in range(100):
        server.handle(f"/{n}", answer)
    room.configure_urls(*(server.url(f"/{n}") for n in range(100)))
    room.once()
    store, _ = room.parts()
    with statements(store) as executed:
        report = room.once(later=2 * HOUR)
        assert [poll.status for poll in report.polled] == [304] * 100
        updates = [statement for statement in executed if statement.startswith("UPDATE source SET")]
        assert len(updates) == 100
        assert len(executed) - len(updates) < 10, Counter(executed)


def test_changed_settings_are_published_for_an_output_without_stories(room: Newsroom) -> None:
    room.configure("sources: []\n", "outputs: {front: {title: First}}\n")
    room.once()
    assert b"First" in room.file("front.atom").read_bytes()
    room.configure("sources: []\n", "outputs: {front: {title: Second}}\n")
    room.once(later=HOUR)
    assert b"Second" in room.file("front.atom").read_bytes()
    assert "Second" in room.file("index.html").read_text()


def test_a_changed_site_title_is_published_without_any_news(room: Newsroom, server: Loopback) -> None:
    room.configure_urls(server.page("/a", rss([item(1)])))
    room.once()
    before = room.bytes()
    room.close()
    room.config.write_text(room.config.read_text().replace("title: Test,", "title: Renamed,"))
    report = room.once(later=HOUR)
    changed = {name for name, data in room.bytes().items() if data != before[name]}
    assert changed == {"index.html", "feeds.opml", "sources.opml", "health.atom", "health.html"}
    assert {name for result in report.published for name in result.written} == changed


def test_only_outputs_with_news_are_written(room: Newsroom, server: Loopback) -> None:
    server.page("/a", rss([item(1)]))
    server.page("/b", rss([item(2)]))
    sources = "".join(
        f"  - {{id: {name}, url: '{server.url(f'/{name}')}', allow_private: true, tags: [{name}]}}\n"
        for name in "ab"
    )
    room.configure(f"sources:\n{sources}", "outputs: {one: {from: {tags: [a]}}, two: {from: {tags: [b]}}}\n")
    room.once()
    index = room.file("index.html").read_text()
    assert "Title 1" in index
    server.page("/b", rss([item(3), item(2)]))
    report = room.once(later=HOUR)
    what = {result.name: result for result in report.published}
    assert not what["one"].written
    assert "two.atom" in what["two"].written
    assert "Title 1" in room.file("index.html").read_text()
    assert "Title 3" in room.file("index.html").read_text()


def test_an_error_in_a_template_is_reported_until_it_is_corrected(room: Newsroom, server: Loopback) -> None:
    room.configure_urls(server.page("/a", rss([item(1)])))
    folder = room.folder / "mine"
    folder.mkdir()
    page = folder / "page.html"
    page.write_text("{% if %}", encoding="utf-8")
    room.config.write_text(room.config.read_text().replace("title: Test,", "title: Test, templates: mine,"))
    for _ in range(3):
        report = room.once(later=HOUR)
        assert "page.html, line 1" in "".join(error for result in report.published for error in result.errors)
    assert room.titles() == ["Title 1"]
    page.unlink()
    report = room.once(later=HOUR)
    assert not [error for result in report.published for error in result.errors]
    assert "Title 1" in room.file("front.html").read_text()


def test_an_unreadable_template_is_reported_in_every_cycle(room: Newsroom, server: Loopback) -> None:
    room.configure_urls(server.page("/a", rss([item(1)])))
    (room.folder / "mine").mkdir()
    style = room.folder / "mine" / "style.css"
    style.write_bytes(b"\xff\xfe")  # not UTF-8
    room.config.write_text(room.config.read_text().replace("title: Test,", "title: Test, templates: mine,"))
    for _ in range(2):
        report = room.once(later=HOUR)
        failing = {result.name: result.errors for result in report.published if result.errors}
        assert failing.keys() == {"front", "index", "health"}
        assert "style.css: it is not UTF-8" in failing["front"][0]
        assert room.titles() == ["Title 1"]
