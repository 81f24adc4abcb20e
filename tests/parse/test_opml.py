"""OPML lists of feeds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import Malformed, NotAFeed, ParseError, TooCostly
from feeds.parse import opml
from feeds.parse.outline import Outline

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0"><head><title>x</title></head><body>\n'


def read(inside: str) -> tuple[Outline, ...]:
    return opml.parse("list", f"{HEAD}{inside}\n</body></opml>".encode())


def test_folders_and_categories_become_tags() -> None:
    inner = '<outline text="Papers"><outline text="A &amp; B" title="The A" type="rss" xmlUrl="https://a.example/rss"'
    inner += ' htmlUrl="https://a.example/" category="/Places/North, daily,"/></outline>'
    assert read(f'<outline text="News">{inner}</outline><outline text="b" XMLURL="https://b.example/"/>') == (
        Outline(
            url="https://a.example/rss",
            title="The A",
            html_url="https://a.example/",
            tags=("News", "Papers", "Places/North", "daily"),
        ),
        Outline(url="https://b.example/", title="b"),
    )


def test_a_feed_in_two_folders_is_listed_once_with_both_tags() -> None:
    outline = '<outline text="t" xmlUrl="https://a.example/"/>'
    assert read(f'<outline text="X">{outline}</outline><outline text="Y">{outline}</outline>') == (
        Outline(url="https://a.example/", title="t", tags=("X", "Y")),
    )


@pytest.mark.parametrize(
    ("attributes", "url"),
    [
        ('xmlUrl="feed://a.example/x"', "http://a.example/x"),
        ('xmlUrl="feed:https://a.example/x"', "https://a.example/x"),
        ('type="rss" url="https://a.example/x"', "https://a.example/x"),
    ],
)
def test_every_way_to_write_a_url_is_understood(attributes: str, url: str) -> None:
    assert [outline.url for outline in read(f"<outline text='t' {attributes}/>")] == [url]


def test_outlines_that_are_not_feeds_are_ignored() -> None:
    assert read('<outline text="t" type="link" url="https://a.example/"/><outline text="only words"/>') == ()


@pytest.mark.parametrize(
    ("inside", "line"),
    [("\n<outline text='a' xmlUrl='https://a.example/?a&b'/>", 4), ("<outline", 4), ("</wrong>", 3)],
)
def test_an_ill_formed_list_raises_malformed_with_the_line(inside: str, line: int) -> None:
    with pytest.raises(Malformed, match=f"line {line}:"):
        read(inside)


def test_entity_declarations_are_refused() -> None:
    bomb = b'<?xml version="1.0"?>\n<!DOCTYPE opml [\n<!ENTITY a "aaaa">\n<!ENTITY b "&a;&a;">]>'
    bomb += b"<opml><body/></opml>"
    for body in (bomb, bomb.decode().encode("utf-16")):
        with pytest.raises(Malformed, match="line 3: it declares entities"):
            opml.parse("list", body)
    external = b'<!DOCTYPE opml [<!entity x SYSTEM "file:///etc/hostname">]><opml><body/></opml>'
    with pytest.raises(Malformed):
        opml.parse("list", external)


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"<!DOCTYPE html><p>x", b'<rss version="2.0"><channel/></rss>', b"<outlines/>"]
)
def test_other_documents_raise_not_a_feed(body: bytes) -> None:
    with pytest.raises(NotAFeed, match="not an OPML list"):
        opml.parse("list", body)


def test_too_many_outlines_are_too_costly() -> None:
    with pytest.raises(TooCostly):
        read("<outline text='x'/>" * (opml.MAX_OUTLINES + 1))


@given(st.binary(max_size=200), st.integers(0, 300))
def test_damaged_lists_raise_only_parse_errors(junk: bytes, at: int) -> None:
    whole = (HEAD + '<outline text="t" xmlUrl="https://a.example/"/></body></opml>').encode()
    try:
        opml.parse("list", whole[:at] + junk + whole[at + 3 :])
    except ParseError as error:
        assert error.problem
