"""A few seconds of each torture. `make torture` runs the whole of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.shared import HOSTILE_DIR, needs_hostile
from tests.torture.attacks import BROWSER, active_in_browser, generated, page_of
from tests.torture.fuzz import failures_of, run_batch
from tests.torture.kills import kills
from tests.torture.mutants import OWN_DOCUMENTS, documents, mutant

OWN = [path.read_bytes() for path in sorted(OWN_DOCUMENTS.glob("*.xml"))]
ATTACKS = [
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(2)>",
    "<p onmouseover=alert(3)>x",
    "<script>alert(4)</script>",
]


def test_a_seed_gives_the_same_mutant() -> None:
    assert mutant(OWN, 7) == mutant(OWN, 7) != mutant(OWN, 8)


def test_mutants_of_the_documents_are_read_and_published() -> None:
    failures, _ = run_batch(range(150), documents())
    assert failures == []


def test_a_failure_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr("tests.torture.fuzz.parse_document", fail)
    assert [failure.problem for failure in failures_of(1, OWN)] == ["KeyError: 'x'"]


def test_what_is_acknowledged_outlives_kills(tmp_path: Path) -> None:
    steps = list(kills(tmp_path, 4, seed=17))
    assert len(steps) == 6
    assert [step for step in steps if step[1]] == []


@pytest.mark.skipif(BROWSER is None, reason="needs chromium")
def test_attacks_run_in_the_browser_unless_they_are_cleaned(tmp_path: Path) -> None:
    bare = f"<!doctype html><html><head></head><body>{''.join(ATTACKS)}</body></html>"
    found = active_in_browser(bare, tmp_path)
    assert {f"alert {number}" for number in (1, 2, 3, 4)} <= set(found)
    assert active_in_browser(page_of([*ATTACKS, *generated(ATTACKS, 100, seed=1)]), tmp_path) == []


@needs_hostile
@pytest.mark.skipif(BROWSER is None, reason="needs chromium")
def test_no_vector_runs_in_the_browser(tmp_path: Path) -> None:
    vectors = [vector["p"] for vector in json.loads((HOSTILE_DIR / "xss.json").read_text(encoding="utf-8"))]
    attacks = [*vectors[::12], *generated(vectors, 100, seed=2)]
    assert active_in_browser(page_of(attacks), tmp_path) == []
