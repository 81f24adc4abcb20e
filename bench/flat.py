"""`python -m bench.flat [CYCLES]`: the memory of one process over many cycles (1,000), as in a daemon.

Polls a hundred loopback sources. Before each cycle every document is generated anew with the same entries, so that each
poll fetches it, splits it, compares its entries with those seen before, and commits. Every tenth cycle has some news.
"""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.side_by_side import can_measure, find_peers, link_harness, make_corpus, run_server
from feeds.config import load
from feeds.engine.cycle import run_cycle
from feeds.engine.poller import Poller
from feeds.store import open_store

SOURCES, ENTRIES, REPORTS = 100, 10, 10


class _Clock:
    """Its owner advances it by half an hour per cycle."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return time.monotonic()


def main() -> None:
    cycles = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    environ, _ = find_peers()
    if not can_measure(environ):
        return
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory(prefix="flat-") as name:
        folder = Path(name)
        link_harness(folder)
        corpus = make_corpus(folder, SOURCES, ENTRIES)
        run_server(folder, "reset", corpus)
        run_server(folder, "start", corpus)
        try:
            urls = (corpus / "urls.txt").read_text().split()
            config = folder / "sources.yaml"
            lines = "".join(f'  - {{url: "{url}", allow_private: true}}\n' for url in urls)
            config.write_text(f"site: {{state: {folder}/feeds.db, output: {folder}/out}}\nsources:\n{lines}")
            _measure(config, corpus, cycles)
        finally:
            run_server(folder, "stop", corpus)


def _measure(config: Path, corpus: Path, cycles: int) -> None:
    settings = load(config, {})
    store, clock = open_store(settings.site.state), _Clock()
    poller = Poller(store, settings, clock, "feeds/bench")
    print(f"{'cycles':>7} {'MB':>6} {'CPU ms a poll':>14}")
    reported_at = time.process_time()
    for number in range(1, cycles + 1):
        run_cycle(poller, store, clock.now, ignore_due_times=True)
        clock.moment += timedelta(minutes=30)
        folders = ("www1", "www2", "www0") if number % 10 == 0 else ("www2", "www0")
        _serve(corpus, folders[number % len(folders)])
        if number % max(1, cycles // REPORTS) == 0 or number == 1:
            now = time.process_time()
            polls = SOURCES * (1 if number == 1 else max(1, cycles // REPORTS))
            print(f"{number:7} {_resident():6.0f} {(now - reported_at) / polls * 1e3:14.2f}", flush=True)
            reported_at = now
    poller.stop()
    store.close()


def _serve(corpus: Path, folder: str) -> None:
    """Makes the server serve another version of all documents."""
    link = corpus / "www.next"
    link.symlink_to(folder)
    link.replace(corpus / "www")


def _resident() -> float:
    """The resident memory of this process in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 2**20


if __name__ == "__main__":
    main()
