"""A state that an older version wrote gets this version's tables and keeps its rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from feeds import codec
from feeds.model import LedgerRow, Ping, PreviousEntry, SourceIssue, Subscription, Validators
from feeds.parse.outline import Outline
from feeds.schedule.publishing_pattern import PublishingPattern
from feeds.store import (
    Store,
    archive,
    articles,
    corrections,
    health,
    hosts,
    near_index,
    open_store,
    outputs,
    pings,
    sources,
    subscriptions,
)
from feeds.store.hosts import HostState
from feeds.store.migrations import MIGRATIONS
from feeds.store.schema import VERSION
from feeds.store.store import load_fact
from tests.make import NOW

HERE = Path(__file__).parent
OLD = sorted(int(path.stem.removeprefix("version-")) for path in HERE.glob("version-*.sql"))
DAY = timedelta(days=1)
SAVED = NOW + timedelta(hours=2)  # when version-3.sql was written, by its clock

RENAMED = {
    "document": "seen_entries",
    "lane": "host_state",
    "near_piece": "near_passage",
    "near_print": "near_fingerprint",
    "recalled": "previously_published",
}
ADDED = {"correction": {"article_source", "other_source"}}
DROPPED = {"source": {"shard", "priority"}, "exact_key": {"seen"}}


def create(path: Path, version: int) -> None:
    """A state file as the given schema version left it."""
    with sqlite3.connect(path) as connection:
        connection.executescript((HERE / f"version-{version}.sql").read_text())
    connection.close()


def shape(path: Path) -> dict[str, set[tuple[Any, ...]]]:
    """Table → its columns and indexes. Tables that are created while running are left out."""
    with sqlite3.connect(path) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {}
        for name in names:
            if name.startswith("near_postings_"):
                continue
            columns = {row[1:] for row in connection.execute(f"PRAGMA table_info({name})")}
            for _, index, unique, origin, _ in connection.execute(f"PRAGMA index_list({name})").fetchall():
                parts = [row[2] for row in connection.execute(f"PRAGMA index_info({index})")]
                columns.add((index, unique, origin, *parts))
            found[name] = columns
    connection.close()
    return found


def rows(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, under the table's new name and without the dropped and added columns."""
    with sqlite3.connect(path) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {}
        for name in names:
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({name})")]
            left_out = DROPPED.get(name, set()) | ADDED.get(name, set())
            kept = ", ".join(f'"{column}"' for column in columns if column not in left_out)
            found[RENAMED.get(name, name)] = connection.execute(
                f"SELECT {kept} FROM {name} ORDER BY 1, 2"
            ).fetchall()
    connection.close()
    return found


def test_every_older_version_has_a_migration() -> None:
    assert sorted(MIGRATIONS) == OLD == list(range(1, VERSION))


@pytest.mark.parametrize("version", OLD)
def test_a_migrated_state_has_the_tables_of_a_new_one(tmp_path: Path, version: int) -> None:
    old, new = tmp_path / "old.db", tmp_path / "new.db"
    create(old, version)
    open_store(new).close()
    open_store(old).close()
    assert shape(old) == shape(new)


@pytest.mark.parametrize("version", [1, 2])
def test_versions_1_and_2_keep_their_sources_and_lose_their_near_duplicate_window(
    tmp_path: Path, version: int
) -> None:
    create(tmp_path / "feeds.db", version)
    store = open_store(tmp_path / "feeds.db")
    with store.read() as connection:
        (state,) = sources.states(connection)
        index = near_index.NearIndex(connection, near_index.WindowCache(connection), 0)
        assert index.size() == 0
        assert not index.postings([5]).counts
    store.close()
    assert (state.id, state.host, state.validators.etag, state.status) == ("a", "a.example", '"1"', 200)


def test_version_3_keeps_every_row(tmp_path: Path) -> None:
    path = tmp_path / "feeds.db"
    create(path, 3)
    before = rows(path)
    open_store(path).close()
    after = rows(path)
    assert dict(before.pop("meta")) | {"version": str(VERSION)} == dict(after.pop("meta"))
    assert all(before.values())
    assert after.pop("received_delivery") == []
    assert after == before


