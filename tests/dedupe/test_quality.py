"""The labelled articles through the product's own door: what shipped must not get worse unnoticed.

The model has seen these articles, so the figures say nothing about others; `bench.dedupe.report` does.
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from bench.dedupe.data import article, gold
from bench.dedupe.predict import clusters
from tests.shared import DEDUPE, needs_dedupe


@needs_dedupe
@pytest.mark.parametrize(
    ("name", "least"),
    # Of the 13 pairs of abp each is worth four points.
    [("reuters", 0.975), ("abp", 0.96), ("yahoo", 0.99), ("synthetic", 0.995)],
)
def test_pair_f1(name: str, least: float, tmp_path_factory: pytest.TempPathFactory) -> None:
    rows = gold(name)
    labels = tmp_path_factory.mktemp("gold") / f"{name}.jsonl"
    labels.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    found = clusters(filter(None, map(article, rows)))
    answers = "".join(json.dumps({"id": one, "cluster": story}) + "\n" for one, story in found)
    scorer = [sys.executable, str(DEDUPE / "score.py"), str(labels)]
    said = subprocess.run(scorer, input=answers, capture_output=True, text=True, check=True, timeout=120)
    score = json.loads(said.stdout)
    assert score["docs"] == len(rows) > 2000
    assert score["pair_F1"] >= least, score
