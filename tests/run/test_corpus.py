"""Every real document goes the whole road, from a server to what a reader sees."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import feedparser
import pytest

from feeds.config import load
from feeds.run.cycle import cycle
from feeds.run.shard import Shard
from feeds.store import open_store
from tests.loopback import Answer, Loopback, Request
from tests.run.newsroom import HandClock
from tests.shared import CORPUS, corpus_documents, needs_corpus


@needs_corpus
@pytest.mark.parametrize("folder", ["feed-rs", "rss-parser", "feedparser"])
def test_every_document_of_the_corpus_goes_the_whole_road(folder: str, tmp_path: Path) -> None:
    documents = [path for path in corpus_documents() if path.relative_to(CORPUS).parts[0] == folder]
    assert len(documents) > 25
    with Loopback() as server:
        lines = []
        for n, path in enumerate(documents):

            def answer(_request: Request, path: Path = path) -> Answer:
                return Answer(body=path.read_bytes(), headers=(("Content-Type", "application/xml"),))

            lines.append(f"  - {{id: d{n}, url: '{server.handle(f'/{n}', answer)}', tags: [all]}}\n")
        (tmp_path / "sources.yaml").write_text(
            "defaults: {allow_private: true}\nsources:\n"
            + "".join(lines)
            + "outputs: {everything: {title: Everything, limit: 10000}}\n",
            encoding="utf-8",
        )
        settings = load(tmp_path / "sources.yaml", {})
        store, clock = open_store(tmp_path / "feeds.db"), HandClock()
        shard = Shard(store, settings, clock, "feeds/test")
        report = cycle(shard, store, clock.now)
        shard.stop()
        store.close()
    names = {f"d{n}": path.relative_to(CORPUS).as_posix() for n, path in enumerate(documents)}
    failures = Counter(one.error.split(":")[0] for one in report.failed)
    ours = {names[one.source]: one.error for one in report.failed if "error of ours" in one.error}
    assert not ours
    expected = {"feed-rs": 1, "rss-parser": 0, "feedparser": 36}  # as counted, and said why, in tests/parse
    assert sum(failures.values()) <= expected[folder], failures
    left_out = [line for one in report.published for line in one.left_out]
    assert not left_out
    assert not [one.error for one in report.published if one.error]
    articles = sum(one.new for one in report.polled)
    assert articles > len(documents) * 0.8
    output = tmp_path / "output"
    atom = feedparser.parse((output / "everything.atom").read_bytes())
    rss = feedparser.parse((output / "everything.rss").read_bytes())
    items = json.loads((output / "everything.json").read_text(encoding="utf-8"))["items"]
    assert not atom.bozo
    assert not rss.bozo
    assert len(atom.entries) == len(rss.entries) == len(items)
    assert len({entry.id for entry in atom.entries}) == len(atom.entries)
    merged = sum(one.merged for one in report.polled)
    assert len(atom.entries) == articles - merged
