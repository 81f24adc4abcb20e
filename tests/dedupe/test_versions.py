"""Older versions of an article beside the newest in one document."""

from __future__ import annotations

from typing import Any

import pytest

from feeds.dedupe.versions import newest_versions
from feeds.model import Article
from tests.make import WORDS, article

PAGE = "https://h.example/pier"
OTHER = article("b", link="https://h.example/b")


def version(number: int, **more: object) -> Article:
    return article(f"{PAGE}#{number}", link=PAGE, hours=-number, **more)  # type: ignore[arg-type]


def test_a_correction_replaces_its_first_version_in_the_same_document() -> None:
    first = article("a", link="https://h.example/a", hours=2)
    correction = article("a", link="https://h.example/a", title="Corrected", hours=1)
    assert newest_versions((first, OTHER, correction)) == (correction, OTHER)
    assert newest_versions((correction, OTHER, first)) == (correction, OTHER)


def test_guids_that_differ_in_a_version_number_are_one_article_the_newest() -> None:
    first, fourth = (
        version(1),
        version(4, title="Pier to open again", text="Repairs went well, the council said."),
    )
    assert newest_versions((first, OTHER, fourth)) == (fourth, OTHER)
    assert newest_versions((OTHER, fourth, first)) == (OTHER, fourth)


def test_of_versions_with_one_date_the_one_with_the_highest_number_is_the_newest() -> None:
    ninth, tenth = (article(f"{PAGE}#{number}", link=PAGE) for number in (9, 10))
    assert newest_versions((ninth, OTHER, tenth)) == (tenth, OTHER)


def test_two_alike_versions_may_be_the_whole_document() -> None:
    assert newest_versions((version(1), version(4))) == (version(4),)


def test_the_numbered_posts_of_one_page_are_no_versions() -> None:
    posts = tuple(
        version(number, title=title, text=f"{title}, says our reporter at the quay, and people wave.")
        for number, title in enumerate(("First boats leave", "Rain begins", "A whale is seen"), start=1)
    )
    assert newest_versions(posts) == posts


def test_items_that_all_have_the_same_guid_and_link_are_no_versions() -> None:
    items = tuple(article("same", link="https://h.example/", text=f"{WORDS} {n}") for n in range(3))
    assert newest_versions(items) == items


@pytest.mark.parametrize(
    ("fields", "is_version"),
    [
        ({"link": f"{PAGE}?rev=1"}, True),  # RFC 4287 §4.1.1: one id, one entry
        ({"link": f"{PAGE}?rev=1", "hours": 48}, True),
        ({"link": f"{PAGE}?rev=1", "title": "Another notice"}, False),
        ({"link": f"{PAGE}?rev=1", "enclosure_key": "cdn.example/1.mp3"}, False),
        ({"guid": "3", "link": f"{PAGE}?rev=1"}, False),  # a place in the document
    ],
)
def test_two_items_with_one_guid_and_other_links_are_versions_if_they_are_alike(
    fields: dict[str, Any], is_version: bool
) -> None:
    guid = fields.get("guid", "tag:h.example,2026:post-1001")
    newest = article(
        guid, link=f"{PAGE}?rev=2", title="Old ferry pier to close", enclosure_key="cdn.example/2.mp3"
    )
    older = article(**({"guid": guid, "hours": 2} | fields))
    assert newest_versions((older, OTHER, newest)) == (
        (newest, OTHER) if is_version else (older, OTHER, newest)
    )


@pytest.mark.parametrize(
    ("fields", "is_version"),
    [
        ({}, True),
        ({"hours": 30}, False),
        ({"title": "Another notice"}, False),
        ({"text": "Boats leave."}, False),
    ],
)
def test_two_items_without_guid_and_with_one_link_are_versions_if_they_are_alike(
    fields: dict[str, Any], is_version: bool
) -> None:
    older, newest = (
        article(**({"guid": "", "hours": 2} | fields)),  # type: ignore[arg-type]
        article("", title="Old ferry pier closes soon"),
    )
    assert newest_versions((older, OTHER, newest)) == (
        (newest, OTHER) if is_version else (older, OTHER, newest)
    )


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Crossword No 18", "Print it or play it online."),
        (
            "A wholly different notice",
            "The library stays shut on Monday, to save heating, and opens on Tuesday.",
        ),
    ],
)
def test_items_of_other_days_that_share_guid_and_link_are_no_versions(title: str, text: str) -> None:
    today = article("daily", link=PAGE, title="Crossword No 17", text="Print it or play it online.")
    other_day = article("daily", link=PAGE, title=title, text=text, hours=24)
    assert newest_versions((today, OTHER, other_day)) == (today, OTHER, other_day)
