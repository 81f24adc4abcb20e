"""What a renderer gives back, and the loop that keeps one bad entry from costing the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from feeds.model import Article, Edition, Entry, Text
from feeds.render.clean_for_publication import admit, iri
from feeds.render.entry_text import line

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Rendered:
    """One document. `left_out` names, in words, the entries that could not be rendered, each with why."""

    data: bytes
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Admitted:
    """An edition that was admitted once, for all of its formats."""

    edition: Edition
    left_out: tuple[str, ...] = ()


def admit_edition(edition: Edition | Admitted) -> tuple[Edition, tuple[str, ...]]:
    """The edition, fit for publication, and the entries that cannot be. An id is used once (RFC 4287 §4.2.6)."""
    if isinstance(edition, Admitted):
        return edition.edition, edition.left_out
    head = admit(replace(edition, entries=()))
    admitted: dict[str, Entry] = {}
    left_out: list[str] = []
    for raw in edition.entries:
        try:
            _admit_into(admitted, raw)
        except Exception as error:  # whatever is wrong with one, the others are published
            left_out.append(_because(raw, error))
    made = replace(
        head,
        title=Text(line(head.title) or head.name),
        description=Text(line(head.description)),
        entries=tuple(admitted.values()),
    )
    return made, tuple(left_out)


def _admit_into(admitted: dict[str, Entry], raw: Entry) -> None:
    entry = admit(raw)
    if not iri(entry.id):  # a reader may take it for a link, whatever the format says of it
        raise ValueError("its id is no IRI")
    if entry.id in admitted:
        raise ValueError("an entry with this id stands above it")
    if not isinstance(entry.article, Article):
        raise TypeError("it has no article")
    admitted[entry.id] = entry


def each(
    entries: tuple[Entry, ...], make: Callable[[Entry], T]
) -> tuple[tuple[Entry, ...], list[T], tuple[str, ...]]:
    """The entries that could be made, in order; what was made of each; and which could not."""
    kept: list[Entry] = []
    made: list[T] = []
    left_out: list[str] = []
    for entry in entries:
        try:
            made.append(make(entry))
        except Exception as error:  # whatever is wrong with one, the others are published
            left_out.append(_because(entry, error))
        else:
            kept.append(entry)
    return tuple(kept), made, tuple(left_out)


def _because(entry: Entry, error: Exception) -> str:
    return f"{entry.id!r}: {str(error) or type(error).__name__}"
