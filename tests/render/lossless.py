"""What of each document of the corpus survives in what we publish: our own bytes, read back.

`python -m tests.render.lossless [N]`: every (Nth) document, a table of what was lost and where.

A document is read, normalized and rendered; Atom and RSS are read again by the same road, JSON Feed as JSON,
and each field of each article is compared with what came back. `as_told` says, format by format, what a field
can come back as: whatever is not written there has to come back as it was.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from feeds.errors import ParseError
from feeds.model import Article, Edition, Entry, Format, Source, Text
from feeds.normalize.article import to_articles
from feeds.parse import parse
from feeds.publish.ledger import enter
from feeds.render import render
from feeds.render.clean_for_publication import clean_for_publication
from feeds.render.edition import entry, source_origin
from feeds.render.entry_ids import entry_id
from tests.render.round_trip import as_told
from tests.render.round_trip_json import json_told
from tests.shared import corpus_documents

NOW = datetime(2027, 1, 1, tzinfo=UTC)
URL = "https://source.example/feed"
SITE = "https://feeds.example/"
FORMATS: tuple[Format, ...] = ("atom", "rss", "json")


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
    """The document as the one source of an output; None where it is no feed."""
    try:
        document = parse("corpus", path.read_bytes(), content_type="application/xml", url=URL)
    except ParseError:
        return None
    articles, _ = to_articles(document, source="corpus", url=URL, now=NOW)
    home = source_origin(Source(id="corpus", url=URL), document.feed)
    entries = {one.id: one for article in articles for one in [_entry(article, home)]}
    return Edition(
        name="all",
        title=Text("All"),
        id="urn:uuid:2d1f0c4e-55a5-5c3a-8a52-8f0f4a2f3c10",
        base_url=SITE,
        updated=max((one.updated for one in entries.values()), default=NOW),
        entries=tuple(entries.values()),
        formats=FORMATS,
    )


def _entry(article: Article, home: Any) -> Entry:
    row = enter(
        output="all",
        entry=entry_id(article),
        story="s",
        first=article,
        lead=article,
        lead_n=1,
        rank=article.date,
        now=NOW,
    )
    return entry(row, article, (), {"corpus": home}, first_source="corpus")


def read_back(edition: Edition, form: Format) -> dict[str, Any]:
    """What a reader makes of our bytes, by entry id: articles; for JSON Feed the items."""
    rendered = render(edition, form)
    assert not rendered.left_out, rendered.left_out
    if form == "json":
        return {item["id"]: item for item in json.loads(rendered.data)["items"]}
    document = parse("ours", rendered.data, content_type=f"application/{form}+xml", url=edition.url(form))
    articles, skipped = to_articles(document, source="corpus", url=edition.url(form), now=NOW)
    assert not skipped, skipped
    items = {one.guid: one for one in document.items}
    return {one.guid: (items[one.guid], one) for one in articles}


def differences(one: Entry, back: Any, form: Format) -> Iterator[tuple[str, str]]:
    """(field, what went in and what came back)"""
    told, heard = json_told(one, back) if form == "json" else as_told(one, back[0], back[1], form)
    for name, value in told.items():
        if heard.get(name) != value:
            yield from _inside(name, value, heard.get(name))


def _inside(name: str, told: Any, heard: Any) -> Iterator[tuple[str, str]]:
    """Of dataclasses, the very field."""
    if isinstance(told, dict) and isinstance(heard, dict):
        for key in told.keys() | heard.keys():
            if told.get(key) != heard.get(key):
                yield from _inside(name, told.get(key), heard.get(key))
        return
    if hasattr(told, "__dataclass_fields__") and type(told) is type(heard):
        for part in fields(told):
            old, new = getattr(told, part.name), getattr(heard, part.name)
            if old != new:
                yield from _inside(f"{name}.{part.name}", old, new)
    else:
        yield name, f"{told!r} → {heard!r}"


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
            for one in map(clean_for_publication, edition.entries):
                if one.id not in back:
                    losses.note(form, "entry", f"{name}: {one.id}")
                    continue
                found = list(differences(one, back[one.id], form))
                for which, what in found:
                    losses.note(form, which, f"{name}: {what}")
                losses.whole[form] += not found
    return losses


def main() -> None:
    from tests.render.corpus_values import survey  # which reads editions with us

    step = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    paths = list(corpus_documents())[::step]
    losses = examine(paths)
    read = losses.documents - losses.unread
    print(f"{losses.documents} documents, {read} of them feeds, with {losses.entries} entries")
    for form in FORMATS:
        print(f"{form:5} {losses.whole[form]} of {losses.entries} entries come back whole")
    for (form, name), examples in sorted(losses.lost.items()):
        print(f"{form:5} {name}: {len(examples)}, such as {examples[0][:400]}")
    stated, kept, missed = survey(paths)
    print("values that stand in an item, and not in our Atom:")
    for name in sorted(missed, key=lambda one: kept[one] - stated[one]):
        print(f"{stated[name] - kept[name]:5} of {stated[name]:4} {name}, such as {missed[name]}")


if __name__ == "__main__":
    main()
