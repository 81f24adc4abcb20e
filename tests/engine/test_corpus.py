"""Every real document of the corpus is polled from a server and published."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import feedparser
import pytest

from feeds.config import load
from feeds.engine.cycle import run_cycle
from feeds.engine.poller import Poller
from feeds.store import open_store
from tests.loopback import Answer, Loopback, Request
from tests.newsroom import ManualClock
from tests.shared import CORPUS_DIR, corpus_documents, needs_corpus

pytestmark = pytest.mark.measured


@needs_corpus
@pytest.mark.parametrize(
    ("folder", "refused", "articles"),
    [
        # tests/parse has a table of what is refused and why. Most of feedparser's files show one element, and many
        # of those have no title, text, link or media, so nothing can be published.
        ("feed-rs", 4, 102),
        ("rss-parser", 1, 1369),
        ("feedparser", 29, 717),
    ],
)
def test_every_corpus_document_is_polled_and_published(
    folder: str, refused: int, articles: int, tmp_path: Path
) -> None:
    documents = [path for path in corpus_documents() if path.relative_to(CORPUS_DIR).parts[0] == folder]
    assert len(documents) > 25
    with Loopback() as server:
        lines = []
        for n, path in enumerate(documents):

            def answer(_request: Request, path: Path = path) -> Answer:
                return Answer(body=path.read_bytes(), headers=(("Content-Type", "application/xml"),))

            url = server.handle(f"/{n}", answer)
            lines.append(f"  - {{id: d{n}, url: '{url}', tags: [all], allow_private: true}}\n")
        (tmp_path / "sources.yaml").write_text(
            "limits: {host_interval: 0s}\nsources:\n"
            + "".join(lines)
            + "outputs: {everything: {title: Everything, limit: 10000}}\n",
            encoding="utf-8",
        )
        settings = load(tmp_path / "sources.yaml", {})
        store, clock = open_store(tmp_path / "feeds.db"), ManualClock()
        poller = Poller(store, settings, clock, "feeds/test")
        report = run_cycle(poller, store, clock.now)
        poller.stop()
        store.close()
    names = {f"d{n}": path.relative_to(CORPUS_DIR).as_posix() for n, path in enumerate(documents)}
    internal_errors = {
        names[polled.source]: polled.error for polled in report.failed if "internal error" in polled.error
    }
    assert not internal_errors
    assert len(report.failed) == refused, Counter(polled.error for polled in report.failed)
    left_out = [line for output in report.published for line in output.unrenderable]
    assert not left_out
    assert not [output.error for output in report.published if output.error]
    assert sum(polled.new for polled in report.polled) == articles
    output = tmp_path / "output"
    atom = feedparser.parse((output / "everything.atom").read_bytes())
    rss = feedparser.parse((output / "everything.rss").read_bytes())
    items = json.loads((output / "everything.json").read_text(encoding="utf-8"))["items"]
    assert not atom.bozo
    assert not rss.bozo
    assert len(atom.entries) == len(rss.entries) == len(items)
    assert len({entry.id for entry in atom.entries}) == len(atom.entries)
    merged = sum(polled.merged for polled in report.polled)
    assert len(atom.entries) == articles - merged
