from __future__ import annotations

import contextlib
import select
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from feeds.errors import BadAnswer, BadStatus, TooLarge, Unreachable
from feeds.fetch import Fetcher
from feeds.fetch import connection as connections
from feeds.model import Response, Validators
from tests.fetch.conftest import NOTHING, Ask, source
from tests.loopback import Answer, Loopback, Peer, Script

BODY = b"<rss version='2.0'/>"


@pytest.fixture
def secure() -> Iterator[Loopback]:
    with Loopback(tls=True) as server:
        yield server


def fetch(fetcher: Fetcher, url: str, validators: Validators = NOTHING, **access: Any) -> Response:
    fetched = fetcher.fetch(source(url, **access), url, validators)
    assert isinstance(fetched, Response)
    return fetched


def test_https_is_verified_and_read_to_the_end(
    make_fetcher: Callable[..., Fetcher], secure: Loopback
) -> None:
    fetcher = make_fetcher(ca_file=secure.authority)
    url = secure.page("/feed", BODY * 50_000)
    assert fetch(fetcher, url).body == BODY * 50_000
    assert fetch(fetcher, secure.url("/feed", host="localhost")).body == BODY * 50_000


def test_bytes_over_https_are_counted(make_fetcher: Callable[..., Fetcher], secure: Loopback) -> None:
    fetcher = make_fetcher(ca_file=secure.authority)
    secure.script(
        "/feed", lambda peer: peer.send(b"HTTP/1.1 200 OK\r\n\r\n") and peer.flood(b"x" * 9999, 8 << 20)
    )
    with pytest.raises(TooLarge):
        fetch(fetcher, secure.url("/feed"), max_transferred_bytes=1 << 20)
    assert secure.requests[0].hung_up.wait(5)


def test_an_unknown_authority_is_refused(ask: Ask, secure: Loopback) -> None:
    with pytest.raises(Unreachable, match=r"the certificate of 127\.0\.0\.1 is not valid \('unable to get"):
        ask(secure.page("/feed", BODY))
    assert not secure.requests


def test_a_certificate_for_another_host_is_refused(
    make_fetcher: Callable[..., Fetcher], secure: Loopback
) -> None:
    fetcher = make_fetcher(ca_file=secure.authority)
    with pytest.raises(Unreachable, match=r"the certificate of 127\.1 is not valid \(.*mismatch"):
        fetch(fetcher, secure.url("/feed", host="127.1"))


def test_http_where_https_is_expected_is_an_error(ask: Ask, server: Loopback) -> None:
    with pytest.raises(Unreachable, match=r"no TLS connection to 127\.0\.0\.1: wrong version number"):
        ask(server.url("/feed").replace("http:", "https:"))


def test_https_goes_through_a_proxy_in_a_tunnel(
    make_fetcher: Callable[..., Fetcher], secure: Loopback, server: Loopback
) -> None:
    """The certificate at the end of the proxy's tunnel is verified for the origin's name."""
    server.script("news.example:443", tunnel(secure))
    fetcher = make_fetcher(ca_file=secure.authority)
    secure.page("/feed", BODY)
    with pytest.raises(Unreachable, match=r"the certificate of news\.example is not valid"):
        fetch(fetcher, "https://news.example/feed", proxy=server.url(""))
    server.script(f"localhost:{secure.port}", tunnel(secure))
    assert fetch(fetcher, secure.url("/feed", host="localhost"), proxy=server.url("")).body == BODY
    assert server.requests[-1].method == "CONNECT"


def tunnel(to: Loopback) -> Script:
    """A script that forwards its connection to a server until either side closes."""

    def pipe(peer: Peer) -> None:
        peer.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with socket.create_connection(("127.0.0.1", to.port), timeout=5) as there:
            other = {peer.sock: there, there: peer.sock}
            while readable := select.select(list(other), [], [], 5)[0]:
                for sock in readable:
                    if not (data := sock.recv(65536)):
                        return
                    other[sock].sendall(data)

    return pipe


def test_a_connection_is_reused_for_the_next_request(ask: Ask, server: Loopback) -> None:
    url = server.answers("/feed", Answer(BODY), Answer(status=304), Answer(BODY))
    ask(url)
    ask(url, Validators(etag="1", url=url))
    ask(url)
    assert [request.connection for request in server.requests] == [1, 1, 1]


def test_a_connection_with_an_unread_body_is_not_reused(ask: Ask, server: Loopback) -> None:
    server.page("/feed", BODY)
    server.redirect("/hop", "/feed", body=b"x" * 9999)
    server.page("/broken", b"x" * 9999, status=500)
    fetched = ask(server.url("/hop"))
    with pytest.raises(BadStatus):
        ask(server.url("/broken"))
    again = ask(server.url("/feed"))
    assert isinstance(fetched, Response)
    assert isinstance(again, Response)
    assert (fetched.body, again.body) == (BODY, BODY)
    assert [request.connection for request in server.requests] == [1, 2, 2, 3]


def test_a_request_on_a_connection_that_the_server_closed_is_repeated(ask: Ask, server: Loopback) -> None:
    """The server closes it without notice at the moment of the request. The request is sent on a new connection."""

    def handle(request: Any) -> Answer:
        return Answer(BODY)

    url = server.handle("/feed", handle)
    ask(url)
    server.script(
        "/stale", lambda peer: None if peer.request.connection == 1 else peer.send(Answer(BODY).raw())
    )
    assert ask(server.url("/stale")).status == 200
    assert [(request.path, request.connection) for request in server.requests] == [
        ("/feed", 1),
        ("/stale", 1),
        ("/stale", 2),
    ]


