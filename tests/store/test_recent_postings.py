"""The write buffer of postings: the same postings are found whether they are buffered or flushed."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.store import near_index, open_store
from feeds.store.raw_sql import raw_sql
from feeds.store.recent_postings import RecentPostings
from feeds.store.store import Store

KEYS = st.lists(st.integers(0, 12) | st.integers(0, 1 << 33), max_size=6, unique=True)
ARTICLES = st.lists(st.tuples(st.integers(0, 3), KEYS), max_size=12)  # (offset of its number, its keys)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path / "feeds.db")
    yield opened
    opened.close()


def found(recent: RecentPostings, keys: list[int]) -> dict[int, list[tuple[int, int]]]:
    """Key → (article, date)."""
    postings = defaultdict[int, list[tuple[int, int]]](list)
    for key, packed in (
        *recent.committed(keys),
        *((key, recent.uncommitted(key)) for key in keys if recent.uncommitted(key)),
    ):
        values = array("I", packed)
        postings[key] += zip(values[::2], values[1::2], strict=True)
    return dict(postings)


@given(first=ARTICLES, second=ARTICLES)
def test_added_postings_are_found_and_popped_once(
    tmp_path_factory: pytest.TempPathFactory,
    first: list[tuple[int, list[int]]],
    second: list[tuple[int, list[int]]],
) -> None:
    store = open_store(tmp_path_factory.mktemp("recent") / "feeds.db")
    expected = defaultdict[int, list[tuple[int, int]]](list)
    recent, n = RecentPostings(), 0
    for batch in (first, second):
        with store.write() as connection:
            recent.refresh(raw_sql(connection))
            for segment, keys in batch:
                n += 1
                recent.add(raw_sql(connection), 10 * n + segment, 1000 + n, keys)
                for key in keys:
                    expected[key].append((10 * n + segment, 1000 + n))
    wanted = [*expected, 999]
    assert found(recent, wanted) == expected
    assert len(recent) == sum(map(len, expected.values()))
    with store.write() as connection:
        read = RecentPostings()
        read.refresh(raw_sql(connection))
        assert found(read, wanted) == expected
        taken = defaultdict[int, list[tuple[int, int]]](list)
        for segment, rows in read.pop_segments(raw_sql(connection), 100):
            assert [key for key, _ in rows] == sorted({key for key, _ in rows})
            for key, packed in rows:
                values = array("I", packed)
                assert {n // 100 for n in values[::2]} == {segment}
                taken[key] += zip(values[::2], values[1::2], strict=True)
        assert taken == expected
        assert len(read) == 0
    with store.write() as connection:
        recent.refresh(raw_sql(connection))  # another buffer popped them
        assert len(recent) == 0
    store.close()


def test_postings_of_a_rolled_back_transaction_are_gone(store: Store) -> None:
    recent = RecentPostings()
    for last in (5, 6):
        with pytest.raises(RuntimeError), store.write() as connection:
            recent.refresh(raw_sql(connection))
            recent.add(raw_sql(connection), last, 1000, [7])
            raise RuntimeError
    with store.write() as connection:
        recent.refresh(raw_sql(connection))
        assert found(recent, [7]) == {}
        recent.add(raw_sql(connection), 8, 1000, [7])
        assert found(recent, [7]) == {7: [(8, 1000)]}


def test_postings_of_another_process_are_read(store: Store) -> None:
    ours, theirs = RecentPostings(), RecentPostings()
    for n, recent in enumerate((ours, theirs, ours)):
        with store.write() as connection:
            recent.refresh(raw_sql(connection))
            recent.add(raw_sql(connection), n, 1000, [7])
    assert found(ours, [7]) == {7: [(0, 1000), (1, 1000), (2, 1000)]}


def test_a_full_buffer_is_flushed_to_the_posting_tables(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(near_index, "FLUSH_AT", 3)
    recent = RecentPostings()
    for n in range(5):
        with store.write() as connection:
            window = near_index.WindowCache(connection, recent)
            recent.add(raw_sql(connection), n, 1000 + n, [7, 8])
            postings = near_index.NearIndex(connection, window, 1001, 1003).postings([7, 8, 9])
            inside = list(range(1, min(n, 3) + 1))
            assert postings.articles == {key: inside for key in (7, 8) if inside}
            assert postings.counts == {key: len(inside) for key in (7, 8) if inside}
    assert len(recent) == 2
    assert window.segments == ["near_postings_0"]


def test_a_segment_keeps_the_latest_postings_of_a_key(store: Store) -> None:
    recent = RecentPostings()
    for begin in (0, 1000):
        with store.write() as connection:
            window = near_index.WindowCache(connection, recent)
            for n in range(begin, begin + 1000):
                recent.add(raw_sql(connection), n, n, [7])
            window.flush()
    with store.read() as connection:
        window = near_index.WindowCache(connection)
        kept = array("I", window.postings([7])[7])[::2].tolist()
        asked = near_index.NearIndex(connection, window, 0).postings([7])
    assert (asked.counts, asked.articles) == ({7: len(kept)}, {})  # common
    assert kept == [
        *range(1000 - near_index.MAX_KEY_POSTINGS, 1000),
        *range(2000 - near_index.MAX_KEY_POSTINGS, 2000),
    ]
