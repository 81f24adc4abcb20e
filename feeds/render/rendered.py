"""The result of a renderer, and the loops in which an entry that cannot be rendered is left out."""

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
    """One document. `left_out`: a line for each entry that could not be rendered: its id and the reason."""

    data: bytes
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CleanEdition:
    """An edition that was cleaned once for all of its formats. `left_out`: as in `Rendered`."""

    edition: Edition
    left_out: tuple[str, ...] = ()


def clean_edition(edition: Edition | CleanEdition) -> tuple[Edition, tuple[str, ...]]:
    """Clean an edition for publication, unless it is clean already. Returns it with the reasons for entries left out.

    An entry id is published once (RFC 4287 §4.2.6).
    """
    if isinstance(edition, CleanEdition):
        return edition.edition, edition.left_out
    head = clean_for_publication(replace(edition, entries=()))
    entries: dict[str, Entry] = {}
    left_out: list[str] = []
    for raw in edition.entries:
        try:
            _add_entry(entries, raw)
        except Exception as error:  # the other entries are published anyway
            left_out.append(_reason(raw, error))
    cleaned = replace(
        head,
        title=Text(one_line(head.title) or head.name),
        description=Text(one_line(head.description)),
        entries=tuple(entries.values()),
    )
    return cleaned, tuple(left_out)


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
    """Returns the entries that could be rendered, in order, the result for each, and the reasons for those left out."""
    rendered: list[Entry] = []
    results: list[T] = []
    left_out: list[str] = []
    for entry in entries:
        try:
            results.append(render_entry(entry))
        except Exception as error:  # the other entries are published anyway
            left_out.append(_reason(entry, error))
        else:
            rendered.append(entry)
    return tuple(rendered), results, tuple(left_out)


def _reason(entry: Entry, error: Exception) -> str:
    return f"{entry.id!r}: {str(error) or type(error).__name__}"
