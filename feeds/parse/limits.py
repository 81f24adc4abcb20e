"""What every value read from a document goes through last: nothing that XML forbids, nothing without end."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from functools import cache
from operator import is_
from typing import Any

from feeds.model import Document, Feed, Item

ITEMS = 5_000  # in a document; the largest honest feeds seen (podcast archives) have about 3,000
MANY = 500  # links, people, categories, media … of one item
LINE = 8_192  # characters of anything else: a title, a name; the longest URL that servers commonly accept
TEXT = 2 << 20  # characters of a summary or a content

_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]"
)  # what is no Char, XML 1.0 §2.2
_ADDRESSES = frozenset(
    {"base", "chapters", "comments", "content_src", "guid", "href", "icon", "id", "image", "license", "link"}
    | {"hubs", "self_url", "thumbnail", "uri", "url"}
)


_BODIES = frozenset({"summary", "content"})


def clean(text: str) -> str:
    """The text without the characters that XML cannot carry, lone surrogates among them."""
    if text.isprintable():  # true of no forbidden character, and much quicker to ask
        return text
    return _FORBIDDEN.sub("", text)


def document(
    feed: Feed, items: list[Item], skipped: list[str], *, complete: bool = True, separable: bool = False
) -> Document:
    """A Document within bounds; what was cut off is said in `skipped`."""
    notes = list(skipped)
    if len(items) > ITEMS:
        notes.append(f"the items after the first {ITEMS} of {len(items)}")
    kept = tuple(_bounded(item, f"item {at}", notes) for at, item in enumerate(items[:ITEMS], 1))
    return Document(
        feed=_bounded(feed, "feed", notes),
        items=kept,
        skipped=tuple(notes[:MANY]),
        complete=complete,
        separable=separable,
    )


def _bounded(value: Any, where: str, notes: list[str], name: str = "") -> Any:
    """The same value; strings cleaned and cut, tuples cut, all the way down."""
    if not value:
        return value
    if isinstance(value, str):
        return _string(value, where, notes, name)
    if isinstance(value, tuple):
        if len(value) > MANY:
            notes.append(f"{where}: the {name} after the first {MANY} of {len(value)}")
        kept = tuple([_bounded(part, where, notes, name) for part in value[:MANY]])
        same = len(kept) == len(value) and all(map(is_, kept, value))
        return value if same else kept
    kind: Any = type(value)
    changes: dict[str, Any] = {}
    for field in _field_names(kind):
        old = getattr(value, field)
        if not old or (isinstance(old, str) and len(old) <= LINE and old.isprintable()):
            continue  # nearly all of them
        new = _bounded(old, where, notes, name if field == "value" else field)
        if new is not old:
            changes[field] = new
    return replace(value, **changes) if changes else value


@cache
def _field_names(kind: type) -> tuple[str, ...]:
    """Those of a value of ours; a number or a date has none."""
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()


def _string(text: str, where: str, notes: list[str], name: str) -> str:
    text = clean(text)
    limit = TEXT if name in _BODIES else LINE
    if len(text) <= limit:
        return text
    if name in _ADDRESSES:  # a cut address is another address
        notes.append(f"{where}: {name} of {len(text)} characters")
        return ""
    notes.append(f"{where}: {name} of {len(text)} characters, cut after {limit}")
    return text[:limit]
