"""SOCKS5 proxies (RFC 1928): who looks up the name, what the guard refuses, and whose fault a failure is."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from feeds.errors import Blocked, FetchError, ProxyFailed, TooLarge, TooSlow, Unreachable
from feeds.fetch import Fetcher
from feeds.model import Response
from tests.fetch.conftest import NOTHING, source
from tests.loopback import Loopback, Peer

BODY = b"<rss/>"


class SocksServer:
    """A SOCKS5 proxy that connects to `target`, whatever it is asked for, and notes what it was asked for."""

    def __init__(self, target: Loopback, *, login: tuple[str, str] | None = None, reply: int = 0) -> None:
        self._target, self._login, self._reply = target, login, reply
        self.asked: list[tuple[str, int]] = []
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, scheme: str = "socks5h", login: str = "") -> str:
        return f"{scheme}://{login}127.0.0.1:{self.port}"

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError, KeyError):  # the client has hung up
            self._negotiate(sock)

    def _negotiate(self, sock: socket.socket) -> None:
        with sock, sock.makefile("rb") as lines:
            methods = lines.read(lines.read(2)[1])
            wanted = 2 if self._login else 0
            sock.sendall(bytes([5, wanted if wanted in methods else 255]))
            if wanted not in methods:
                return
            if self._login:
                lines.read(1)
                found = tuple(lines.read(lines.read(1)[0]).decode() for _ in range(2))
                sock.sendall(bytes([1, found != self._login]))
            kind = lines.read(4)[3:]
            host = {
                b"\1": lambda: socket.inet_ntoa(lines.read(4)),
                b"\3": lambda: lines.read(lines.read(1)[0]).decode(),
                b"\4": lambda: socket.inet_ntop(socket.AF_INET6, lines.read(16)),
            }[kind]()
            self.asked.append((host, int.from_bytes(lines.read(2), "big")))
            sock.sendall(bytes([5, self._reply, 0, 1]) + bytes(6))
            if self._reply:
                return
            with socket.create_connection((self._target.address, self._target.port)) as onward:
                back = threading.Thread(target=_copy, args=(onward, sock), daemon=True)
                back.start()
                while data := lines.read1():
                    onward.sendall(data)


def _copy(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


@pytest.fixture
def start() -> Iterator[Callable[..., SocksServer]]:
    started: list[SocksServer] = []

    def start(*arguments: object, **options: object) -> SocksServer:
        started.append(SocksServer(*arguments, **options))  # type: ignore[arg-type]
        return started[-1]

    yield start
    for proxy in started:
        proxy.close()


def look_nothing_up(*_: object, **__: object) -> list[object]:
    raise socket.gaierror(-2, "the proxy looks names up, not we")


def test_socks5h_leaves_the_name_to_the_proxy_and_reuses_the_connection(
    make_fetcher: Callable[..., Fetcher], server: Loopback, start: Callable[..., SocksServer]
) -> None:
    proxy, fetcher = start(server), make_fetcher(lookup=look_nothing_up)
    server.page("/feed", BODY)
    asking = source("http://hidden.onion/feed", proxy=proxy.url(), allow_private=False)
    for _ in range(2):
        fetched = fetcher.fetch(asking, asking.url, NOTHING)
        assert isinstance(fetched, Response)
        assert fetched.body == BODY
    assert proxy.asked == [("hidden.onion", 80)]
    assert server.requests[0].path == "/feed"
    assert server.requests[0].header("host") == "hidden.onion"


def test_socks5_sends_the_address_that_was_looked_up_and_checked(
    make_fetcher: Callable[..., Fetcher], server: Loopback, start: Callable[..., SocksServer]
) -> None:
    proxy, address = start(server), "93.184.216.34"
    fetcher = make_fetcher(
        lookup=lambda *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80))]
    )
    server.page("/feed", BODY)
    asking = source("http://news.example/feed", proxy=proxy.url("socks5"), allow_private=False)
    assert isinstance(fetcher.fetch(asking, asking.url, NOTHING), Response)
    assert proxy.asked == [(address, 80)]
    address = "10.0.0.1"
    with pytest.raises(Blocked, match="a private address"):
        make_fetcher(
            lookup=lambda *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80))]
        ).fetch(asking, asking.url, NOTHING)
    assert len(proxy.asked) == 1


@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
@pytest.mark.parametrize(
    "host", ["127.0.0.1", "10.1", "[::1]", "0x7f.1", "localhost", "router", "printer.local"]
)
def test_a_private_address_is_refused_behind_a_socks_proxy(
    make_fetcher: Callable[..., Fetcher],
    server: Loopback,
    start: Callable[..., SocksServer],
    scheme: str,
    host: str,
) -> None:
    proxy = start(server)
    asking = source(f"http://{host}/feed", proxy=proxy.url(scheme), allow_private=False)
    with pytest.raises(Blocked, match="allow_private"):
        make_fetcher().fetch(asking, asking.url, NOTHING)
    assert proxy.connections == 0


def test_https_is_verified_through_a_socks_proxy(
    make_fetcher: Callable[..., Fetcher], start: Callable[..., SocksServer]
) -> None:
    with Loopback(tls=True, names=["news.example"]) as secure:
        proxy, fetcher = start(secure), make_fetcher(lookup=look_nothing_up, ca_file=secure.authority)
        secure.page("/feed", BODY)
        for host, is_valid in (("news.example", True), ("other.example", False)):
            asking = source(f"https://{host}/feed", proxy=proxy.url())
            if is_valid:
                assert isinstance(fetcher.fetch(asking, asking.url, NOTHING), Response)
            else:
                with pytest.raises(Unreachable, match=r"the certificate of other\.example is not valid"):
                    fetcher.fetch(asking, asking.url, NOTHING)


def test_a_socks_proxy_gets_its_own_login_and_the_environment_may_name_it(
    make_fetcher: Callable[..., Fetcher],
    server: Loopback,
    start: Callable[..., SocksServer],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    proxy = start(server, login=("me", "p@ss"))
    server.page("/feed", BODY)
    for name in ("http_proxy", "HTTP_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ALL_PROXY", proxy.url(login="me:p%40ss@"))
    asking = source("http://news.example/feed", trust_env=True)
    assert isinstance(make_fetcher(lookup=look_nothing_up).fetch(asking, asking.url, NOTHING), Response)
    wrong = source("http://news.example/feed", proxy=proxy.url(login="me:secret@"))
    with pytest.raises(
        ProxyFailed, match="requires a user and a password, or does not accept these"
    ) as caught:
        make_fetcher().fetch(wrong, wrong.url, NOTHING)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("reply", "kind", "problem"),
    [
        (2, ProxyFailed, "the proxy refuses the connection"),
        (4, Unreachable, r"no connection to news\.example through the proxy: the host is unreachable"),
        (5, Unreachable, r"no connection to news\.example through the proxy: the connection was refused"),
    ],
)
def test_the_reply_of_the_proxy_says_whose_fault_it_is(
    make_fetcher: Callable[..., Fetcher],
    server: Loopback,
    start: Callable[..., SocksServer],
    reply: int,
    kind: type[FetchError],
    problem: str,
) -> None:
    asking = source("http://news.example/feed", proxy=start(server, reply=reply).url())
    with pytest.raises(kind, match=problem) as caught:
        make_fetcher().fetch(asking, asking.url, NOTHING)
    assert type(caught.value) is kind


def test_the_limits_of_a_fetch_hold_behind_a_socks_proxy(
    make_fetcher: Callable[..., Fetcher], server: Loopback, start: Callable[..., SocksServer]
) -> None:
    fetcher, proxy = make_fetcher(), start(server)
    server.page("/large", b"x" * 100_000)
    large = source("http://news.example/large", proxy=proxy.url(), max_transferred_bytes=5000)
    with pytest.raises(TooLarge):
        fetcher.fetch(large, large.url, NOTHING)
    server.script("/slow", Peer.hang)
    slow = source("http://news.example/slow", proxy=proxy.url(), timeout=0.3)
    with pytest.raises(TooSlow):
        fetcher.fetch(slow, slow.url, NOTHING)


def test_a_silent_socks_proxy_ends_with_the_deadline(make_fetcher: Callable[..., Fetcher]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        proxy = f"socks5h://127.0.0.1:{silent.getsockname()[1]}"
        asking = source("http://news.example/feed", proxy=proxy, timeout=0.3)
        with pytest.raises(TooSlow):
            make_fetcher().fetch(asking, asking.url, NOTHING)