@pytest.fixture
def version_3(tmp_path: Path) -> Iterator[Store]:
    create(tmp_path / "feeds.db", 3)
    store = open_store(tmp_path / "feeds.db")
    yield store
    store.close()


STORIES = {  # Article.id → story, cautious story, exact story
    "05d59e6809f7805453c91cf5ae201375": ("05d59e6809f7805453c91cf5ae201375",) * 3,
    "54be4bad229c854633b3e78169079cc0": (
        "05d59e6809f7805453c91cf5ae201375",
        "05d59e6809f7805453c91cf5ae201375",
        "54be4bad229c854633b3e78169079cc0",
    ),
}
CRANE, COPY = STORIES  # a text of one source, and its near copy in another
MERGED = ("7c005cb4dcdd02e7f94283408e782c19", "072561c6e5e8269107cc95264e85a5ba")


def test_version_3_keeps_stories_decisions_and_corrections(version_3: Store) -> None:
    with version_3.read() as connection:
        first, copy = articles.members(connection, [CRANE])[CRANE]
        (merged,) = articles.search(connection, MERGED[1])
        assert {one.id: (one.story, one.cautious_story, one.exact_story) for one in (first, copy)} == STORIES
        assert merged.rank_date == SAVED - DAY
        assert first.article is not None
        assert first.article.title == "Harbour board votes for a crane"
        decisions = articles.decisions(connection, [first.n, copy.n])
        assert list(decisions) == [copy.n]
        decision = decisions[copy.n]
        assert (decision.joined_to, decision.evidence, decision.decided_at) == (
            CRANE,
            "they are alike",
            SAVED,
        )
        assert decision.scores.joined is not None
        assert corrections.load(connection).must_join == {MERGED[0]: {MERGED[1]}, MERGED[1]: {MERGED[0]}}
        assert corrections.load(connection).must_split == {}


def test_version_3_keeps_the_near_duplicate_window(version_3: Store) -> None:
    with version_3.read() as connection:
        window = near_index.WindowCache(connection)
        index = near_index.NearIndex(connection, window, 0)
        assert index.size() == 6
        # Articles 1 to 4 have their postings in near_postings_0, 5 and 6 in near_recent.
        assert index.postings([139943891, 26093759, 60]).articles == {139943891: [2, 4], 26093759: [1, 6]}
        assert {n: one.source for n, one in index.articles(range(1, 7)).items()} == {
            **dict.fromkeys((1, 2, 5), "herald"),
            **dict.fromkeys((3, 4, 6), "post"),
        }
        assert index.members(CRANE) == [1, 6]
        assert index.title_minhashes([1955074404161163303]) == {1955074404161163303: (0x84FA39A3,)}


def test_version_3_keeps_the_state_of_sources(version_3: Store) -> None:
    with version_3.read() as connection:
        state = sources.state(connection, "herald")
        assert state is not None
        assert state.feed is not None
        assert state.feed.title == "Herald"
        assert state.publishing_pattern is not None
        assert codec.loads(PublishingPattern, state.publishing_pattern).holds == 1
        (listed,) = sources.listed_outlines(connection)
        assert sources.load_seen_entries(connection, "herald")
        assert hosts.load_all(connection) == (
            HostState(
                name="herald.example",
                next_request_at=SAVED + DAY,
                cooldown_reason="it answered 429",
                cooldowns=3,
            ),
            HostState(name="post.example", next_request_at=SAVED),
        )
        assert health.load_all(connection) == (
            SourceIssue(
                source="herald", kind="failing", description="failed 3 times in a row", since=SAVED - DAY
            ),
        )
    assert (listed[0], codec.loads(Outline, listed[1]).title) == ("people", "Listed")
    hour = timedelta(hours=1)
    assert (state.host, state.feed_url) == ("herald.example", "https://herald.example/found")
    assert (state.due_at, state.due_reason) == (SAVED + hour, "about one article an hour")
    assert state.validators == Validators(
        etag='"1"', last_modified="Fri, 20 Nov 2026 12:00:00 GMT", url="https://herald.example/feed"
    )
    assert (state.cache_control, state.body_digest) == ("max-age=60", b"body")
    assert (state.requested_at, state.succeeded_at, state.full_response_at) == (SAVED, SAVED, SAVED - DAY)
    assert (state.unconditional_at, state.parsed_at) == (SAVED - 2 * DAY, SAVED - DAY)
    assert state.news_at == SAVED - 3 * hour
    assert (state.failures, state.status, state.error) == (2, 503, "it answered 503")
    assert (state.permanent_url, state.permanent_since) == ("https://herald.example/moved", SAVED - 9 * DAY)
    assert (state.redirect_url, state.redirect_since, state.redirect_count) == (
        "https://herald.example/again",
        SAVED - DAY,
        2,
    )
    assert (state.backfill_at, state.backfill_entries) == (SAVED - 4 * DAY, 70)


