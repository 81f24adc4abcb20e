"""One deadline holds for a whole fetch, however slowly bytes come and wherever they stop.

The bound is the server's: a script that was not left ends by itself after eight seconds, `left` unset.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest

from feeds.errors import TooSlow
from feeds.fetch import Fetcher
from tests.fetch.conftest import NOTHING, Ask, source
from tests.loopback import Loopback, Peer, Script

HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
PACKED = HEAD + b"Content-Encoding: gzip\r\n\r\n"
SLOW: dict[str, Script] = {
    "says nothing": Peer.hang,
    "status line": lambda peer: peer.drip(*(bytes([byte]) for byte in HEAD)),
    "headers": lambda peer: peer.drip(HEAD, b"X: y\r\n"),
    "one header": lambda peer: peer.drip(HEAD + b"X: ", b"y"),
    "100 Continue": lambda peer: peer.drip(b"HTTP/1.1 100 Continue\r\n\r\n"),
    "body": lambda peer: peer.drip(HEAD + b"Content-Length: 9999\r\n\r\n", b"x"),
    "body without a length": lambda peer: peer.drip(HEAD + b"\r\n", b"x"),
    "packed body": lambda peer: peer.drip(PACKED + b"\x1f\x8b\x08\x08\0\0\0\0\0\0", b"name"),
    "chunks": lambda peer: peer.drip(CHUNKED, b"1\r\nx\r\n"),
    "chunk size": lambda peer: peer.drip(CHUNKED, b"0"),
    "chunk extension": lambda peer: peer.drip(CHUNKED + b"1;", b"x"),
    "trailers": lambda peer: peer.drip(CHUNKED + b"1\r\nx\r\n0\r\n", b"X: y\r\n"),
    "after the document": lambda peer: peer.drip(HEAD + b"\r\n<rss/>", b""),
}


@pytest.mark.parametrize("script", SLOW.values(), ids=SLOW)
def test_a_slow_answer_ends_at_the_deadline(server: Loopback, ask: Ask, script: Script) -> None:
    with pytest.raises(TooSlow, match=r"agency: not complete within 1 s"):
        ask(server.script("/feed", script), timeout=1)
    assert server.requests[0].hung_up.wait(60)


def test_a_tls_handshake_that_is_not_answered_ends_at_the_deadline(ask: Ask) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(TooSlow):
            ask(url, timeout=0.2)
        connection, _ = silent.accept()
        with connection:
            connection.settimeout(5)
            while connection.recv(4096):
                pass


def test_a_name_lookup_that_never_returns_is_abandoned_at_the_deadline(
    make_fetcher: Callable[..., Fetcher],
) -> None:
    found = threading.Event()

    def lookup(*_: Any, **__: Any) -> list[Any]:
        found.wait(8)
        return []

    fetcher = make_fetcher(lookup=lookup)
    asking = source("http://slow.example/", timeout=0.2)
    with pytest.raises(TooSlow):
        fetcher.fetch(asking, asking.url, NOTHING)
    assert not found.is_set()
    found.set()


def test_an_unresponsive_address_leaves_time_for_the_next_one(
    make_fetcher: Callable[..., Fetcher], server: Loopback
) -> None:
    """The first address of the name is a listener whose queue is full, which drops connections."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as dead:
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(dead.getsockname())

        def lookup(*_: Any, **__: Any) -> list[Any]:
            return [
                (socket.AF_INET, socket.SOCK_STREAM, 6, "", address)
                for address in (dead.getsockname(), ("127.0.0.1", server.port))
            ]

        server.page("/feed", b"<rss/>")
        asking = source(f"http://two.example:{server.port}/feed", timeout=1)
        fetched = make_fetcher(lookup=lookup).fetch(asking, asking.url, NOTHING)
        assert fetched.status == 200
        for filler in fillers:
            filler.close()
