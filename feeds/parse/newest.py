"""Chooses the newest items of a document that has too many, whatever the order of the document.

An XML document is cut before it is parsed: parsing is what costs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from feeds.normalize.dates import parse_date
from feeds.parse.limits import MAX_ITEMS, newest_items

_TOKEN = re.compile(rb"<!\[CDATA\[|<!--|<(/?)((?:[\w.-]+:)?(?:item|entry))(?=[\s/>])[^<>]*>")
_SECTION_ENDS = {b"<![CDATA[": b"]]>", b"<!--": b"-->"}
_DATE = re.compile(
    rb"<(?:[\w.-]+:)?(pubDate|published|issued|date|created|updated|modified)(?:\s[^<>]*)?>"
    rb"\s*(?:<!\[CDATA\[)?([^<\]]{4,100})"
)
_CHANGES = frozenset({b"updated", b"modified"})

Span = tuple[int, int]


def cut_to_newest(body: bytes) -> tuple[bytes, int]:
    """A feed in XML without its oldest items, if it has more than `MAX_ITEMS`, and how many were removed.

    Nothing is removed from a document in which the ends of the items are in doubt, or whose encoding does not write
    tags in ASCII.
    """
    if body.count(b"item>") <= MAX_ITEMS and body.count(b"entry>") <= MAX_ITEMS:
        return body, 0
    spans = item_spans(body)
    if len(spans) <= MAX_ITEMS:
        return body, 0
    kept = set(newest_items([_item_date(body[start:end]) for start, end in spans]))
    pieces, at = [], 0
    for index, (start, end) in enumerate(spans):
        if index not in kept:
            pieces.append(body[at:start])
            at = end
    pieces.append(body[at:])
    return b"".join(pieces), len(spans) - len(kept)


def item_spans(body: bytes) -> Sequence[Span]:
    """(start, end) of each item that is closed; none if items are nested."""
    spans: list[Span] = []
    name, start, at = b"", -1, 0
    while token := _TOKEN.search(body, at):
        at = token.end()
        if section_end := _SECTION_ENDS.get(token[0]):
            at = body.find(section_end, at)
            if at < 0:
                return ()
            continue
        name = name or token[2]
        if token[2] != name:
            continue
        is_end, is_empty = bool(token[1]), token[0].endswith(b"/>")
        if is_end == (start < 0):
            return ()
        if is_end or is_empty:
            spans.append((start if is_end else token.start(), at))
            start = -1
        else:
            start = token.start()
    return spans


def _item_date(item: bytes) -> datetime | None:
    """The date of publication, else that of the last change."""
    changed: datetime | None = None
    for match in _DATE.finditer(item):
        if (date := parse_written_date(match[2].decode("utf-8", "replace").strip())) is not None:
            if match[1] not in _CHANGES:
                return date
            changed = changed or date
    return changed


def parse_written_date(written: str) -> datetime | None:
    """A date in any format of feeds, in UTC; None if it is not understood."""
    if (date := parse_date(written)) is None:
        return None
    try:
        return date.astimezone(UTC)
    except OverflowError:  # year 1 or 9999 with an offset beyond datetime's range
        return None
