"""Requests whose length can be understood in two ways are refused, and nothing after them is answered."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from werkzeug.routing import Rule
from werkzeug.wrappers import Request, Response

from feeds.serve.strict_request import MAX_CHUNK_LINE_BYTES, MAX_TRAILER_BYTES
from tests.serve.conftest import Site, serving

SMUGGLED = b"GET /echo?smuggled HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
POST = b"POST /echo HTTP/1.1\r\nHost: localhost\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n"


@pytest.fixture(scope="module")
def echo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    def answer(request: Request) -> Response:
        return Response(request.get_data() or request.query_string)

    directory = tmp_path_factory.mktemp("output")
    routes = [Rule("/echo", endpoint=answer, methods=["GET", "POST"])]
    with serving(directory, routes=routes) as served:
        yield served


@pytest.mark.parametrize(
    "request_",
    [
        POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
        POST + b"Content-Length: 0\r\nContent-Length: 0\r\n\r\n",
        POST + b"Content-Length: 0\r\ncontent-length: 5\r\n\r\n",
        POST + b"Content-Length: 0, 0\r\n\r\n",
        POST + b"Content-Length: +0\r\n\r\n",
        POST + b"Content-Length: 0x0\r\n\r\n",
        POST + b"Content-Length:\r\n\r\n",
        POST + b"Content-Length : 0\r\n\r\n",
        POST + b"Content-Length: 0\r\n\t1\r\n\r\n",
        POST + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding:\r\n\r\n",
        POST + b"Transfer-Encoding\x0b: chunked\r\n\r\n0\r\n\r\n",
        b"POST /echo HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET /echo HTTP/1.1\nHost: localhost\n\n",
        b"GET /echo HTTP/1.1\r\nHost: localhost\n\r\n",
        b"GET /echo HTTP/1.1\r\nHost: localhost\nContent-Length: 5\r\n\r\n",
        b"GET /echo HTTP/1.1\r\nHost: localhost\rContent-Length: 5\r\n\r\n",
        b"\nGET /echo HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /echo\r\nHost: localhost\r\n\r\n",
        b"GET /echo HTTP/3.0\r\nHost: localhost\r\n\r\n",
        b"GET /echo HTTP/1.1\r\nHost: localhost\r\nHost: other.example\r\n\r\n",
        b"GET /echo HTTP/1.1\r\n\r\n",
        CHUNKED + b"\r\n-1\r\n\r\n0\r\n\r\n",
        CHUNKED + b"\r\n0x1\r\na\r\n0\r\n\r\n",
        CHUNKED + b"\r\n\r\n1\r\na\r\n0\r\n\r\n",
        CHUNKED + b"\r\n1\na\r\n0\r\n\r\n",
        CHUNKED + b"\r\n1\n\r\na\r\n0\r\n\r\n",
        CHUNKED + b"\r\n1\r\nab\r\n0\r\n\r\n",
        CHUNKED + b"\r\n1\r\na0\r\n\r\n",
        CHUNKED + b"\r\n1 x\r\na\r\n0\r\n\r\n",
        CHUNKED + b"\r\n1;\rx\r\na\r\n0\r\n\r\n",
        CHUNKED + b"\r\n" + b"1" * 16 + b"\r\n",
        CHUNKED + b"\r\n1;" + b"x" * MAX_CHUNK_LINE_BYTES,
        CHUNKED + b"\r\n0\r\n" + (b"a: " + b"b" * 1000 + b"\r\n") * (MAX_TRAILER_BYTES // 1000 + 1),
        CHUNKED + b"\r\n0\r\na: b\n\r\n\r\n",
    ],
)
def test_an_ambiguous_request_is_400_and_its_connection_is_closed(echo: Site, request_: bytes) -> None:
    answer = echo.raw(request_ + SMUGGLED)
    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.0 400 "))
    assert answer.count(b"HTTP/1.") == 1
    assert b"Connection: close\r\n" in answer
    assert b"smuggled" not in answer
    assert b"other.example" not in answer


@pytest.mark.parametrize("secret", [b"MARK x: y", b"a: b\nMARK: c", b" MARK", b"MARK"])
def test_the_refusal_repeats_nothing_of_the_request(echo: Site, secret: bytes) -> None:
    answer = echo.raw(b"GET /echo HTTP/1.1\r\n" + secret + b"\r\nHost: localhost\r\n\r\n")
    assert b" 400 " in answer
    assert b"MARK" not in answer


@pytest.mark.parametrize("size", [1, 2, 3, 7, 10_000])
def test_well_formed_bodies_arrive_however_they_are_cut(echo: Site, size: int) -> None:
    requests = (
        CHUNKED + b"\r\n5\r\nhello\r\n6 ;a=b\r\n\r\nfeed\r\n000\r\nTrailer: x\r\n\r\n"
        b"\r\n" + POST + b"Content-Length: 3\r\n\r\nabc" + SMUGGLED
    )
    address = urlsplit(echo.url)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=10) as client:
        for at in range(0, len(requests), size):
            client.sendall(requests[at : at + size])
        answer = b"".join(iter(lambda: client.recv(4096), b""))
    bodies = [part.partition(b"\r\n\r\n")[2] for part in answer.split(b"HTTP/1.1 ")[1:]]
    assert bodies == [b"hello\r\nfeed", b"abc", b"smuggled"]
