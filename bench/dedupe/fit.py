"""Fits weights.json to the labelled pairs: `python -m bench.dedupe.fit [OUT]`.

The model is a boosted ensemble of small trees with monotone constraints (`MONOTONE`). Only this module needs LightGBM:
the fitted trees are written as plain numbers. The same data gives the same file.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.dedupe import generate
from bench.dedupe.data import FILES, arrival, gold
from bench.dedupe.pairs import Pair, cached_arrivals, cold_pairs, misplaced_pairs, next_issue_pairs, pairs
from feeds.dedupe import score

WEIGHTS = Path(score.__file__).with_name("weights.json")

INCREASING = (
    *("contained", "covered", "jaccard", "shared", "keys", "lead", "leads", "ahead", "numbers", "names"),
    *("title", "title_part", "title_equal", "title_ahead", "backed", "led"),
)
DECREASING = (
    *("slot_numbers", "slot_names", "slot_facts", "number_rate", "name_rate", "numbers_new", "gap"),
    *("title_new", "title_new_most", "title_numbers", "title_swap"),
)
MONOTONE = {**dict.fromkeys(INCREASING, 1), **dict.fromkeys(DECREASING, -1)}
"""Feature → 1 if it must not lower the score, -1 if it must not raise it."""

FILE_WEIGHT = {"reuters": 2.0, "abp": 3.0, "yahoo": 2.0, "synthetic": 0.7, "everyday": 1.0}
"""Weight of each pair, by file. All files count the same in the mean, but have from 13 to 9,947 pairs."""

FITTING_SEEDS = (1, 2)
"""Seeds of the everyday articles (`bench.dedupe.generate`) that the model is fitted to."""

NEW_SERIES_WEIGHT = 2.0
"""Extra weight of the second report of a series that the state has not seen before: only its facts tell it from a
copy."""

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
    """Fit the model to the pairs of each file. Returns the data that `feeds.dedupe.score.parse_model` reads as JSON."""
    import lightgbm  # type: ignore[import-not-found]
    import numpy

    rows: list[list[float]] = []
    labels: list[bool] = []
    weights: list[float] = []
    names: list[str] = []
    for file, file_pairs in samples.items():
        for pair in file_pairs:
            if pair.ignored:
                continue
            names = names or sorted(pair.features)
            rows.append([pair.features[name] for name in names])
            labels.append(pair.same)
            weights.append(FILE_WEIGHT[file] * (NEW_SERIES_WEIGHT if _begins_series(pair) else 1.0))
    data = lightgbm.Dataset(
        numpy.array(rows, dtype=numpy.float32),
        numpy.array(labels),
        weight=numpy.array(weights),
        feature_name=names,
    )
    constraints = [MONOTONE.get(name, 0) for name in names]
    model = lightgbm.train({**PARAMETERS, "monotone_constraints": constraints}, data, TREES)
    trees = [_node(tree["tree_structure"]) for tree in model.dump_model()["tree_info"]]
    return {"features": names, "trees": trees}


def _begins_series(pair: Pair) -> bool:
    values = pair.features
    return not pair.same and values["contained"] > 0.4 and values["title"] > 0.4 and values["family"] < 1


def _node(node: Mapping[str, Any]) -> list[Any]:
    """A node of LightGBM as [feature, threshold, value, below or equal, above], a leaf as [value]."""
    if "leaf_value" in node:
        return [round(node["leaf_value"], 4)]
    return [
        node["split_feature"],
        round(node["threshold"], 5),
        round(node["internal_value"], 4),
        _node(node["left_child"]),
        _node(node["right_child"]),
    ]


def to_json(model: Mapping[str, Any]) -> str:
    """The model as JSON, one tree per line, so that changes can be read in a diff."""
    trees = ",\n".join(json.dumps(tree, separators=(",", ":")) for tree in model["trees"])
    return f'{{"features":{json.dumps(model["features"])},\n"trees":[\n{trees}\n]}}\n'


def samples(names: Sequence[str] = FILES) -> dict[str, list[Pair]]:
    """The pairs of the labelled files to train on, by file."""
    result = {}
    for name in names:
        rows, arrivals = gold(name), cached_arrivals(name)
        result[name] = [*pairs(rows, arrivals), *cold_pairs(rows, arrivals)]
        if name in {"abp", "synthetic"}:  # these have real sources, and titles that occur in the text
            result[name] += misplaced_pairs(rows, arrivals)
        if name in {"reuters", "synthetic"}:
            result[name] += next_issue_pairs(rows, arrivals)
    return result


def everyday_samples(chosen: Callable[[str], bool] = lambda _: True) -> list[Pair]:
    """The pairs of everyday articles whose families are chosen. See `bench.dedupe.generate`."""
    found: list[Pair] = []
    for seed in FITTING_SEEDS:
        rows = generate.rows(chosen, seed)
        found += pairs(rows, [arrival(row) for row in rows])
    return found


def main() -> None:
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else WEIGHTS
    out.write_text(to_json(fit({**samples(), "everyday": everyday_samples()})), encoding="utf-8")


if __name__ == "__main__":
    main()
