"""`make bench`: what each stage costs, as a ratio to plain feedparser on the same documents.

Seconds differ from machine to machine and from hour to hour; what one stage costs in units of another hardly.
The deduplication's quality has its own report: `python -m bench.dedupe.report`.
"""

from __future__ import annotations

import io
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import feedparser

from feeds import codec
from feeds.config import load
from feeds.parse import fast, reader
from feeds.parse.delta import SIZE, cut
from feeds.parse.door import mend
from feeds.publish import render
from feeds.run.cycle import cycle
from feeds.run.entries import unpack
from feeds.run.job import Job, Reading, job_for
from feeds.run.press import Desk, compose, feeds_of, front
from feeds.run.reading import read
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
    known = [_remembered(job) for job in jobs]
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "feeds.db")
        shard = Shard(store, settings, _Clock(), "feeds/bench")
        report = cycle(shard, store, _Clock().now)
        rows = {
            "parse, through feedparser": cpu(lambda: [_parse(job, reader.read) for job in jobs]),
            "parse, through lxml where it can": cpu(lambda: [_parse(job, fast.read) for job in jobs]),
            "read: parse, normalize, keys": cpu(lambda: [read(job) for job in jobs]),
            "read one new entry of each": cpu(lambda: [read(job) for job in known]),
            "find that nothing is new": cpu(lambda: [_cut(job) for job in known]),
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


def _parse(job: bytes, way: Callable[[bytes, str, str], reader.Reading | None]) -> reader.Reading:
    said = codec.loads(Job, job)
    body, kind = mend(said.body, said.content_type)
    return way(body, kind, said.url) or reader.read(body, kind, said.url)


def _remembered(job: bytes) -> bytes:
    """The same job, with all entries known but the first; nothing is remembered of what is read whole anyway."""
    entries = codec.loads(Reading, read(job)).entries
    return codec.dumps(replace(codec.loads(Job, job), known=entries[:SIZE] + entries[5 * SIZE :]))


def _cut(job: bytes) -> bool:
    said = codec.loads(Job, job)
    pieces = cut(said.body, url=said.url, content_type=said.content_type)
    return pieces is not None and unpack(said.known).hold(pieces)


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
