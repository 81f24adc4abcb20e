"""RSS 0.9x, 1.0, 2.0 and Atom 0.3, 1.0 → Document, as feedparser reads them."""

from __future__ import annotations

from feeds.errors import Malformed, NotAFeed, TooCostly
from feeds.model import Document, Feed, Item, Link
from feeds.parse import entry, fast, limits
from feeds.parse.encoding import mend
from feeds.parse.parts import text, whole_number
from feeds.parse.reference import reader
from feeds.parse.reference.handlers import TooMuch

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def read(source: str, body: bytes, *, url: str, content_type: str = "") -> Document:
    """The document. One that is well-formed and holds no item is an empty one, not an error.

    Raises NotAFeed, Malformed, TooCostly, and what feedparser raises for some damaged documents.
    """
    try:
        body, content_type = mend(body, content_type)
        reading = fast.read(body, content_type, url) or reader.read(body, content_type, url)
    except TooMuch as error:
        raise TooCostly(source, str(error)) from error
    if not reading.version:
        raise NotAFeed(source, "it is none of the known feed formats")
    items, notes, unread = _items(reading)
    if not items and (reading.fault or unread):
        raise Malformed(source, f"no item could be read: {reading.fault or notes[0]}")
    return limits.document(
        _feed(reading), items, notes, complete=reading.complete, separable=reading.separable
    )


def _items(reading: reader.Reading) -> tuple[list[Item], list[str], bool]:
    """The items, what was skipped in words, and whether an item resisted reading (empty ones do not)."""
    items: list[Item] = []
    unread = False
    notes = list(reading.notes)
    for at, (fields, extra) in enumerate(zip(reading.entries, reading.extras, strict=True), 1):
        try:
            item = entry.item(fields, extra, reading.version)
        except Exception as error:  # whatever it is, it is one item's
            notes.append(f"item {at}: {type(error).__name__}: {error}"[:200])
            unread = True
            continue
        if entry.is_empty(item):
            notes.append(f"item {at}: it is empty")
        else:
            items.append(item)
    return items, notes, unread


def _feed(reading: reader.Reading) -> Feed:
    fields = reading.feed
    links = tuple(entry.links_of(fields))
    image = dict.get(fields, "image")
    updated = "updated" if text(fields, "updated") else "published"
    return Feed(
        format=reading.version,
        title=entry.line(fields, "title"),
        id=text(fields, "id"),
        link=_first(links, "alternate"),
        self_url=_first(links, "self"),
        subtitle=entry.line(fields, "subtitle") or entry.line(fields, "itunes_summary"),
        language=text(fields, "language"),
        authors=entry.people(fields, "author"),
        rights=entry.line(fields, "rights"),
        icon=text(fields, "icon"),
        image=(text(image, "href") if isinstance(image, dict) else "") or text(fields, "logo"),
        categories=entry.categories(fields),
        updated=entry.stated(fields, updated),
        hubs=tuple(dict.fromkeys(link.href for link in links if link.rel == "hub")),
        ttl=whole_number(text(fields, "ttl")),
        skip_hours=_hours(reading.skip_hours),
        skip_days=tuple(day for day in _DAYS if day in {said.strip().title() for said in reading.skip_days}),
        update_period=text(fields, "sy_updateperiod"),
        update_frequency=whole_number(text(fields, "sy_updatefrequency")),
        update_base=text(fields, "sy_updatebase"),
    )


def _first(links: tuple[Link, ...], rel: str) -> str:
    return next((link.href for link in links if link.rel == rel), "")


def _hours(said: list[str]) -> tuple[int, ...]:
    # RSS 0.91 counts 1 to 24, RSS 2.0 counts 0 to 23: 24 is midnight.
    hours = {hour % 24 for text in said if (hour := whole_number(text)) is not None and hour <= 24}
    return tuple(sorted(hours))
