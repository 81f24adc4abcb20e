"""Feeds that a page names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.parse.discover import GUESSES, candidates

URL = "https://a.example/news/today.html"


def link(href: str, kind: str = "application/rss+xml", title: str = "", rel: str = "alternate") -> str:
    return f'<link rel="{rel}" type="{kind}" title="{title}" href="{href}">'


def found(*parts: str) -> tuple[str, ...]:
    return candidates("\n".join(["<!DOCTYPE html><html><head>", *parts]).encode(), URL)


def test_in_order_of_worth_comments_last() -> None:
    assert found(
        link("/comments/feed", title="Comments on everything"),
        link("/list.xml", "text/xml"),
        link("/feed.json", "application/feed+json"),
        link("/rss"),
        link("/atom", "application/atom+xml"),
    ) == tuple(
        f"https://a.example{path}" for path in ("/rss", "/atom", "/feed.json", "/list.xml", "/comments/feed")
    )


@pytest.mark.parametrize(
    "other",
    [
        link("/style.css", "text/css", rel="alternate stylesheet"),
        link("/fr/", "text/html"),
        link("/wp-json/wp/v2/posts/1", "application/json"),
        link("/oembed?url=x", "application/json+oembed"),
        link("javascript:alert(1)"),
        link("ftp://a.example/rss"),
        link("http://[broken/rss"),
        link(""),
        link(URL),
        link("/rss", rel="author"),
    ],
)
def test_what_is_none(other: str) -> None:
    assert found(other) == ()


def test_base_and_case_and_media_type_parameters() -> None:
    assert found(
        '<base href="/deep/">', link("feed", "Application/RSS+XML; charset=utf-8", rel="ALTERNATE home")
    ) == ("https://a.example/deep/feed",)


def test_links_that_look_like_feeds_only_where_none_is_named() -> None:
    anchors = '<a href="/about">x</a><a href="/comments/feed/">c</a><a href="rss.xml#top">x</a>'
    assert found(anchors) == ("https://a.example/news/rss.xml", "https://a.example/comments/feed/")
    assert found(anchors, link("/real")) == ("https://a.example/real",)
    assert len(found("".join(f'<a href="/{n}.rss">x</a>' for n in range(50)))) == GUESSES


@given(st.binary(max_size=300))
def test_never_raises(body: bytes) -> None:
    assert all(url.startswith("http") for url in candidates(b"<link rel=alternate href=" + body, URL))
