"""`python -m bench.emission`: what an output of 200 entries costs to render, whole and with one new entry.

Between them stands the time that the pieces save; the goal was 2 us an entry against feedgen's 67.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from bench.__main__ import cpu_seconds
from feeds.model import Edition, Format
from feeds.render import render
from feeds.render.rendered import CleanEdition, clean_edition
from feeds.render.rendered_cache import EntryOffsets, RenderedCache, cached_entries
from tests.render.sample_edition import EDITION

ENTRIES = 200
FORMS: tuple[Format, ...] = ("atom", "rss", "json")


def main() -> None:
    given = EDITION.entries
    entries = tuple(
        replace(given[n % len(given)], id=f"https://bench.example/{n}") for n in range(ENTRIES + 1)
    )
    edition = replace(EDITION, entries=entries[:ENTRIES])
    before, now = _admit(replace(EDITION, entries=entries[1:])), _admit(edition)
    print(
        f"{ENTRIES} entries, CPU us an entry; admitted, once for all formats: {_us(lambda: _admit(edition)):.1f}"
    )
    for form in FORMS:
        pieces = RenderedCache()
        file = render(before, form, cache=pieces).data
        laid = pieces.offsets(file)
        whole = _us(partial(render, now, form))
        one_new = _us(partial(_again, now, form, laid, file))
        print(f"  {form:5} whole {whole:6.1f}   one new {one_new:5.1f}   {one_new / whole:.2f}")


def _us(work: Callable[[], object]) -> float:
    return cpu_seconds(work) / ENTRIES * 1e6


def _admit(edition: Edition) -> CleanEdition:
    return CleanEdition(*clean_edition(edition))


def _again(admitted: CleanEdition, form: Format, laid: EntryOffsets, file: bytes) -> None:
    pieces = RenderedCache(cached_entries(laid, file))
    pieces.offsets(render(admitted, form, cache=pieces).data)


if __name__ == "__main__":
    main()
