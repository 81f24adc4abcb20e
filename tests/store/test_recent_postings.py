"""The postings of the latest articles: where they lie makes no difference to what is found."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.store import near_index, open_store
from feeds.store.raw_sql import driver
from feeds.store.recent_postings import Recent
from feeds.store.store import Store

KEYS = st.lists(st.integers(0, 12) | st.integers(0, 1 << 33), max_size=6, unique=True)
ARTICLES = st.lists(
    st.tuples(st.integers(0, 3), KEYS), max_size=12
)  # in which segment of ten, with which keys


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = open_store(tmp_path / "feeds.db")
    yield made
    made.close()


def found(recent: Recent, keys: list[int]) -> dict[int, list[tuple[int, int]]]:
    """Key → (article, moment)."""
    postings = defaultdict[int, list[tuple[int, int]]](list)
    for key, packed in (*recent.of(keys), *((key, recent.new(key)) for key in keys if recent.new(key))):
        values = array("I", packed)
        postings[key] += zip(values[::2], values[1::2], strict=True)
    return dict(postings)


@given(first=ARTICLES, second=ARTICLES)
def test_what_was_put_is_found_and_taken(
    tmp_path_factory: pytest.TempPathFactory,
    first: list[tuple[int, list[int]]],
    second: list[tuple[int, list[int]]],
) -> None:
    store = open_store(tmp_path_factory.mktemp("recent") / "feeds.db")
    expected = defaultdict[int, list[tuple[int, int]]](list)
    recent, n = Recent(), 0
    for batch in (first, second):
        with store.write() as connection:
            recent.begin(driver(connection))
            for segment, keys in batch:
                n += 1
                recent.put(driver(connection), 10 * n + segment, 1000 + n, keys)
                for key in keys:
                    expected[key].append((10 * n + segment, 1000 + n))
    wanted = [*expected, 999]
    assert found(recent, wanted) == expected
    assert len(recent) == sum(map(len, expected.values()))
    with store.write() as connection:
        read = Recent()
        read.begin(driver(connection))
        assert found(read, wanted) == expected
        taken = defaultdict[int, list[tuple[int, int]]](list)
        for segment, rows in read.take(driver(connection), 100):
            assert [key for key, _ in rows] == sorted({key for key, _ in rows})
            for key, packed in rows:
                values = array("I", packed)
                assert {one // 100 for one in values[::2]} == {segment}
                taken[key] += zip(values[::2], values[1::2], strict=True)
        assert taken == expected
        assert len(read) == 0
    with store.write() as connection:
        recent.begin(driver(connection))  # another took them
        assert len(recent) == 0
    store.close()


def test_what_was_rolled_back_is_not_there(store: Store) -> None:
    recent = Recent()
    for last in (5, 6):
        with pytest.raises(RuntimeError), store.write() as connection:
            recent.begin(driver(connection))
            recent.put(driver(connection), last, 1000, [7])
            raise RuntimeError
    with store.write() as connection:
        recent.begin(driver(connection))
        assert found(recent, [7]) == {}
        recent.put(driver(connection), 8, 1000, [7])
        assert found(recent, [7]) == {7: [(8, 1000)]}


def test_what_another_process_wrote_is_there(store: Store) -> None:
    ours, theirs = Recent(), Recent()
    for n, recent in enumerate((ours, theirs, ours)):
        with store.write() as connection:
            recent.begin(driver(connection))
            recent.put(driver(connection), n, 1000, [7])
    assert found(ours, [7]) == {7: [(0, 1000), (1, 1000), (2, 1000)]}


def test_they_go_to_where_all_others_lie_and_are_found_there(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(near_index, "ENOUGH", 3)
    recent = Recent()
    for n in range(5):
        with store.write() as connection:
            extent = near_index.Extent(connection, recent)
            recent.put(driver(connection), n, 1000 + n, [7, 8])
            found = near_index.NearIndex(connection, extent, 1001, 1003).postings([7, 8, 9])
            inside = list(range(1, min(n, 3) + 1))
            assert found.articles == {key: inside for key in (7, 8) if inside}
            assert found.counts == {key: len(inside) for key in (7, 8) if inside}
    assert len(recent) == 2
    assert extent.segments == ["near_postings_0"]


def test_of_a_key_the_latest_are_kept(store: Store) -> None:
    recent = Recent()
    for begin in (0, 1000):
        with store.write() as connection:
            extent = near_index.Extent(connection, recent)
            for n in range(begin, begin + 1000):
                recent.put(driver(connection), n, n, [7])
            extent.settle()
    with store.read() as connection:
        extent = near_index.Extent(connection)
        kept = array("I", extent.postings([7])[7])[::2].tolist()
        asked = near_index.NearIndex(connection, extent, 0).postings([7])
    assert (asked.counts, asked.articles) == ({7: len(kept)}, {})  # common
    assert kept == [*range(1000 - near_index.LONGEST, 1000), *range(2000 - near_index.LONGEST, 2000)]
