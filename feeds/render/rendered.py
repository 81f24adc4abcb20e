"""The result of a renderer, and the loops in which an entry that cannot be rendered is skipped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from feeds.model import Article, Edition, Entry, Text
from feeds.render.clean_for_publication import clean_for_publication, iri
from feeds.render.entry_text import one_line

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Rendered:
    """One document. `skipped_entries`: a line for each entry that could not be rendered: its id and the reason."""

    data: bytes
    skipped_entries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CleanEdition:
    """An edition that was cleaned once for all of its formats. `skipped_entries`: as in `Rendered`."""

    edition: Edition
    skipped_entries: tuple[str, ...] = ()


def clean_edition(edition: Edition | CleanEdition) -> CleanEdition:
    """Clean an edition for publication, unless it is clean already.

    An entry id is published once (RFC 4287 §4.2.6).
    """
    if isinstance(edition, CleanEdition):
        return edition
    head = clean_for_publication(replace(edition, entries=()))
    entries: dict[str, Entry] = {}
    skipped: list[str] = []
    for raw in edition.entries:
        try:
            _add_entry(entries, raw)
        except Exception as error:  # the other entries are published anyway
            skipped.append(_reason(raw, error))
    cleaned = replace(
        head,
        title=Text(one_line(head.title) or head.name),
        description=Text(one_line(head.description)),
        entries=tuple(entries.values()),
    )
    return CleanEdition(cleaned, tuple(skipped))


def _add_entry(entries: dict[str, Entry], raw: Entry) -> None:
    entry = clean_for_publication(raw)
    if not iri(entry.id):  # a feed reader may use the id as a link
        raise ValueError("its id is not an IRI")
    if entry.id in entries:
        raise ValueError("an entry above it has the same id")
    if not isinstance(entry.article, Article):
        raise TypeError("it has no article")
    entries[entry.id] = entry


def render_each(
    entries: tuple[Entry, ...], render_entry: Callable[[Entry], T]
) -> tuple[tuple[Entry, ...], list[T], tuple[str, ...]]:
    """Returns the entries that could be rendered, in order, the result for each, and the reasons for those skipped."""
    rendered: list[Entry] = []
    results: list[T] = []
    skipped: list[str] = []
    for entry in entries:
        try:
            results.append(render_entry(entry))
        except Exception as error:  # the other entries are published anyway
            skipped.append(_reason(entry, error))
        else:
            rendered.append(entry)
    return tuple(rendered), results, tuple(skipped)


def _reason(entry: Entry, error: Exception) -> str:
    return f"{entry.id!r}: {str(error) or type(error).__name__}"
