"""Secrets of the user are not sent to others, shown in errors, or logged."""

from __future__ import annotations

import logging
import socket
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from feeds.errors import FetchError
from feeds.fetch import Fetcher
from feeds.model import Response
from tests.fetch.conftest import NOTHING, Ask, source
from tests.loopback import Answer, Loopback

BODY = b"<rss/>"
FAULTS: dict[str, Callable[[Loopback], object]] = {
    "status": lambda server: server.page("/feed", b"secret-body", status=500),
    "reason": lambda server: server.answers("/feed", Answer(status=404, reason="secret-reason")),
    "no HTTP": lambda server: server.raw("/feed", b"secret-line\r\n\r\n"),
    "version": lambda server: server.raw("/feed", b"HTTP/9.9 200 secret-reason\r\n\r\n"),
    "broken header": lambda server: server.raw("/feed", b"HTTP/1.1 200 OK\r\nsecret-header\r\n\r\n"),
    "too many headers": lambda server: server.raw("/feed", b"HTTP/1.1 200 OK\r\n" + b"X: secret-x\r\n" * 200),
    "long line": lambda server: server.raw("/feed", b"HTTP/1.1 200 " + b"secret-reason" * 9999),
    "two lengths": lambda server: server.page("/feed", BODY, headers=[("Content-Length", "6, 7")]),
    "negative chunk": lambda server: server.raw(
        "/feed", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nsecret-body\r\n"
    ),
    "no chunk": lambda server: server.raw(
        "/feed", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nsecret-chunk\r\n"
    ),
    "transfer encoding": lambda server: server.page(
        "/feed", BODY, headers=[("Transfer-Encoding", "gzip, chunked, secret-x")]
    ),
    "content encoding": lambda server: server.page(
        "/feed", b"secret-body", headers=[("Content-Encoding", "secret-x")]
    ),
    "redirect": lambda server: server.redirect("/feed", "gopher://secret-host/secret-path"),
    "redirect to nowhere": lambda server: server.redirect("/feed", "http://[secret-host"),
    "redirect not to be decoded": lambda server: server.redirect("/feed", "http://\xff\xfe/secret-path"),
    "redirect to a closed port": lambda server: server.redirect(
        "/feed", "http://127.0.0.1:1/?token=secret-t"
    ),
    "cut off": lambda server: server.raw(
        "/feed", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nsecret-body"
    ),
    "closed": lambda server: server.raw("/feed", b""),
    "empty": lambda server: server.page("/feed", b""),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_no_error_contains_a_secret_or_text_from_the_server(
    server: Loopback, fetcher: Fetcher, caplog: pytest.LogCaptureFixture, fault: Callable[[Loopback], object]
) -> None:
    fault(server)
    url = server.url("/feed?token=secret-token").replace("://", "://secret-user:secret-pass@")
    asking = source(url, headers=(("X-Key", "secret-key"),))
    with caplog.at_level(logging.INFO), pytest.raises(FetchError) as caught:
        fetcher.fetch(asking, url, NOTHING)
    error = caught.value
    assert "secret" not in str(error)
    assert str(error).isprintable()
    assert error.source == "agency"
    chain = "".join(traceback.format_exception(error))
    for hidden in ("secret-token", "secret-user", "secret-pass", "secret-key"):
        assert hidden not in chain
        assert hidden not in caplog.text


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        (
            (("X-Key", "secret\r\nX-Other: 1"),),
            "one of the headers configured for this source cannot be sent",
        ),
        ((("X-Key", "secret☃"),), "is not valid HTTP"),
    ],
)
def test_a_header_that_cannot_be_sent_is_an_error_that_does_not_quote_it(
    server: Loopback, ask: Ask, headers: tuple[tuple[str, str], ...], said: str
) -> None:
    with pytest.raises(FetchError, match=said) as caught:
        ask(server.page("/feed", BODY), headers=headers)
    assert "secret" not in str(caught.value)


def test_a_refusal_by_another_origin_says_that_no_credentials_were_sent(
    server: Loopback, other: Loopback, fetcher: Fetcher
) -> None:
    server.redirect("/feed", other.page("/feed", status=401))
    url = server.url("/feed").replace("://", "://user:pass@")
    with pytest.raises(
        FetchError, match=r"\(another origin, so the credentials were not sent\) answered 401"
    ):
        fetcher.fetch(source(url), url, NOTHING)


