"""What to expect on other articles: `python -m bench.dedupe.report`.

Two cross-validations, both with the joining of the product, neither judging an article with a model that
saw it:

* blocks: each file is cut into 32 stretches of time; every fourth is judged by a model of the others,
* time: the second half of each file is judged by a model of the first halves; what is new later (in one of
the files
  the site's pages break near the end) is then new to the model too.
"""

from __future__ import annotations

import importlib.util
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import Any

from bench.dedupe.data import DEDUPE, FILES, Gold, address, gold
from bench.dedupe.fit import fit, samples, text_of
from bench.dedupe.memory import MemoryIndex
from bench.dedupe.pairs import WINDOW, cached_arrivals
from feeds.dedupe.draft import Arrival, draft
from feeds.dedupe.join import judge
from feeds.dedupe.score import Model, read

BLOCKS, FOLDS = 32, 4


def clusters(
    rows: Sequence[Gold], arrivals: Sequence[Arrival], model_of: Callable[[int], Model]
) -> dict[str, str]:
    """Article id → story, one article at a time; `model_of` the article's place in the file."""
    index = MemoryIndex()
    found: dict[str, str] = {}
    pages: dict[str, str] = {}
    for at, (row, came) in enumerate(zip(rows, arrivals, strict=True)):
        index.since(came.seen - WINDOW)
        verdict = judge(draft(came), index, model_of(at), own=-1)
        same_page = pages.get(address(row), "")
        found[row["id"]] = same_page or verdict.story or row["id"]
        if address(row):
            pages.setdefault(address(row), found[row["id"]])
        index.enter(verdict, came, found[row["id"]])
    return found


def by(
    rows: Sequence[Gold], found: Mapping[str, str], field: str
) -> list[tuple[str, float, float, float, int]]:
    """(value, recall, precision, F1, pairs): of pairs that have a member with that value."""
    hit: defaultdict[str, int] = defaultdict(int)
    wanted: defaultdict[str, int] = defaultdict(int)
    made: defaultdict[str, int] = defaultdict(int)
    for key, count in ((lambda row: row["cluster"], wanted), (lambda row: found[row["id"]], made)):
        groups: defaultdict[str, list[Gold]] = defaultdict(list)
        for row in rows:
            groups[key(row)].append(row)
        for group in groups.values():
            for one, other in combinations(group, 2):
                both = one["cluster"] == other["cluster"] and found[one["id"]] == found[other["id"]]
                for value in {one.get(field), other.get(field)}:
                    count[str(value)] += 1
                    hit[str(value)] += both and count is wanted
    lines = []
    for value in sorted(wanted.keys() | made.keys()):
        recall, precision = hit[value] / max(1, wanted[value]), hit[value] / max(1, made[value])
        lines.append(
            (value, recall, precision, 2 * recall * precision / max(1e-9, recall + precision), wanted[value])
        )
    return lines


def scorer() -> Any:
    spec = importlib.util.spec_from_file_location("score", DEDUPE / "score.py")
    if spec is None or spec.loader is None:
        raise SystemExit(f"no scorer in {DEDUPE}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.score


def main() -> None:
    found = samples()
    sizes = {name: len(cached_arrivals(name)) for name in FILES}

    def fold(name: str, at: int) -> int:
        return at * BLOCKS // sizes[name] % FOLDS

    folds = [
        read(text_of(fit({name: [p for p in found[name] if fold(name, p.new) != out] for name in FILES})))
        for out in range(FOLDS)
    ]
    early = read(text_of(fit({name: [p for p in found[name] if 2 * p.new < sizes[name]] for name in FILES})))
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
                for line in by(rows, blocks, field):
                    print("    {:5} {:7} R {:.3f}  P {:.3f}  F1 {:.3f}  pairs {}".format(field, *line))
    for kind, values in totals.items():
        print(f"mean       {kind:7} F1 {sum(values) / len(values):.4f}")


if __name__ == "__main__":
    main()
