"""No spelling of an address that is not public is connected to, whether as URL, redirect, hub or through a proxy.

Connections are watched right before the socket. One to the loopback is let through, so that a hole in the guard shows
at the listener. One to anywhere else is recorded and not made.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from feeds.errors import Blocked, FetchError, Unreachable
from feeds.fetch import Fetcher, connection
from feeds.fetch.guard import refusal_reason
from feeds.fetch.robots import Robots
from tests.fetch.conftest import NOTHING, NOW, Ask, source
from tests.loopback import Loopback

PUBLIC = "127.0.0.2"  # stands for a public host: the guard is told to let it pass

HERE = [  # the listener's own address, as a resolver reads it
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "127.000.000.001",
    "2130706433",
    "017700000001",
    "0x7f000001",
    "0X7F000001",
    "0x00000000000000007f000001",
    "0177.0.0.1",
    "00000177.1",
    "0177.0.0.01",
    "0x7f.1",
    "0x7f.0.1",
    "0x7f.0x0.0x0.0x1",
    "127.0x1",
    "127.0x0.1",
    "0x7F.00.00.0x01",
    "%31%32%37.0.0.1",
    "user:pass@127.0.0.1",
    "public.example@127.0.0.1",
    "0",
    "0.0.0.0",
    "0x0",
    "00.0",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::FFFF:7F00:0001]",
    "[0:0:0:0:0:ffff:127.0.0.1]",
    "[0000:0000:0000:0000:0000:ffff:7f00:0001]",
    "localhost",
    "LOCALHOST",
    "LocalHost",
]
ELSEWHERE = [  # loopback, private and special addresses besides
    "127.65537",
    "127.255.255.254",
    "127.0.0.53",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::0001]",
    "[::]",
    "[0::0]",
    "[::127.0.0.1]",
    "[::7f00:1]",
    "[::10.0.0.1]",
    "[::ffff:10.0.0.1]",
    "[::ffff:169.254.169.254]",
    "[::ffff:8.8.8.8]",
    "[::ffff:0:127.0.0.1]",
    "10.0.0.1",
    "10.1",
    "167772161",
    "012.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "192.168.257",
    "0xc0a80001",
    "0300.0250.0.1",
    "169.254.169.254",
    "2852039166",
    "0xa9fea9fe",
    "0251.0376.0251.0376",
    "169.16689662",
    "168.63.129.16",
    "100.64.0.1",
    "100.100.100.200",
    "192.0.0.192",
    "192.0.2.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.9",
    "192.88.99.1",
    "0.1.2.3",
    "1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "4294967295",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b::a00:1]",
    "[64:ff9b:1::1]",
    "[64:ff9b:1::7f00:1]",
    "[64:ff9b:1:ffff::8.8.8.8]",
    "[100::1]",
    "[100:0:0:1::1]",
    "[2001::1]",
    "[2001:0:4136:e378:8000:63bf:80ff:fffe]",
    "[2001:10::1]",
    "[2001:20::1]",
    "[2001:db8::1]",
    "[2002:7f00:1::]",
    "[2002:a00:1::1]",
    "[2002:808:808::1]",
    "[3fff::1]",
    "[4000::1]",
    "[5f00::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[fd12:3456:789a::1]",
    "[fe80::1]",
    "[fe80::5efe:10.0.0.1]",
    "[febf::1]",
    "[fec0::1]",
    "[feff::1]",
    "[ff02::1]",
    "[ff0e::1]",
    "[2606:4700::5efe:127.0.0.1]",
    "[2606:4700::200:5efe:10.0.0.1]",
]
NOT_READ = [  # not a host at all, or a name that nobody has: whatever it is, nothing is connected to
    "１２７.０.０.１",
    "①②⑦.0.0.1",
    "127。0。0。1",
    "127｡0｡0｡1",
    "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ",
    "loca\u00adlhost",
    "١٢٧.0.0.1",
    "127.0.0.1%00.public.example",
    "[::ffff:0x7f.1]",
    "[v1.127]",
    "[::1].",
    "[::1",
    "[::1%251]",  # a zone: no URL of the web has one
    "[fe80::1%251]",
    "[fe80::1%25lo]",
    "127.0.0.256",
    "4294967297",
    "0b1111111.1",
    "127.0.0.1 ",
    "127.0.0.1\\",
]
SPELLINGS = [*HERE, *ELSEWHERE]
NAMES = [
    "localhost.",
    "127.0.0.1.",
    "127.1.",
    "rebind.example",
    "metadata.google.internal",
    "127.0.0.1.nip.example",
]


def nobody(host: str, port: int, **options: Any) -> list[Any]:
    """A `getaddrinfo` that resolves only localhost."""
    if host.rstrip(".").lower() != "localhost":
        raise socket.gaierror(-2, "Name or service not known")
    return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("127.0.0.1", port))]


@pytest.fixture
def fetcher(make_fetcher: Callable[..., Fetcher]) -> Fetcher:
    return make_fetcher(lookup=nobody)


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The addresses that a connection was started to. There must be none at the end."""
    found: list[str] = []
    connect = connection._connect_address

    def watched(entry: Any, options: Any, timeout: float) -> socket.socket:
        address = str(entry[4][0])
        if address != PUBLIC:
            found.append(address)
        if not (ipaddress.ip_address(address.partition("%")[0]).is_loopback or address in {"0.0.0.0", "::"}):
            raise OSError(113, "not let out of the test")
        return connect(entry, options, timeout)

    monkeypatch.setattr(connection, "_connect_address", watched)
    yield found
    assert found == []


