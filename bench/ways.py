"""`python -m bench.ways [FOLDER...]`: counts how the documents of the corpus, or of other folders, can be parsed.

fast: read through lxml; `unlike` counts the fields in which the result differs from feedparser's.
delta: can be split into entries, so that only the new entries are parsed the next time.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

from feeds.model import Item
from feeds.parse import feed
from feeds.parse.delta import split_document
from feeds.parse.encoding import repair_encoding
from feeds.parse.fast import reader as fast_reader
from feeds.parse.reference import reader

URL = "https://bench.example/feed.xml"
CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"


def main() -> None:
    folders = [Path(name) for name in sys.argv[1:]] or sorted(
        folder for folder in CORPUS.glob("*") if folder.is_dir()
    )
    if not folders:
        print("ways: skipped, there is no ../shared/corpus")
        return
    print(
        f"{'documents of':<16} {'all':>6} {'fast':>6} {'delta':>6} {'entries':>8} {'fields':>8} {'unlike':>6}"
    )
    for folder in folders:
        counts = count(path.read_bytes() for path in sorted(folder.rglob("*")) if is_document(path))
        print(
            f"{folder.name:<16} {counts['all']:6} {counts['fast']:6} {counts['delta']:6} "
            f"{counts['entries']:8} {counts['fields']:8} {counts['unlike']:6}"
        )


def is_document(path: Path) -> bool:
    return path.is_file() and path.name != "README.md" and not path.name.endswith(".serde.json")


def count(documents: Iterable[bytes]) -> Counter[str]:
    """`entries` and `fields` are those of documents that both lxml and feedparser read; `unlike` of them differ."""
    counts: Counter[str] = Counter()
    for raw in documents:
        counts["all"] += 1
        body = repair_encoding(raw, "application/xml")
        counts["delta"] += split_document(body, url=URL) is not None
        fast_document = fast_reader.parse(body)
        if fast_document is None:
            continue
        counts["fast"] += 1
        items, expected = (feed._items(document)[0] for document in (fast_document, reader.parse(body)))
        counts["entries"] += len(expected)
        counts["unlike"] += abs(len(items) - len(expected))
        for item, other in zip(items, expected, strict=False):
            for field in fields(Item):
                counts["fields"] += 1
                counts["unlike"] += getattr(item, field.name) != getattr(other, field.name)
    return counts


if __name__ == "__main__":
    main()
