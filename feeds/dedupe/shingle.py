"""Things in a row → the hashes of every few that follow each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

PRIME = 4294967291  # the largest below 2**32: 2**32 - 5

_FACTORS = tuple(map(np.uint64, (1540483477, 2027808485, 1103515245, 1812433253, 1664525013)))
"""Below 2**31: five products with values of 30 bits add up to less than 2**64, so that no sum runs over."""

WIDEST = len(_FACTORS)


def shingles(values: NDArray[np.unsignedinteger], width: int) -> NDArray[np.uint32]:
    """(a·A + b·B + …) mod PRIME of any `width` values in a row, `WIDEST` at most.

    `values`: below 2**30."""
    count = len(values) - width + 1
    if count <= 0:
        return np.empty(0, np.uint32)
    wide = values.astype(np.uint64)
    total = wide[:count] * _FACTORS[0]
    for at in range(1, width):
        total += wide[at : at + count] * _FACTORS[at]
    return (total % np.uint64(PRIME)).astype(np.uint32)
