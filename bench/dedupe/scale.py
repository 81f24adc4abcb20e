"""Measures how the cost of an article grows with the window: `python -m bench.dedupe.scale [ARTICLES]`.

Ingests the labelled articles (100,000 by default) one per poll, fifty per transaction, from normalized text to the
committed decision. They are repeated with other words each round, and dated two seconds apart, so that all stay in the
window. Prints a line for every tenth of the articles. Costs are also given relative to a loop of plain Python that runs
in between, because other programs on the machine slow down both.

Beyond 100,000 articles, the rest is copied (see `bench.dedupe.multiply`), and 5,000 more are measured.
"""

from __future__ import annotations

import gc
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from itertools import islice
from pathlib import Path

from bench.dedupe.data import FILES, article, gold
from bench.dedupe.predict import BATCH_ARTICLES, RULES, enter
from feeds.ingest.articles import DocumentIngest
from feeds.model import Article, Text
from feeds.store import open_store
from feeds.store.bodies import pack, unpack
from feeds.store.near_index import SEGMENT_ARTICLES
from feeds.store.recent_postings import RecentPostings
from feeds.store.store import Store

FIRST_DATE = datetime(2026, 1, 1, tzinfo=UTC)
MEASURED_AFTER_COPY = 5000  # articles
_WORD = re.compile(r"([^\W\d_]{4,})")


def variant(original: Article, turn: int, n: int) -> Article:
    """The article with words that no other round has. `turn`: number of the round; `n`: number of the article."""
    ending = rf"\1{chr(97 + turn % 26)}{chr(97 + turn // 26)}"
    text = Text(_WORD.sub(ending, original.text))
    date = FIRST_DATE + timedelta(seconds=2 * n)
    return replace(
        original,
        guid=f"{turn}:{original.guid}",
        canonical=f"{turn}.{original.canonical}" if original.canonical else "",
        title=Text(_WORD.sub(ending, original.title)),
        text=text,
        published=date,
        first_seen=date,
        content_hash=blake2b(text.encode(), digest_size=8).digest(),
    )


def endless_articles() -> Iterator[Article]:
    # Packed, so that they take little of the memory that is measured.
    packed = [pack(original) for name in FILES for row in gold(name) if (original := article(row))]
    random.Random(1).shuffle(packed)
    for n in range(1 << 40):
        yield variant(unpack(packed[n % len(packed)]), n // len(packed), n)


def yardstick() -> float:
    """CPU seconds of a loop of plain Python: about a millisecond."""
    began = time.process_time()
    words = [str(n * 7919 % 4099) for n in range(3000)]
    assert len(set(words)) == len({word: at for at, word in enumerate(words)})
    return time.process_time() - began


def measure(store: Store, arriving: Iterator[Article], count: int, before: int) -> None:
    """Ingest `count` articles and print their cost. `before`: how many there are already."""
    spent, cpu, yard, recent = list[float](), 0.0, 0.0, RecentPostings()
    for _ in range(count // BATCH_ARTICLES):
        batch = list(islice(arriving, BATCH_ARTICLES))
        yard += yardstick()
        began = time.process_time()
        with store.write() as connection:
            ingest = DocumentIngest(connection, RULES, recent)
            for article_ in batch:
                at = time.process_time()
                enter(ingest, article_)
                spent.append(time.process_time() - at)
        cpu += time.process_time() - began
    spent.sort()
    a_yard = yard / (count // BATCH_ARTICLES)
    size = sum(path.stat().st_size for path in store.path.parent.iterdir())
    print(
        f"{before + count:8} articles: {count / cpu:4.0f} per CPU second; each: mean {cpu / count / a_yard:.2f}, "
        f"median {_at(spent, 50) / a_yard:.2f}, p99 {_at(spent, 99) / a_yard:.2f} yardsticks of "
        f"{a_yard * 1e3:.2f} ms = median {_at(spent, 50) * 1e3:.2f} ms, p99 {_at(spent, 99) * 1e3:.2f} ms; "
        f"{resident():.0f} MB memory, {size >> 20} MB state",
        flush=True,
    )


def _at(values: Sequence[float], percent: int) -> float:
    return values[len(values) * percent // 100]


def resident() -> float:
    """Resident memory of the process in MB; 0 if unknown."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def main() -> None:
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else SEGMENT_ARTICLES
    ingested = min(wanted, SEGMENT_ARTICLES - 10 * BATCH_ARTICLES)  # so that they fit in one segment
    arriving = endless_articles()
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "feeds.db")
        next(arriving)
        gc.collect()
        gc.freeze()  # keeps the labelled articles out of garbage collection
        print(f"{resident():.0f} MB memory before the first", flush=True)
        for before in range(0, ingested, ingested // 10):
            measure(store, arriving, ingested // 10, before)
        if wanted > ingested:
            # in a separate process, so that it does not count as memory of the product
            times = str(wanted // SEGMENT_ARTICLES)
            multiply = [sys.executable, "-m", "bench.dedupe.multiply", str(store.path), times]
            subprocess.run(multiply, check=True)
            measure(store, arriving, MEASURED_AFTER_COPY, wanted)
        store.close()


if __name__ == "__main__":
    main()
