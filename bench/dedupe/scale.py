"""How the cost grows with the window: `python -m bench.dedupe.scale [ARTICLES]` (default 100,000).

The labelled articles, over and over with other words each time round, one every two seconds, through the
product's own door: from normalized text to the committed join, fifty in a transaction. Everything stays in the
window. Prints a line every tenth of the way.
"""

from __future__ import annotations

import random
import re
import resource
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path

from bench.dedupe.data import FILES, article, gold
from bench.dedupe.predict import BATCH, enter
from feeds.model import Article, Text
from feeds.store import open_store

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
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


def main() -> None:
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    came = [one for name in FILES for row in gold(name) if (one := article(row))]
    random.Random(1).shuffle(came)
    with tempfile.TemporaryDirectory() as folder:
        store, spent, cpu = open_store(Path(folder) / "feeds.db"), list[float](), 0.0
        for begin in range(0, wanted, BATCH):
            batch = [changed(came[n % len(came)], n // len(came), n) for n in range(begin, begin + BATCH)]
            began = time.process_time()
            with store.write() as connection:
                for one in batch:
                    at = time.perf_counter()
                    enter(connection, one)
                    spent.append(time.perf_counter() - at)
            cpu += time.process_time() - began
            if (begin + BATCH) % (wanted // 10) == 0:
                spent.sort()
                size = sum(path.stat().st_size for path in Path(folder).iterdir())
                print(
                    f"{begin + BATCH:8} articles: {len(spent) / cpu:5.0f} a CPU second, median "
                    f"{spent[len(spent) // 2] * 1e3:.2f} ms, p99 {spent[len(spent) * 99 // 100] * 1e3:.2f} ms, "
                    f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MB memory, {size >> 20} MB state",
                    flush=True,
                )
                spent, cpu = [], 0.0
        store.close()


if __name__ == "__main__":
    main()
