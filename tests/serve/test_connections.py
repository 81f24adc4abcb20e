"""Slow and greedy clients cost themselves their connections, and never the other readers."""

from __future__ import annotations

import resource
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlsplit

import pytest
from werkzeug.routing import Rule
from werkzeug.wrappers import Response

from feeds.serve import Limits, Server, bind_server
from feeds.serve.connections import Connection, client_of, connection_to_close
from feeds.serve.server import RESERVED_DESCRIPTORS
from tests.serve.conftest import ATOM, put, serving

CROWD = 1100
ANSWER = b"GET /world.atom HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


@contextmanager
def server_of(directory: Path, limits: Limits | None = None, **options: object) -> Iterator[Server]:
    with serving(directory, limits=limits, **options) as site:
        yield site.server


def connect(server: Server) -> socket.socket:
    address = urlsplit(server.url)
    return socket.create_connection((address.hostname or "", address.port or 0), timeout=10)


def read(server: Server) -> bytes:
    """What a reader gets who sends a whole request; the test fails after ten seconds without an answer."""
    with connect(server) as reader:
        reader.sendall(ANSWER)
        return b"".join(iter(lambda: reader.recv(65_536), b""))


@pytest.fixture
def many_descriptors() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = 2 * CROWD + 500
    if hard != resource.RLIM_INFINITY and hard < needed:
        pytest.skip(f"needs {needed} open files, and the hard limit is {hard}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, needed), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("many_descriptors")
@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nA: ", b"\r\n"])
def test_readers_do_not_wait_behind_1100_slow_connections(tmp_path: Path, sent: bytes) -> None:
    put(tmp_path, "world.atom", ATOM)
    with server_of(tmp_path) as server, ExitStack() as crowd:
        for _ in range(CROWD):
            slow = crowd.enter_context(connect(server))
            with suppress(OSError):  # closed already, to make room
                slow.sendall(sent)
        assert read(server).endswith(ATOM)


def test_clients_that_do_not_read_block_no_thread(tmp_path: Path) -> None:
    big = b"<feed>" + b"x" * (5 << 20) + b"</feed>"
    put(tmp_path, "big.atom", big)
    put(tmp_path, "world.atom", ATOM)
    with server_of(tmp_path) as server, ExitStack() as clients:
        for _ in range(8):  # twice as many as there are threads
            client = clients.enter_context(connect(server))
            client.sendall(b"GET /big.atom HTTP/1.1\r\nHost: localhost\r\n\r\n" * 20)
        assert read(server).endswith(ATOM)


NEVER = 3600.0
PATIENT = Limits(header_seconds=NEVER, request_seconds=NEVER, idle_seconds=NEVER)


@pytest.mark.parametrize(
    ("limits", "sent"),
    [
        (Limits(header_seconds=0, request_seconds=NEVER, idle_seconds=NEVER), b"GET / HTTP/1.1\r\nA: "),
        (Limits(header_seconds=0, request_seconds=NEVER, idle_seconds=NEVER), b"\r\n\r\n\r\n"),
        (
            Limits(header_seconds=NEVER, request_seconds=0, idle_seconds=NEVER),
            b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nx",
        ),
        (Limits(header_seconds=NEVER, request_seconds=NEVER, idle_seconds=0), b""),
    ],
)
def test_a_client_that_takes_too_long_to_ask_is_cut_off(tmp_path: Path, limits: Limits, sent: bytes) -> None:
    with server_of(tmp_path, limits) as server, connect(server) as slow:
        slow.sendall(sent)
        assert slow.recv(100) == b""  # a timeout of the socket would fail the test


def test_a_client_that_takes_too_long_to_read_is_cut_off(tmp_path: Path) -> None:
    put(tmp_path, "big.atom", b"x" * (20 << 20))
    limits = Limits(
        header_seconds=NEVER, request_seconds=NEVER, idle_seconds=0.5, send_bytes_per_second=1 << 40
    )
    with server_of(tmp_path, limits) as server, connect(server) as slow:
        slow.sendall(b"GET /big.atom HTTP/1.1\r\nHost: localhost\r\n\r\n")
        slow.recv(100, socket.MSG_PEEK)  # the answer has begun
        watcher = Thread(target=_wait_until_empty, args=[server], daemon=True)
        watcher.start()
        watcher.join(20)
        assert not watcher.is_alive()
        with suppress(ConnectionResetError):
            assert sum(map(len, iter(lambda: slow.recv(1 << 20), b""))) < 20 << 20


def _wait_until_empty(server: Server) -> None:
    while server._waitress.active_channels:
        Event().wait(0.05)


def test_where_the_limit_is_reached_the_longest_waiting_connection_makes_room(tmp_path: Path) -> None:
    put(tmp_path, "world.atom", ATOM)
    with server_of(tmp_path, Limits(3, header_seconds=NEVER, idle_seconds=NEVER)) as server:
        with connect(server) as first, connect(server) as second, connect(server) as third:
            assert read(server).endswith(ATOM)
            assert first.recv(1) == b""
            for kept in (second, third):
                kept.sendall(ANSWER)
                assert kept.recv(12) == b"HTTP/1.1 200"


def test_where_all_connections_are_being_answered_a_new_one_gets_503(tmp_path: Path) -> None:
    entered, go_on = Event(), Event()

    def slow(_request: object) -> Response:
        entered.set()
        go_on.wait(20)
        return Response("done")

    with (
        server_of(tmp_path, Limits(1), routes=[Rule("/slow", endpoint=slow)]) as server,
        connect(server) as busy,
    ):
        busy.sendall(b"GET /slow HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert entered.wait(10)
        with connect(server) as refused:
            answer = b"".join(iter(lambda: refused.recv(4096), b""))
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert b"Connection: close\r\n" in answer
        go_on.set()
        assert b"".join(iter(lambda: busy.recv(4096), b"")).endswith(b"done")


class _Waiting:
    def __init__(self, client: str, since: float, waiting: bool = True) -> None:
        self.client, self.waiting_since, self.is_waiting = client, since, waiting


def _choose(limits: Limits, client: str, *connections: _Waiting) -> object:
    choose: Callable[..., object] = connection_to_close
    return choose(connections, client, limits)


def test_the_client_with_the_most_connections_loses_one() -> None:
    old, greedy, greedier = _Waiting("a", 1), _Waiting("b", 3), _Waiting("b", 2)
    assert _choose(Limits(connections=4), "c", old, greedy, greedier) == (False, None)
    assert _choose(Limits(connections=3), "c", old, greedy, greedier) == (True, greedier)
    assert _choose(Limits(per_client=2), "b", old, greedy, greedier) == (True, greedier)
    assert _choose(Limits(per_client=1), "a", old, greedy) == (True, old)
    assert _choose(Limits(per_client=1), "a", _Waiting("a", 1, waiting=False), greedy) == (True, None)


@pytest.mark.parametrize(
    ("address", "same", "other"),
    [
        ("192.0.2.1", "::ffff:192.0.2.1", "192.0.2.2"),
        ("2001:db8::1", "2001:db8::2:3", "2001:db8:0:1::1"),
        ("fe80::1%eth0", "fe80::2", "fe81::1"),
    ],
)
def test_an_ipv6_network_is_one_client(address: str, same: str, other: str) -> None:
    assert client_of(address) == client_of(same) != client_of(other)


def test_connections_leave_descriptors_for_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resource.getrlimit", lambda _kind: (256, 256))
    with bind_server(tmp_path, "127.0.0.1", 0) as server:
        assert server._waitress.limits.connections == 256 - RESERVED_DESCRIPTORS
        assert server._waitress.channel_class is Connection