@pytest.fixture
def public(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    """A server that the guard takes for a public host."""
    monkeypatch.setattr(
        connection, "refusal_reason", lambda address: None if address == PUBLIC else refusal_reason(address)
    )
    with Loopback(PUBLIC) as server:
        yield server


def test_the_table_of_spellings_is_long_and_has_no_duplicates() -> None:
    every = [*SPELLINGS, *NOT_READ, *NAMES]
    assert len(every) == len(set(every)) >= 130


def url_of(server: Loopback, host: str, path: str = "/feed") -> str:
    return f"http://{host}:{server.port}{path}"


@pytest.mark.parametrize("host", HERE)
def test_these_spellings_reach_the_listener_with_allow_private(server: Loopback, ask: Ask, host: str) -> None:
    server.page("/feed", b"<rss/>")
    assert ask(url_of(server, host)).status == 200
    assert server.connections == 1


# fetching checklist 27
@pytest.mark.parametrize("host", SPELLINGS)
def test_a_private_address_as_source_url_is_refused(
    server: Loopback, ask: Ask, tried: list[str], host: str
) -> None:
    with pytest.raises(Blocked, match="if that is intended, set allow_private: true"):
        ask(url_of(server, host), allow_private=False)
    assert server.connections == 0


# fetching checklist 27
@pytest.mark.parametrize("host", NOT_READ)
def test_an_invalid_host_is_not_connected_to(server: Loopback, ask: Ask, tried: list[str], host: str) -> None:
    with pytest.raises((Blocked, Unreachable)):
        ask(url_of(server, host), allow_private=False)
    assert server.connections == 0


# fetching checklist 27
@pytest.mark.parametrize("host", [*SPELLINGS, *NOT_READ])
def test_a_redirect_to_a_private_address_is_refused(
    server: Loopback, public: Loopback, fetcher: Fetcher, tried: list[str], host: str
) -> None:
    """The third hop, after two allowed ones."""
    public.redirect("/two", url_of(server, host).encode().decode("latin-1"), 301)
    url = public.redirect("/one", "/two", 308)
    with pytest.raises(FetchError):
        fetcher.fetch(source(url, allow_private=False), url, NOTHING)
    assert public.paths() == ["/one", "/two"]
    assert server.connections == 0


# fetching checklist 27
@pytest.mark.parametrize("host", NAMES)
@pytest.mark.parametrize(
    "address", ["127.0.0.1", "169.254.169.254", "::1", "fd00:ec2::254", "::ffff:127.0.0.1"]
)
def test_a_name_that_resolves_to_a_private_address_is_refused(
    make_fetcher: Callable[..., Fetcher], server: Loopback, tried: list[str], host: str, address: str
) -> None:
    def lookup(_host: str, port: int, **_: Any) -> list[Any]:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        rest = (0, 0) if ":" in address else ()
        return [(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, port, *rest))]

    url = url_of(server, host)
    with pytest.raises(Blocked):
        make_fetcher(lookup=lookup).fetch(source(url, allow_private=False), url, NOTHING)
    assert server.connections == 0


# fetching checklist 27
@pytest.mark.parametrize(
    "host", [*SPELLINGS, *NAMES[:3], "metadata", "router.lan", "printer.local.", "x.internal"]
)
def test_a_private_address_is_refused_through_a_proxy(
    server: Loopback, ask: Ask, tried: list[str], host: str
) -> None:
    """The proxy would resolve and fetch it. The proxy's own address may be private."""
    with pytest.raises(Blocked):
        ask(url_of(server, host), proxy=server.url(""), allow_private=False)
    assert server.connections == 0


# fetching checklist 27
@pytest.mark.parametrize("host", SPELLINGS)
def test_robots_txt_of_a_private_address_is_refused(
    server: Loopback, fetcher: Fetcher, tried: list[str], host: str
) -> None:
    page = replace(source("http://news.example/", allow_private=False), kind="page")
    with pytest.raises(Blocked):
        Robots(fetcher).check(page, url_of(server, host, "/news"), NOW)
    assert server.connections == 0


# fetching checklist 27
@pytest.mark.parametrize("host", SPELLINGS)
def test_a_hub_at_a_private_address_is_refused(
    server: Loopback, fetcher: Fetcher, tried: list[str], host: str
) -> None:
    """A feed names its hub, and a POST is sent there."""
    asking = source("http://news.example/feed", allow_private=False)
    with pytest.raises(Blocked):
        fetcher.post(asking, url_of(server, host, "/hub"), b"hub.mode=subscribe")
    assert server.connections == 0


# fetching checklist 27
def test_a_redirect_of_a_hub_to_a_private_address_is_refused(
    server: Loopback, public: Loopback, fetcher: Fetcher, tried: list[str]
) -> None:
    url = public.redirect("/hub", server.url("/hub"), 307)
    with pytest.raises(Blocked):
        fetcher.post(source(public.url("/feed"), allow_private=False), url, b"hub.mode=subscribe")
    assert public.paths() == ["/hub"]
    assert server.connections == 0


def test_public_addresses_are_still_reached(public: Loopback, ask: Ask) -> None:
    assert ask(public.page("/feed", b"<rss/>"), allow_private=False).status == 200