def test_credentials_are_sent_only_to_the_sources_own_origin(
    server: Loopback, other: Loopback, fetcher: Fetcher
) -> None:
    """The page of an article, fetched for its source, may be on any host."""
    asking = source(server.url("/feed").replace("://", "://us%20er:p%C3%A4ss@"), headers=(("X-Key", "k"),))
    for place in (server, other):
        place.page("/article", BODY)
        fetcher.fetch(asking, place.url("/article"), NOTHING)
    assert server.requests[0].header("authorization") == "Basic dXMgZXI6cMOkc3M="
    assert server.requests[0].header("x-key") == "k"
    assert not {"authorization", "x-key"} & set(other.requests[0].names())


def test_the_result_does_not_carry_the_userinfo(server: Loopback, fetcher: Fetcher) -> None:
    server.page("/feed", BODY, headers=[("ETag", '"1"')])
    url = server.url("/feed#top").replace("://", "://user:pass@")
    fetched = fetcher.fetch(source(url), url, NOTHING)
    assert isinstance(fetched, Response)
    assert (fetched.url, fetched.validators.url) == (server.url("/feed"), server.url("/feed"))


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, other: Loopback) -> Loopback:
    """An environment with a proxy and a netrc file. Returns the proxy."""
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "internal.example")
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, other.url(""))
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login net password rc\nmachine news.example login net password rc\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(netrc))
    return other


def test_the_environment_is_ignored(environment: Loopback, server: Loopback, ask: Ask) -> None:
    ask(server.page("/feed", BODY))
    assert server.requests[0].header("authorization") is None
    assert environment.connections == 0


def test_the_environment_is_used_with_trust_env(environment: Loopback, fetcher: Fetcher) -> None:
    """The proxy answers itself. It may be on the loopback, because the user chose it."""
    environment.script("http://news.example/feed", lambda peer: peer.send(Answer(BODY).raw()))
    asking = source("http://news.example/feed", trust_env=True, allow_private=False)
    fetcher.fetch(asking, asking.url, NOTHING)
    assert environment.paths() == ["http://news.example/feed"]
    assert environment.requests[0].header("authorization") == "Basic bmV0OnJj"


def test_a_proxy_of_the_source_is_used_and_gets_its_own_credentials(
    server: Loopback, make_fetcher: Callable[..., Fetcher]
) -> None:
    def lookup(*_: Any, **__: Any) -> list[Any]:
        raise socket.gaierror(-2, "the proxy looks names up, not we")

    server.script("http://news.example/feed", lambda peer: peer.send(Answer(BODY).raw()))
    proxy = server.url("").replace("://", "://proxy:pass@")
    asking = source("http://news.example/feed", proxy=proxy, allow_private=False)
    make_fetcher(lookup=lookup).fetch(asking, asking.url, NOTHING)
    assert server.requests[0].header("proxy-authorization") == "Basic cHJveHk6cGFzcw=="
    assert server.requests[0].header("host") == "news.example"


@pytest.mark.parametrize(
    "url", ["http://169.254.169.254/", "http://127.1/", "https://[::1]/", "http://2130706433/"]
)
def test_a_literal_private_address_is_refused_through_a_proxy_too(
    server: Loopback, ask: Ask, url: str
) -> None:
    with pytest.raises(FetchError, match=r"is a (link-local|loopback) address"):
        ask(url, proxy=server.url(""), allow_private=False)
    assert server.connections == 0


@pytest.mark.parametrize(
    ("proxy", "said"),
    [
        ("socks4://127.0.0.1:1", "its proxy is of an unknown kind; use http://, https://, socks5://"),
        (
            "socks5h://user:secret@127.0.0.1:1",
            "the proxy cannot be used: no connection to 127.0.0.1: Connection",
        ),
        ("http://127.0.0.1:1", "no connection to 127.0.0.1: Connection refused"),
        ("http://user:secret@127.0.0.1:1", "no connection to 127.0.0.1: Connection refused"),
        ("http://", "is not valid HTTP"),
        ("127.0.0.1:1", "no connection to 127.0.0.1: Connection refused"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_an_error(ask: Ask, proxy: str, said: str) -> None:
    with pytest.raises(FetchError, match=said) as caught:
        ask("http://news.example/", proxy=proxy)
    assert "secret" not in str(caught.value)


def test_a_proxy_that_refuses_the_tunnel_is_an_error(server: Loopback, ask: Ask) -> None:
    server.raw("news.example:443", b"HTTP/1.1 407 secret-reason\r\n\r\n")
    url = "https://news.example/?token=secret-token"
    with pytest.raises(FetchError, match=r"news\.example: the proxy refuses the connection") as caught:
        ask(url, proxy=server.url(""))
    assert "secret-token" not in "".join(traceback.format_exception(caught.value))
