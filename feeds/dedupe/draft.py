"""Prepares the articles of one document for comparing: everything that needs no look-up in the window."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from feeds.dedupe.boilerplate import Passage, remove_boilerplate, split_passages, strip_title
from feeds.dedupe.fingerprint import fingerprint, fingerprints
from feeds.dedupe.open_fingerprint import OpenFingerprint


@dataclass(frozen=True, slots=True)
class Arrival:
    """A normalized article, and the names of its site."""

    source: str
    title: str
    text: str
    seen_at: float  # seconds since 1970
    site_names: tuple[str, ...] = ()  # title and host


@dataclass(frozen=True, slots=True)
class Draft:
    """An article before the look-up in the window.

    `title`: without the site's name. `passages`: those that may be boilerplate. `cleaned`: title and text without the
    boilerplate that was known when the draft was made; `fingerprint`: that of `cleaned`."""

    source: str
    title: str
    text: str
    seen_at: float
    passages: tuple[Passage, ...]
    cleaned: tuple[str, str]
    fingerprint: OpenFingerprint

    def fingerprint_of(self, cleaned: tuple[str, str]) -> OpenFingerprint:
        """The fingerprint of another `cleaned`: earlier articles of the document may show more boilerplate."""
        return self.fingerprint if cleaned == self.cleaned else OpenFingerprint(fingerprint(*cleaned))


LookUpMarks = Callable[[Sequence[int]], Mapping[int, tuple[int, ...]]]
"""As `near_index.Index.title_marks`."""


def draft(arrival: Arrival) -> Draft:
    """The draft of one article, without any known boilerplate."""
    return next(drafts([arrival], lambda _: {}))


def drafts(arrivals: Sequence[Arrival], look_up_marks: LookUpMarks) -> Iterator[Draft]:
    """The drafts of the articles of one document, in order. `look_up_marks` is called once."""
    titles = [strip_title(arrival.title, (arrival.source, *arrival.site_names)) for arrival in arrivals]
    passages = [
        split_passages(arrival.source, title, arrival.text)
        for arrival, title in zip(arrivals, titles, strict=True)
    ]
    marks = look_up_marks([passage.key for of_article in passages for passage in of_article])
    cleaned = [
        remove_boilerplate(title, arrival.text, of_article, marks)
        for arrival, title, of_article in zip(arrivals, titles, passages, strict=True)
    ]
    rows = zip(arrivals, titles, passages, cleaned, fingerprints(cleaned), strict=True)
    for arrival, title, of_article, texts, result in rows:
        yield Draft(
            arrival.source,
            title,
            arrival.text,
            arrival.seen_at,
            of_article,
            texts,
            OpenFingerprint(result),
        )
