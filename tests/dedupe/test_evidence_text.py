from __future__ import annotations

import pytest

from feeds.dedupe.evidence_text import SAID, say
from feeds.dedupe.score import Evidence, Reason, shipped


def test_every_feature_of_the_model_can_be_said() -> None:
    assert set(shipped().features) == set(SAID)


@pytest.mark.parametrize(
    ("feature", "value", "said"),
    [
        ("contained", 0.78, "78% of the shorter text stands in the longer"),
        ("slot_numbers", 0.0, "no common sentences have other numbers"),
        ("slot_numbers", 0.6931, "1 common sentence has another number"),
        ("slot_numbers", 1.3863, "3 common sentences have other numbers"),
        ("same_source", 1.0, "both are of one source"),
        ("gap", 1.0986, "2 hours lie between them"),
        ("gap", 0.6931, "1 hour lies between them"),
        ("ratio", 0.0, "the texts are equally long"),
        ("ratio", 0.6931, "one text is 2.0 times as long as the other"),
        ("ahead", -0.25, "the text is less like it than the next candidate, by 25%"),
    ],
)
def test_values_are_said_in_their_own_units(feature: str, value: float, said: str) -> None:
    assert say(feature, value) == said


def test_evidence_says_what_spoke_for_and_what_against() -> None:
    evidence = Evidence(0.914, (Reason("contained", 0.9, 1.2), Reason("numbers", 0.5, -0.4)))
    assert str(evidence) == (
        "score 0.91 of 1. for it: 90% of the shorter text stands in the longer. "
        "against it: 50% of the numbers agree"
    )
