"""Splits teach the pair of sources, also after the articles are dropped and after the state is deleted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, insert

from feeds.store import Store, corrections, open_store, schema
from tests.make import NOW

A_AND_B = ("a", "b")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_store(tmp_path / "feeds.db")) as opened:
        yield opened


def add_story(store: Store, story: str, *sources: str) -> list[str]:
    """A story with an article of each source. Returns their ids: "STORY-1", "STORY-2" …"""
    ids = [f"{story}-{n}" for n in range(1, len(sources) + 1)]
    stories = dict.fromkeys(("story", "cautious_story", "exact_story"), ids[0])
    dates = dict.fromkeys(("date", "first_seen", "last_seen_at"), NOW)
    with store.write() as connection:
        for id_, source in zip(ids, sources, strict=True):
            row = {"id": id_, "source": source, "content_hash": b"", **stories, **dates}
            connection.execute(insert(schema.article), row)
    return ids


def split(store: Store, *ids: str) -> None:
    with store.write() as connection:
        for hours, id_ in enumerate(ids):
            assert corrections.split(connection, id_, NOW + timedelta(hours=hours))


def loaded(store: Store) -> corrections.Corrections:
    with store.read() as connection:
        return corrections.load(connection)


def test_each_split_article_counts_once_for_each_pair_of_sources(store: Store) -> None:
    for story in "xyz":
        add_story(store, story, "a", "b", "b", "c")
    split(store, "x-1", "y-2", "z-1")
    found = loaded(store)
    assert {pair: found.count_splits(pair) for pair in sorted(found.split_articles)} == {
        A_AND_B: 3,
        ("a", "c"): 2,
        ("b", "b"): 1,
        ("b", "c"): 1,
    }
    assert found.count_splits(A_AND_B, until=NOW + timedelta(minutes=59)) == 1
    assert found.thresholds("a") == {"b": 0.9}
    assert found.thresholds("b") == {"a": 0.9}
    assert found.thresholds("c") == {}


def test_a_source_makes_a_pair_with_itself(store: Store) -> None:
    for story in "xyz":
        add_story(store, story, "a", "a")
    split(store, "x-1", "y-1", "z-2")
    assert loaded(store).thresholds("a") == {"a": 0.9}


def test_articles_that_the_user_merged_teach_nothing_about_their_sources(store: Store) -> None:
    (first,), (second,) = add_story(store, "x", "a"), add_story(store, "y", "b")
    with store.write() as connection:
        assert corrections.merge(connection, first, second, NOW)
    split(store, second)
    assert loaded(store).split_articles == {}
    assert loaded(store).must_split == {first: {second}, second: {first}}


def test_a_merge_takes_back_what_the_split_taught(store: Store) -> None:
    first, second = add_story(store, "x", "a", "b")
    split(store, second)
    with store.write() as connection:
        assert corrections.merge(connection, first, second, NOW)
    assert loaded(store).split_articles == {}


def test_splits_count_after_the_articles_and_the_state_are_gone(store: Store, tmp_path: Path) -> None:
    for story in "xyz":
        add_story(store, story, "a", "b")
    split(store, "x-1", "y-1", "z-1")
    with store.write() as connection:
        connection.execute(delete(schema.article))
        backup = corrections.to_json_lines(connection)
    assert loaded(store).count_splits(A_AND_B) == 3
    rebuilt = tmp_path / "rebuilt.db"
    corrections.backup_file(rebuilt).write_text(backup, encoding="utf-8")
    with closing(open_store(rebuilt)) as opened:
        found = loaded(opened)
    assert found == loaded(store)
    assert found.thresholds("a") == {"b": 0.9}


def test_a_backup_of_an_older_version_is_read(tmp_path: Path) -> None:
    old = {"article": "x", "story": "y", "together": False, "at": NOW.isoformat()}
    path = tmp_path / "feeds.db"
    corrections.backup_file(path).write_text(json.dumps(old), encoding="utf-8")
    with closing(open_store(path)) as opened:
        found = loaded(opened)
    assert found.must_split == {"x": {"y"}, "y": {"x"}}
    assert found.split_articles == {}
