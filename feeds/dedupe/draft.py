"""Article → Draft: what can be said of it before the window is asked, of all the articles of a document together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from feeds.dedupe.boilerplate import Piece, bare_title, pieces, without
from feeds.dedupe.fingerprint import fingerprint, fingerprints
from feeds.dedupe.open_fingerprint import Print


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
    """An article of which little is missing but what the window knows. `title`: without the site's name. `pieces`: what
    may turn out to be the site's. `bare`: title and text without those that have already; `print`: of these."""

    source: str
    title: str
    text: str
    seen: float
    pieces: tuple[Piece, ...]
    bare: tuple[str, str]
    print: Print

    def print_of(self, bare: tuple[str, str]) -> Print:
        """Of what was left after all: what goes before it in its document tells more of the site."""
        return self.print if bare == self.bare else Print(fingerprint(*bare))


Seen = Callable[[Sequence[int]], Mapping[int, tuple[int, ...]]]
"""As `near_index.Index.seen`."""


def draft(arrival: Arrival) -> Draft:
    """Where nothing was seen before."""
    return next(drafts([arrival], lambda _: {}))


def drafts(arrivals: Sequence[Arrival], seen: Seen) -> Iterator[Draft]:
    titles = [bare_title(one.title, (one.source, *one.names)) for one in arrivals]
    parted = [pieces(one.source, title, one.text) for one, title in zip(arrivals, titles, strict=True)]
    marks = seen([piece.key for found in parted for piece in found])
    bare = [
        without(title, one.text, found, marks)
        for one, title, found in zip(arrivals, titles, parted, strict=True)
    ]
    rows = zip(arrivals, titles, parted, bare, fingerprints(bare), strict=True)
    for one, title, found, left, made in rows:
        yield Draft(one.source, title, one.text, one.seen, found, left, Print(made))
