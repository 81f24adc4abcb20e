from __future__ import annotations

from typing import Any

from feeds.render import opml
from feeds.render.listing import FeedListing, build_listing
from tests.render.parse_output import xml
from tests.render.sample_edition import EDITION, EMPTY


def outlines(*subscriptions: FeedListing) -> list[dict[str, Any]]:
    root = xml(opml.render("List", subscriptions).data)
    assert root.get("version") == "2.0"
    return [dict(outline.attrib) for outline in root.iterfind("body/outline")]


def test_the_attributes_of_an_outline() -> None:
    subscription = FeedListing(
        title="Tide & <Time>",
        url="https://tide.example/rss",
        link="https://tide.example/",
        tags=("sea", "a/b, c"),
        description="About\nthe sea",
        language="en",
    )
    assert outlines(subscription) == [
        {
            "type": "rss",
            "text": "Tide & <Time>",
            "title": "Tide & <Time>",
            "xmlUrl": "https://tide.example/rss",
            "htmlUrl": "https://tide.example/",
            "category": "sea,a b c",
            "description": "About the sea",
            "language": "en",
        }
    ]


def test_order_is_kept_and_a_missing_title_is_the_url() -> None:
    listed = outlines(*(FeedListing(title="", url=f"https://{name}.example/") for name in "cab"))
    assert [outline["text"] for outline in listed] == [
        "https://c.example/",
        "https://a.example/",
        "https://b.example/",
    ]


def test_passwords_are_removed_and_sources_without_a_web_address_are_left_out() -> None:
    rendered = opml.render(
        "List",
        (
            FeedListing(title="Private", url="https://me:secret@a.example/feed"),
            FeedListing(title="File", url="examples/a.xml"),
        ),
    )
    assert b"secret" not in rendered.data
    assert b'xmlUrl="https://a.example/feed"' in rendered.data
    assert rendered.skipped_entries == ("File: it has no web address",)


def test_each_output_is_listed_once_in_its_best_format() -> None:
    world, quiet = opml.list_outputs((build_listing(EDITION), build_listing(EMPTY)))
    assert (world.url, world.link) == ("https://feeds.example/world.atom", "https://feeds.example/world.html")
    assert (quiet.url, quiet.link) == ("https://feeds.example/quiet.atom", "https://feeds.example/")


def test_opml_contains_no_dates() -> None:
    data = opml.render("List", opml.list_outputs((build_listing(EDITION),))).data
    assert b"date" not in data
    assert data == opml.render("List", opml.list_outputs((build_listing(EDITION),))).data
