"""Chooses the items of a document that are read: all but those that cost too much before, see `costly_items`."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from feeds import codec
from feeds.errors import ParseError, TooCostly
from feeds.model import Document, Item
from feeds.normalize.article import item_label
from feeds.parse import parse
from feeds.parse.delta import SplitDocument, split_document
from feeds.parse.encoding import UTF8_CONTENT_TYPE, repair_encoding
from feeds.workers.document_entries import DocumentEntries, digest_of, find_entries, label_of
from feeds.workers.parse_job import ParseJob
from feeds.workers.progress import BeginItem
from feeds.workers.seen_entries import SeenEntries

COST_BEFORE = "reading it cost too much time or memory before (limits.parse_timeout, limits.parse_memory)"
COSTS_MUCH = "reading it takes a large part of limits.parse_timeout"
EXCEEDS_A_LIMIT = "reading it exceeds a limit"


@dataclass(slots=True, kw_only=True)
class ChosenItems:
    """A document without the items that are left out, and what is known of it."""

    body: bytes
    content_type: str
    split: SplitDocument | None = None
    digests: Sequence[bytes] = ()  # of the entries, if the ends of all entries are certain
    labels: Sequence[str] = ()
    problems: Mapping[bytes, str]  # digest → why it is left out, of all that are known to be costly
    max_items: int = 0
    is_cut: bool = False  # some items are left for the next poll
    notes: list[str] = field(default_factory=list)

    @property
    def costly(self) -> tuple[bytes, ...]:
        """To be remembered: `seen_entries.pack`."""
        return tuple(self.problems)

    def without_costly_items(self, document: Document) -> Document:
        """For documents whose entries are not known as bytes (JSON Feed, pages)."""
        if not self.problems and not self.max_items:
            return document
        items = []
        for number, item in enumerate(document.items, start=1):
            if problem := self.problems.get(item_digest(item)):
                self.notes.append(left_out_note(number, item_label(item), problem))
            else:
                items.append(item)
        if self.max_items and len(items) > self.max_items:
            self.note_cut(len(items) - self.max_items)
            items = items[: self.max_items]
        return replace(document, items=tuple(items))

    def note_cut(self, count: int) -> None:
        self.is_cut = True
        self.notes.append(
            f"{count} items are left for the next poll: reading all of them takes longer than limits.parse_timeout"
        )


def choose_items(job: ParseJob, seen: SeenEntries, begin_item: BeginItem) -> ChosenItems:
    """Leave out what cost too much in an earlier attempt or poll, and what is over `job.max_items`."""
    problems = {item.digest: item.problem for item in job.costly}
    problems |= {digest: COST_BEFORE for digest in seen.costly if digest not in problems}
    whole = ChosenItems(
        body=job.body, content_type=job.content_type, problems=problems, max_items=job.max_items
    )
    if job.kind != "feed":
        return whole
    body = repair_encoding(job.body, job.content_type)
    if not problems and not job.max_items and not job.alone_seconds:
        if split := split_document(body, url=job.url):
            whole.split, whole.digests, whole.labels = split, split.digests, [label_of(split.entries[0])]
        return whole
    entries = find_entries(body, url=job.url)
    if entries is None:
        return whole
    if job.alone_seconds:
        whole.problems = _costly_alone(job, entries, seen, problems, begin_item) | problems
    return _without_costly_entries(job, whole, entries, seen)


def _without_costly_entries(
    job: ParseJob, chosen: ChosenItems, entries: DocumentEntries, seen: SeenEntries
) -> ChosenItems:
    kept: dict[bytes, str] = {}
    new = cut = 0
    for number, (digest, entry) in enumerate(zip(entries.digests, entries.entries, strict=True), start=1):
        if problem := chosen.problems.get(digest):
            chosen.notes.append(left_out_note(number, label_of(entry), problem))
            continue
        new += digest not in seen.keys
        if job.max_items and new > job.max_items and digest not in seen.keys:
            cut += 1
            continue
        kept[digest] = label_of(entry)
    if cut:
        chosen.note_cut(cut)
    chosen.max_items = 0
    body = entries.with_entries(kept)
    return replace(
        chosen,
        body=body,
        content_type=UTF8_CONTENT_TYPE,
        split=split_document(body, url=job.url) if entries.split else None,
        digests=tuple(kept),
        labels=tuple(kept.values()),
    )


def _costly_alone(
    job: ParseJob,
    entries: DocumentEntries,
    seen: SeenEntries,
    problems: Mapping[bytes, str],
    begin_item: BeginItem,
) -> dict[bytes, str]:
    """Parse each entry that is not known alone. Returns those that took more than `job.alone_seconds`."""
    found: dict[bytes, str] = {}
    for index, digest in enumerate(entries.digests):
        if digest in seen.keys or digest in problems:
            continue
        begin_item(index + 1, digest, label_of(entries.entries[index]))
        began = time.process_time()
        try:
            parse(job.source_id, entries.alone(index), url=job.url, content_type=UTF8_CONTENT_TYPE)
        except TooCostly as error:
            found[digest] = f"{EXCEEDS_A_LIMIT}: {error.problem}"
        except ParseError:
            continue  # it may be readable in its document
        if time.process_time() - began > job.alone_seconds:
            found[digest] = COSTS_MUCH
    return found


def announce(begin_item: BeginItem, body: bytes, digests: Sequence[bytes], labels: Sequence[str]) -> None:
    """Say that a document is parsed as a whole, and how many entries it has; if it has one, that this one is read."""
    count = len(digests) or body.count(b"</item>") + body.count(b"</entry>")
    if len(digests) == 1:
        begin_item(1, digests[0], labels[0])
    elif count:
        begin_item(count, b"", "")


def item_digest(item: Item) -> bytes:
    return digest_of(codec.dumps(item))


def left_out_note(number: int, label: str, problem: str) -> str:
    return f"item {number} ({label}): {problem}; it is left out until it changes"