def test_version_3_keeps_ledger_archive_and_outputs(version_3: Store) -> None:
    def ledger_row(n: int, first: str, lead_n: int, source: str, page: int, content_hash: str) -> LedgerRow:
        date = NOW - timedelta(hours=n)
        return LedgerRow(
            output="front",
            entry=f"tag:news.example,2026:{n}",
            first_article=first,
            story=first,
            lead_n=lead_n,
            source=source,
            link=f"https://news.example/{n}",
            published=date,
            rank_date=date,
            updated=date,
            content_hash=bytes.fromhex(content_hash),
            archive_page=page,
        )

    crane = ledger_row(5, CRANE, 1, "herald", 1, "E212D9A2596E8E983761BB2603E5F281")
    with version_3.write() as connection:
        assert list(outputs.newest_shown(connection, "front"))[-1] == crane
        assert outputs.find_by_first_article(connection, "front", [CRANE]) == [crane]
        assert archive.pages(connection, "front") == (1, 2)
        assert archive.page_entries(connection, "front", 1)[-1] == crane
        assert outputs.changed_stories(connection, "front") == (MERGED[1],)
        previous = outputs.find_previous_entries(connection, "front", ["urn:x:1"])
        settings = bytes.fromhex("F176BFA79588350A6809DEBEB7FB689E")
        output = outputs.register_output(connection, "front", settings, sources=[], max_articles=0, now=SAVED)
        assert load_fact(connection, "published") == "20496b958ccb22a695cc0902e9f16317"
    assert previous == {
        "urn:x:1": PreviousEntry(
            entry="urn:x:1",
            link="https://old.example/1",
            published=SAVED - 99 * DAY,
            updated=SAVED - 98 * DAY,
            archive_page=3,
        )
    }
    assert output.created_at == NOW
    assert output.listing is not None
    assert output.entry_offsets is not None


def test_version_3_keeps_subscriptions_deliveries_and_pings(version_3: Store) -> None:
    def after(days: int) -> datetime:
        return SAVED + days * DAY

    with version_3.read() as connection:
        assert subscriptions.load_all(connection) == (
            Subscription(
                token="t1",
                callback="https://ours.example/t1",
                source="herald",
                topic="https://herald.example/feed",
                hubs=("https://hub.example/",),
                hub="https://hub.example/",
                secret="s",
                state="active",
                attempts=1,
                requested_at=SAVED,
                lease_end=after(9),
                next_try=after(8),
                error="e",
            ),
        )
        assert subscriptions.deferred_in_vain(connection, after(10)) == ("herald",)
        ((delivery,),) = subscriptions.oldest_deliveries(connection, ()).values()
        assert pings.load_all(connection) == (
            Ping(
                hub="https://hub.example/",
                topic="http://127.0.0.1:8000/front.atom",
                digest=b"new",
                acknowledged_digest=b"old",
                attempts=2,
                next_try=SAVED,
                error="no",
            ),
        )
    assert (delivery.n, delivery.body, delivery.received_at) == (1, b"<rss/>", SAVED)
