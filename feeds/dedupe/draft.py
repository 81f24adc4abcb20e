"""Article → Draft: what can be said of it before the window is asked, of all the articles of a document together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from feeds.dedupe.boilerplate import Piece, bare_title, pieces
from feeds.dedupe.fingerprint import fingerprints
from feeds.dedupe.opened import Print


@dataclass(frozen=True, slots=True)
class Arrival:
    """An article as it comes to this stage: normalized, with what its source is called."""

    source: str
    title: str
    text: str
    seen: float  # seconds since 1970
    names: tuple[str, ...] = ()  # of the site: its title, its host


@dataclass(frozen=True, slots=True)
class Draft:
    """An article of which nothing is missing but what the window knows. `title`: without the site's name.
    `pieces`: what may turn out to be the site's. `whole`: of title and text with all their pieces."""

    source: str
    title: str
    text: str
    seen: float
    pieces: tuple[Piece, ...]
    whole: Print

    @property
    def keys(self) -> tuple[int, ...]:
        return (*self.whole.keys, *self.whole.title_keys)


def draft(arrival: Arrival) -> Draft:
    return next(drafts([arrival]))


def drafts(arrivals: Sequence[Arrival]) -> Iterator[Draft]:
    titles = [bare_title(one.title, (one.source, *one.names)) for one in arrivals]
    prints = fingerprints(zip(titles, [one.text for one in arrivals], strict=True))
    for one, title, whole in zip(arrivals, titles, prints, strict=True):
        yield Draft(one.source, title, one.text, one.seen, pieces(one.source, title, one.text), Print(whole))
