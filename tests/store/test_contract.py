"""What the state must do with any database. A new database is a new parameter of the fixture `store`."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from feeds.dedupe.exact import exact_keys
from feeds.dedupe.identity import match_known
from feeds.dedupe.story import join_equal, new_story
from feeds.errors import StoreError
from feeds.model import Article, LedgerRow, Source, Validators
from feeds.store import (
    Store,
    articles,
    attach,
    hosts,
    known_articles,
    open_or_set_aside,
    open_store,
    outputs,
    sources,
)
from feeds.store.poll_changes import PollChanges
from feeds.store.retention import prune
from feeds.store.store import load_fact, save_fact
from tests.make import NOW, WORDS, article

DAY = timedelta(days=1)
HERALD = Source(id="herald", url="https://herald.example/feed")
POST = Source(id="post", url="https://post.example/feed")


@pytest.fixture(params=["sqlite"])
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path / "feeds.db")
    yield opened
    opened.close()


def put(store: Store, *given: Article) -> list[int]:
    """Insert articles one by one, as a poll does. Returns their row numbers."""
    numbers = []
    with store.write() as connection:
        for new in given:
            (matched,) = match_known((new,), {})
            keys = exact_keys(matched.article, site="", link_is_own=True)
            equal = [candidate for _, candidate in articles.find_candidates(connection, keys)]
            joined = join_equal(matched.article, equal, timedelta(hours=72)) or new_story(matched.article.id)
            numbers.append(articles.add(connection, matched, joined, keys, NOW))
    return numbers


# ---------------------------------------------------------------------------------------------- sources


def poll_changes(due_at: datetime, etag: str) -> PollChanges:
    return PollChanges(due_at=due_at, validators=Validators(etag=etag))


def test_new_sources_are_due_at_once_in_the_order_of_their_ids(store: Store) -> None:
    with store.write() as connection:
        sources.sync(connection, [POST, HERALD], NOW)
        assert [state.id for state in sources.due(connection, NOW)] == ["herald", "post"]


def test_a_source_is_due_at_its_due_time_or_when_everything_is_wanted(store: Store) -> None:
    with store.write() as connection:
        sources.sync(connection, [HERALD], NOW)
        (state,) = sources.due(connection, NOW)
        assert sources.finish_poll(connection, state, PollChanges(due_at=NOW + DAY))
        assert sources.due(connection, NOW) == ()
        assert [state.id for state in sources.due(connection, NOW + DAY)] == ["herald"]
        assert [state.id for state in sources.due(connection, NOW, ignore_due_times=True)] == ["herald"]


def test_only_one_of_two_polls_from_the_same_state_is_written(store: Store) -> None:
    with store.write() as connection:
        sources.sync(connection, [HERALD], NOW)
        (seen,) = sources.due(connection, NOW)
    with store.write() as connection:
        assert sources.finish_poll(connection, seen, poll_changes(NOW + DAY, '"first"'))
    with store.write() as connection:
        assert not sources.finish_poll(connection, seen, poll_changes(NOW + 2 * DAY, '"second"'))
    with store.read() as connection:
        assert sources.states(connection)[0].validators == Validators(etag='"first"')


def test_a_new_url_clears_validators_failures_and_error(store: Store) -> None:
    with store.write() as connection:
        sources.sync(connection, [HERALD], NOW)
        (seen,) = sources.due(connection, NOW)
        changes = replace(poll_changes(NOW + DAY, '"x"'), failures=3, error="no")
        sources.finish_poll(connection, seen, changes)
        sources.sync(connection, [replace(HERALD, url="https://herald.example/new")], NOW)
        (state,) = sources.due(connection, NOW)
    assert (state.validators, state.failures, state.error) == (Validators(), 0, "")


def test_a_source_that_is_configured_again_has_its_old_state(store: Store) -> None:
    with store.write() as connection:
        sources.sync(connection, [HERALD, POST], NOW)
        (seen, _) = sources.due(connection, NOW)
        sources.finish_poll(connection, seen, poll_changes(NOW + DAY, '"x"'))
        sources.sync(connection, [POST], NOW)
        assert [state.id for state in sources.states(connection)] == ["post"]
        sources.sync(connection, [HERALD, POST], NOW)
        assert [state.validators.etag for state in sources.states(connection)] == ['"x"', ""]


def test_no_source_of_a_host_in_cooldown_is_due(store: Store) -> None:
    cooldown = hosts.HostState(
        name="herald.example", next_request_at=NOW + DAY, cooldown_reason="it answered 429", cooldowns=1
    )
    with store.write() as connection:
        sources.sync(connection, [HERALD, POST], NOW)
        hosts.save(connection, [cooldown])
        assert [state.id for state in sources.due(connection, NOW + timedelta(hours=2))] == ["post"]
        assert hosts.in_cooldown(connection, NOW) == hosts.load_all(connection) == (cooldown,)
        assert len(sources.due(connection, NOW + DAY)) == 2
        assert not hosts.in_cooldown(connection, NOW + DAY)


def test_a_pause_between_two_requests_leaves_sources_due_and_is_rounded_up(store: Store) -> None:
    with store.write() as connection:
        sources.sync(connection, [HERALD], NOW)
        hosts.save(
            connection, [hosts.HostState(name="herald.example", next_request_at=NOW + timedelta(seconds=1.2))]
        )
        assert len(sources.due(connection, NOW)) == 1
        assert hosts.load_all(connection)[0].next_request_at == NOW + timedelta(seconds=2)  # never sooner


def test_a_saved_host_state_replaces_the_earlier_one_and_is_deleted_after_days(store: Store) -> None:
    with store.write() as connection:
        hosts.save(
            connection,
            [
                hosts.HostState(
                    name="a.example", next_request_at=NOW, cooldown_reason="it answered 429", cooldowns=3
                )
            ],
        )
        hosts.save(connection, [hosts.HostState(name="a.example", next_request_at=NOW)])
        assert hosts.load_all(connection) == (hosts.HostState(name="a.example", next_request_at=NOW),)
        hosts.delete_free(connection, NOW + DAY)
        assert hosts.load_all(connection)
        hosts.delete_free(connection, NOW + 3 * DAY)
        assert not hosts.load_all(connection)


def test_a_cooldown_saved_before_the_clock_was_set_back_is_ignored(store: Store) -> None:
    with store.write() as connection:
        sources.sync(connection, [HERALD], NOW)
        hosts.save(
            connection,
            [hosts.HostState(name="herald.example", next_request_at=NOW + 365 * DAY, cooldown_reason="429")],
        )
        assert len(sources.due(connection, NOW)) == 1


def test_sources_are_due_after_the_clock_was_set_back(store: Store) -> None:
    with store.write() as connection:
        sources.sync(connection, [HERALD], NOW + 365 * DAY)
        (seen,) = sources.due(connection, NOW + 365 * DAY)
        later = NOW + 365 * DAY
        sources.finish_poll(connection, seen, PollChanges(due_at=later + DAY, requested_at=later))
        assert [state.id for state in sources.due(connection, NOW)] == ["herald"]


def test_an_opml_list_adds_and_removes_its_sources(store: Store) -> None:
    def listed(name: str) -> sources.ListedSource:
        return sources.ListedSource(id=name, url=f"https://{name}.example/", outline=name.encode())

    with store.write() as connection:
        sources.sync(connection, [HERALD], NOW)
        assert sources.sync_list(connection, "list", [listed("a"), listed("b")], NOW)
        assert not sources.sync_list(connection, "list", [listed("a"), listed("b")], NOW)
        assert sources.sync_list(connection, "list", [listed("b"), listed("herald")], NOW)
        assert sources.listed_outlines(connection) == (
            ("list", b"b"),
        )  # the configuration's herald stays its own
        sources.sync(connection, [HERALD], NOW)
        assert len(sources.states(connection)) == 2


# --------------------------------------------------------------------------------------------- articles


def test_a_stored_article_is_read_back_equal(store: Store) -> None:
    put(store, article())
    (expected,) = match_known((article(),), {})
    with store.read() as connection:
        (member,) = articles.search(connection, expected.article.id)
    assert member.article == expected.article
    assert member.story == member.id == expected.article.id


def test_an_article_is_found_by_each_of_its_keys_in_its_own_source_only(store: Store) -> None:
    (n,) = put(store, article())
    (matched,) = match_known((article(),), {})
    with store.read() as connection:
        known = known_articles.find_known(connection, "herald", matched.keys.usable())
        assert {key: same.n for key, same in known.items()} == dict.fromkeys(matched.keys.usable(), n)
        assert len(known) >= 3
        assert known_articles.find_known(connection, "post", matched.keys.usable()) == {}


def test_an_article_is_found_by_its_date_if_it_is_the_only_one_of_that_date(store: Store) -> None:
    n, *_ = put(
        store, article("a"), article("b", hours=1), article("c", hours=1), article("d", source="post")
    )
    dates = {b"first": NOW, b"second": NOW - timedelta(hours=1), b"third": NOW - DAY}
    with store.read() as connection:
        found = known_articles.find_by_date(connection, "herald", dates)
        assert {key: same.n for key, same in found.items()} == {b"first": n}
        stored = known_articles.read_stored(connection, found[b"first"])
    assert stored is not None
    assert stored.guid == "a"


def test_equal_articles_of_two_sources_share_a_story_and_the_decision_is_stored(store: Store) -> None:
    title = "Harbour pier closes after storm"
    original = article(title=title)
    first, second = put(store, original, article(title=title, source="post", link="https://post.example/1"))
    with store.read() as connection:
        (story,) = articles.members(connection, [match_known((original,), {})[0].article.id]).values()
        assert [member.n for member in story] == [first, second]
        decision = articles.decisions(connection, [first, second])
    assert list(decision) == [second]
    assert decision[second].evidence == "the same title and text, word by word"


def test_a_failed_transaction_is_rolled_back(store: Store) -> None:
    with pytest.raises(RuntimeError), store.write() as connection:
        sources.sync(connection, [HERALD], NOW)
        raise RuntimeError
    with store.read() as connection:
        assert sources.states(connection) == ()


# ---------------------------------------------------------------------------------------------- outputs


def row(entry: str, **more: object) -> LedgerRow:
    base = LedgerRow(
        output="front",
        entry=entry,
        first_article=f"first-{entry}",
        story="s",
        lead_n=1,
        source="herald",
        published=NOW,
        rank_date=NOW,
        updated=NOW,
        content_hash=b"h",
    )
    return replace(base, **more)  # type: ignore[arg-type]


def test_a_ledger_row_keeps_its_id_first_article_and_date(store: Store) -> None:
    with store.write() as connection:
        outputs.save_rows(connection, [row("e")])
        outputs.save_rows(connection, [row("e", published=NOW + DAY, updated=NOW + DAY, lead_n=7)])
        (stored,) = outputs.find_by_first_article(connection, "front", ["first-e", "nobody's"])
    assert stored == row("e", updated=NOW + DAY, lead_n=7)


def test_shown_entries_are_read_newest_first_without_hidden_ones(store: Store) -> None:
    with store.write() as connection:
        rows = [row(f"e{n:03}", rank_date=NOW - n * timedelta(minutes=1)) for n in range(450)]
        outputs.save_rows(connection, [*rows, row("hidden", shown=False), row("other", output="back")])
        assert list(outputs.newest_shown(connection, "front")) == rows


def test_new_settings_mark_the_stories_of_an_output_as_changed(store: Store) -> None:
    put(store, article(), article("g2", link="https://herald.example/2", text=WORDS + " 2"))

    def changed_by(settings: bytes) -> int:
        with store.write() as connection:
            outputs.register_output(
                connection, "front", settings, sources=["herald"], max_articles=10, now=NOW
            )
            changed = outputs.change_marks(connection, "front")
            outputs.mark_published(
                connection,
                "front",
                changed,
                settings_digest=settings,
                listing=b"said",
                entry_offsets=b"there",
            )
        return len(changed)

    assert [changed_by(b"one"), changed_by(b"one"), changed_by(b"two")] == [2, 0, 2]


def test_a_story_that_changes_while_it_is_published_stays_marked(store: Store) -> None:
    with store.write() as connection:
        outputs.mark_changed(connection, [("front", "one"), ("front", "two"), ("back", "two")])
        marks = outputs.change_marks(connection, "front")
    with store.write() as connection:
        outputs.mark_changed(connection, [("front", "two"), ("front", "three")])
    with store.write() as connection:
        outputs.mark_published(
            connection, "front", marks, settings_digest=b"", listing=b"", entry_offsets=b""
        )
        assert outputs.changed_stories(connection, "front") == ("three", "two")
        assert outputs.changed_stories(connection, "back") == ("two",)


# -------------------------------------------------------------------------------------------- retention


def test_a_body_is_deleted_by_age_or_number_and_its_article_stays_known(store: Store) -> None:
    old = article(hours=24 * 100, first_seen=NOW - 100 * DAY)
    newer = [article(f"n{n}", link=f"https://h.example/{n}", text=f"{WORDS} {n}", hours=n) for n in range(4)]
    put(store, old, *newer)
    with store.write() as connection:
        released = prune(connection, NOW, age=90 * DAY, per_source=3, ledger_age=730 * DAY)
        assert (released.bodies, released.identities) == (2, 0)
        (matched,) = match_known((old,), {})
        known = known_articles.find_known(connection, "herald", matched.keys.usable())
        assert match_known((old,), known)[0].known is not None
        kept = [
            member.article is not None
            for guid in ("n0", "n1", "n2", "n3")
            for member in articles.search(connection, guid)
        ]
        assert kept == [True, True, True, False]


def test_an_article_is_deleted_only_after_its_feed_was_read_without_it(store: Store) -> None:
    put(store, article(hours=24 * 900, first_seen=NOW - 900 * DAY))

    def ended(parsed_days_ago: int) -> int:
        with store.write() as connection:
            sources.sync(connection, [HERALD], NOW)
            state = sources.states(connection)[0]
            parsed = NOW + 900 * DAY - parsed_days_ago * DAY
            sources.finish_poll(connection, state, PollChanges(parsed_at=parsed))
            return prune(
                connection, NOW + 900 * DAY, age=90 * DAY, per_source=9, ledger_age=730 * DAY
            ).identities

    assert ended(parsed_days_ago=890) == 0  # not read since, so it may still be in the feed
    assert ended(parsed_days_ago=1) == 1


# ----------------------------------------------------------------------------------------- the file itself


def test_a_saved_fact_is_loaded_and_an_unknown_one_is_empty(store: Store) -> None:
    with store.write() as connection:
        save_fact(connection, "a", "1")
        save_fact(connection, "a", "2")
        assert [load_fact(connection, "a"), load_fact(connection, "b")] == ["2", ""]


def test_a_damaged_state_file_is_moved_aside(tmp_path: Path) -> None:
    path = tmp_path / "feeds.db"
    path.write_bytes(b"this is no database, whatever its name says" * 100)
    store, aside = open_or_set_aside(path, NOW)
    store.close()
    assert aside is not None
    assert aside.read_bytes().startswith(b"this is no database")
    store, aside = open_or_set_aside(path, NOW)
    store.close()
    assert aside is None


def test_a_command_that_only_reads_says_what_repairs_a_damaged_state(tmp_path: Path) -> None:
    path = tmp_path / "feeds.db"
    path.write_bytes(b"this is no database, whatever its name says" * 100)
    with pytest.raises(StoreError) as raised, attach(path).read():
        pass
    assert str(raised.value) == (
        f"the state in {path} is damaged: file is not a database. The next `feeds run` or `feeds once` moves it aside "
        "and rebuilds the state from the sources"
    )


def test_a_state_of_a_newer_version_is_refused_with_advice(tmp_path: Path) -> None:
    open_store(tmp_path / "feeds.db").close()
    with sqlite3.connect(tmp_path / "feeds.db") as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'version'")
    connection.close()
    with pytest.raises(StoreError, match="upgrade feeds"):
        open_store(tmp_path / "feeds.db")


def test_a_locked_state_names_the_other_writer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feeds.store.store.BUSY_TIMEOUT_SECONDS", 0.05)
    open_store(tmp_path / "feeds.db").close()
    other = sqlite3.connect(tmp_path / "feeds.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="another process is writing"):
        open_store(tmp_path / "feeds.db")
    other.close()
