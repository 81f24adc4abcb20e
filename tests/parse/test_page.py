"""Items of a page without a feed, selected by CSS selectors."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from feeds.errors import Malformed, NotAFeed, TooCostly
from feeds.model import Document, Extract, Person
from feeds.parse import page

PAGE = """<!DOCTYPE html><html lang="en-GB"><head><title> Council
 news </title><base href="https://council.example/news/"></head><body>
<ul>
 <li class="news" data-id="1"><a href="bins?week=2">Bins &amp; <b>bags</b></a>
  <time datetime="2026-01-05T10:00:00+01:00">Monday</time><p>New <i>days</i>.</p><p>From May.</p>
  <img src="/bin.png"><span class="by">Clerk</span></li>
 <li class="news"><a href="javascript:void(0)">Café closes</a><time>5 January</time></li>
 <li class="news"><time datetime="2026-01-03">x</time></li>
</ul>""".encode()

SELECTORS: dict[str, Any] = {
    "item": "li.news",
    "title": "a",
    "link": "a@href",
    "date": "time@datetime",
    "text": "p",
    "image": "img",
    "author": ".by",
}


def read(body: bytes = PAGE, **selectors: str) -> Document:
    return page.parse(
        "council", body, Extract(**{**SELECTORS, **selectors}), url="https://council.example/index"
    )


def test_every_field_of_an_item_is_selected() -> None:
    document = read()
    assert (document.feed.format, document.feed.title, document.feed.language) == (
        "page",
        "Council news",
        "en-GB",
    )
    first = document.items[0]
    assert first.guid == first.links[0].href == "https://council.example/news/bins?week=2"
    assert first.title and first.title.value == "Bins & bags"
    assert first.content and first.content.value == "New <i>days</i>.\nFrom May."
    assert first.content.base == "https://council.example/news/"
    assert first.published.parsed == datetime(2026, 1, 5, 9, tzinfo=UTC)
    assert first.authors == (Person(name="Clerk"),)
    assert [image.url for image in first.media] == ["https://council.example/bin.png"]


def test_missing_parts_are_empty_and_items_without_title_and_link_are_skipped() -> None:
    document = read(date="time")
    second = document.items[1]
    assert (second.guid, second.links, second.content, second.media) == ("", (), None, ())
    assert (second.published.raw, second.published.parsed) == ("5 January", None)
    assert document.notes == ("item 3: it has neither a title nor a link",)


@pytest.mark.parametrize(
    ("selector", "title"),
    [
        ("a", "Bins & bags"),
        ("a b", "bags"),
        ("@data-id", "1"),
        ('a[href*="bins"]', "Bins & bags"),
        ('a[href*="@"], a[href*="bins"]@href', "bins?week=2"),
        ("time @datetime", "2026-01-05T10:00:00+01:00"),
    ],
)
def test_a_selector_may_name_nodes_an_attribute_or_both(selector: str, title: str) -> None:
    first = read(title=selector).items[0]
    assert first.title and first.title.value == title


@pytest.mark.parametrize(
    ("selector", "title"), [("a:contains('x@y')", "Write to x@y"), ("a:contains('x@y')@href", "/mail")]
)
def test_an_at_sign_in_quotes_belongs_to_the_css(selector: str, title: str) -> None:
    body = b"<li class=news><a href=/bins>Bins</a> <a href=/mail>Write to x@y</a></li>"
    first = read(body, title=selector).items[0]
    assert first.title and first.title.value == title


@pytest.mark.parametrize("selector", ["li..news", "li[", "a:unknown-pseudo", "::", "a{}"])
def test_an_invalid_selector_raises_malformed(selector: str) -> None:
    with pytest.raises(Malformed, match=r"extract\.title: .* is not a CSS selector"):
        read(title=selector)


def test_a_page_without_items_raises_malformed() -> None:
    with pytest.raises(Malformed, match=r"nothing on the page matches 'li\.old'"):
        read(item="li.old")
    with pytest.raises(Malformed, match="3 places match"):
        read(title="h9", link="h9@href")


def test_other_documents_and_too_large_pages_are_refused() -> None:
    with pytest.raises(NotAFeed):
        read(b"<!-- -->")
    with pytest.raises(TooCostly):
        read(b" " * (page.MAX_PAGE_BYTES + 1))


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1252"])
def test_the_charset_of_a_meta_element_is_used(encoding: str) -> None:
    body = PAGE.decode().replace("<title>", f'<meta charset="{encoding}"><title>').encode(encoding)
    title = read(body).items[1].title
    assert title and title.value == "Café closes"
