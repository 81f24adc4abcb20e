"""Hashes made all at once are those that are made one by one."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from feeds.dedupe.shingle import _FACTORS, PRIME, WIDEST, shingles

VALUES = st.integers(0, 2**30 - 1) | st.sampled_from([0, 2**30 - 1])


def together(values: list[int], width: int) -> list[int]:
    return [int(one) for one in shingles(np.array(values, np.uint32), width)]


def one_by_one(values: list[int], width: int) -> list[int]:
    rows = [values[at : at + width] for at in range(len(values) - width + 1)]
    return [
        sum(one * int(factor) for one, factor in zip(row, _FACTORS, strict=False)) % PRIME for row in rows
    ]


@given(st.lists(VALUES, max_size=300), st.integers(1, WIDEST))
def test_all_at_once_is_one_by_one(values: list[int], width: int) -> None:
    assert together(values, width) == one_by_one(values, width)


def test_nothing_runs_over() -> None:
    greatest = [2**30 - 1] * 9
    assert together(greatest, WIDEST) == one_by_one(greatest, WIDEST)
