from __future__ import annotations

from math import inf

import pytest

from feeds.dedupe.split_pairs import pair_name, pair_threshold, source_pair


@pytest.mark.parametrize(
    ("splits", "threshold"), [(0, None), (2, None), (3, 0.9), (5, 0.9), (6, inf), (60, inf)]
)
def test_the_threshold_of_a_pair_rises_with_its_splits(splits: int, threshold: float | None) -> None:
    assert pair_threshold(splits) == threshold


def test_a_pair_is_unordered_and_may_be_one_source() -> None:
    assert source_pair("b", "a") == source_pair("a", "b")
    assert [pair_name(source_pair("b", other)) for other in "ab"] == ["a and b", "b with itself"]
