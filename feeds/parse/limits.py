"""Removes characters that XML forbids from all values of a document, and cuts values that are too long."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from functools import cache
from operator import is_
from typing import Any

from feeds.model import Document, Feed, Item, StatedDate

MAX_ITEMS = (
    5_000  # of a document: the newest; the largest real feeds seen (podcast archives) have about 3,000
)
MAX_READ_ITEMS = (
    10_000  # that are parsed to find the newest, in documents that `newest.cut_to_newest` cannot cut
)
MAX_LIST_LENGTH = 500  # e.g. the links, people, categories or media of one item
MAX_BODY_CHARS = 16 << 20  # of a summary or a content; most of it may be images in `data:` URLs
MAX_FIELD_CHARS = 8_192  # of any other text; the longest URL that servers commonly accept

_ILLEGAL_IN_XML = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]"
)  # not a Char, XML 1.0 §2.2
_URL_FIELDS = frozenset(
    {"base", "chapters", "comments", "content_src", "guid", "href", "icon", "id", "image", "license", "link"}
    | {"hubs", "self_url", "thumbnail", "uri", "url"}
)
_BODY_FIELDS = frozenset({"summary", "content"})


def remove_illegal_xml_chars(text: str) -> str:
    """The text without the characters that XML 1.0 forbids, such as lone surrogates.

    Only these: a C1 control is kept, because `normalize.text.remove_unpublishable_chars` can still repair it.
    """
    if text.isprintable():  # no forbidden character is printable, and this test is much faster
        return text
    return _ILLEGAL_IN_XML.sub("", text)


def bounded_document(
    feed: Feed,
    items: list[Item],
    skipped: list[str],
    *,
    complete: bool = True,
    independent_entries: bool = False,
) -> Document:
    """A Document within the limits. Its `notes` are `skipped` and a note of each value that was cut or dropped."""
    notes = list(skipped)
    kept = newest_items(_dates(items))
    if len(kept) < len(items):
        notes.append(dropped_items_note(len(items) - len(kept)))
    bounded = tuple(_bounded(items[index], f"item {index + 1}", notes) for index in kept)
    return Document(
        feed=_bounded(feed, "feed", notes),
        items=bounded,
        notes=tuple(notes[:MAX_LIST_LENGTH]),
        complete=complete,
        independent_entries=independent_entries,
    )


def _dates(items: Sequence[Item]) -> Sequence[datetime | None]:
    """The dates of the items, or only their number if all of them can be kept."""
    if len(items) <= MAX_ITEMS:
        return [None] * len(items)
    from feeds.parse.newest import parse_written_date

    def date(stated: StatedDate) -> datetime | None:
        return parse_written_date(stated.raw) if stated.raw else stated.parsed

    return [date(item.published) or date(item.updated) for item in items]


def newest_items(dates: Sequence[datetime | None]) -> Sequence[int]:
    """The indices of the newest `MAX_ITEMS` items, in their order. `dates`: of all items of a document.

    An undated item counts as dated like the dated one before it, or, if there is none, like the first dated one. Of
    items with equal dates, those that stand first are kept.
    """
    if len(dates) <= MAX_ITEMS:
        return range(len(dates))
    ranked: list[tuple[datetime, int]] = []
    date = next((date for date in dates if date), datetime.max.replace(tzinfo=UTC))
    for index, stated in enumerate(dates):
        date = stated or date
        ranked.append((date, -index))
    ranked.sort(reverse=True)
    return sorted(-index for _, index in ranked[:MAX_ITEMS])


def dropped_items_note(count: int) -> str:
    return f"the {count} oldest items: a document is read up to {MAX_ITEMS} items"


def _bounded(value: Any, where: str, notes: list[str], name: str = "") -> Any:
    """The value with strings cleaned and cut, and tuples cut, at every depth. The same object if nothing changed.

    `where` (the feed or an item) and `name` (the field) are for the notes.
    """
    if not value:
        return value
    if isinstance(value, str):
        return _bounded_text(value, where, notes, name)
    if isinstance(value, tuple):
        if len(value) > MAX_LIST_LENGTH:
            notes.append(f"{where}: the {name} after the first {MAX_LIST_LENGTH} of {len(value)}")
        bounded = tuple([_bounded(part, where, notes, name) for part in value[:MAX_LIST_LENGTH]])
        unchanged = len(bounded) == len(value) and all(map(is_, bounded, value))
        return value if unchanged else bounded
    kind: Any = type(value)
    changes: dict[str, Any] = {}
    for field in _field_names(kind):
        old = getattr(value, field)
        if not old or (isinstance(old, str) and len(old) <= MAX_FIELD_CHARS and old.isprintable()):
            continue  # nearly all fields
        new = _bounded(old, where, notes, name if field == "value" else field)
        if new is not old:
            changes[field] = new
    return replace(value, **changes) if changes else value


@cache
def _field_names(kind: type) -> tuple[str, ...]:
    """The names of a dataclass's fields; none for other types, such as numbers and dates."""
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()


def _bounded_text(text: str, where: str, notes: list[str], name: str) -> str:
    text = remove_illegal_xml_chars(text)
    limit = MAX_BODY_CHARS if name in _BODY_FIELDS else MAX_FIELD_CHARS
    if len(text) <= limit:
        return text
    if name in _URL_FIELDS:  # a URL that is cut is another URL
        notes.append(f"{where}: {name} of {len(text)} characters")
        return ""
    notes.append(f"{where}: {name} of {len(text)} characters, cut after {limit}")
    return text[:limit]
