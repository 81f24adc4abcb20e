"""The vectorized hashes equal those of a plain loop."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from feeds.dedupe.shingle import _FACTORS, MAX_WIDTH, PRIME, hash_shingles

VALUES = st.integers(0, 2**30 - 1) | st.sampled_from([0, 2**30 - 1])


def vectorized(values: list[int], width: int) -> list[int]:
    return [int(value) for value in hash_shingles(np.array(values, np.uint32), width)]


def looped(values: list[int], width: int) -> list[int]:
    rows = [values[at : at + width] for at in range(len(values) - width + 1)]
    return [
        sum(value * int(factor) for value, factor in zip(row, _FACTORS, strict=False)) % PRIME for row in rows
    ]


@given(st.lists(VALUES, max_size=300), st.integers(1, MAX_WIDTH))
def test_vectorized_hashes_equal_looped_ones(values: list[int], width: int) -> None:
    assert vectorized(values, width) == looped(values, width)


def test_the_greatest_values_do_not_overflow() -> None:
    greatest = [2**30 - 1] * 9
    assert vectorized(greatest, MAX_WIDTH) == looped(greatest, MAX_WIDTH)
