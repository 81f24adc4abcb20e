"""The quality on the labelled articles, ingested by the product, must not fall unnoticed.

The model was fitted on these articles, so the figures do not hold for others; `bench.dedupe.report` estimates those.
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from bench.dedupe.data import article, gold
from bench.dedupe.predict import clusters
from tests.shared import DEDUPE_DIR, needs_dedupe

pytestmark = pytest.mark.measured


@needs_dedupe
@pytest.mark.parametrize(
    ("name", "min_f1"),
    # Each of the 13 pairs of abp is worth four points. Reuters corrects figures of company reports; a report with
    # several other figures is not joined, because a series differs in the same way (`feeds.dedupe.evidence_limits`).
    [("reuters", 0.955), ("abp", 0.96), ("yahoo", 0.99), ("synthetic", 0.975)],
)
def test_pair_f1_reaches_the_minimum(
    name: str, min_f1: float, tmp_path_factory: pytest.TempPathFactory
) -> None:
    rows = gold(name)
    labels = tmp_path_factory.mktemp("gold") / f"{name}.jsonl"
    labels.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    predicted = clusters(filter(None, map(article, rows)))
    answers = "".join(json.dumps({"id": guid, "cluster": story}) + "\n" for guid, story in predicted)
    scorer = [sys.executable, str(DEDUPE_DIR / "score.py"), str(labels)]
    process = subprocess.run(scorer, input=answers, capture_output=True, text=True, check=True, timeout=120)
    score = json.loads(process.stdout)
    assert score["docs"] == len(rows) > 2000
    assert score["pair_F1"] >= min_f1, score
