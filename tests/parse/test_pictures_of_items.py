"""Ratings of media, and the pictures of items that are no enclosure, as both parsers see them."""

from __future__ import annotations

import pytest

from feeds.model import Document
from feeds.parse import feed
from tests.parse.test_fast import compare

NAMESPACES = 'xmlns:media="http://search.yahoo.com/mrss/" xmlns:webfeeds="http://webfeeds.org/rss/1.0"'
A = '<media:content url="https://n.example/a.jpg" medium="image"/>'


def parse(inner: str, channel: str = "", *, fast: bool = True) -> Document:
    """Asserts that the parsers agree, and with `fast` that the fast one parses the document."""
    item = f"<item><title>t</title>{inner}</item>"
    body = (
        f"<rss version='2.0' {NAMESPACES}><channel><title>c</title>{channel}{item}</channel></rss>".encode()
    )
    assert compare(body) or not fast
    return feed.parse("s", body, url="https://n.example/feed")


@pytest.mark.parametrize(
    ("rating", "expected"),
    [
        ('<media:rating scheme="urn:simple">adult</media:rating>', "adult"),
        ('<media:rating scheme="urn:simple">nonadult</media:rating>', "nonadult"),
        ("<media:rating> Adult </media:rating>", "adult"),
        ('<media:rating scheme="urn:mpaa">nc-17</media:rating>', "adult"),
        ('<media:rating scheme="urn:mpaa">pg</media:rating>', ""),
        ('<media:rating scheme="urn:icra">r (cz 1)</media:rating>', ""),
        ("<media:adult>true</media:adult>", "adult"),
        ("<media:adult>false</media:adult>", "nonadult"),
        ("<media:rating>adult</media:rating><media:rating>nonadult</media:rating>", "adult"),
        ("", ""),
    ],
)
def test_a_rating_applies_where_it_stands(rating: str, expected: str) -> None:
    of_content = f'<media:content url="https://n.example/a.jpg">{rating}</media:content>{A}'
    (item,) = parse(of_content).items
    assert ([medium.rating for medium in item.media], item.rating) == ([expected, ""], "")
    (item,) = parse(f"<media:group>{A}{rating}</media:group>{A}").items
    assert ([medium.rating for medium in item.media], item.rating) == ([expected, ""], "")
    (item,) = parse(A + rating).items
    assert ([medium.rating for medium in item.media], item.rating) == ([""], expected)
    document = parse(A, channel=rating)
    assert (document.feed.rating, document.items[0].rating) == (expected, "")


@pytest.mark.parametrize(
    "picture",
    [
        "<image><url>https://n.example/a.jpg</url><title>x</title><link>https://n.example/wrong</link></image>",
        "<image> https://n.example/a.jpg </image>",
        '<image href="https://n.example/a.jpg"/>',
        '<webfeeds:featuredImage url="https://n.example/a.jpg"/>',
    ],
)
def test_a_picture_of_an_item_counts_as_media(picture: str) -> None:
    (item,) = parse(
        f"<link>https://n.example/1</link>{picture}<description>d</description>", fast=False
    ).items
    assert [(medium.url, medium.medium) for medium in item.media] == [("https://n.example/a.jpg", "image")]
    assert item.title is not None
    assert (item.title.value, item.links[0].href) == ("t", "https://n.example/1")


def test_an_image_of_an_item_without_a_url_is_no_picture() -> None:
    (item,) = parse("<image>A picture of a gate</image>", fast=False).items
    assert item.media == ()
