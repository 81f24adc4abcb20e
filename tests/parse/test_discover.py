"""Discovery of the feeds of a page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.parse.discover import MAX_GUESSES, feed_candidates

URL = "https://a.example/news/today.html"


def link(href: str, kind: str = "application/rss+xml", title: str = "", rel: str = "alternate") -> str:
    return f'<link rel="{rel}" type="{kind}" title="{title}" href="{href}">'


def find(*parts: str) -> tuple[str, ...]:
    return feed_candidates("\n".join(["<!DOCTYPE html><html><head>", *parts]).encode(), URL)


def test_candidates_are_ordered_by_type_with_comments_last() -> None:
    assert find(
        link("/comments/feed", title="Comments on everything"),
        link("/list.xml", "text/xml"),
        link("/feed.json", "application/feed+json"),
        link("/rss"),
        link("/atom", "application/atom+xml"),
    ) == tuple(
        f"https://a.example{path}" for path in ("/rss", "/atom", "/feed.json", "/list.xml", "/comments/feed")
    )


@pytest.mark.parametrize(
    "markup",
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
def test_other_links_are_no_candidates(markup: str) -> None:
    assert find(markup) == ()


def test_base_letter_case_and_media_type_parameters_are_handled() -> None:
    assert find(
        '<base href="/deep/">', link("feed", "Application/RSS+XML; charset=utf-8", rel="ALTERNATE home")
    ) == ("https://a.example/deep/feed",)


def test_links_that_look_like_feeds_are_used_only_if_none_is_declared() -> None:
    anchors = '<a href="/about">x</a><a href="/comments/feed/">c</a><a href="rss.xml#top">x</a>'
    assert find(anchors) == ("https://a.example/news/rss.xml", "https://a.example/comments/feed/")
    assert find(anchors, link("/real")) == ("https://a.example/real",)
    assert len(find("".join(f'<a href="/{n}.rss">x</a>' for n in range(50)))) == MAX_GUESSES


@given(st.binary(max_size=300))
def test_damaged_pages_never_raise(body: bytes) -> None:
    assert all(url.startswith("http") for url in feed_candidates(b"<link rel=alternate href=" + body, URL))
