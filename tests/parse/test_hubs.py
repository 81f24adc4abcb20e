"""WebSub discovery: hubs and topic from the Link header field and the document."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from feeds.model import Feed
from feeds.parse.hubs import MAX_HUBS, DiscoveredHubs, discover_hubs, parse_link_header

URL = "https://a.example/dir/feed?x=1"
FEED = Feed(hubs=("https://doc.example/hub",), self_url="https://doc.example/self")


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("<https://h.example/>; rel=hub", [("hub", "https://h.example/")]),
        ('<https://h.example/>; rel="hub"', [("hub", "https://h.example/")]),
        ("<https://h.example/> ; REL = HUB", [("hub", "https://h.example/")]),
        ('<x>; title="a, b; rel=no"; rel="self hub"', [("self", "https://a.example/dir/x"), ("hub", "https://a.example/dir/x")]),
        ('<a>; rel=hub, <b>;rel="self";type="x"', [("hub", "https://a.example/dir/a"), ("self", "https://a.example/dir/b")]),
        ('<a,b;c>; rel="hub"', [("hub", "https://a.example/dir/a,b;c")]),
        ("<a>; rel=self; rel=hub", [("self", "https://a.example/dir/a")]),  # the first one is valid
        (r'<a>; t="\"; rel=hub, <b>"; rel="self"', [("self", "https://a.example/dir/a")]),
        ('<a>; rel="hub"; anchor="https://a.example/other"', []),
        (f'<a>; rel="hub"; anchor="{URL}"', [("hub", "https://a.example/dir/a")]),
        ("<>; rel=self, < >; rel=hub", [("self", URL), ("hub", URL)]),  # RFC 3986 §4.4
        ("<a>; rel='hub'", [("hub", "https://a.example/dir/a")]),
        ("a; rel=hub", []),
        ("<a>", []),
        ("<a; rel=hub", []),
        ("", []),
    ],
)  # fmt: skip
def test_a_link_header_is_parsed_as_rfc_8288_says(header: str, expected: list[tuple[str, str]]) -> None:
    assert list(parse_link_header(header, URL)) == expected


@given(st.text(max_size=200))
@example("<" * 8192)
@example("<>" + ";a" * 4000)
@example('<>;a="' + "\\" * 8000)
def test_no_header_raises(header: str) -> None:
    for _, target in parse_link_header(header, URL):
        assert isinstance(target, str)


def test_the_header_overrides_the_document() -> None:
    header = '</hub>; rel="hub", </me>; rel="self"'
    assert discover_hubs(header, FEED, URL) == DiscoveredHubs(
        topic="https://a.example/me", hubs=("https://a.example/hub",)
    )


def test_the_document_gives_what_the_header_lacks() -> None:
    wordpress = '<https://a.example/wp-json/>; rel="https://api.w.org/"'
    assert discover_hubs(wordpress, FEED, URL) == DiscoveredHubs(topic=FEED.self_url, hubs=FEED.hubs)
    assert discover_hubs("</hub>; rel=hub", FEED, URL) == DiscoveredHubs(
        topic=FEED.self_url, hubs=("https://a.example/hub",)
    )


def test_targets_in_the_header_that_are_not_http_are_ignored() -> None:
    assert discover_hubs("<urn:me>; rel=self, <ftp://a.example/>; rel=hub", FEED, URL) == discover_hubs(
        "", FEED, URL
    )


@pytest.mark.parametrize(
    ("header", "feed"),
    [
        ("", None),
        ("", Feed()),
        ("</hub>; rel=hub", None),
        ("</me>; rel=self", None),
        ("<ftp://a.example/>; rel=hub, </me>; rel=self", None),
        ("</hub>; rel=hub, <urn:me>; rel=self", None),
        ("<http://[>; rel=hub, </me>; rel=self", None),
    ],
)
def test_a_hub_without_a_topic_or_a_topic_without_a_hub_gives_none(header: str, feed: Feed | None) -> None:
    assert discover_hubs(header, feed, URL) is None


def test_hubs_are_limited_and_listed_once() -> None:
    header = ", ".join(f"</{n % 8}>; rel=hub" for n in range(20)) + ", </me>; rel=self"
    found = discover_hubs(header, None, URL)
    assert found is not None
    assert found.hubs == tuple(f"https://a.example/{n}" for n in range(MAX_HUBS))
