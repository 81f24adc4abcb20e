"""`feeds explain` of whatever became of an article."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from feeds.cli import OK
from feeds.clock import SystemClock
from feeds.store import open_store, retention
from tests.cli.conftest import Call
from tests.cli.test_commands import LONG, configure, shown
from tests.loopback import Loopback
from tests.make import NOW
from tests.newsroom import item, prose, rss

FIRST, SECOND = "https://news.example/1", "https://b.example/1"


def told(call: Call, what: str) -> str:
    code, out, _ = call("explain", what)
    assert code == OK
    return out


def test_a_copy_that_a_rule_takes_away_is_named(call: Call, server: Loopback) -> None:
    copy = item(1, title="Sponsored: title 1", text=prose(1), guid="b", link=SECOND)
    outputs = "outputs: {front: {title: F, drop: {title: sponsored}}}"
    configure(server.page("/a", rss([item(1)])), server.page("/b", rss([copy])), outputs=outputs)
    call("once")
    call("merge", FIRST, SECOND)
    call("once")
    assert "front: shown as" in told(call, SECOND)
    assert "rule 1 takes away the copy of s2: title “sponsored”" in told(call, SECOND)


def test_what_is_behind_the_limit_is_not_said_to_be_shown(call: Call, server: Loopback) -> None:
    outputs = "outputs: {front: {title: F, limit: 2}, few: {title: G, per_source: 1}}"
    configure(server.page("/a", rss([item(n) for n in range(1, 6)])), outputs=outputs)
    call("once")
    assert "front: shown as" in told(call, FIRST)
    last = told(call, "https://news.example/5")
    assert "front: on page 1 of its archive as" in last
    assert "few: on page 1 of its archive as" in last


def test_what_came_in_a_flood_says_where_it_ranks(call: Call, server: Loopback) -> None:
    since = (NOW - SystemClock().now()) / timedelta(hours=1)
    items = [item(n, hours=since + n / 60) for n in range(1, 4)]
    url = server.page("/a", rss(items))
    Path("sources.yaml").write_text(
        f"sources:\n  - {{id: a, url: '{url}', allow_private: true, flood: 1}}\noutputs: {{front: {{}}}}\n"
    )
    call("once")
    assert "ranked as of" not in told(call, FIRST)
    assert "ranked as of" in told(call, "https://news.example/3")


def test_what_retention_took_is_told_by_the_entry(call: Call, server: Loopback) -> None:
    configure(server.page("/a", rss([item(1)])))
    call("once")
    (entry,) = shown()
    store = open_store(Path("feeds.db"))
    later, age = SystemClock().now() + timedelta(days=60), timedelta(days=30)
    with store.write() as connection:
        retention.release(connection, later, age=age, per_source=100, ledger_age=3 * age)
    store.close()
    out = told(call, entry)
    assert "(its text is no longer kept)" in out
    assert "front: not shown (retention) as" in out


def test_an_entry_that_went_up_in_another_leads_to_its_story(call: Call, server: Loopback) -> None:
    other = item(2, text=prose(9), title="Lantern", guid="7", link=SECOND)
    configure(server.page("/a", rss([item(1, guid="6")])), server.page("/b", rss([other])))
    call("once")
    entries = shown()
    assert call("merge", FIRST, SECOND)[0] == OK
    call("once")
    (gone,) = set(entries) - set(shown())
    out = told(call, gone)
    assert "2 articles" in out
    assert f"front: not shown (one story with {next(iter(shown()))}) as {gone}" in out


def test_of_articles_without_text_the_titles_are_told(call: Call, server: Loopback) -> None:
    bare = item(1, title="Lindholm votes for a second crane", text=" ", guid="b", link=SECOND)
    full = item(2, title="Lindholm votes for a second crane", text=LONG)
    configure(server.page("/a", rss([full])), server.page("/b", rss([bare])))
    call("once")
    out = told(call, SECOND)
    assert "one of them has no text, so the titles decide" in out
    assert "of the shorter text" not in out
    assert "in one only" not in out


def test_the_likeliest_that_was_not_joined_says_why(call: Call, server: Loopback) -> None:
    weather = (
        "Here is the forecast for Tarn. It will be cloudy with a high of {} degrees and rain at {} percent."
    )
    days = [item(24 * n, title="Weather for Tarn", text=weather.format(9 + n, 30 - 7 * n)) for n in (1, 2)]
    configure(server.page("/a", rss(days)))
    call("once")
    out = told(call, "https://news.example/24")
    assert "not joined to s1's “Weather for Tarn”, which is too unlike: score" in out
