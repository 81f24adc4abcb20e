"""`make bench`: what each stage costs, as a ratio to plain feedparser on the same documents.

Seconds differ from machine to machine and from hour to hour; what one stage costs in units of another hardly.
The deduplication's quality has its own report: `python -m bench.dedupe.report`.
"""

from __future__ import annotations

import io
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import feedparser

from feeds.config import load
from feeds.publish import render
from feeds.run.cycle import cycle
from feeds.run.press import Desk, compose, feeds_of, front
from feeds.run.reading import job_for, read
from feeds.run.shard import Shard
from feeds.store import Store, open_store, sources

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 5
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class _Clock:
    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return time.monotonic()


def cpu(work: Callable[[], object]) -> float:
    """Median CPU seconds of this process over some rounds, after one that warms up."""
    work()
    spent = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        spent.append(time.process_time() - begun)
    return median(spent)


def main() -> None:
    settings = load(ROOT / "sources.yaml", {})
    documents = [(one, (ROOT / one.url).read_bytes()) for one in settings.sources]
    jobs = [
        job_for(one, url=one.url, content_type="", body=body, now=NOW)
        for one, body in documents
        if one.kind == "feed"
    ]
    plain = cpu(lambda: [feedparser.parse(io.BytesIO(body)) for _, body in documents])
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "feeds.db")
        shard = Shard(store, settings, _Clock(), "feeds/bench")
        report = cycle(shard, store, _Clock().now)
        rows = {
            "read: parse, normalize, keys": cpu(lambda: [read(job) for job in jobs]),
            "unchanged: ask 13 files, commit": cpu(
                lambda: cycle(shard, store, _Clock().now, everything=True)
            ),
            "compose the editions": cpu(lambda: _compose(shard, store)),
        }
        shard.stop()
        store.close()
    articles = sum(one.new for one in report.polled)
    print(
        f"{len(documents)} documents, {articles} articles; plain feedparser = 1.00 ({plain * 1e3:.0f} ms CPU)"
    )
    for name, spent in rows.items():
        print(f"  {spent / plain:5.2f}  {name}")


def _compose(shard: Shard, store: Store) -> None:
    with store.read() as connection:
        feeds = feeds_of(sources.states(connection))
        for output in shard.settings.outputs:
            desk = Desk(output, shard.settings, shard.sources, feeds, NOW)
            edition = compose(connection, desk, front(connection, desk), NOW, "")
            for form in output.formats:
                render(edition, form)


if __name__ == "__main__":
    main()
