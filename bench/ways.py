"""`python -m bench.ways`: which way the documents go, of the corpus and of the side-by-side benchmark.

fast: read through lxml, and the same, field by field, as feedparser reads it (asserted here, item by item).
delta: can be taken apart, so that the next time only its new entries are read. whole: each time, through feedparser.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

from feeds.model import Item
from feeds.parse import fast, feed
from feeds.parse.delta import split_document
from feeds.parse.encoding import repair_encoding
from feeds.parse.reference import reader

URL = "https://bench.example/feed.xml"
CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"


def main() -> None:
    folders = [Path(one) for one in sys.argv[1:]] or sorted(one for one in CORPUS.glob("*") if one.is_dir())
    if not folders:
        print("ways: skipped, ../shared/corpus is not there")
        return
    print(
        f"{'documents of':<16} {'all':>6} {'fast':>6} {'delta':>6} {'entries':>8} {'fields':>8} {'unlike':>6}"
    )
    for folder in folders:
        ways = count(path.read_bytes() for path in sorted(folder.rglob("*")) if is_document(path))
        facts = [ways[name] for name in ("all", "fast", "delta", "entries", "fields", "unlike")]
        print(
            f"{folder.name:<16} {facts[0]:6} {facts[1]:6} {facts[2]:6} {facts[3]:8} {facts[4]:8} {facts[5]:6}"
        )


def is_document(path: Path) -> bool:
    return path.is_file() and path.name != "README.md" and not path.name.endswith(".serde.json")


def count(documents: Iterable[bytes]) -> Counter[str]:
    """`entries` and `fields`: those that both ways read, and of which `unlike` differ."""
    ways: Counter[str] = Counter()
    for raw in documents:
        ways["all"] += 1
        body, kind = repair_encoding(raw, "application/xml")
        ways["delta"] += split_document(body, url=URL, content_type=kind) is not None
        quick = fast.read(body, kind, URL)
        if quick is None:
            continue
        ways["fast"] += 1
        mine, theirs = (feed._items(one)[0] for one in (quick, reader.read(body, kind, URL)))
        ways["entries"] += len(theirs)
        ways["unlike"] += abs(len(mine) - len(theirs))
        for one, other in zip(mine, theirs, strict=False):
            for field in fields(Item):
                ways["fields"] += 1
                ways["unlike"] += getattr(one, field.name) != getattr(other, field.name)
    return ways


if __name__ == "__main__":
    main()
