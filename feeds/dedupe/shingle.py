"""The ids of a text's words → the hashes of every four that follow each other.

Python's long integers are the vector unit here: the ids stand in fields of 64 bits, and each step of the
arithmetic is done on all of them at once, four times as quick as a loop over the words.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from functools import lru_cache
from sys import byteorder

PRIME = 4294967291  # the largest below 2**32: 2**32 - 5
WORDS = 4

_FACTORS = (1540483477, 2027808485, 1103515245, 1812433253)
"""Below 2**31: four products with ids of 30 bits add up to less than 2**63, so that no field runs over."""


def shingles(codes: Sequence[int]) -> bytes:
    """(a·A + b·B + c·C + d·D) mod PRIME of the ids of any four words in a row, as little-endian integers of 32
    bits.

    `codes`: of 32 bits; a word's id is all of them but the lowest two."""
    count = len(codes) - WORDS + 1
    if count <= 0:
        return b""
    fields = array("Q", codes)
    if byteorder == "big":
        fields.byteswap()
    row = int.from_bytes(fields, "little") >> 2 & _ones(len(codes)) * 0x3FFFFFFF
    ones = _ones(count)
    low = ones * 0xFFFFFFFF
    a, b, c, d = _FACTORS
    total = row * a + (row >> 64) * b + (row >> 128) * c + (row >> 192) * d
    total &= (1 << 64 * count) - 1
    # Modulo 2**32 - 5, every 2**32 counts as 5.
    total = (total & low) + 5 * (total >> 32 & low)  # < 6 * 2**32
    total = (total & low) + 5 * (total >> 32 & low)  # < 2**32 + 25
    total += 5 * (total + 5 * ones >> 32 & ones)  # PRIME or more: 5 - 2**32 takes PRIME off
    return memoryview(total.to_bytes(8 * count, "little")).cast("I")[::2].tobytes()


@lru_cache(maxsize=256)
def _ones(count: int) -> int:
    return int.from_bytes(b"\1\0\0\0\0\0\0\0" * count, "little")
