"""Estimates the quality on unseen articles: `python -m bench.dedupe.report`.

Cross-validations with the product's join. No article is judged by a model that was fitted on it.

* blocks: each labelled file is cut into 32 blocks of time; every fourth is judged by a model fitted on the others.
* time: the second half of each file is judged by a model fitted on the first halves. So changes over time (in one file,
  the site's pages break near the end) are new to the model too.
* families and languages: everyday articles (`bench.dedupe.generate`) are judged by a model that has not seen their
  templates and texts, or not their languages, and with a seed of their own.
"""

from __future__ import annotations

import importlib.util
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import Any
from zlib import crc32

from bench.dedupe import generate
from bench.dedupe.data import DEDUPE, FILES, Gold, arrival, canonical_url, gold
from bench.dedupe.fit import everyday_samples, fit, samples, to_json
from bench.dedupe.memory import MemoryIndex
from bench.dedupe.pairs import WINDOW, Pair, cached_arrivals
from feeds.dedupe.join import decide
from feeds.dedupe.prepare import ArticleInput, fingerprint_article
from feeds.dedupe.score import Model, parse_model

BLOCKS, FOLDS = 32, 4
EVERYDAY_FOLDS = 3
JUDGING_SEED = 3


def clusters(
    rows: Sequence[Gold], arrivals: Sequence[ArticleInput], model_of: Callable[[int], Model]
) -> dict[str, str]:
    """Article id → story, one article at a time. `model_of`: index in the file → the model to judge it with."""
    index = MemoryIndex()
    found: dict[str, str] = {}
    pages: dict[str, str] = {}
    for at, (row, article) in enumerate(zip(rows, arrivals, strict=True)):
        index.since(article.seen_at - WINDOW)
        verdict = decide(fingerprint_article(article), index, model_of(at), own_number=-1)
        url = canonical_url(row)
        same_page = pages.get(url, "")
        found[row["id"]] = same_page or verdict.story or row["id"]
        if url:
            pages.setdefault(url, found[row["id"]])
        index.enter(verdict, article, found[row["id"]])
        for united in verdict.united:
            index.unite(verdict.story, united.story)
            found = {id_: verdict.story if story == united.story else story for id_, story in found.items()}
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


def everyday_fold(kind: str, family: str) -> int:
    """The fold that judges a family of everyday articles; `kind` is "families" or "languages"."""
    name = family if kind == "families" else f"language {family.partition('/')[0]}"
    return crc32(name.encode()) % EVERYDAY_FOLDS


def judge_everyday(training: Mapping[str, Sequence[Pair]], kind: str) -> None:
    """Print precision and recall of each fold, then every article that is in one story with a different one."""
    mixed: list[tuple[Gold, Gold]] = []
    recalled: Counter[str] = Counter()
    copies: Counter[str] = Counter()
    for fold in range(EVERYDAY_FOLDS):
        pairs = everyday_samples(lambda family, fold=fold: everyday_fold(kind, family) != fold)  # type: ignore[misc]
        model = parse_model(to_json(fit({**training, "everyday": pairs})))
        rows = generate.rows(lambda family, fold=fold: everyday_fold(kind, family) == fold, JUDGING_SEED)  # type: ignore[misc]
        found = clusters(rows, [arrival(row) for row in rows], lambda _, model=model: model)  # type: ignore[misc]
        result = scorer()(rows, found)
        figures = (result["pair_P"], result["pair_R"], result["pair_F1"], result["gold_pairs"])
        print("{:10} {:9} P {:.4f}  R {:.4f}  F1 {:.4f}  pairs {}".format(f"everyday {fold}", kind, *figures))
        mixed += mixed_articles(rows, found)
        for row in rows:
            mates = [other for other in rows if other["cluster"] == row["cluster"] and other is not row]
            if mates:
                copies[row["kind"]] += 1
                recalled[row["kind"]] += any(found[other["id"]] == found[row["id"]] for other in mates)
    for name, count in sorted(copies.items()):
        print(f"    {name:34} {recalled[name]} of {count} found")
    for kind_of_row, count in sorted(Counter(row["kind"] for row, _ in mixed).items()):
        print(f"    {kind_of_row:34} {count} beside another item")
    for row, other in mixed:
        print(f"      {row['cluster']} “{row['title'][:50]}” with {other['cluster']} “{other['title'][:50]}”")


def mixed_articles(rows: Sequence[Gold], found: Mapping[str, str]) -> list[tuple[Gold, Gold]]:
    """Each article that is in one story with an article of another cluster, and the first such article."""
    stories: defaultdict[str, list[Gold]] = defaultdict(list)
    for row in rows:
        stories[found[row["id"]]].append(row)
    return [
        (row, different[0])
        for members in stories.values()
        for row in members
        if (different := [other for other in members if other["cluster"] != row["cluster"]])
    ]


def main() -> None:
    training = samples()
    everyday = everyday_samples()
    for kind in ("families", "languages"):
        judge_everyday(training, kind)
    sizes = {name: len(cached_arrivals(name)) for name in FILES}

    def fold(name: str, at: int) -> int:
        return at * BLOCKS // sizes[name] % FOLDS

    folds = [
        parse_model(
            to_json(
                fit(
                    {name: [p for p in training[name] if fold(name, p.new) != out] for name in FILES}
                    | {"everyday": everyday}
                )
            )
        )
        for out in range(FOLDS)
    ]
    early = parse_model(
        to_json(
            fit(
                {name: [p for p in training[name] if 2 * p.new < sizes[name]] for name in FILES}
                | {"everyday": everyday}
            )
        )
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
