"""Nothing new costs next to nothing; and what is new besides stories is not taken for nothing."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import event

from feeds.publish.publish import publish
from feeds.store import Store
from tests.loopback import Answer, Loopback, Request
from tests.newsroom import Newsroom, item, rss

HOUR = timedelta(hours=1)


@contextmanager
def statements(store: Store) -> Iterator[list[str]]:
    """What SQLite is asked meanwhile, by whatever way it gets there, the brackets of transactions left out."""
    said: list[str] = []

    def note(statement: str) -> None:
        if not statement.startswith(BRACKETS):
            said.append(statement)

    def trace(connection: sqlite3.Connection, *_: Any) -> None:
        connection.set_trace_callback(note)

    event.listen(store._engine, "checkout", trace)
    yield said
    event.remove(store._engine, "checkout", trace)


BRACKETS = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


def test_nothing_new_is_one_statement_to_publish_and_one_to_tick(room: Newsroom, server: Loopback) -> None:
    room.web(server.page("/a", rss([item(1)])))
    room.once()
    store, shard = room.parts()
    with statements(store) as said:
        assert not [
            one for one in publish(store, shard.settings, shard.sources, room.clock.now()) if one.written
        ]
        assert len(said) == 1, said
        said.clear()
        shard.start_due()
        shard.commit_finished(0)
        shard.notify_hubs(0)
        assert len(said) == 1, said
    with store.read() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said[0]}").all()
    assert not [step.detail for step in plan if step.detail.startswith("SCAN source")], plan


def test_a_source_without_news_is_one_statement(room: Newsroom, server: Loopback) -> None:
    def answer(request: Request) -> Answer:
        unchanged = request.header("if-none-match") == '"1"'
        return Answer(status=304) if unchanged else Answer(rss([item(1)]), headers=[("ETag", '"1"')])

    for n in range(100):
        server.handle(f"/{n}", answer)
    room.web(*(server.url(f"/{n}") for n in range(100)))
    room.once()
    store, _ = room.parts()
    with statements(store) as said:
        report = room.once(later=2 * HOUR)
        assert [one.status for one in report.polled] == [304] * 100
        updates = [one for one in said if one.startswith("UPDATE source SET")]
        assert len(updates) == 100
        assert len(said) - len(updates) < 10, Counter(said)


def test_an_output_without_stories_follows_its_settings(room: Newsroom) -> None:
    room.configure("sources: []\n", "outputs: {front: {title: First}}\n")
    room.once()
    assert b"First" in room.file("front.atom").read_bytes()
    room.configure("sources: []\n", "outputs: {front: {title: Second}}\n")
    room.once(later=HOUR)
    assert b"Second" in room.file("front.atom").read_bytes()
    assert "Second" in room.file("index.html").read_text()


def test_the_pages_around_follow_the_site_without_any_news(room: Newsroom, server: Loopback) -> None:
    room.web(server.page("/a", rss([item(1)])))
    room.once()
    before = room.bytes()
    room.close()
    room.config.write_text(room.config.read_text().replace("title: Test,", "title: Renamed,"))
    report = room.once(later=HOUR)
    changed = {name for name, data in room.bytes().items() if data != before[name]}
    assert changed == {"index.html", "feeds.opml", "sources.opml", "health.atom", "health.html"}
    assert {name for one in report.published for name in one.written} == changed


def test_only_the_outputs_that_have_news_are_written(room: Newsroom, server: Loopback) -> None:
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
    what = {one.output: one for one in report.published}
    assert not what["one"].written
    assert "two.atom" in what["two"].written
    assert "Title 1" in room.file("index.html").read_text()
    assert "Title 3" in room.file("index.html").read_text()


def test_a_mistake_in_a_template_is_told_until_it_is_mended(room: Newsroom, server: Loopback) -> None:
    room.web(server.page("/a", rss([item(1)])))
    folder = room.folder / "mine"
    folder.mkdir()
    page = folder / "page.html"
    page.write_text("{% if %}", encoding="utf-8")
    room.config.write_text(room.config.read_text().replace("title: Test,", "title: Test, templates: mine,"))
    for _ in range(3):
        report = room.once(later=HOUR)
        assert "page.html, line 1" in "".join(one.error for one in report.published)
    assert room.titles() == ["Title 1"]
    page.unlink()
    report = room.once(later=HOUR)
    assert not [one.error for one in report.published if one.error]
    assert "Title 1" in room.file("front.html").read_text()


def test_a_template_that_cannot_be_read_is_told_at_every_cycle(room: Newsroom, server: Loopback) -> None:
    room.web(server.page("/a", rss([item(1)])))
    (room.folder / "mine").mkdir()
    style = room.folder / "mine" / "style.css"
    style.write_bytes(b"\xff\xfe")  # no text
    room.config.write_text(room.config.read_text().replace("title: Test,", "title: Test, templates: mine,"))
    for _ in range(2):
        report = room.once(later=HOUR)
        assert next(one.output for one in report.published if one.error) == "templates"
        assert room.titles() == ["Title 1"]
