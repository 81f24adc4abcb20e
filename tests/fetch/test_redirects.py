from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.errors import BadStatus, Blocked, FetchError
from feeds.fetch.redirects import MAX_REDIRECTS, RedirectChain
from feeds.model import Response
from feeds.model.urls import origin, safe_url
from tests.fetch.conftest import Ask
from tests.loopback import Loopback

START = "http://start.example/feeds/a"


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("HTTP://Start.Example", "http://start.example/"),
        ("http://user:pass@start.example/a#top", "http://start.example/a"),
        ("http://bücher.example/ä b?q=ü", "http://xn--bcher-kva.example/%C3%A4%20b?q=%C3%BC"),
        ("http://start.example/a%20b?x=%26", "http://start.example/a%20b?x=%26"),
        ("http://start.example:8080", "http://start.example:8080/"),
        ("http://[2606:4700::1111]:81/", "http://[2606:4700::1111]:81/"),
    ],
)
def test_a_url_is_requested_quoted_and_without_userinfo_and_fragment(url: str, asked: str) -> None:
    assert RedirectChain("agency", url).url == asked


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("/b", "http://start.example/b"),
        ("b", "http://start.example/feeds/b"),
        ("?page=2", "http://start.example/feeds/a?page=2"),
        ("//next.example/b", "http://next.example/b"),
        ("https://next.example/b", "https://next.example/b"),
        ("https://user:pass@next.example/b#top", "https://next.example/b"),
        ("/ä", "http://start.example/%C3%A4"),
        ("/ä".encode().decode("latin-1"), "http://start.example/%C3%A4"),
        ("/a b", "http://start.example/a%20b"),
        ("/b \t", "http://start.example/b"),  # no part of a field's value (RFC 9110 §5.5)
    ],
)
def test_a_location_is_resolved(location: str, url: str) -> None:
    trail = RedirectChain("agency", START)
    trail.follow(301, location)
    assert trail.url == trail.moved_to == url


@pytest.mark.parametrize(
    ("location", "kind"),
    [
        ("ftp://next.example/", Blocked),
        ("file:///etc/passwd", Blocked),
        ("javascript:alert(1)", Blocked),
        ("data:text/xml,<rss/>", Blocked),
        ("gopher://127.0.0.1:6379/_x", Blocked),
        ("http://[::1", BadStatus),
        ("http://next.example:port/", BadStatus),
        ("http://next.example:99999999/", BadStatus),
        ("http://.next.example/", BadStatus),
        ("http://*.example/", BadStatus),
        ("http://\x00.example/\r\nX: y", FetchError),
    ],
)
def test_a_location_that_is_not_usable_is_an_error(
    server: Loopback, ask: Ask, location: str, kind: type[FetchError]
) -> None:
    with pytest.raises(kind) as caught:
        RedirectChain("agency", START).follow(302, location)
        ask(server.redirect("/feed", location.partition("\r")[0]))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["http://", "ftp://start.example/", "http://[::1", "mailto://x", "://", "http:///a"]
)
def test_a_source_url_that_is_not_usable_is_an_error(ask: Ask, url: str) -> None:
    with pytest.raises(Blocked, match=r"^agency: its URL is"):
        ask(url)


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("http://start.example:80/b", True),
        ("http://START.example/b?c", True),
        ("https://start.example/feeds/a", False),
        ("http://start.example:8080/", False),
        ("http://www.start.example/", False),
        ("http://start.example.evil.example/", False),
        ("http://start.example@evil.example/", False),
        ("", False),
        ("feeds/a", False),
    ],
)
def test_an_origin_is_a_scheme_a_host_and_a_port(url: str, same: bool) -> None:
    assert (origin(url) == origin(START)) is same


@settings(deadline=None)
@given(st.text())
def test_any_location_gives_a_web_url_or_an_error(location: str) -> None:
    trail = RedirectChain("agency", START)
    try:
        trail.follow(302, location)
    except FetchError as error:
        assert str(error).isprintable()
    else:
        assert origin(trail.url)[0] in {"http", "https"}
        assert origin(trail.url)[1]
        assert trail.url.isascii()
        assert safe_url(trail.url).isprintable()


@pytest.mark.parametrize("length", [1, 2, 3])
def test_a_redirect_loop_is_detected_at_the_first_repetition(server: Loopback, ask: Ask, length: int) -> None:
    for step in range(length):
        server.redirect(f"/{step}", f"/{(step + 1) % length}")
    with pytest.raises(BadStatus, match="redirects in a loop; it may require a cookie") as caught:
        ask(server.url("/0"))
    assert caught.value.status == 302
    assert len(server.requests) == length


@pytest.mark.parametrize("hops", [MAX_REDIRECTS, MAX_REDIRECTS + 1])
def test_ten_redirects_are_followed_and_no_more(server: Loopback, ask: Ask, hops: int) -> None:
    for step in range(hops):
        server.redirect(f"/{step}", f"/{step + 1}")
    server.page(f"/{hops}", b"<rss/>")
    if hops <= MAX_REDIRECTS:
        fetched = ask(server.url("/0"))
        assert isinstance(fetched, Response)
        assert fetched.url == server.url(f"/{hops}")
    else:
        with pytest.raises(BadStatus, match="more than 10 redirects"):
            ask(server.url("/0"))
        assert len(server.requests) == MAX_REDIRECTS + 1


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://user:pass@start.example/secret?token=1", "start.example"),
        ("https://start.example:443/", "start.example"),
        ("https://start.example:80/", "start.example:80"),
        ("http://[::1]:81/", "[::1]:81"),
        ("http://a\x1b<b>\u202e/", "a??b??"),
        ("http://[", "the server"),
    ],
)
def test_a_safe_url_shows_only_the_host_and_an_unusual_port(url: str, shown: str) -> None:
    assert safe_url(url) == shown
