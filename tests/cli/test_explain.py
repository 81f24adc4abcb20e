"""`feeds explain` for shown, hidden, merged and deleted articles."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from feeds.cli import ExitCode
from feeds.clock import SystemClock
from feeds.store import open_store, retention
from tests.cli.conftest import Call
from tests.cli.test_commands import CRANE_TEXT, configure, published_titles
from tests.loopback import Loopback
from tests.make import NOW
from tests.newsroom import item, prose, rss

FIRST, SECOND = "https://news.example/1", "https://b.example/1"


def explain(call: Call, what: str) -> str:
    code, out, _ = call("explain", what)
    assert code == ExitCode.OK
    return out


def test_a_copy_that_a_rule_removes_is_named(call: Call, server: Loopback) -> None:
    copy = item(1, title="Sponsored: title 1", text=prose(1), guid="b", link=SECOND)
    outputs = "outputs: {front: {title: F, drop: {title: sponsored}}}"
    configure(server.page("/a", rss([item(1)])), server.page("/b", rss([copy])), outputs=outputs)
    call("once")
    call("merge", FIRST, SECOND)
    call("once")
    assert "front: shown as" in explain(call, SECOND)
    out = explain(call, SECOND)
    assert "rule 1 removes s2's “Sponsored: title 1”: title “sponsored”" in out
    assert "chosen by dedupe.prefer: priority, longest, earliest" in out


def test_an_entry_beyond_the_limit_is_reported_as_archived(call: Call, server: Loopback) -> None:
    outputs = "outputs: {front: {title: F, limit: 2}, few: {title: G, limit: 2, per_source: 1}}"
    configure(server.page("/a", rss([item(n) for n in range(1, 6)])), outputs=outputs)
    call("once")
    out = explain(call, FIRST)
    assert "front: shown as" in out
    assert "the copy that is shown" not in out  # the only one
    last = explain(call, "https://news.example/5")
    assert "front: on page 1 of its archive as" in last
    assert "few: on page 1 of its archive as" in last


def test_an_article_from_a_flood_has_a_line_about_its_rank(call: Call, server: Loopback) -> None:
    since = (NOW - SystemClock().now()) / timedelta(hours=1)
    items = [item(n, hours=since + n / 60) for n in range(1, 4)]
    url = server.page("/a", rss(items))
    Path("sources.yaml").write_text(
        f"sources:\n  - {{id: a, url: '{url}', allow_private: true, flood: 1}}\noutputs: {{front: {{}}}}\n"
    )
    call("once")
    assert "ranked as of" not in explain(call, FIRST)
    assert "ranked as of" in explain(call, "https://news.example/3")


def test_the_entry_of_an_expired_article_can_still_be_explained(call: Call, server: Loopback) -> None:
    since = (NOW - SystemClock().now()) / timedelta(hours=1)
    configure(server.page("/a", rss([item(1, hours=since)])))
    call("once")
    (entry,) = published_titles()
    store = open_store(Path("feeds.db"))
    later, age = SystemClock().now() + timedelta(days=60), timedelta(days=30)
    with store.write() as connection:
        retention.prune(connection, later, age=age, per_source=100, ledger_age=3 * age)
    store.close()
    out = explain(call, entry)
    assert "(its text has expired)" in out
    assert "front: not shown (retention); its entry is tag:" in out


def test_an_entry_that_was_merged_into_another_leads_to_the_story(call: Call, server: Loopback) -> None:
    other = item(2, text=prose(9), title="Lantern", guid="7", link=SECOND)
    configure(server.page("/a", rss([item(1, guid="6")])), server.page("/b", rss([other])))
    call("once")
    entries = published_titles()
    assert call("merge", FIRST, SECOND)[0] == ExitCode.OK
    call("once")
    (gone,) = set(entries) - set(published_titles())
    out = explain(call, gone)
    assert "2 articles" in out
    assert "joined no story when it arrived: no equal or similar article was found" in out
    assert f"front: not shown (one story with {next(iter(published_titles()))}); its entry is {gone}" in out


def test_the_evidence_for_an_article_without_text_is_about_titles(call: Call, server: Loopback) -> None:
    bare = item(1, title="Lindholm votes for a second crane", text=" ", guid="b", link=SECOND)
    full = item(2, title="Lindholm votes for a second crane", text=CRANE_TEXT)
    configure(server.page("/a", rss([full])), server.page("/b", rss([bare])))
    call("once")
    out = explain(call, SECOND)
    assert "one article has no text, so only the titles are compared" in out
    assert "of the shorter text" not in out
    assert "in only one text" not in out


def test_the_most_similar_article_that_was_not_joined_has_a_reason(call: Call, server: Loopback) -> None:
    weather = (
        "Here is the forecast for Tarn. It will be cloudy with a high of {} degrees and rain at {} percent."
    )
    days = [item(24 * n, title="Weather for Tarn", text=weather.format(9 + n, 30 - 7 * n)) for n in (1, 2)]
    configure(server.page("/a", rss(days)))
    call("once")
    out = explain(call, "https://news.example/24")
    assert "not joined to s1's “Weather for Tarn”, because it is too different: score" in out


def test_a_date_that_is_not_used_is_shown_as_the_feed_states_it(call: Call, server: Loopback) -> None:
    items = [item(1), item(2), item(3)]
    for number, stated in ((0, "03/04/2026"), (1, "Thu, 01 Jan 1970 00:00:00 GMT")):
        items[number] = re.sub("<pubDate>.*</pubDate>", f"<pubDate>{stated}</pubDate>", items[number])
    configure(server.page("/a", rss(items)))
    call("once")
    ambiguous, old = explain(call, FIRST), explain(call, "https://news.example/2")
    assert (
        "the feed states the date “03/04/2026”, which cannot be understood, or can mean several days;"
        in ambiguous
    )
    assert (
        "“Thu, 01 Jan 1970 00:00:00 GMT”, which is before 1990, or was more than a day ahead; the time of"
        in old
    )
    assert "the feed states the date" not in explain(call, "https://news.example/3")
    assert "no date (stated: “03/04/2026”)  https://news.example/1" in call("preview", "s1")[1]
