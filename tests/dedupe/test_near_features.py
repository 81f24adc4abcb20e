"""Slots between two aligned texts: what counts as a different number."""

from __future__ import annotations

import pytest

from feeds.dedupe.features import Slots, find_slots
from feeds.dedupe.fingerprint import fingerprint
from feeds.dedupe.open_fingerprint import OpenFingerprint

BEGINNING = "The harbour of Lindholm will be closed to all ships from Monday"


def slots_of(one: str, other: str) -> Slots:
    return find_slots(OpenFingerprint(fingerprint("", one)), OpenFingerprint(fingerprint("", other)))


@pytest.mark.parametrize(
    ("one", "other", "numbers"),
    [
        pytest.param(
            f"{BEGINNING} at 10 in the morning on",
            f"{BEGINNING} at 12 in the morning on",
            1,
            id="in the middle",
        ),
        pytest.param(f"{BEGINNING}, 7 until 10", f"{BEGINNING}, 7 until 12", 1, id="at the end"),
        pytest.param(
            f"{BEGINNING} 10 on, say its pilots.",
            f"{BEGINNING} 10 sharp on, say its pilots.",
            0,
            id="same number",
        ),
        pytest.param(
            "港口委员会周一宣布起重机造价为2400万元并将于明年完工。",
            "港口委员会周一宣布起重机造价为2700万元并将于明年完工。",
            1,
            id="within a number, unspaced",
        ),
    ],
)
def test_slots_with_different_numbers_are_counted(one: str, other: str, numbers: int) -> None:
    for slots in (slots_of(one, other), slots_of(other, one)):
        assert (slots.count, slots.numbers) == (1, numbers)


def test_a_cut_text_has_no_slot_at_its_end() -> None:
    assert (
        slots_of(BEGINNING, f"{BEGINNING} at 10 o'clock")
        == slots_of(f"{BEGINNING} at 10", BEGINNING)
        == Slots()
    )