def test_a_request_on_a_new_connection_that_is_closed_is_not_repeated(ask: Ask, server: Loopback) -> None:
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1:\d+: the connection was closed before the answer"):
        ask(server.raw("/feed", b""))
    assert len(server.requests) == 1


def test_a_connection_that_was_idle_for_long_is_not_reused(
    ask: Ask, server: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "MAX_IDLE_SECONDS", 0.0)
    url = server.page("/feed", BODY)
    ask(url)
    ask(url)
    assert [request.connection for request in server.requests] == [1, 2]


def test_one_fetcher_serves_many_threads(fetcher: Fetcher, server: Loopback) -> None:
    """Each fetch has its own deadline, byte count and permissions."""
    paths = [f"/{number}" for number in range(40)]
    for number, path in enumerate(paths):
        server.page(path, b"x" * (1 + number * 1000))

    def one(number: int) -> int | str:
        url = server.url(paths[number])
        try:
            return len(fetch(fetcher, url, max_transferred_bytes=20_000 if number % 2 else 1 << 20).body)
        except TooLarge as error:
            return type(error).__name__

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(one, range(40)))
    assert found == ["TooLarge" if number % 2 and number >= 20 else 1 + number * 1000 for number in range(40)]


def test_certificate_authorities_are_loaded_once(
    make_fetcher: Callable[..., Fetcher], secure: Loopback
) -> None:
    """requests would load Mozilla's for each new connection and add them to the user's."""
    fetcher = make_fetcher(ca_file=secure.authority)
    assert secure.authority
    for host in ("127.0.0.1", "localhost"):
        secure.page("/feed", BODY)
        assert fetch(fetcher, secure.url("/feed", host=host)).body == BODY
        secure.authority.unlink(missing_ok=True)
    ((_, adapter),) = fetcher._http._adapters._adapters.values()
    assert adapter._tls.cert_store_stats()["x509_ca"] == 1


def test_a_transfer_encoding_that_was_not_requested_is_an_error(ask: Ask, server: Loopback) -> None:
    """http.client would return the chunks as the document."""
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"
    with pytest.raises(BadAnswer, match="a Transfer-Encoding that was not requested"):
        ask(server.raw("/feed", head + b"5\r\n<rss>\r\n0\r\n\r\n"))


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (304, []),
        (304, [("Content-Length", "500")]),  # the length of the document that is not sent (RFC 9110 §8.6)
        (304, [("Transfer-Encoding", "chunked")]),
        (204, []),
        (204, [("Transfer-Encoding", "chunked")]),
        (302, [("Location", "/document")]),
        (404, []),
        (503, [("Content-Length", "0")]),
        (200, []),
    ],
)
def test_the_connection_is_used_again_after_an_answer_without_a_body(
    server: Loopback, ask: Ask, status: int, headers: list[tuple[str, str]]
) -> None:
    server.page("/document", BODY)
    url = server.page("/feed", BODY if status == 200 else b"", status=status, headers=headers)
    for _ in range(3):
        with contextlib.suppress(BadStatus):
            ask(url, Validators(etag='"1"', url=url))
    assert len(server.requests) >= 3
    assert server.connections == 1


def test_an_international_host_name_is_sent_in_ascii_and_gets_the_sources_headers(
    make_fetcher: Callable[..., Fetcher], server: Loopback
) -> None:
    entry = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("127.0.0.1", server.port))
    fetcher = make_fetcher(lookup=lambda *_, **__: [entry])
    server.page("/feed", BODY)
    fetch(fetcher, f"http://Bücher.example:{server.port}/feed", headers=(("X-Key", "k"),))
    assert server.requests[0].header("host") == f"xn--bcher-kva.example:{server.port}"
    assert server.requests[0].header("x-key") == "k"


def test_white_space_between_a_field_name_and_its_colon_is_ignored(server: Loopback, ask: Ask) -> None:
    """RFC 9112 §5.1. The connection stays open, so only the length says where the document ends."""

    def script(peer: Peer) -> None:
        peer.send(b'HTTP/1.1 200 OK\r\nETag : "1"\r\nX: a\r\n b : c\r\nContent-Length\t: 6\r\n\r\n<rss/>')
        peer.hang()

    answer = ask(server.script("/feed", script), timeout=2)
    assert isinstance(answer, Response)
    assert (answer.body, answer.validators.etag) == (b"<rss/>", '"1"')


INTERIM = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"


def test_interim_answers_are_skipped(server: Loopback, ask: Ask) -> None:
    """RFC 9110 §15.2. The connection is used for the next request."""
    whole = Answer(b"<rss/>", headers=[("ETag", '"1"')]).raw()
    url = server.raw("/feed", INTERIM + b"HTTP/1.1 102 Processing\r\n\r\n" + INTERIM + whole)
    for _ in range(2):
        answer = ask(url)
        assert isinstance(answer, Response)
        assert (answer.status, answer.body, answer.validators.etag) == (200, b"<rss/>", '"1"')
        assert not answer.header("link")


def test_endless_interim_answers_exceed_the_byte_limit(server: Loopback, ask: Ask) -> None:
    url = server.script("/feed", lambda peer: peer.flood(INTERIM, 1 << 22))
    with pytest.raises(TooLarge):
        ask(url, max_transferred_bytes=1 << 16)


def test_a_content_length_that_is_repeated_in_one_line_is_accepted(server: Loopback, ask: Ask) -> None:
    """RFC 9110 §8.6. The connection stays open, so only the length says where the document ends."""

    def script(peer: Peer) -> None:
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 6, 6\r\n\r\n<rss/>")
        peer.hang()

    answer = ask(server.script("/feed", script), timeout=2)
    assert isinstance(answer, Response)
    assert answer.body == b"<rss/>"
