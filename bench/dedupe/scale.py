"""How the cost grows with the window: `python -m bench.dedupe.scale [ARTICLES]` (default 100,000).

The labelled articles, over and over with other words each time round, one every two seconds, through the
product's own door: from normalized text to the committed join, one a poll, fifty in a transaction. Everything
stays in the window. Prints a line for every tenth of the way; the cost is also given as a ratio to that of a
loop of plain Python in the same minutes, because a core that others use as well is slower for both.

Of more than 100,000 articles the rest is not sent through the door but copied (see `bench.dedupe.multiply`),
and 5,000 more are then measured.
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
from bench.dedupe.predict import BATCH, RULES, enter
from feeds.ingest.articles import Intake
from feeds.model import Article, Text
from feeds.store import open_store
from feeds.store.bodies import pack, unpack
from feeds.store.near_index import SEGMENT
from feeds.store.recent_postings import Recent
from feeds.store.store import Store

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
AFTER = 5000
_WORD = re.compile(r"([^\W\d_]{4,})")


def changed(one: Article, turn: int, n: int) -> Article:
    """The article in words that no other turn has, as the `n`th to come."""
    ending = rf"\1{chr(97 + turn % 26)}{chr(97 + turn // 26)}"
    text = Text(_WORD.sub(ending, one.text))
    came = BEGIN + timedelta(seconds=2 * n)
    return replace(
        one,
        guid=f"{turn}:{one.guid}",
        canonical=f"{turn}.{one.canonical}" if one.canonical else "",
        title=Text(_WORD.sub(ending, one.title)),
        text=text,
        published=came,
        first_seen=came,
        content_hash=blake2b(text.encode(), digest_size=8).digest(),
    )


def arriving() -> Iterator[Article]:
    # Packed, because what is measured is the product's memory.
    kept = [pack(one) for name in FILES for row in gold(name) if (one := article(row))]
    random.Random(1).shuffle(kept)
    for n in range(1 << 40):
        yield changed(unpack(kept[n % len(kept)]), n // len(kept), n)


def yardstick() -> float:
    """CPU seconds of a loop of plain Python; about a millisecond."""
    began = time.process_time()
    words = [str(n * 7919 % 4099) for n in range(3000)]
    assert len(set(words)) == len({word: at for at, word in enumerate(words)})
    return time.process_time() - began


def measure(store: Store, came: Iterator[Article], count: int, before: int) -> None:
    """Send so many articles in, and print what they cost."""
    spent, cpu, yard, recent = list[float](), 0.0, 0.0, Recent()
    for _ in range(count // BATCH):
        batch = list(islice(came, BATCH))
        yard += yardstick()
        began = time.process_time()
        with store.write() as connection:
            intake = Intake(connection, RULES, recent)
            for one in batch:
                at = time.process_time()
                enter(intake, one)
                spent.append(time.process_time() - at)
        cpu += time.process_time() - began
    spent.sort()
    a_yard = yard / (count // BATCH)
    size = sum(path.stat().st_size for path in store.path.parent.iterdir())
    print(
        f"{before + count:8} articles: {count / cpu:4.0f} a CPU second; one: mean {cpu / count / a_yard:.2f}, "
        f"median {_at(spent, 50) / a_yard:.2f}, p99 {_at(spent, 99) / a_yard:.2f} yardsticks of "
        f"{a_yard * 1e3:.2f} ms = median {_at(spent, 50) * 1e3:.2f} ms, p99 {_at(spent, 99) * 1e3:.2f} ms; "
        f"{resident():.0f} MB memory, {size >> 20} MB state",
        flush=True,
    )


def _at(values: Sequence[float], percent: int) -> float:
    return values[len(values) * percent // 100]


def resident() -> float:
    """MB that the process has in memory now."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def main() -> None:
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else SEGMENT
    walked = min(wanted, SEGMENT - 10 * BATCH)  # so that they lie in one segment
    came = arriving()
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "feeds.db")
        next(came)
        gc.collect()
        gc.freeze()  # the labelled articles are not the product's
        print(f"{resident():.0f} MB memory before the first", flush=True)
        for before in range(0, walked, walked // 10):
            measure(store, came, walked // 10, before)
        if wanted > walked:
            # in a process of its own, so that the memory seen afterwards is the product's
            copying = [sys.executable, "-m", "bench.dedupe.multiply", str(store.path), str(wanted // SEGMENT)]
            subprocess.run(copying, check=True)
            measure(store, came, AFTER, wanted)
        store.close()


if __name__ == "__main__":
    main()
