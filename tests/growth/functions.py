"""The functions that read foreign text, each as a call that takes one text of any length."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from xml.sax.saxutils import escape

from feeds.dedupe.exact import exact_keys
from feeds.dedupe.features import ComparedArticle, WindowWeights, features
from feeds.dedupe.fingerprint import fingerprint
from feeds.dedupe.identity_keys import article_keys
from feeds.dedupe.likeness import text_likeness, title_likeness
from feeds.dedupe.open_fingerprint import OpenFingerprint
from feeds.dedupe.prepare import ArticleInput, fingerprint_article
from feeds.errors import ParseError
from feeds.fetch.status import parse_retry_after
from feeds.ingest.poll_source import _body_digest
from feeds.model import Body, Category, Document, Extract, Feed, Item, Link, Media, Person, Text
from feeds.normalize.article import to_articles
from feeds.normalize.base_url import Bases
from feeds.normalize.body import normalize_body_and_summary
from feeds.normalize.canonical import canonical_form
from feeds.normalize.dates import parse_date
from feeds.normalize.people import normalize_categories, normalize_person
from feeds.normalize.text import plain_text
from feeds.normalize.url import absolute_url, clean_url
from feeds.parse import opml, parse
from feeds.parse.delta import split_document
from feeds.parse.encoding import repair_encoding
from feeds.parse.hubs import parse_link_header
from feeds.parse.newest import cut_to_newest, item_spans
from feeds.parse.reference import reader
from feeds.parse.reference.handlers import LimitExceeded
from feeds.parse.sniff import sniff
from feeds.schedule.cache_hints import _directives
from feeds.workers.document_entries import find_entries, label_of
from tests.make import NOW, article

URL = "https://news.example/feed"
RSS = (
    '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>News</title>{}</channel></rss>'
)
SHORT = 4_000  # characters: a few microseconds are spent on each
LONG = 60_000  # for functions that only search

Read = Callable[[str], object]


def _parse(document: str, extract: Extract | None = None) -> object:
    try:
        return parse("s", document.encode("utf-8", "replace"), url=URL, extract=extract)
    except ParseError as error:
        return error


def _item(**fields: object) -> Item:
    return replace(Item(), **fields)  # type: ignore[arg-type]


def _articles(item: Item) -> object:
    document = Document(feed=Feed(format="rss"), items=(item,))
    return to_articles(document, source="s", url=URL, now=NOW)


def _body(text: str, kind: str = "html") -> object:
    item = _item(content=Body(value=text, type=kind), summary=Body(value=text[: len(text) // 2], type=kind))  # type: ignore[arg-type]
    return normalize_body_and_summary(item, Text(text[:200]), Bases(URL, URL, URL))


def _url(text: str) -> object:
    absolute = [
        absolute_url(f"{start}{text}", base=URL)
        for start in ("", "https://a.example/", "https://a.example/?")
    ]
    return [(clean_url(url), canonical_form(url)) for url in absolute if url]


def _compare(text: str) -> object:
    """Features of two copies of which one has another word now and then."""
    words = text.split() or [text]
    other = " ".join(word if number % 10 else f"changed{number}" for number, word in enumerate(words))
    opened = [OpenFingerprint(fingerprint("Title", one)) for one in (text, other)]
    new, old = (ComparedArticle(n, "s", 0.0, one) for n, one in enumerate(opened))
    return features(new, old, WindowWeights(opened[0], {}, 100))


def _opml(text: str) -> object:
    document = (
        f"<opml version='2.0'><body><outline text='{escape(text)}' xmlUrl='{URL}'/>{text}</body></opml>"
    )
    try:
        return opml.parse("s", document.encode("utf-8", "replace"))
    except ParseError as error:
        return error


def _reference(text: str) -> object:
    try:
        return reader.parse(RSS.format(f"<item><title>x</title>{text}</item>").encode("utf-8", "replace"))
    except LimitExceeded as error:
        return error


FUNCTIONS: dict[str, tuple[Read, int]] = {
    "title": (plain_text, SHORT),
    "title without markup": (lambda text: plain_text(text, markup=False), SHORT),
    "html body": (_body, SHORT),
    "text body": (lambda text: _body(text, "text"), SHORT),
    "whole article": (
        lambda text: _articles(
            _item(
                title=Body(value=text, type="html"),
                content=Body(value=text),
                links=(Link(href=text),),
                guid=text,
                authors=(Person(name=text),),
                media=(Media(url=text), Media(url=f"https://a.example/{text}")),
            )
        ),
        SHORT,
    ),
    "person": (lambda text: normalize_person(Person(name=text, email=text)), SHORT),
    "category": (lambda text: normalize_categories([Category(term=text, label=text)]), SHORT),
    "date": (parse_date, SHORT),
    "url": (_url, SHORT),
    "RSS, escaped": (
        lambda text: _parse(RSS.format(f"<item><description>{escape(text)}</description></item>")),
        SHORT,
    ),
    "RSS, raw": (lambda text: _parse(RSS.format(f"<item><title>x</title>{text}</item>")), SHORT),
    "RSS, many items": (
        lambda text: _parse(RSS.format(f"<item><guid>{escape(text[:9])}</guid></item>" * (len(text) // 40))),
        SHORT,
    ),
    "feedparser": (_reference, SHORT),
    "JSON Feed": (
        lambda text: _parse(
            json.dumps(
                {
                    "version": "https://jsonfeed.org/version/1.1",
                    "title": text,
                    "items": [{"id": text, "content_html": text}],
                }
            )
        ),
        SHORT,
    ),
    "page": (
        lambda text: _parse(f"<html><body>{text}</body></html>", Extract(item="p", title="a", link="a@href")),
        SHORT,
    ),
    "page that may name feeds": (lambda text: _parse(f"<html><head>{text}</head></html>"), SHORT),
    "OPML": (_opml, SHORT),
    "start of a document": (lambda text: sniff(text.encode("utf-8", "replace")), SHORT),
    "encoding": (lambda text: repair_encoding(text.encode("utf-8", "replace"), text), SHORT),
    "encoding in question": (
        lambda text: repair_encoding(
            b'<?xml version="1.0"?><rss>' + text.encode("utf-16-le", "replace") + b"\xff</rss>", ""
        ),
        SHORT,
    ),
    "split": (
        lambda text: split_document(
            RSS.format(f"<item>{text}</item>{text}").encode("utf-8", "replace"), url=URL
        ),
        LONG,
    ),
    "split, head": (
        lambda text: split_document(RSS.format(f"{text}<item></item>").encode("utf-8", "replace"), url=URL),
        LONG,
    ),
    "split before the root": (
        lambda text: split_document(f"{text}{RSS}".encode("utf-8", "replace"), url=URL),
        LONG,
    ),
    "entries": (lambda text: find_entries(RSS.format(text).encode("utf-8", "replace"), url=URL), LONG),
    "spans of items": (
        lambda text: (
            item_spans(text.encode("utf-8", "replace")),
            cut_to_newest(text.encode("utf-8", "replace")),
        ),
        LONG,
    ),
    "label of an entry": (lambda text: label_of(text.encode("utf-8", "replace")), LONG),
    "digest of a body": (lambda text: _body_digest(f"<rss></rss>{text}-->".encode("utf-8", "replace")), LONG),
    "Link header": (lambda text: list(parse_link_header(text, URL)), SHORT),
    "Cache-Control header": (_directives, SHORT),
    "Retry-After header": (lambda text: parse_retry_after({"retry-after": text, "date": text}, NOW), SHORT),
    "keys": (
        lambda text: (
            article_keys([article(text=text, title=text)]),
            exact_keys(article(text=text, title=text), site=text[:50], link_is_own=True),
        ),
        SHORT,
    ),
    "fingerprint": (
        lambda text: fingerprint_article(
            ArticleInput(source="s", title=text, text=text, seen_at=0.0, site_names=("News",))
        ),
        SHORT,
    ),
    "comparison": (_compare, SHORT),
    "likeness": (lambda text: (title_likeness(text, text + " x"), text_likeness(text, text + " x")), SHORT),
}
