"""Hashes every run of N consecutive values: a shingle."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

PRIME = 4294967291  # the largest below 2**32: 2**32 - 5

_FACTORS = tuple(map(np.uint64, (1540483477, 2027808485, 1103515245, 1812433253, 1664525013)))
"""All below 2**31, so the sum of five products with 30-bit values stays below 2**64."""

MAX_WIDTH = len(_FACTORS)


def hash_shingles(values: NDArray[np.unsignedinteger], width: int) -> NDArray[np.uint32]:
    """The hash (a·A + b·B + …) mod PRIME of each run of `width` consecutive values; empty if there are fewer values.

    `width` is at most `MAX_WIDTH`; each value is below 2**30."""
    count = len(values) - width + 1
    if count <= 0:
        return np.empty(0, np.uint32)
    wide = values.astype(np.uint64)
    total = wide[:count] * _FACTORS[0]
    for at in range(1, width):
        total += wide[at : at + count] * _FACTORS[at]
    return (total % np.uint64(PRIME)).astype(np.uint32)
