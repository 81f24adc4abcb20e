"""Estimates the quality on unseen articles: `python -m bench.dedupe.report`.

Two cross-validations, both with the product's join. No article is judged by a model that was fitted on it.

* blocks: each file is cut into 32 blocks of time; every fourth block is judged by a model fitted on the others.
* time: the second half of each file is judged by a model fitted on the first halves. So changes over time (in one file,
  the site's pages break near the end) are new to the model too.
"""

from __future__ import annotations

import importlib.util
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import Any

from bench.dedupe.data import DEDUPE, FILES, Gold, canonical_url, gold
from bench.dedupe.fit import fit, samples, to_json
from bench.dedupe.memory import MemoryIndex
from bench.dedupe.pairs import WINDOW, cached_arrivals
from feeds.dedupe.join import decide
from feeds.dedupe.prepare import ArticleInput, fingerprint_article
from feeds.dedupe.score import Model, parse_model

BLOCKS, FOLDS = 32, 4


def clusters(
    rows: Sequence[Gold], arrivals: Sequence[ArticleInput], model_of: Callable[[int], Model]
) -> dict[str, str]:
    """Article id → story, one article at a time. `model_of`: index in the file → the model to judge it with."""
    index = MemoryIndex()
    found: dict[str, str] = {}
    pages: dict[str, str] = {}
    for at, (row, arrival) in enumerate(zip(rows, arrivals, strict=True)):
        index.since(arrival.seen_at - WINDOW)
        verdict = decide(fingerprint_article(arrival), index, model_of(at), own_number=-1)
        url = canonical_url(row)
        same_page = pages.get(url, "")
        found[row["id"]] = same_page or verdict.story or row["id"]
        if url:
            pages.setdefault(url, found[row["id"]])
        index.enter(verdict, arrival, found[row["id"]])
    return found


def scores_by(
    rows: Sequence[Gold], found: Mapping[str, str], field: str
) -> list[tuple[str, float, float, float, int]]:
    """(value, recall, precision, F1, pairs) for each value of the field, over the pairs with a member of that value."""
    correct: defaultdict[str, int] = defaultdict(int)
    labelled: defaultdict[str, int] = defaultdict(int)
    joined: defaultdict[str, int] = defaultdict(int)
    for key, count in ((lambda row: row["cluster"], labelled), (lambda row: found[row["id"]], joined)):
        groups: defaultdict[str, list[Gold]] = defaultdict(list)
        for row in rows:
            groups[key(row)].append(row)
        for group in groups.values():
            for a, b in combinations(group, 2):
                both = a["cluster"] == b["cluster"] and found[a["id"]] == found[b["id"]]
                for value in {a.get(field), b.get(field)}:
                    count[str(value)] += 1
                    correct[str(value)] += both and count is labelled
    lines = []
    for value in sorted(labelled.keys() | joined.keys()):
        recall = correct[value] / max(1, labelled[value])
        precision = correct[value] / max(1, joined[value])
        lines.append(
            (
                value,
                recall,
                precision,
                2 * recall * precision / max(1e-9, recall + precision),
                labelled[value],
            )
        )
    return lines


def scorer() -> Any:
    """The function `score` of the scorer that comes with the labelled data."""
    spec = importlib.util.spec_from_file_location("score", DEDUPE / "score.py")
    if spec is None or spec.loader is None:
        raise SystemExit(f"no scorer in {DEDUPE}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.score


def main() -> None:
    training = samples()
    sizes = {name: len(cached_arrivals(name)) for name in FILES}

    def fold(name: str, at: int) -> int:
        return at * BLOCKS // sizes[name] % FOLDS

    folds = [
        parse_model(
            to_json(fit({name: [p for p in training[name] if fold(name, p.new) != out] for name in FILES}))
        )
        for out in range(FOLDS)
    ]
    early = parse_model(
        to_json(fit({name: [p for p in training[name] if 2 * p.new < sizes[name]] for name in FILES}))
    )
    score = scorer()
    totals: defaultdict[str, list[float]] = defaultdict(list)
    for name in FILES:
        rows, arrivals = gold(name), cached_arrivals(name)
        began = time.process_time()
        blocks = clusters(rows, arrivals, lambda at, name=name: folds[fold(name, at)])  # type: ignore[misc]
        speed = len(rows) / (time.process_time() - began)
        late = clusters(rows, arrivals, lambda _: early)
        half = rows[len(rows) // 2 :]
        for kind, result in (("blocks", score(rows, blocks)), ("time", score(half, late))):
            totals[kind].append(result["pair_F1"])
            figures = (result["pair_P"], result["pair_R"], result["pair_F1"], result["gold_pairs"])
            print("{:10} {:7} P {:.3f}  R {:.3f}  F1 {:.3f}  pairs {}".format(name, kind, *figures))
        print(f"{name:10} {speed:.0f} articles/s")
        if name == "synthetic":
            for field in ("edit", "lang"):
                for line in scores_by(rows, blocks, field):
                    print("    {:5} {:7} R {:.3f}  P {:.3f}  F1 {:.3f}  pairs {}".format(field, *line))
    for kind, values in totals.items():
        print(f"mean       {kind:7} F1 {sum(values) / len(values):.4f}")


if __name__ == "__main__":
    main()
