"""The shipped weights: they read, they keep to the meaning of the features, and their points add up."""

from __future__ import annotations

import pytest

from feeds.dedupe.features import Side, Weights, features, with_company
from feeds.dedupe.fingerprint import fingerprint
from feeds.dedupe.open_fingerprint import Print
from feeds.dedupe.score import read, shipped

TEXT = (
    "The board of the port met on Monday and voted for a second crane on the eastern quay of the old harbour."
)


def pair(title: str, text: str) -> dict[str, float]:
    new = Side(2, "b", 3600.0, Print(fingerprint(title, text)))
    old = Side(1, "a", 0.0, Print(fingerprint("Second crane for the port", TEXT)))
    found = features(new, old, Weights(new.print, {}, 100))
    with_company([found])
    return found


def test_every_feature_of_the_model_is_made() -> None:
    assert set(shipped().features) == set(pair("Second crane for the port", TEXT))


@pytest.mark.parametrize(
    ("feature", "sign"), [("contained", 1), ("title", 1), ("number_rate", -1), ("gap", -1)]
)
def test_no_feature_counts_against_its_meaning(feature: str, sign: int) -> None:
    values = pair("A crane", TEXT)
    scores = [shipped().score({**values, feature: step / 10}) for step in range(11)]
    assert scores == sorted(scores, reverse=sign < 0)


def test_the_points_of_an_explanation_are_those_of_the_score() -> None:
    model = read('{"features":["x","y"],"trees":[[0,0.5,0.1,[-1.0],[1,2.0,0.5,[0.25],[2.0]]],[0.5]]}')
    pair = {"x": 1.0, "y": 3.0}
    evidence = model.explain(model.weighed(pair, model.score(pair)))
    assert {reason.feature: reason.points for reason in evidence.reasons} == {"x": 0.4, "y": 1.5}
    assert (
        evidence.score
        == pytest.approx(model.score({"x": 1.0, "y": 3.0}))
        == pytest.approx(1 / (1 + 2.718281828**-2.5))
    )


def test_other_numbers_in_the_same_sentence_are_a_slot() -> None:
    text = "The exchange of Norrvik fell to 4121 points on Monday as the shipyards lost all their gains."
    new = Side(2, "a", 0.0, Print(fingerprint("", text.replace("4121", "3987"))))
    old = Side(1, "a", 0.0, Print(fingerprint("", text)))
    found = features(new, old, Weights(new.print, {}, 100))
    assert found["slot_numbers"] > 0
    assert found["slot_names"] == found["slot_words"] == 0
