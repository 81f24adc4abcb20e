"""Cookies that redirects set are sent on along the chain, by the rules of RFC 6265, and forgotten at its end."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest

from feeds.errors import BadStatus
from feeds.fetch import Fetcher
from feeds.model import Response
from tests.fetch.conftest import NOTHING, Ask, source
from tests.loopback import Answer, Loopback, Request

BODY = b"<rss/>"


def gate(
    server: Loopback, *set_cookies: str, path: str = "/gate", back: str = "/feed", status: int = 302
) -> str:
    """A server that sends whoever has no cookie "ok=1" from /feed to the gate, which sets it and leads back."""

    def feed(request: Request) -> Answer:
        has_cookie = "ok=1" in (request.header("cookie") or "").split("; ")
        return Answer(BODY) if has_cookie else Answer(status=status, headers=[("Location", path)])

    server.handle("/feed", feed)
    cookies = [("Set-Cookie", cookie) for cookie in set_cookies or ("ok=1",)]
    server.page(path, status=status, headers=[("Location", back), *cookies])
    return server.url("/feed")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_gate_that_sets_a_cookie_and_leads_back_is_passed(server: Loopback, ask: Ask, status: int) -> None:
    url = gate(server, status=status)
    for _ in range(2):
        fetched = ask(url)
        assert isinstance(fetched, Response)
        assert (fetched.body, fetched.url, fetched.moved_to) == (BODY, url, "")
    assert (
        server.paths() == ["/feed", "/gate", "/feed"] * 2
    )  # nothing is stored: the second fetch starts anew
    assert server.requests[3].header("cookie") is None


def test_a_page_that_sets_the_cookie_itself_and_leads_to_itself_is_passed(server: Loopback, ask: Ask) -> None:
    def feed(request: Request) -> Answer:
        if request.header("cookie"):
            return Answer(BODY)
        return Answer(status=302, headers=[("Location", "/feed"), ("Set-Cookie", "seen=1; HttpOnly")])

    assert isinstance(ask(server.handle("/feed", feed)), Response)


@pytest.mark.parametrize(
    "cookie", ["ok=0", "other=1", "ok=1; Path=/elsewhere", "ok=1; Secure", "ok=1; Max-Age=0"]
)
def test_a_gate_whose_cookie_does_not_help_is_a_loop(server: Loopback, ask: Ask, cookie: str) -> None:
    with pytest.raises(BadStatus, match="redirects in a loop; it may require a cookie"):
        ask(gate(server, cookie))
    assert len(server.requests) <= 4


def test_a_gate_that_sets_another_cookie_each_time_is_a_loop(server: Loopback, ask: Ask) -> None:
    def feed(request: Request) -> Answer:
        cookie = f"visit={request.number}"
        return Answer(status=302, headers=[("Location", "/feed"), ("Set-Cookie", cookie)])

    with pytest.raises(BadStatus, match="redirects in a loop"):
        ask(server.handle("/feed", feed))
    assert len(server.requests) == 3


HOSTS = {
    "www.example.com",
    "login.example.com",
    "example.com",
    "tracker.example",
    "one.github.io",
    "two.github.io",
    "a.example.co.uk",
    "b.other.co.uk",
}


@pytest.mark.parametrize(
    ("start", "cookie", "then", "is_sent"),
    [
        ("www.example.com", "id=1", "www.example.com", True),
        ("www.example.com", "id=1", "login.example.com", False),  # host-only
        ("login.example.com", "id=1; Domain=example.com", "www.example.com", True),
        ("login.example.com", "id=1; Domain=.EXAMPLE.com", "example.com", True),
        ("example.com", "id=1; Domain=www.example.com", "www.example.com", False),  # not its own domain
        ("www.example.com", "id=1; Domain=tracker.example", "tracker.example", False),
        ("www.example.com", "id=1; Domain=com", "example.com", False),
        ("a.example.co.uk", "id=1; Domain=co.uk", "b.other.co.uk", False),
        ("one.github.io", "id=1; Domain=github.io", "two.github.io", False),
        ("www.example.com", "id=1", "tracker.example", False),
        ("www.example.com", "id=1; Path=/a", "www.example.com", False),
        ("www.example.com", "id=1; Path=/b", "www.example.com", True),
        ("www.example.com", "id=1; Secure", "www.example.com", False),
        ("www.example.com", "__Host-id=1; Path=/", "www.example.com", False),
        ("www.example.com", "id=" + "x" * 5000, "www.example.com", False),
        ("www.example.com", "id=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "www.example.com", False),
    ],
)
def test_a_cookie_is_sent_where_rfc_6265_allows_it(
    make_fetcher: Callable[..., Fetcher],
    server: Loopback,
    start: str,
    cookie: str,
    then: str,
    is_sent: bool,
) -> None:
    def look_up(host: str, *_: object, **__: object) -> list[object]:
        assert host in HOSTS
        return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("127.0.0.1", server.port))]

    fetcher = make_fetcher(lookup=look_up)
    server.page("/a", status=302, headers=[("Location", server.url("/b", host=then)), ("Set-Cookie", cookie)])
    server.page("/b", BODY)
    url = server.url("/a", host=start)
    fetcher.fetch(source(url), url, NOTHING)
    assert (server.requests[1].header("cookie") is not None) == is_sent


def test_the_cookies_of_the_user_are_kept_and_the_server_may_renew_them(server: Loopback, ask: Ask) -> None:
    headers = (("Cookie", "session=s; ok=0"),)
    assert isinstance(ask(gate(server), headers=headers), Response)
    assert [request.header("cookie") for request in server.requests] == [
        "session=s; ok=0",
        "session=s; ok=0",
        "session=s; ok=1",
    ]


def test_any_number_of_cookies_is_bounded(server: Loopback, ask: Ask) -> None:
    cookies = [("Set-Cookie", f"c{n}=1") for n in range(90)]
    server.page("/feed", status=302, headers=[("Location", "/b"), *cookies])
    server.page("/b", BODY)
    ask(server.url("/feed"))
    assert (server.requests[1].header("cookie") or "").count("=") == 50
