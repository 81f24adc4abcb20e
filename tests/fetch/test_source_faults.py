"""Mistakes of one URL are the fault of its source, not of its host: the host gets no cooldown."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from feeds.errors import FetchError, Throttled
from feeds.fetch import Fetcher
from feeds.fetch.pacing import MIN_FAILING_SOURCES, HostPacer
from feeds.model import Response, Source
from tests.fetch.conftest import NOTHING, Clock, source
from tests.loopback import Answer, Loopback

BODY = b"<rss/>"


def redirect(location: str) -> Callable[[Loopback, str], str]:
    return lambda server, path: server.redirect(path, location)


def answer(body: bytes, *headers: tuple[str, str], status: int = 200) -> Callable[[Loopback, str], str]:
    return lambda server, path: server.page(path, body, status=status, headers=headers)


def raw(text: bytes) -> Callable[[Loopback, str], str]:
    return lambda server, path: server.raw(path, text)


def endless(server: Loopback, path: str) -> str:
    def follow(number: int) -> str:
        return server.handle(
            f"{path}-{number}", lambda _: Answer(status=302, headers=[("Location", f"{path}-{number + 1}")])
        )

    for number in range(15):
        follow(number)
    return server.url(f"{path}-0")


FAULTS: dict[str, Callable[[Loopback, str], str]] = {
    "redirect to no URL": redirect("http://[::1"),
    "redirect to a port that does not exist": redirect("http://news.example:99999999/"),
    "redirect to a template": redirect("https://{host}/feed"),
    "redirect to no host": redirect("http:///feed"),
    "redirect to a space": redirect("http://news .example/"),
    "redirect to itself": lambda server, path: server.redirect(path, path),
    "redirect to an empty text": redirect(" "),
    "redirect to another scheme": redirect("feed://news.example/"),
    "redirect to a file": redirect("file:///feed"),
    "redirect to a script": redirect("javascript:alert(1)"),
    "redirect without a Location": answer(b"", status=302),
    "too many redirects": endless,
    "empty": answer(b""),
    "empty, chunked": raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    "empty, and the connection ends": raw(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"),
    "no gzip": answer(b"\x00no gzip", ("Content-Encoding", "gzip")),
    "half a gzip": answer(gzip.compress(BODY * 99)[:-9], ("Content-Encoding", "gzip")),
    "an unknown coding": answer(b"\x00?", ("Content-Encoding", "compress")),
    "too short": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n<rss>"),
    "chunks that are none": raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n<rss>"),
    "two lengths": answer(BODY, ("Content-Length", "6"), ("Content-Length", "7")),
    "no HTTP": raw(b"<rss></rss>\r\n\r\n"),
    "too many header lines": answer(BODY, *[("X", "1")] * 150),
    "an unknown Transfer-Encoding": raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nx"),
    "a header that cannot be sent": answer(BODY),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_of_several_sources_in_a_row_puts_no_host_into_cooldown(
    server: Loopback, fetcher: Fetcher, fault: Callable[[Loopback, str], str], request: pytest.FixtureRequest
) -> None:
    headers = (("X-Key", "\n"),) if "cannot be sent" in request.node.callspec.id else ()
    for number in range(MIN_FAILING_SOURCES + 1):
        url = fault(server, f"/{number}")
        with pytest.raises(FetchError) as caught:
            fetcher.fetch(_source(f"s{number}", url, headers), url, NOTHING)
        assert not isinstance(caught.value, Throttled)
    url = server.page("/fine", BODY)
    assert isinstance(fetcher.fetch(_source("fine", url), url, NOTHING), Response)


@pytest.mark.parametrize("end", [b"", b"HTTP/1.1 200 OK\r\nContent-Le"], ids=["nothing", "in the header"])
def test_a_host_that_hangs_up_gets_a_cooldown(server: Loopback, fetcher: Fetcher, end: bytes) -> None:
    for number in range(MIN_FAILING_SOURCES):
        url = server.raw(f"/{number}", end)
        with pytest.raises(FetchError):
            fetcher.fetch(_source(f"s{number}", url), url, NOTHING)
    with pytest.raises(Throttled, match="cooldown"):
        fetcher.fetch(_source("fine", server.page("/fine", BODY)), server.url("/fine"), NOTHING)


@pytest.mark.parametrize("proxy", ["http://127.0.0.1:1", "socks5h://127.0.0.1:1", "ftp://127.0.0.1:1"])
def test_a_proxy_that_fails_puts_no_host_into_cooldown(
    make_fetcher: Callable[..., Fetcher], server: Loopback, proxy: str
) -> None:
    pacing = HostPacer(Clock(), timedelta())
    fetcher, url = make_fetcher(pacing=pacing), server.page("/feed", BODY)
    for number in range(MIN_FAILING_SOURCES + 1):
        with pytest.raises(FetchError, match="proxy"):
            fetcher.fetch(_source(f"s{number}", url, proxy=proxy), url, NOTHING)
    assert not pacing.in_cooldown("127.0.0.1")
    assert isinstance(fetcher.fetch(_source("direct", url), url, NOTHING), Response)


def _source(name: str, url: str, headers: tuple[tuple[str, str], ...] = (), proxy: str = "") -> Source:
    return replace(source(url, headers=headers, proxy=proxy), id=name)
