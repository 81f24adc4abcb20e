"""Round trip of the corpus: are the values of each document still in the feeds that we publish?

`python -m tests.render.lossless [N]`: every (Nth) document; prints a table of lost values.

A document is parsed, normalized and rendered. Atom and RSS are then parsed by the same code, JSON Feed as JSON, and
each field of each article is compared. `xml_values` and `json_values` list the intended changes of each format. Every
other field must have its old value.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from feeds.dedupe.identity import match_known
from feeds.errors import ParseError
from feeds.model import Edition, Entry, Format, Source
from feeds.normalize.article import to_articles
from feeds.parse import parse
from feeds.render import render
from feeds.render.clean_for_publication import clean_for_publication
from feeds.render.edition import source_origin
from tests.render.invented_edition import FORMATS, NOW, edition_with, entry_of
from tests.render.round_trip import xml_values
from tests.render.round_trip_json import json_values
from tests.shared import corpus_documents

URL = "https://source.example/feed"


@dataclass
class Losses:
    documents: int = 0
    unread: int = 0
    entries: int = 0
    whole: Counter[Format] = field(default_factory=Counter)
    lost: dict[tuple[Format, str], list[str]] = field(default_factory=dict)  # (format, field): examples

    def note(self, form: Format, name: str, example: str) -> None:
        self.lost.setdefault((form, name), []).append(example)


def edition_of(path: Path) -> Edition | None:
    """An output whose only source is this document; None if it is not a feed."""
    try:
        document = parse("corpus", path.read_bytes(), content_type="application/xml", url=URL)
    except ParseError:
        return None
    articles, _ = to_articles(document, source="corpus", url=URL, now=NOW)
    matches = match_known(articles, {})  # all are new
    home = source_origin(Source(id="corpus", url=URL), document.feed)
    entries = {entry.id: entry for match in matches for entry in [entry_of(match.article, home)]}
    return edition_with(entries.values())


def read_back(edition: Edition, form: Format) -> dict[str, Any]:
    """Entry id → (item, article) parsed from our bytes; for JSON Feed the item."""
    rendered = render(edition, form)
    assert not rendered.skipped_entries, rendered.skipped_entries
    if form == "json":
        return {item["id"]: item for item in json.loads(rendered.data)["items"]}
    document = parse("ours", rendered.data, content_type=f"application/{form}+xml", url=edition.url(form))
    articles, skipped = to_articles(document, source="corpus", url=edition.url(form), now=NOW)
    assert not skipped, skipped
    items = {item.guid: item for item in document.items}
    return {article.guid: (items[article.guid], article) for article in articles}


def differences(entry: Entry, back: Any, form: Format) -> Iterator[tuple[str, str]]:
    """(field, "old value → new value") of each difference."""
    expected, actual = (
        json_values(entry, back) if form == "json" else xml_values(entry, back[0], back[1], form)
    )
    for name, value in expected.items():
        if actual.get(name) != value:
            yield from _inside(name, value, actual.get(name))


def _inside(name: str, expected: Any, actual: Any) -> Iterator[tuple[str, str]]:
    """For two dataclasses of one type, the fields that differ."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        for key in expected.keys() | actual.keys():
            if expected.get(key) != actual.get(key):
                yield from _inside(name, expected.get(key), actual.get(key))
        return
    if hasattr(expected, "__dataclass_fields__") and type(expected) is type(actual):
        for part in fields(expected):
            old, new = getattr(expected, part.name), getattr(actual, part.name)
            if old != new:
                yield from _inside(f"{name}.{part.name}", old, new)
    else:
        yield name, f"{expected!r} → {actual!r}"


def examine(paths: Iterable[Path], forms: tuple[Format, ...] = FORMATS) -> Losses:
    losses = Losses()
    for path in paths:
        losses.documents += 1
        edition = edition_of(path)
        if edition is None:
            losses.unread += 1
            continue
        losses.entries += len(edition.entries)
        name = "/".join(path.parts[-2:])
        for form in forms:
            back = read_back(edition, form)
            for cleaned in map(clean_for_publication, edition.entries):
                if cleaned.id not in back:
                    losses.note(form, "entry", f"{name}: {cleaned.id}")
                    continue
                lost = list(differences(cleaned, back[cleaned.id], form))
                for which, what in lost:
                    losses.note(form, which, f"{name}: {what}")
                losses.whole[form] += not lost
    return losses


def main() -> None:
    from tests.render.corpus_values import survey  # it imports this module

    step = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    paths = list(corpus_documents())[::step]
    losses = examine(paths)
    read = losses.documents - losses.unread
    print(f"{losses.documents} documents, {read} of them feeds, with {losses.entries} entries")
    for form in FORMATS:
        print(f"{form:5} {losses.whole[form]} of {losses.entries} entries come back whole")
    for (form, name), examples in sorted(losses.lost.items()):
        print(f"{form:5} {name}: {len(examples)}, such as {examples[0][:400]}")
    stated, published, missed = survey(paths)
    print("values of items that are not in our Atom:")
    for name in sorted(missed, key=lambda name: published[name] - stated[name]):
        print(f"{stated[name] - published[name]:5} of {stated[name]:4} {name}, such as {missed[name]}")


if __name__ == "__main__":
    main()
