"""A document with cached entries has the same bytes as one rendered without the cache."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.model import Edition, Format, SafeHtml, Text
from feeds.render import render
from feeds.render.rendered_cache import EntryOffsets, RenderedCache, cached_entries
from tests.render.sample_edition import ARCHIVED, EDITION, EMPTY
from tests.render.test_properties import EDITIONS, some

FORMATS: tuple[Format, ...] = ("atom", "rss", "json")


def publish_again(
    edition: Edition, form: Format, last: tuple[EntryOffsets, bytes] | None = None
) -> tuple[EntryOffsets, bytes, int]:
    """Render with the file of the last publication as cache. Returns entry offsets, the file and the cache misses."""
    cache = RenderedCache(cached_entries(*last) if last else None)
    rendered = render(edition, form, cache=cache)
    assert rendered == render(edition, form)
    offsets = cache.offsets(rendered.data)
    assert len(offsets.entries) == len(edition.entries) - len(rendered.skipped_entries)
    return offsets, rendered.data, cache.misses


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("edition", [EDITION, ARCHIVED, EMPTY], ids=["world", "archive", "quiet"])
def test_the_golden_editions_have_the_same_bytes_with_a_cache(edition: Edition, form: Format) -> None:
    offsets, data, misses = publish_again(edition, form)
    assert misses == len(edition.entries)
    assert publish_again(edition, form, (offsets, data)) == (offsets, data, 0)


@some
@given(EDITIONS, EDITIONS, st.randoms(use_true_random=False))
def test_any_earlier_edition_in_the_cache_gives_the_same_bytes(before: Any, more: Any, dice: Any) -> None:
    """Entries come, go, change and move, and the feed around them changes."""
    entries = {entry.id: entry for entry in (*before.entries, *more.entries)}
    edition_entries = [entry for entry in entries.values() if dice.random() < 0.8]
    dice.shuffle(edition_entries)
    edition = replace(more, language=before.language, entries=tuple(edition_entries))
    for form in FORMATS:
        offsets, data, _ = publish_again(before, form)
        publish_again(edition, form, (offsets, data))


@pytest.mark.parametrize("form", FORMATS)
def test_only_new_and_edited_entries_are_rendered(form: Format) -> None:
    entries = tuple(replace(EDITION.entries[0], id=f"https://a.example/{n}") for n in range(40))
    offsets, data, misses = publish_again(replace(EDITION, entries=entries[1:]), form)
    assert misses == 39
    edited = replace(entries[20], article=replace(entries[20].article, title=Text("Edited")))
    edition = replace(EDITION, title=Text("Renamed"), entries=(*entries[:20], edited, *entries[21:]))
    *_, misses = publish_again(edition, form, (offsets, data))
    assert misses == 2


def test_a_file_that_somebody_changed_is_not_used() -> None:
    offsets, data, _ = publish_again(EDITION, "atom")
    assert cached_entries(offsets, data)
    assert cached_entries(offsets, data.replace(b"ferry", b"fairy")) == {}
    assert cached_entries(offsets, None) == {}
    assert cached_entries(None, data) == {}


@pytest.mark.parametrize("form", FORMATS)
def test_text_that_looks_like_a_marker_is_kept(form: Format) -> None:
    marker = SafeHtml(f"<p>a</p>\n  <!--{'0' * 32}-->\n<p>b</p>")
    article = replace(
        EDITION.entries[0].article, html=marker, summary=marker, title=Text(marker), rights=Text(marker)
    )
    edition = replace(EDITION, entries=(replace(EDITION.entries[0], article=article), *EDITION.entries[1:]))
    offsets, data, _ = publish_again(edition, form)
    assert publish_again(edition, form, (offsets, data)) == (offsets, data, 0)
