"""`python -m bench.content_loss DIRECTORY [--show KIND]`: what of the content of real feeds comes out.

Reads every feed document of the directory (also gzip), normalizes each entry alone, and compares the body as html5lib
reads it, as a browser would, with the body that is published. Prints for each kind of element how many went in, how
many came out as themselves, as a link or a picture, or as text, and how many vanished; the words that vanished; the
documents that could not be read; the slowest document and the biggest worker. `--show KIND` prints each element (or
`words`) that vanished.

Needs html5lib: `pip install -r .ci/html5lib.txt`.
"""

from __future__ import annotations

import argparse
import gzip
import os
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from bench.content_outcomes import (
    KINDS,
    WORD,
    Element,
    Published,
    drawing_outcome,
    is_in_hidden_part,
    is_in_page,
    kinds_of,
    local_name,
    outcome_of,
    parse_body,
    published_of,
    visible_texts,
)
from feeds import codec
from feeds.errors import ParseError
from feeds.model import Document, Item
from feeds.normalize.article import to_articles
from feeds.parse import parse
from feeds.workers.parse_document import parse_document
from feeds.workers.parse_job import ParseJob

NOW = datetime(2026, 11, 30, tzinfo=UTC)
OUTCOMES = ("itself", "link", "text", "by purpose", "vanished")
_ENTRY = re.compile(rb"<(?:\w+:)?(?:item|entry)[\s>]")


@dataclass(slots=True)
class Report:
    """`outcomes`: (kind, outcome) → count. `examples`: kind → what vanished, with the entry it stood in."""

    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)
    feeds: int = 0
    stated: int = 0
    entries: int = 0
    words: int = 0
    lost_words: Counter[str] = field(default_factory=Counter)
    cost: list[tuple[float, int, str]] = field(default_factory=list)  # CPU seconds, KiB, document

    def count(self, kind: str, outcome: str, example: str) -> None:
        self.outcomes[kind, outcome] += 1
        if outcome in ("vanished", "by purpose"):
            self.examples.setdefault(kind, []).append(f"{outcome}: {example}")


def main() -> None:
    parser = argparse.ArgumentParser(description="What of the content of real feeds comes out.")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--show", metavar="KIND", action="append", default=[])
    options = parser.parse_args()
    report = Report()
    for path in sorted(options.directory.iterdir()):
        if path.suffix in (".gz", ".xml", ".json", ".rss", ".atom"):
            _measure(path, report)
    _print(report, options.show)


def _measure(path: Path, report: Report) -> None:
    body = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    url = f"https://feed.example/{path.name}"
    report.feeds += 1
    report.stated += len(_ENTRY.findall(body))
    report.cost.append((*_cost(body, url), path.name))
    try:
        document = parse(path.name, body, url=url)
    except ParseError as error:
        report.unread.append(f"{path.name}: {error}")
        return
    report.entries += len(to_articles(document, source=path.name, url=url, now=NOW)[0])
    for item in document.items:
        _compare(item, document, path.name, url, report)


def _cost(body: bytes, url: str) -> tuple[float, int]:
    """CPU seconds and peak memory (KiB) of a process that parses the document."""
    child = os.fork()
    if not child:
        try:
            parse_document(_job(body, url))
        finally:
            os._exit(0)
    _, _, usage = os.wait4(child, 0)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def _job(body: bytes, url: str) -> bytes:
    job = ParseJob(
        source_id="x", kind="feed", title="", extract=None, url=url, content_type="", body=body, now=NOW
    )
    return codec.dumps(job)


def _compare(item: Item, document: Document, name: str, url: str, report: Report) -> None:
    alone = replace(document, items=(item,))
    articles, skipped = to_articles(alone, source=name, url=url, now=NOW)
    label = f"{name} {item.guid[:60]}"
    if not articles:
        report.examples.setdefault("entry", []).append(f"{label}: {skipped}")
        return
    stated = item.content if item.content and item.content.value.strip() else item.summary
    if stated is None:
        return
    article = articles[0]
    base = stated.base or article.link or url
    published = published_of(article, base)
    if stated.type == "text":
        _compare_words(WORD.findall(stated.value.lower()), published, label, report)
        return
    tree = parse_body(stated)
    words = [word for text in visible_texts(tree) for word in WORD.findall(text.lower())]
    _compare_words(words, published, label, report)
    targets = {element.get("href")[1:] for element in tree.iter("a") if is_in_page(element)}
    parents = {child: parent for parent in tree.iter() for child in parent}
    for element in tree.iter():
        for kind in kinds_of(element, targets) if isinstance(element.tag, str) else ():
            outcome = outcome_of(kind, element, base, published)
            if outcome == "vanished" and is_in_hidden_part(element, parents):
                outcome = "by purpose"
            elif outcome == "vanished" and kind == "svg":
                outcome = drawing_outcome(element, parents, published)
            report.count(kind, outcome, f"{label}: {_describe(element)}")


def _compare_words(words: list[str], published: Published, label: str, report: Report) -> None:
    report.words += len(words)
    lost = Counter(words) - published.words
    if lost:
        report.lost_words.update(lost)
        report.examples.setdefault("words", []).append(
            f"{sum(lost.values()):5} {label}: {' '.join(lost.elements())[:300]}"
        )


def _describe(element: Element) -> str:
    attributes = " ".join(f'{name}="{str(value)[:100]}"' for name, value in list(element.attrib.items())[:6])
    text = " ".join("".join(element.itertext()).split())[:80]
    return f"<{local_name(element.tag)} {attributes}> {text}"


def _print(report: Report, shown: list[str]) -> None:
    print(
        f"feeds: {report.feeds}, read: {report.feeds - len(report.unread)}; "
        f"entries stated: {report.stated}, published: {report.entries}"
    )
    for line in report.unread:
        print("  not read:", line)
    print(f"{'element':16}{'in':>8}" + "".join(f"{outcome:>12}" for outcome in OUTCOMES))
    for kind in KINDS:
        counts = [report.outcomes[kind, outcome] for outcome in OUTCOMES]
        if sum(counts):
            print(f"{kind:16}{sum(counts):8}" + "".join(f"{count:12}" for count in counts))
    lost = sum(report.lost_words.values())
    print(f"words: {report.words}, not in the published text: {lost} ({lost / max(report.words, 1):.3%})")
    slowest, biggest = max(report.cost), max(report.cost, key=lambda cost: cost[1])
    print(f"slowest document: {slowest[0]:.2f} CPU seconds ({slowest[2]})")
    print(f"biggest worker: {biggest[1] / 1024:.0f} MiB ({biggest[2]})")
    for kind in shown:
        print(f"\n{kind}:")
        for example in report.examples.get(kind, []):
            print("  ", example)


if __name__ == "__main__":
    main()
