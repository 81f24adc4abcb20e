"""What a renderer gives back, and the loop that keeps one bad entry from costing the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from feeds.model import Edition, Entry, Text
from feeds.publish.door import admit, iri
from feeds.publish.wording import line

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Rendered:
    """One document. `left_out` names, in words, the entries that could not be rendered, each with why."""

    data: bytes
    left_out: tuple[str, ...] = ()


def admit_edition(edition: Edition) -> Edition:
    """The edition's own words, fit for publication; its entries are admitted one by one in `each`."""
    head = admit(replace(edition, entries=()))
    return replace(
        head,
        title=Text(line(head.title) or head.name),
        description=Text(line(head.description)),
        entries=edition.entries,
    )


def each(entries: tuple[Entry, ...], make: Callable[[Entry], T]) -> tuple[list[T], tuple[str, ...]]:
    """`make` of every entry, in order, and which could not be made. An id is used once (RFC 4287 §4.2.6)."""
    made: list[T] = []
    left_out: list[str] = []
    seen: set[str] = set()
    for raw in entries:
        try:
            _one(raw, make, made, seen)
        except Exception as error:  # whatever is wrong with one, the others are published
            left_out.append(f"{raw.id!r}: {str(error) or type(error).__name__}")
    return made, tuple(left_out)


def _one(raw: Entry, make: Callable[[Entry], T], made: list[T], seen: set[str]) -> None:
    entry = admit(raw)
    if not iri(entry.id):  # a reader may take it for a link, whatever the format says of it
        raise ValueError("its id is no IRI")
    if entry.id in seen:
        raise ValueError("an entry with this id stands above it")
    made.append(make(entry))
    seen.add(entry.id)
