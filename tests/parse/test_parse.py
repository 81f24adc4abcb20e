"""`sniff` and `parse`: the kinds of documents, and the errors for those that are not feeds."""

from __future__ import annotations

import codecs

import msgspec
import pytest

from feeds import codec
from feeds.errors import NotAFeed
from feeds.model import Document, Extract
from feeds.parse import parse
from feeds.parse.sniff import sniff

RSS = b'<rss version="2.0"><channel><title>t</title><item><title>a</title></item></channel></rss>'
URL = "https://a.example/"


@pytest.mark.parametrize(
    ("body", "content_type", "kind"),
    [
        (b"", "", "empty"),
        (b"\xef\xbb\xbf \n", "", "empty"),
        (b' {"version": 1}', "text/html", "json"),
        (RSS, "text/html", "feed"),
        (b"<?xml version='1.0'?><!-- a > b --><!DOCTYPE rss [<!ENTITY x 'y'>]>" + RSS, "", "feed"),
        (b"<atom:feed xmlns:atom='http://www.w3.org/2005/Atom'/>", "", "feed"),
        (codecs.BOM_UTF16_LE + RSS.decode().encode("utf-16-le"), "", "feed"),
        (b"<opml version='2.0'/>", "application/rss+xml", "opml"),
        (b"<!DOCTYPE html><title>x</title>", "application/xml", "html"),
        (b"<?xml version='1.0'?><html/>", "", "html"),
        (b"<p>x", "text/html; charset=utf-8", "html"),
        (b"<br/><b>Warning</b>: \n" + RSS, "text/html", "markup"),
        (b"<urlset/>", "", "markup"),
        (b"plain words", "text/html", "html"),
        (b"plain words", "", "other"),
        (b"\x89PNG\r\n\x1a\n\0\0", "image/png", "other"),
    ],
)
def test_the_kind_is_detected_from_the_content(body: bytes, content_type: str, kind: str) -> None:
    assert sniff(body, content_type) == kind


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b"words", "neither"),
        (b"[1, 2]", "JSON"),
        (b'{"type": "FeatureCollection"}', "no JSON Feed"),
        (b"<opml version='2.0'><body/></opml>", "OPML"),
        (b"<!DOCTYPE html><p>x", "a page"),
    ],
)
def test_other_documents_raise_not_a_feed_with_the_source(body: bytes, problem: str) -> None:
    with pytest.raises(NotAFeed, match=problem) as caught:
        parse("council", body, url=URL)
    assert caught.value.source == "council"


def test_a_page_raises_not_a_feed_with_the_feeds_it_links_to() -> None:
    page = b"<!DOCTYPE html><head><link rel=alternate type=application/rss+xml href=/rss></head>"
    with pytest.raises(NotAFeed) as caught:
        parse("s", page, url="https://a.example/news/")
    assert caught.value.candidates == ("https://a.example/rss",)


def test_a_feed_after_a_php_warning_is_parsed() -> None:
    document = parse("s", b"<br />\n<b>Warning</b>: no such table\n" + RSS, url=URL, content_type="text/html")
    assert len(document.items) == 1


def test_selectors_apply_to_pages_and_not_to_feeds() -> None:
    extract = Extract(item="li", title="a")
    page = parse("s", b"<!DOCTYPE html><ul><li><a href=/1>one</a></ul>", url=URL, extract=extract)
    assert page.feed.format == "page"
    assert parse("s", RSS, url=URL, extract=extract).feed.format == "rss20"


def test_documents_survive_the_codec() -> None:
    document = parse("s", RSS, url=URL)
    assert codec.loads(Document, codec.dumps(document)) == document
    assert msgspec.json.encode(document)
