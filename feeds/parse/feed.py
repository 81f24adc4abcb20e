"""Parses RSS 0.9x, 1.0, 2.0 and Atom 0.3, 1.0 into a Document, with feedparser or the equal fast path."""

from __future__ import annotations

from dataclasses import replace

from feeds.errors import Malformed, NotAFeed, TooCostly
from feeds.model import Document, Feed, Item, Link
from feeds.parse import entry, limits, own_output
from feeds.parse.encoding import repair_encoding
from feeds.parse.fast import reader as fast_reader
from feeds.parse.newest import cut_to_newest
from feeds.parse.reference import reader
from feeds.parse.reference.handlers import LimitExceeded
from feeds.parse.reference.mediarss import RATING_FIELD, stated_rating
from feeds.parse.repair_markup import repair_markup
from feeds.parse.values import is_http_url, resolve_url, text_field, whole_number

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def parse(source: str, body: bytes, *, url: str, content_type: str = "") -> Document:
    """The document; without items if it is well-formed and has none.

    Raises NotAFeed, Malformed and TooCostly, and for some damaged documents any exception of feedparser's.
    """
    try:
        body = repair_encoding(body, content_type)
        body, dropped = cut_to_newest(body)
        raw = _raw_document(body)
    except LimitExceeded as error:
        raise TooCostly(source, str(error)) from error
    if not raw.version:
        raise NotAFeed(source, "it is none of the known feed formats")
    items, notes, any_failed = _items(raw)
    if dropped:
        notes.append(limits.dropped_items_note(dropped))
    if not items and (raw.xml_error or any_failed):
        raise Malformed(source, f"no item could be read: {raw.xml_error or notes[0]}")
    return limits.bounded_document(
        _with_absolute_urls(_feed(raw), url),
        items,
        notes,
        complete=raw.complete,
        independent_entries=raw.independent_entries,
    )


def _raw_document(body: bytes) -> reader.RawDocument:
    """The document in feedparser's dictionaries, well-formed or not. Raises LimitExceeded."""
    if raw := fast_reader.parse(body):
        return raw
    repaired = repair_markup(body)
    return (fast_reader.parse(repaired) if repaired != body else None) or reader.parse(repaired)


def _items(raw: reader.RawDocument) -> tuple[list[Item], list[str], bool]:
    """The items, notes of what was skipped, and whether building an item failed (empty items are no failure)."""
    items: list[Item] = []
    any_failed = False
    notes = list(raw.notes)
    is_own = own_output.is_own_output(raw.feed)
    for number, (fields, extras) in enumerate(zip(raw.entries, raw.entry_extras, strict=True), 1):
        try:
            item = entry.build_item(fields, extras, raw.version, is_own_output=is_own)
            if is_own:
                item = own_output.with_plain_texts(item, fields, raw.version)
        except Exception as error:  # one bad item does not fail the document
            notes.append(f"item {number}: {type(error).__name__}: {error}"[:200])
            any_failed = True
            continue
        if entry.is_empty(item):
            notes.append(f"item {number}: it is empty")
        else:
            items.append(item)
    return items, notes, any_failed


def _feed(raw: reader.RawDocument) -> Feed:
    fields = raw.feed
    links = tuple(entry.links_of(fields))
    image = dict.get(fields, "image")
    updated = "updated" if text_field(fields, "updated") else "published"
    return Feed(
        format=raw.version,
        title=entry.plain_line(fields, "title"),
        id=text_field(fields, "id"),
        link=_first(links, "alternate"),
        self_url=_first(links, "self"),
        subtitle=entry.plain_line(fields, "subtitle") or entry.plain_line(fields, "itunes_summary"),
        language=text_field(fields, "language"),
        authors=entry.people(fields, "author"),
        rights=entry.plain_line(fields, "rights"),
        icon=text_field(fields, "icon"),
        image=(text_field(image, "href") if isinstance(image, dict) else "") or text_field(fields, "logo"),
        categories=entry.categories(fields),
        updated=entry.stated_date(fields, updated),
        hubs=tuple(dict.fromkeys(link.href for link in links if link.rel == "hub")),
        ttl=whole_number(text_field(fields, "ttl")),
        skip_hours=_hours(raw.skip_hours),
        skip_days=tuple(day for day in _DAYS if day in {name.strip().title() for name in raw.skip_days}),
        update_period=text_field(fields, "sy_updateperiod"),
        update_frequency=whole_number(text_field(fields, "sy_updatefrequency")),
        update_base=text_field(fields, "sy_updatebase"),
        rating=stated_rating(fields, RATING_FIELD),
        own_output=own_output.is_own_output(raw.feed),
    )


def _with_absolute_urls(feed: Feed, url: str) -> Feed:
    """The feed's own URLs, resolved against the document's URL, or for a file against its rel=self URL."""
    base = url if is_http_url(url) or not is_http_url(feed.self_url) else feed.self_url
    return replace(
        feed,
        link=resolve_url(feed.link, base=base),
        self_url=resolve_url(feed.self_url, base=base),
        icon=resolve_url(feed.icon, base=base),
        image=resolve_url(feed.image, base=base),
        hubs=tuple(dict.fromkeys(resolve_url(hub, base=base) for hub in feed.hubs)),
        authors=tuple(replace(author, uri=resolve_url(author.uri, base=base)) for author in feed.authors),
    )


def _first(links: tuple[Link, ...], rel: str) -> str:
    return next((link.href for link in links if link.rel == rel), "")


def _hours(stated: list[str]) -> tuple[int, ...]:
    # RSS 0.91 numbers the hours 1 to 24, RSS 2.0 numbers them 0 to 23: 24 is midnight.
    hours = {
        hour % 24 for hour_text in stated if (hour := whole_number(hour_text)) is not None and hour <= 24
    }
    return tuple(sorted(hours))
