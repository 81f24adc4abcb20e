"""`Fetcher.post`: the form for a hub."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from feeds.errors import BadStatus, Blocked, FetchError, Throttled, TooSlow, Unreachable
from feeds.fetch import Fetcher
from tests.fetch.conftest import AGENT, source
from tests.loopback import Answer, Loopback, Peer

FORM = b"hub.mode=subscribe&hub.topic=x"


def test_a_form_is_sent_without_anything_of_the_source(server: Loopback, fetcher: Fetcher) -> None:
    url = server.page("/hub", b"", status=202)
    fetcher.post(source(server.url("/feed"), headers=()), url, FORM)
    (request,) = server.requests
    assert (request.method, request.body) == ("POST", FORM)
    assert request.header("content-type") == "application/x-www-form-urlencoded"
    assert request.header("user-agent") == AGENT
    assert set(request.names()) <= {
        "host", "user-agent", "accept", "content-type", "content-length", "accept-encoding"
    }  # fmt: skip


def test_a_post_carries_no_secrets_of_the_source(server: Loopback, fetcher: Fetcher) -> None:
    url = server.page("/hub", b"", status=204)
    asker = source(server.url("/feed"), headers=(("Authorization", "Bearer secret"), ("X-Key", "k")))
    fetcher.post(asker, url, FORM)
    assert not {"authorization", "x-key", "cookie", "referer"} & set(server.requests[0].names())


@pytest.mark.parametrize("status", [307, 308])
def test_307_and_308_are_followed_by_the_same_post(
    server: Loopback, other: Loopback, fetcher: Fetcher, status: int
) -> None:
    there = other.page("/hub", b"", status=202)
    url = server.page("/hub", b"", status=status, headers=[("Location", there)])
    fetcher.post(source(url), url, FORM)
    assert [(one.method, one.body) for one in other.requests] == [("POST", FORM)]


@pytest.mark.parametrize(
    ("status", "error"), [(301, BadStatus), (302, BadStatus), (303, BadStatus), (400, BadStatus), (404, BadStatus),
                          (429, Throttled), (500, BadStatus), (304, BadStatus)]
)  # fmt: skip
def test_any_other_status_is_an_error(
    server: Loopback, other: Loopback, fetcher: Fetcher, status: int, error: type[FetchError]
) -> None:
    url = server.page("/hub", b"", status=status, headers=[("Location", other.url("/hub"))])
    with pytest.raises(error):
        fetcher.post(source(url), url, FORM)
    assert other.requests == []


def test_a_redirect_loop_is_an_error(server: Loopback, fetcher: Fetcher) -> None:
    url = server.page("/hub", b"", status=308, headers=[("Location", "/hub")])
    with pytest.raises(BadStatus, match="loop"):
        fetcher.post(source(url), url, FORM)
    assert len(server.requests) == 1


def test_a_post_over_https_is_not_redirected_to_http(
    server: Loopback, make_fetcher: Callable[..., Fetcher]
) -> None:
    there = server.page("/hub", b"", status=202)
    with Loopback(tls=True) as secure:
        url = secure.page("/hub", b"", status=307, headers=[("Location", there)])
        with pytest.raises(Blocked, match="https to http"):
            make_fetcher(ca_file=secure.authority).post(source(url), url, FORM)
    assert server.requests == []


def test_the_guard_and_the_deadline_hold_for_a_post(server: Loopback, fetcher: Fetcher) -> None:
    url = server.page("/hub", b"", status=202)
    with pytest.raises(Blocked):
        fetcher.post(source(url, allow_private=False), url, FORM)
    assert server.requests == []
    server.script("/slow", Peer.hang)
    with pytest.raises(TooSlow):
        fetcher.post(source(url, timeout=0.2), server.url("/slow"), FORM)


def test_the_body_of_an_accepted_post_is_not_read(server: Loopback, fetcher: Fetcher) -> None:
    endless = b"HTTP/1.1 202 Accepted\r\n\r\n"
    server.script("/hub", lambda peer: peer.send(endless) and peer.flood(b"x" * 65536, 16 << 20))
    fetcher.post(source(server.url("/hub")), server.url("/hub"), FORM)


def test_a_hub_that_hangs_up_is_unreachable(server: Loopback, fetcher: Fetcher) -> None:
    url = server.raw("/hub", b"")
    with pytest.raises(Unreachable):
        fetcher.post(source(url), url, FORM)


def test_two_posts_are_two_requests(server: Loopback, fetcher: Fetcher) -> None:
    url = server.page("/feed", b"<rss/>")
    server.answers("/hub", Answer(status=202))
    fetcher.post(source(url), server.url("/hub"), FORM)
    fetcher.post(source(url), server.url("/hub"), FORM)
    assert len(server.requests) == 2
