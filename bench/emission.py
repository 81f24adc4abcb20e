"""`python -m bench.emission`: the CPU time of rendering an output of 200 entries, from scratch and with one new entry.

The difference is the time that the cache of rendered entries saves. The goal was 2 us an entry; feedgen needs 67.
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
FORMATS: tuple[Format, ...] = ("atom", "rss", "json")


def main() -> None:
    samples = EDITION.entries
    entries = tuple(
        replace(samples[n % len(samples)], id=f"https://bench.example/{n}") for n in range(ENTRIES + 1)
    )
    edition = replace(EDITION, entries=entries[:ENTRIES])
    before, after = _clean(replace(EDITION, entries=entries[1:])), _clean(edition)
    print(
        f"{ENTRIES} entries, CPU us an entry; cleaning, once for all formats: {_us(lambda: _clean(edition)):.1f}"
    )
    for form in FORMATS:
        cache = RenderedCache()
        file = render(before, form, cache=cache).data
        offsets = cache.offsets(file)
        whole = _us(partial(render, after, form))
        one_new = _us(partial(_render_cached, after, form, offsets, file))
        print(f"  {form:5} whole {whole:6.1f}   one new {one_new:5.1f}   {one_new / whole:.2f}")


def _us(work: Callable[[], object]) -> float:
    """CPU microseconds per entry."""
    return cpu_seconds(work) / ENTRIES * 1e6


def _clean(edition: Edition) -> CleanEdition:
    return clean_edition(edition)


def _render_cached(edition: CleanEdition, form: Format, offsets: EntryOffsets, file: bytes) -> None:
    """Renders with the entries of the previous file."""
    cache = RenderedCache(cached_entries(offsets, file))
    cache.offsets(render(edition, form, cache=cache).data)


if __name__ == "__main__":
    main()
