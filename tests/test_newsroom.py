"""The bundled example newsroom, which `make run` publishes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from feeds.config import load
from feeds.engine.cycle import CycleReport, run_cycle
from feeds.engine.poller import Poller
from feeds.store import open_store
from tests.newsroom import ManualClock

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, CycleReport]:
    folder = tmp_path_factory.mktemp("newsroom")
    shutil.copy(ROOT / "sources.yaml", folder)
    shutil.copytree(ROOT / "examples", folder / "examples")
    clock, store = ManualClock(), open_store(folder / "feeds.db")
    poller = Poller(store, load(folder / "sources.yaml", {}), clock, "feeds/test")
    report = run_cycle(poller, store, clock.now)
    poller.stop()
    store.close()
    return folder, report


def items(folder: Path, output: str) -> list[dict[str, Any]]:
    return list(json.loads((folder / "output" / f"{output}.json").read_text(encoding="utf-8"))["items"])


def test_every_source_is_polled_without_failure(run: tuple[Path, CycleReport]) -> None:
    _, report = run
    assert len(report.polled) == 13
    assert not report.failed
    assert [polled.source for polled in report.polled if polled.skipped] == ["skell-radio"]


def test_the_agency_story_is_one_entry_that_names_the_other_sources(run: tuple[Path, CycleReport]) -> None:
    agency_entries = [
        entry for entry in items(run[0], "world") if entry["url"].endswith("/world/strait-ferry-harbours")
    ]
    (entry,) = agency_entries
    also_in = {mention["source"] for mention in entry["_feeds"]["also_in"]}
    assert {"Daily Harbour", "Northern Ledger"} <= also_in
    assert entry["content_html"].count("agreed on Wednesday to reopen") == 1


@pytest.mark.parametrize("word", ["Weather for", "Timber prices", "Chess by post", "Lottery"])
def test_reports_that_only_look_alike_are_not_merged(run: tuple[Path, CycleReport], word: str) -> None:
    source = json.dumps(
        [path.read_text("utf-8", "replace") for path in (run[0] / "examples/newsroom").iterdir()]
    )
    titles = [entry["title"] for entry in items(run[0], "front") if word.lower() in entry["title"].lower()]
    assert word.lower() in source.lower()
    assert len(titles) == len(set(titles)) >= 2


def test_promo_lines_and_tracking_parameters_are_removed(run: tuple[Path, CycleReport]) -> None:
    texts = [entry["content_html"] for entry in items(run[0], "front")]
    assert not [text for text in texts if "Google News" in text]
    assert not [text for text in texts if "utm_" in text]
