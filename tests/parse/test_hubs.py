from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from feeds.model import Feed
from feeds.parse.hubs import MOST, Offer, links, offer

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
        ("<a>; rel=self; rel=hub", [("self", "https://a.example/dir/a")]),  # the first counts
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
def test_a_link_header_is_read_as_rfc_8288_says(header: str, expected: list[tuple[str, str]]) -> None:
    assert list(links(header, URL)) == expected


@given(st.text(max_size=200))
@example("<" * 8192)
@example("<>" + ";a" * 4000)
@example('<>;a="' + "\\" * 8000)
def test_no_header_is_too_odd(header: str) -> None:
    for _, target in links(header, URL):
        assert isinstance(target, str)


def test_the_header_wins_over_the_document() -> None:
    header = '</hub>; rel="hub", </me>; rel="self"'
    assert offer(header, FEED, URL) == Offer(topic="https://a.example/me", hubs=("https://a.example/hub",))


def test_what_the_header_does_not_say_the_document_may() -> None:
    wordpress = '<https://a.example/wp-json/>; rel="https://api.w.org/"'
    assert offer(wordpress, FEED, URL) == Offer(topic=FEED.self_url, hubs=FEED.hubs)
    assert offer("</hub>; rel=hub", FEED, URL) == Offer(topic=FEED.self_url, hubs=("https://a.example/hub",))


def test_what_in_the_header_is_no_web_address_leaves_the_documents_word() -> None:
    assert offer("<urn:me>; rel=self, <ftp://a.example/>; rel=hub", FEED, URL) == offer("", FEED, URL)


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
def test_half_an_offer_is_none(header: str, feed: Feed | None) -> None:
    assert offer(header, feed, URL) is None


def test_hubs_are_bounded_and_each_is_named_once() -> None:
    header = ", ".join(f"</{n % 8}>; rel=hub" for n in range(20)) + ", </me>; rel=self"
    found = offer(header, None, URL)
    assert found is not None
    assert found.hubs == tuple(f"https://a.example/{n}" for n in range(MOST))
