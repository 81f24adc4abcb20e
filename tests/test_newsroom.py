"""The bundled newsroom, as `make run` shows it to everybody who tries this for the first time."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from feeds.config import load
from feeds.engine.cycle import Report, cycle
from feeds.engine.poller import Shard
from feeds.store import open_store
from tests.newsroom import HandClock

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Report]:
    folder = tmp_path_factory.mktemp("newsroom")
    shutil.copy(ROOT / "sources.yaml", folder)
    shutil.copytree(ROOT / "examples", folder / "examples")
    clock, store = HandClock(), open_store(folder / "feeds.db")
    shard = Shard(store, load(folder / "sources.yaml", {}), clock, "feeds/test")
    report = cycle(shard, store, clock.now)
    shard.stop()
    store.close()
    return folder, report


def items(folder: Path, output: str) -> list[dict[str, Any]]:
    return list(json.loads((folder / "output" / f"{output}.json").read_text(encoding="utf-8"))["items"])


def test_every_source_is_read_the_broken_ones_too(run: tuple[Path, Report]) -> None:
    _, report = run
    assert len(report.polled) == 13
    assert not report.failed
    assert [one.source for one in report.polled if one.skipped] == ["skell-radio"]


def test_the_agency_story_is_one_entry_that_says_who_else_has_it(run: tuple[Path, Report]) -> None:
    accord = [
        entry for entry in items(run[0], "world") if entry["url"].endswith("/world/strait-ferry-harbours")
    ]
    (entry,) = accord
    also = {one["source"] for one in entry["_feeds"]["also_in"]}
    assert {"Daily Harbour", "Northern Ledger"} <= also
    assert entry["content_html"].count("agreed on Wednesday to reopen") == 1


@pytest.mark.parametrize("word", ["Weather for", "Timber prices", "Chess by post", "Lottery"])
def test_what_only_looks_alike_stays_apart(run: tuple[Path, Report], word: str) -> None:
    source = json.dumps(
        [path.read_text("utf-8", "replace") for path in (run[0] / "examples/newsroom").iterdir()]
    )
    titles = [entry["title"] for entry in items(run[0], "front") if word.lower() in entry["title"].lower()]
    assert word.lower() in source.lower()
    assert len(titles) == len(set(titles)) >= 2


def test_no_invitation_is_left(run: tuple[Path, Report]) -> None:
    texts = [entry["content_html"] for entry in items(run[0], "front")]
    assert not [text for text in texts if "Google News" in text]
    assert not [text for text in texts if "utm_" in text]
