"""Which items of one document are duplicates."""

from __future__ import annotations

from typing import Any

import pytest

from feeds.model import Article
from feeds.normalize.distinct import distinct
from tests.make import article

LINK = "https://h.example/crossword"


def item(**fields: Any) -> Article:
    return article(**({"guid": "", "link": LINK, "title": "Today's crossword", "text": "Play it."} | fields))


FIRST = item()


@pytest.mark.parametrize(
    ("second", "is_duplicate"),
    [
        (item(), True),
        (item(hours=2), True),
        (item(published=None), True),
        (item(hours=24), False),
        (item(text="Print it.", content_hash=b"1"), False),
        (item(enclosure_key="cdn.example/2.mp3"), False),
        (item(guid="g-1"), False),
    ],
)
def test_items_without_a_guid_that_say_the_same_are_one_unless_they_are_of_other_days(
    second: Article, is_duplicate: bool
) -> None:
    assert distinct((FIRST, second)) == ((FIRST,) if is_duplicate else (FIRST, second))


@pytest.mark.parametrize(
    ("others", "kept"), [((), 1), ((item(guid="N/A", title="Other", content_hash=b"o"),), 3)]
)
def test_a_guid_keeps_items_of_other_days_together_unless_other_items_have_it_too(
    others: tuple[Article, ...], kept: int
) -> None:
    daily = item(guid="N/A"), item(guid="N/A", hours=24)
    assert len(distinct((*daily, *others))) == kept


def test_parts_of_one_page_are_different_items() -> None:
    parts = [
        item(canonical_part=f"h.example/changes#{n}", link=f"https://h.example/changes#{n}") for n in (1, 2)
    ]
    assert distinct(parts) == tuple(parts)
