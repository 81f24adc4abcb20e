"""What every store must do, whatever database it stands on. A new one is a new parameter of `store`."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from feeds.dedupe.exact import exact_keys
from feeds.dedupe.identity import match
from feeds.dedupe.story import alone, join
from feeds.errors import StoreError
from feeds.model import Article, LedgerRow, Source, Validators
from feeds.store import Store, articles, hosts, open_or_set_aside, open_store, outputs, sources
from feeds.store.retention import release
from feeds.store.store import remember, remembered
from tests.make import NOW, WORDS, article

DAY = timedelta(days=1)
HERALD = Source(id="herald", url="https://herald.example/feed")
POST = Source(id="post", url="https://post.example/feed")


@pytest.fixture(params=["sqlite"])
def store(tmp_path: Path) -> Iterator[Store]:
    made = open_store(tmp_path / "feeds.db")
    yield made
    made.close()


def put(store: Store, *given: Article) -> list[int]:
    """Take articles in, one by one, as a poll would."""
    numbers = []
    with store.write() as connection:
        for one in given:
            (found,) = match((one,), {})
            keys = exact_keys(found.article, site="", link_is_own=True)
            near = [candidate for _, candidate in articles.candidates(connection, keys)]
            joined = join(found.article, near, timedelta(hours=72)) or alone(found.article.id)
            numbers.append(articles.add(connection, found, joined, keys, NOW))
    return numbers


# ---------------------------------------------------------------------------------------------- sources


def test_new_sources_are_due_at_once_in_the_order_of_their_ids(store: Store) -> None:
    with store.write() as connection:
        sources.sync(connection, [POST, HERALD], NOW)
        assert [one.id for one in sources.due(connection, NOW)] == ["herald", "post"]


def test_a_source_is_due_when_its_time_has_come(store: Store) -> None:
    with store.write() as connection:
        sources.sync(connection, [HERALD], NOW)
        (state,) = sources.due(connection, NOW)
        assert sources.settle(connection, state, {"due_at": NOW + DAY})
        assert sources.due(connection, NOW) == ()
        assert [one.id for one in sources.due(connection, NOW + DAY)] == ["herald"]
        assert [one.id for one in sources.due(connection, NOW, everything=True)] == ["herald"]


def test_the_fence_lets_one_of_two_polls_through(store: Store) -> None:
    with store.write() as connection:
        sources.sync(connection, [HERALD], NOW)
        (seen,) = sources.due(connection, NOW)
    with store.write() as connection:
        assert sources.settle(connection, seen, {"due_at": NOW + DAY, "etag": '"first"'})
    with store.write() as connection:
        assert not sources.settle(connection, seen, {"due_at": NOW + 2 * DAY, "etag": '"second"'})
    with store.read() as connection:
        assert sources.states(connection)[0].validators == Validators(etag='"first"')


def test_a_new_url_forgets_what_the_old_one_said(store: Store) -> None:
    with store.write() as connection:
        sources.sync(connection, [HERALD], NOW)
        (seen,) = sources.due(connection, NOW)
        sources.settle(connection, seen, {"due_at": NOW + DAY, "etag": '"x"', "failures": 3, "error": "no"})
        sources.sync(connection, [replace(HERALD, url="https://herald.example/new")], NOW)
        (state,) = sources.due(connection, NOW)
    assert (state.validators, state.failures, state.error) == (Validators(), 0, "")


def test_a_source_that_is_no_longer_configured_is_not_due_and_comes_back_with_its_state(store: Store) -> None:
    with store.write() as connection:
        sources.sync(connection, [HERALD, POST], NOW)
        (seen, _) = sources.due(connection, NOW)
        sources.settle(connection, seen, {"due_at": NOW + DAY, "etag": '"x"'})
        sources.sync(connection, [POST], NOW)
        assert [one.id for one in sources.states(connection)] == ["post"]
        sources.sync(connection, [HERALD, POST], NOW)
        assert [one.validators.etag for one in sources.states(connection)] == ['"x"', ""]


def test_a_resting_host_is_left_alone_whole(store: Store) -> None:
    rest = hosts.Lane(id="herald.example", next_ok_at=NOW + DAY, rest="it answered 429", rests=1)
    with store.write() as connection:
        sources.sync(connection, [HERALD, POST], NOW)
        hosts.note(connection, [rest])
        assert [one.id for one in sources.due(connection, NOW + timedelta(hours=2))] == ["post"]
        assert hosts.resting(connection, NOW) == hosts.known(connection) == (rest,)
        assert len(sources.due(connection, NOW + DAY)) == 2
        assert not hosts.resting(connection, NOW + DAY)


def test_a_pause_between_two_requests_keeps_no_source_from_being_due(store: Store) -> None:
    with store.write() as connection:
        sources.sync(connection, [HERALD], NOW)
        hosts.note(connection, [hosts.Lane(id="herald.example", next_ok_at=NOW + timedelta(seconds=1.2))])
        assert len(sources.due(connection, NOW)) == 1
        assert hosts.known(connection)[0].next_ok_at == NOW + timedelta(seconds=2)  # never sooner


def test_what_is_noted_of_a_host_is_what_was_noted_last_and_goes_after_days(store: Store) -> None:
    with store.write() as connection:
        hosts.note(connection, [hosts.Lane(id="a.example", next_ok_at=NOW, rest="it answered 429", rests=3)])
        hosts.note(connection, [hosts.Lane(id="a.example", next_ok_at=NOW)])
        assert hosts.known(connection) == (hosts.Lane(id="a.example", next_ok_at=NOW),)
        hosts.forget(connection, NOW + DAY)
        assert hosts.known(connection)
        hosts.forget(connection, NOW + 3 * DAY)
        assert not hosts.known(connection)


def test_a_rest_noted_before_the_clock_was_put_back_stops_nothing(store: Store) -> None:
    with store.write() as connection:
        sources.sync(connection, [HERALD], NOW)
        hosts.note(connection, [hosts.Lane(id="herald.example", next_ok_at=NOW + 365 * DAY, rest="429")])
        assert len(sources.due(connection, NOW)) == 1


def test_a_clock_that_was_set_back_stops_nothing(store: Store) -> None:
    with store.write() as connection:
        sources.sync(connection, [HERALD], NOW + 365 * DAY)
        (seen,) = sources.due(connection, NOW + 365 * DAY)
        later = NOW + 365 * DAY
        sources.settle(connection, seen, {"due_at": later + DAY, "asked_at": later})
        assert [one.id for one in sources.due(connection, NOW)] == ["herald"]


def test_a_list_brings_sources_and_takes_them_away(store: Store) -> None:
    def listed(name: str) -> sources.Listed:
        return sources.Listed(id=name, url=f"https://{name}.example/", priority=0, spec=name.encode())

    with store.write() as connection:
        sources.sync(connection, [HERALD], NOW)
        assert sources.sync_list(connection, "list", [listed("a"), listed("b")], NOW)
        assert not sources.sync_list(connection, "list", [listed("a"), listed("b")], NOW)
        assert sources.sync_list(connection, "list", [listed("b"), listed("herald")], NOW)
        assert sources.listed(connection) == (("list", b"b"),)  # the configuration's herald stays its own
        sources.sync(connection, [HERALD], NOW)
        assert len(sources.states(connection)) == 2


# --------------------------------------------------------------------------------------------- articles


def test_what_was_put_in_comes_out_equal(store: Store) -> None:
    put(store, article())
    (expected,) = match((article(),), {})
    with store.read() as connection:
        (member,) = articles.search(connection, expected.article.id)
    assert member.article == expected.article
    assert member.story == member.id == expected.article.id


def test_an_article_is_known_by_each_of_its_keys_in_its_own_source_only(store: Store) -> None:
    (n,) = put(store, article())
    (found,) = match((article(),), {})
    with store.read() as connection:
        known = articles.known(connection, "herald", found.keys.usable())
        assert [one.n for one in known.values()] == [n] * 3
        assert articles.known(connection, "post", found.keys.usable()) == {}


def test_equal_articles_of_two_sources_share_a_story_and_the_reason_is_kept(store: Store) -> None:
    first, second = put(store, article(), article(source="post", link="https://post.example/1"))
    with store.read() as connection:
        (story,) = articles.members(connection, [match((article(),), {})[0].article.id]).values()
        assert [one.n for one in story] == [first, second]
        decision = articles.decisions(connection, [first, second])
    assert list(decision) == [second]
    assert decision[second].evidence == "the same title and text, word by word"


def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
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
        anchor=f"anchor-{entry}",
        story="s",
        lead=1,
        source="herald",
        published=NOW,
        rank=NOW,
        updated=NOW,
        content_hash=b"h",
    )
    return replace(base, **more)  # type: ignore[arg-type]


def test_a_ledger_row_keeps_its_id_anchor_and_date(store: Store) -> None:
    with store.write() as connection:
        outputs.write(connection, [row("e")])
        outputs.write(connection, [row("e", published=NOW + DAY, updated=NOW + DAY, lead=7)])
        (kept,) = outputs.anchored(connection, "front", ["anchor-e", "nobody's"])
    assert kept == row("e", updated=NOW + DAY, lead=7)


def test_the_newest_come_first_and_hidden_ones_not_at_all(store: Store) -> None:
    with store.write() as connection:
        rows = [row(f"e{n:03}", rank=NOW - n * timedelta(minutes=1)) for n in range(450)]
        outputs.write(connection, [*rows, row("hidden", shown=False), row("other", output="back")])
        assert list(outputs.newest(connection, "front")) == rows


def test_new_settings_have_an_output_looked_at_again(store: Store) -> None:
    put(store, article(), article("g2", link="https://herald.example/2", text=WORDS + " 2"))

    def opened(settings: bytes) -> int:
        with store.write() as connection:
            outputs.open_output(connection, "front", settings, sources=["herald"], depth=10, now=NOW)
            changed = outputs.changed(connection, "front")
            outputs.settle(connection, "front", changed, settings=settings, listing=b"said", laid=b"there")
        return len(changed)

    assert [opened(b"one"), opened(b"one"), opened(b"two")] == [2, 0, 2]


# -------------------------------------------------------------------------------------------- retention


def test_a_body_goes_by_age_or_number_and_its_identity_stays(store: Store) -> None:
    old = article(hours=24 * 100, first_seen=NOW - 100 * DAY)
    newer = [article(f"n{n}", link=f"https://h.example/{n}", text=f"{WORDS} {n}", hours=n) for n in range(4)]
    put(store, old, *newer)
    with store.write() as connection:
        released = release(connection, NOW, age=90 * DAY, per_source=3, ledger_age=730 * DAY)
        assert (released.bodies, released.identities) == (2, 0)
        (found,) = match((old,), {})
        known = articles.known(connection, "herald", found.keys.usable())
        assert match((old,), known)[0].known is not None
        kept = [
            one.article is not None
            for guid in ("n0", "n1", "n2", "n3")
            for one in articles.search(connection, guid)
        ]
        assert kept == [True, True, True, False]


def test_an_identity_goes_only_when_its_feed_was_read_without_it(store: Store) -> None:
    put(store, article(hours=24 * 900, first_seen=NOW - 900 * DAY))

    def ended(parsed_days_ago: int) -> int:
        with store.write() as connection:
            sources.sync(connection, [HERALD], NOW)
            state = sources.states(connection)[0]
            parsed = NOW + 900 * DAY - parsed_days_ago * DAY
            sources.settle(connection, state, {"parsed_at": parsed})
            return release(
                connection, NOW + 900 * DAY, age=90 * DAY, per_source=9, ledger_age=730 * DAY
            ).identities

    assert ended(parsed_days_ago=890) == 0  # unchanged ever since: it may well stand there still
    assert ended(parsed_days_ago=1) == 1


# ----------------------------------------------------------------------------------------- the file itself


def test_facts_are_remembered(store: Store) -> None:
    with store.write() as connection:
        remember(connection, "a", "1")
        remember(connection, "a", "2")
        assert [remembered(connection, "a"), remembered(connection, "b")] == ["2", ""]


def test_a_damaged_state_is_set_aside_whole(tmp_path: Path) -> None:
    path = tmp_path / "feeds.db"
    path.write_bytes(b"this is no database, whatever its name says" * 100)
    store, aside = open_or_set_aside(path, NOW)
    store.close()
    assert aside is not None
    assert aside.read_bytes().startswith(b"this is no database")
    assert open_or_set_aside(path, NOW)[1] is None


def test_a_state_of_a_newer_version_is_refused_with_advice(tmp_path: Path) -> None:
    open_store(tmp_path / "feeds.db").close()
    with sqlite3.connect(tmp_path / "feeds.db") as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'version'")
    connection.close()
    with pytest.raises(StoreError, match="upgrade feeds"):
        open_store(tmp_path / "feeds.db")


def test_a_locked_state_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feeds.store.store.BUSY", 0.05)
    open_store(tmp_path / "feeds.db").close()
    other = sqlite3.connect(tmp_path / "feeds.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="another process is writing"):
        open_store(tmp_path / "feeds.db")
    other.close()
