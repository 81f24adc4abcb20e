"""From one instance of this program to the next, three times: nothing changes."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.model import Edition, Format
from feeds.parse import parse
from tests.parse.test_golden import GOLDEN
from tests.render.any_item import DOCUMENTS
from tests.render.hops import URL, after_hops, as_atom_can_say, edition_of, entries_in, with_mentions
from tests.render.test_properties import some
from tests.shared import REAL_DIR, needs_real

pytestmark = pytest.mark.measured

CHAINS: tuple[tuple[Format, ...], ...] = (
    *(("atom",) * 3, ("json",) * 3, ("rss",) * 3),
    *(("atom", "json", "atom"), ("json", "atom", "rss"), ("rss", "json", "atom")),
)
INVENTED = sorted(
    path for path in GOLDEN.iterdir() if path.suffix in (".xml", ".json") and ".expected" not in path.name
)


def assert_unchanged(edition: Edition, forms: tuple[Format, ...], name: str = "") -> None:
    """The entries of the last output have the bytes of the first one's.

    RSS has no place for all that the others say, so after a hop in RSS only the RSS is compared.
    """
    edition = as_atom_can_say(with_mentions(edition))
    last = after_hops(edition, *forms)
    compared: tuple[Format, ...] = ("rss",) if "rss" in forms else ("atom", "json", "rss")
    for form in compared:
        before, after = entries_in(edition, form), entries_in(last, form)
        assert list(after) == list(before), (name, form)
        for id_, entry in before.items():
            assert after[id_] == entry, (name, form)


def editions(paths: Iterable[Path]) -> Iterator[tuple[str, Edition]]:
    for path in paths:
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        kind = "application/json" if path.suffix == ".json" else "application/xml"
        yield path.name, edition_of(parse("source", data, content_type=kind, url=URL))


@pytest.mark.parametrize("forms", CHAINS, ids="-".join)
def test_entries_of_invented_feeds_are_the_same_after_three_hops(forms: tuple[Format, ...]) -> None:
    entries = 0
    for name, edition in editions(INVENTED):
        assert_unchanged(edition, forms, name)
        entries += len(edition.entries)
    assert entries > 15


@needs_real
def test_entries_of_real_feeds_are_the_same_after_three_hops() -> None:
    """Each feed goes through one chain of formats, so that all together take no longer than one."""
    entries = 0
    for number, (name, edition) in enumerate(editions(sorted(REAL_DIR.glob("*.gz"))[::6])):
        assert_unchanged(edition, CHAINS[number % len(CHAINS)], name)
        entries += len(edition.entries)
    assert entries > 250


@some
@given(DOCUMENTS, st.sampled_from(CHAINS))
def test_entries_are_the_same_after_three_hops_whatever_they_hold(document: Any, forms: Any) -> None:
    assert_unchanged(edition_of(document), forms)
