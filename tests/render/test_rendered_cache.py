"""What is put together of pieces is what would be rendered as a whole, byte for byte."""

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


def printed(
    edition: Edition, form: Format, last: tuple[EntryOffsets, bytes] | None = None
) -> tuple[EntryOffsets, bytes, int]:
    """One more publication after `last`: where everything lies, the file, and how much was rendered anew."""
    pieces = RenderedCache(cached_entries(*last) if last else None)
    rendered = render(edition, form, cache=pieces)
    assert rendered == render(edition, form)
    laid = pieces.offsets(rendered.data)
    assert len(laid.entries) == len(edition.entries) - len(rendered.left_out)
    return laid, rendered.data, pieces.misses


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("edition", [EDITION, ARCHIVED, EMPTY], ids=["world", "archive", "quiet"])
def test_the_golden_editions(edition: Edition, form: Format) -> None:
    laid, data, made = printed(edition, form)
    assert made == len(edition.entries)
    assert printed(edition, form, (laid, data)) == (laid, data, 0)


@some
@given(EDITIONS, EDITIONS, st.randoms(use_true_random=False))
def test_whatever_was_published_before(before: Any, more: Any, dice: Any) -> None:
    """Entries come, go, change and change their order; the feed around them is another."""
    entries = {one.id: one for one in (*before.entries, *more.entries)}
    now = [one for one in entries.values() if dice.random() < 0.8]
    dice.shuffle(now)
    edition = replace(more, language=before.language, entries=tuple(now))
    for form in FORMATS:
        laid, data, _ = printed(before, form)
        printed(edition, form, (laid, data))


@pytest.mark.parametrize("form", FORMATS)
def test_only_what_is_new_or_edited_is_rendered(form: Format) -> None:
    entries = tuple(replace(EDITION.entries[0], id=f"https://a.example/{n}") for n in range(40))
    laid, data, made = printed(replace(EDITION, entries=entries[1:]), form)
    assert made == 39
    edited = replace(entries[20], article=replace(entries[20].article, title=Text("Edited")))
    edition = replace(EDITION, title=Text("Renamed"), entries=(*entries[:20], edited, *entries[21:]))
    *_, made = printed(edition, form, (laid, data))
    assert made == 2


def test_a_file_that_somebody_touched_is_not_believed() -> None:
    laid, data, _ = printed(EDITION, "atom")
    assert cached_entries(laid, data)
    assert cached_entries(laid, data.replace(b"ferry", b"fairy")) == {}
    assert cached_entries(laid, None) == {}
    assert cached_entries(None, data) == {}


@pytest.mark.parametrize("form", FORMATS)
def test_what_looks_like_a_mark_is_none(form: Format) -> None:
    mark = SafeHtml(f"<p>a</p>\n  <!--{'0' * 32}-->\n<p>b</p>")
    article = replace(
        EDITION.entries[0].article, html=mark, summary=mark, title=Text(mark), rights=Text(mark)
    )
    edition = replace(EDITION, entries=(replace(EDITION.entries[0], article=article), *EDITION.entries[1:]))
    laid, data, _ = printed(edition, form)
    assert printed(edition, form, (laid, data)) == (laid, data, 0)
