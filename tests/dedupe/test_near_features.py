"""Two texts side by side: what counts as another number, and what does not."""

from __future__ import annotations

import pytest

from feeds.dedupe.features import Slots, slots
from feeds.dedupe.fingerprint import fingerprint
from feeds.dedupe.open_fingerprint import Print

BEGINNING = "The harbour of Lindholm will be closed to all ships from Monday"


def compared(one: str, other: str) -> Slots:
    return slots(Print(fingerprint("", one)), Print(fingerprint("", other)))


@pytest.mark.parametrize(
    ("one", "other", "numbers"),
    [
        pytest.param(
            f"{BEGINNING} at 10 in the morning on", f"{BEGINNING} at 12 in the morning on", 1, id="within"
        ),
        pytest.param(f"{BEGINNING}, 7 until 10", f"{BEGINNING}, 7 until 12", 1, id="at the end"),
        pytest.param(
            f"{BEGINNING} 10 on, say its pilots.", f"{BEGINNING} 10 sharp on, say its pilots.", 0, id="same"
        ),
        pytest.param(
            "港口委员会周一宣布起重机造价为2400万元并将于明年完工。",
            "港口委员会周一宣布起重机造价为2700万元并将于明年完工。",
            1,
            id="within a number, unspaced",
        ),
    ],
)
def test_slots_with_other_numbers(one: str, other: str, numbers: int) -> None:
    for found in (compared(one, other), compared(other, one)):
        assert (found.count, found.numbers) == (1, numbers)


def test_a_cut_text_has_no_slot_at_its_end() -> None:
    assert (
        compared(BEGINNING, f"{BEGINNING} at 10 o'clock")
        == compared(f"{BEGINNING} at 10", BEGINNING)
        == Slots()
    )
