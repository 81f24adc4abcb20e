"""Features → weights.json: `python -m bench.dedupe.fit [OUT]`.

A boosted ensemble of small trees, held to the meaning of each feature (`MONOTONE`). LightGBM is needed here
and nowhere else: what it learned is written down as plain numbers. Same data, same file.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.dedupe.data import FILES, gold
from bench.dedupe.pairs import Pair, cached_arrivals, cold_pairs, misplaced_pairs, next_issue_pairs, pairs
from feeds.dedupe import score

WEIGHTS = Path(score.__file__).with_name("weights.json")

UP = (
    *("contained", "covered", "jaccard", "shared", "keys", "lead", "leads", "ahead", "numbers", "names"),
    *("title", "title_part", "title_equal", "title_ahead", "backed", "led"),
)
DOWN = (
    *("slot_numbers", "slot_names", "slot_facts", "number_rate", "name_rate", "numbers_new", "gap"),
    *("title_new", "title_new_most", "title_numbers", "title_swap"),
)
MONOTONE = {**dict.fromkeys(UP, 1), **dict.fromkeys(DOWN, -1)}

FILE_WEIGHT = {"reuters": 2.0, "abp": 3.0, "yahoo": 2.0, "synthetic": 0.7}
"""The files count alike in the end, and have from 13 to 9,947 pairs."""

NEW_SERIES = 2.0
"""How much more another report of a series counts that nothing tells from a copy but its facts: the first of its kind
that a state meets."""

PARAMETERS: dict[str, Any] = {
    "objective": "binary",
    "learning_rate": 0.12,
    "num_leaves": 8,
    "min_data_in_leaf": 30,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "feature_fraction": 0.6,
    "lambda_l2": 5.0,
    "seed": 3,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
}
TREES = 120


def fit(samples: Mapping[str, Iterable[Pair]]) -> dict[str, Any]:
    """File → its pairs; returns what `feeds.dedupe.score.read` reads."""
    import lightgbm  # type: ignore[import-not-found]
    import numpy

    rows: list[list[float]] = []
    labels: list[bool] = []
    weights: list[float] = []
    names: list[str] = []
    for file, found in samples.items():
        for pair in found:
            if pair.ignored:
                continue
            names = names or sorted(pair.features)
            rows.append([pair.features[name] for name in names])
            labels.append(pair.same)
            weights.append(FILE_WEIGHT[file] * (NEW_SERIES if _begins_a_series(pair) else 1.0))
    data = lightgbm.Dataset(
        numpy.array(rows, dtype=numpy.float32),
        numpy.array(labels),
        weight=numpy.array(weights),
        feature_name=names,
    )
    constraints = [MONOTONE.get(name, 0) for name in names]
    model = lightgbm.train({**PARAMETERS, "monotone_constraints": constraints}, data, TREES)
    trees = [_plain(tree["tree_structure"]) for tree in model.dump_model()["tree_info"]]
    return {"features": names, "trees": trees}


def _begins_a_series(pair: Pair) -> bool:
    values = pair.features
    return not pair.same and values["contained"] > 0.4 and values["title"] > 0.4 and values["family"] < 1


def _plain(node: Mapping[str, Any]) -> list[Any]:
    if "leaf_value" in node:
        return [round(node["leaf_value"], 4)]
    return [
        node["split_feature"],
        round(node["threshold"], 5),
        round(node["internal_value"], 4),
        _plain(node["left_child"]),
        _plain(node["right_child"]),
    ]


def text_of(model: Mapping[str, Any]) -> str:
    """One tree a line, so that a change of the weights can be read."""
    trees = ",\n".join(json.dumps(tree, separators=(",", ":")) for tree in model["trees"])
    return f'{{"features":{json.dumps(model["features"])},\n"trees":[\n{trees}\n]}}\n'


def samples(names: Sequence[str] = FILES) -> dict[str, list[Pair]]:
    found = {}
    for name in names:
        rows, arrivals = gold(name), cached_arrivals(name)
        found[name] = [*pairs(rows, arrivals), *cold_pairs(rows, arrivals)]
        if name in {"abp", "synthetic"}:  # with sources of their own, and titles that stand in the text
            found[name] += misplaced_pairs(rows, arrivals)
        if name in {"reuters", "synthetic"}:
            found[name] += next_issue_pairs(rows, arrivals)
    return found


def main() -> None:
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else WEIGHTS
    out.write_text(text_of(fit(samples())), encoding="utf-8")


if __name__ == "__main__":
    main()
