"""The quality on invented everyday articles, and on scenarios of everyday feeds, must not fall unnoticed."""

from __future__ import annotations

import json
from itertools import combinations

import pytest

from bench.dedupe import generate
from bench.dedupe.data import Gold, arrival
from bench.dedupe.report import JUDGING_SEED, clusters, mixed_articles
from bench.dedupe.stories import titles_of_entries
from feeds.dedupe.score import shipped_model
from tests.shared import CASES_DIR, needs_cases

pytestmark = pytest.mark.measured

STORIES = CASES_DIR / "stories"
SCENARIOS = (
    json.loads((STORIES / "expected.json").read_text(encoding="utf-8")) if STORIES.is_dir() else {"none": 0}
)


def pairs_of(stories: dict[str, str]) -> set[tuple[str, ...]]:
    members: dict[str, list[str]] = {}
    for article, story in stories.items():
        members.setdefault(story, []).append(article)
    return {tuple(sorted(pair)) for group in members.values() for pair in combinations(group, 2)}


@pytest.mark.parametrize(
    "languages", [("de", "en", "fr"), ("ja", "ko", "zh"), ("ar", "hi", "tr"), ("pl", "uk")]
)
def test_everyday_articles_are_told_apart_and_their_copies_are_found(languages: tuple[str, ...]) -> None:
    """The model was fitted on these texts with other seeds; `bench.dedupe.report` judges texts it has not seen."""
    rows: list[Gold] = generate.rows(lambda family: family.startswith(languages), JUDGING_SEED)
    found = clusters(rows, [arrival(row) for row in rows], lambda _: shipped_model())
    labelled = pairs_of({row["id"]: row["cluster"] for row in rows})
    joined = pairs_of(found)
    wrong = mixed_articles(rows, found)
    assert len(rows) > 500
    assert len(joined & labelled) >= 0.995 * len(joined), [
        (row["title"], other["title"]) for row, other in wrong
    ]
    assert len(joined & labelled) >= 0.9 * len(labelled)


def test_the_same_seed_gives_the_same_articles() -> None:
    first, again, other = (generate.rows(lambda family: family.startswith("en/"), seed) for seed in (1, 1, 2))
    assert first == again != other


@needs_cases
@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_of_everyday_feeds_gives_its_number_of_entries(name: str) -> None:
    titles = titles_of_entries(STORIES / name)
    assert len(titles) == SCENARIOS[name], titles
