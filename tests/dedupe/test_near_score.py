"""The shipped weights: their features exist, scores are monotone, and the points of an explanation add up."""

from __future__ import annotations

import pytest

from feeds.dedupe.features import ComparedArticle, WindowWeights, add_peer_features, features
from feeds.dedupe.fingerprint import fingerprint
from feeds.dedupe.open_fingerprint import OpenFingerprint
from feeds.dedupe.score import parse_model, shipped_model

TEXT = (
    "The board of the port met on Monday and voted for a second crane on the eastern quay of the old harbour."
)


def pair(title: str, text: str) -> dict[str, float]:
    new = ComparedArticle(2, "b", 3600.0, OpenFingerprint(fingerprint(title, text)))
    old = ComparedArticle(1, "a", 0.0, OpenFingerprint(fingerprint("Second crane for the port", TEXT)))
    values = features(new, old, WindowWeights(new.fingerprint, {}, 100))
    add_peer_features([values])
    return values


def test_features_are_those_of_the_model() -> None:
    only_for_limits = {"title_content"}  # see `evidence_limits`
    assert set(shipped_model().features) | only_for_limits == set(pair("Second crane for the port", TEXT))


@pytest.mark.parametrize(
    ("feature", "sign"), [("contained", 1), ("title", 1), ("number_rate", -1), ("gap", -1)]
)
def test_a_score_is_monotone_in_its_features(feature: str, sign: int) -> None:
    values = pair("A crane", TEXT)
    scores = [shipped_model().score({**values, feature: step / 10}) for step in range(11)]
    assert scores == sorted(scores, reverse=sign < 0)


def test_the_points_of_an_explanation_add_up_to_the_score() -> None:
    model = parse_model('{"features":["x","y"],"trees":[[0,0.5,0.1,[-1.0],[1,2.0,0.5,[0.25],[2.0]]],[0.5]]}')
    pair = {"x": 1.0, "y": 3.0}
    evidence = model.explain(model.record(pair, model.score(pair)))
    assert {reason.feature: reason.points for reason in evidence.reasons} == {"x": 0.4, "y": 1.5}
    assert (
        evidence.score
        == pytest.approx(model.score({"x": 1.0, "y": 3.0}))
        == pytest.approx(1 / (1 + 2.718281828**-2.5))
    )


def test_a_different_number_in_the_same_sentence_is_a_slot() -> None:
    text = "The exchange of Norrvik fell to 4121 points on Monday as the shipyards lost all their gains."
    new = ComparedArticle(2, "a", 0.0, OpenFingerprint(fingerprint("", text.replace("4121", "3987"))))
    old = ComparedArticle(1, "a", 0.0, OpenFingerprint(fingerprint("", text)))
    values = features(new, old, WindowWeights(new.fingerprint, {}, 100))
    assert values["slot_numbers"] > 0
    assert values["slot_names"] == values["slot_words"] == 0
