from __future__ import annotations

import pytest

from feeds.dedupe.evidence_text import DESCRIPTIONS, describe
from feeds.dedupe.score import Evidence, Reason, shipped_model


def test_every_feature_of_the_model_has_a_description() -> None:
    assert set(shipped_model().features) == set(DESCRIPTIONS)


@pytest.mark.parametrize(
    ("feature", "value", "text"),
    [
        ("contained", 0.78, "78% of the shorter text is also in the longer text"),
        ("slot_numbers", 0.0, "no shared sentences have different numbers"),
        ("slot_numbers", 0.6931, "1 shared sentence has a different number"),
        ("slot_numbers", 1.3863, "3 shared sentences have different numbers"),
        ("same_source", 1.0, "they are from the same source"),
        ("gap", 1.0986, "they are 2 hours apart"),
        ("gap", 0.6931, "they are 1 hour apart"),
        ("ratio", 0.0, "the texts are equally long"),
        ("ratio", 0.6931, "one text is 2.0 times as long as the other"),
        ("ahead", -0.25, "the text is 25% less similar than that of the next candidate"),
    ],
)
def test_a_value_is_described_in_its_own_unit(feature: str, value: float, text: str) -> None:
    assert describe(feature, value) == text


def test_evidence_lists_the_reasons_for_and_against() -> None:
    evidence = Evidence(0.914, (Reason("contained", 0.9, 1.2), Reason("numbers", 0.5, -0.4)))
    assert str(evidence) == (
        "score 0.91 of 1. for: 90% of the shorter text is also in the longer text. "
        "against: 50% of the numbers agree"
    )
