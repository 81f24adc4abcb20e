"""JSON Feed: the rules of the specification, and values of the wrong type."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import Malformed, NotAFeed, ParseError
from feeds.model import Document
from feeds.parse import parse

VERSION = "https://jsonfeed.org/version/1.1"


def read(root: Any) -> Document:
    return parse("s", json.dumps(root).encode(), url="https://a.example/feed.json")


def feed(*items: Any, **more: Any) -> Document:
    return read({"version": VERSION, "title": "t", "items": list(items), **more})


@pytest.mark.parametrize(("value", "guid"), [("a", "a"), (7, "7"), (1.5, "1.5"), (10**30, str(10**30))])
def test_ids_are_converted_to_strings(value: object, guid: str) -> None:
    assert feed({"id": value}).items[0].guid == guid


@pytest.mark.parametrize("value", [None, "", "  ", True, [], {}, float("inf")])
def test_the_url_of_an_item_without_an_id_is_its_id(value: object) -> None:
    document = feed({"id": value, "url": "/1"}, {"id": "b", "url": "/2"}, {"content_text": "Neither."})
    assert [item.guid for item in document.items] == ["https://a.example/1", "b", ""]
    assert document.notes == ()


def test_a_number_is_a_date_in_unix_time() -> None:
    document = feed({"id": "a", "date_published": 1772463845, "date_modified": 1772463845123}, {"id": "b"})
    assert [(item.published.raw, item.updated.raw) for item in document.items] == [
        ("1772463845", "1772463845123"),
        ("", ""),
    ]


def test_the_page_of_an_item_without_one_of_its_own_is_the_one_that_it_is_about() -> None:
    own, none = feed({"id": "a", "url": "/1", "external_url": "/x"}, {"external_url": "/y"}).items
    assert [(link.href, link.rel) for link in own.links] == [
        ("https://a.example/1", "alternate"),
        ("https://a.example/x", "related"),
    ]
    assert [(link.href, link.rel) for link in none.links] == [("https://a.example/y", "alternate")]
    assert none.guid == "https://a.example/y"


def test_an_item_with_nothing_in_it_is_skipped() -> None:
    document = feed({"id": None, "title": " ", "tags": [1]}, {"id": "b"})
    assert [item.guid for item in document.items] == ["b"]
    assert document.notes == ("item 1: it is empty",)


def test_values_of_the_wrong_type_are_ignored() -> None:
    wrong = {
        "title": 1,
        "url": [],
        "tags": "x",
        "authors": {},
        "attachments": [1, {}],
        "date_published": 5,
        "summary": {},
    }
    (item,) = feed({"id": "a", "content_text": "kept", **wrong}, title=[], hubs={}, authors="x").items
    assert item.content and item.content.value == "kept"
    assert (item.title, item.links, item.categories, item.authors, item.media) == (None, (), (), (), ())


def test_author_and_authors_are_read() -> None:
    old, new, both = feed(
        {"id": 1, "author": {"name": "A"}},
        {"id": 2, "authors": [{"name": "B"}, {"name": "C"}]},
        {"id": 3, "author": {"name": "A"}, "authors": [{"name": "B"}]},
    ).items
    assert [[person.name for person in item.authors] for item in (old, new, both)] == [
        ["A"],
        ["B", "C"],
        ["B"],
    ]


def test_a_feed_without_a_version_needs_items() -> None:
    assert read({"items": [{"id": "a"}]}).items
    with pytest.raises(NotAFeed):
        read({"title": "t", "data": []})


def test_a_feed_without_items_is_an_empty_document() -> None:
    assert feed().items == ()


@pytest.mark.parametrize(
    "body",
    [
        b'{"version": "https://jsonfeed.org/version/1.1", "items": [',
        b'{"version": "https://jsonfeed.org/version/1.1", "items": ' + b"[" * 200_000 + b"]" * 200_000 + b"}",
        b'{"version": "https://jsonfeed.org/version/1.1", "items": {}}',
        b'{"version": "https://jsonfeed.org/version/1.1", "items": [3]}',
    ],
    ids=["cut", "deep", "no list", "no object"],
)
def test_broken_json_and_items_raise_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        parse("s", body, url="https://a.example/")


def test_huge_numbers_and_forbidden_characters_are_removed() -> None:
    body = b'{"version":"https://jsonfeed.org/version/1","x":NaN,"y":' + b"9" * 10_000
    body += b',"items":[{"id":"a","title":"a\\u0000\\ud800\x07b",'
    body += b'"attachments":[{"url":"/u","size_in_bytes":1e999}]}]}'
    (item,) = parse("s", body, url="https://a.example/").items
    assert item.title and item.title.value == "ab"
    assert item.media[0].length is None


values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NAMES = ["id", "url", "external_url", "title", "content_html", "content_text", "summary", "image", "tags"]
NAMES += ["banner_image", "author", "authors", "date_published", "date_modified", "attachments", "language"]


@given(st.lists(st.dictionaries(st.sampled_from(NAMES), values), max_size=4), values)
def test_values_of_any_type_raise_only_parse_errors(items: list[dict[str, Any]], hubs: Any) -> None:
    try:
        feed(*items, hubs=hubs, authors=hubs, language=hubs)
    except ParseError:
        assert items
