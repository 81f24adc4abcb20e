"""Hashes made all at once are those that are made one by one."""

from __future__ import annotations

from array import array
from sys import byteorder

from hypothesis import given
from hypothesis import strategies as st

from feeds.dedupe.shingle import _FACTORS, PRIME, shingles

IDS = st.integers(0, 2**30 - 1) | st.sampled_from([0, 2**30 - 1])


def together(ids: list[int]) -> list[int]:
    """Of words of all kinds, which make no difference."""
    return opened(shingles([one << 2 | at % 3 for at, one in enumerate(ids)]))


def one_by_one(ids: list[int]) -> list[int]:
    a, b, c, d = _FACTORS
    rows = zip(ids, ids[1:], ids[2:], ids[3:], strict=False)
    return [(one * a + two * b + three * c + four * d) % PRIME for one, two, three, four in rows]


def opened(data: bytes) -> list[int]:
    values = array("I", data)
    if byteorder == "big":
        values.byteswap()
    return values.tolist()


@given(st.lists(IDS, max_size=300))
def test_all_at_once_is_one_by_one(ids: list[int]) -> None:
    assert together(ids) == one_by_one(ids)


def test_sums_that_leave_next_to_nothing() -> None:
    back = pow(_FACTORS[0], -1, PRIME)
    near = [rest * back % PRIME for rest in (*range(40), *range(PRIME - 40, PRIME))]
    ids = [one for first in near if first < 2**30 for one in (first, 0, 0, 0)]
    assert len(ids) > 40
    assert together(ids) == one_by_one(ids)


def test_the_longest_text() -> None:
    ids = [2**30 - 1 - at * at for at in range(2003)]
    assert together(ids) == one_by_one(ids)
