from __future__ import annotations

import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.errors import Blocked, Unreachable
from feeds.fetch import Fetcher
from feeds.fetch.connection import literal_address
from feeds.fetch.guard import is_private_host, refusal_reason
from tests.fetch.conftest import NOTHING, Ask, source
from tests.loopback import Loopback

PUBLIC = [
    "1.1.1.1",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "169.253.255.255",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.0",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "2606:4700::1111",
    "2001:200::1",
    "2a00:1450:4001::1",
    "64:ff9b::101:101",
]
REFUSED = {
    "0.0.0.0": "this host",
    "0.1.2.3": "this host",
    "10.1.2.3": "private",
    "100.64.0.1": "carrier",
    "100.127.255.255": "carrier",
    "127.0.0.1": "loopback",
    "127.255.255.254": "loopback",
    "168.63.129.16": "cloud",
    "169.254.169.254": "link-local",
    "172.16.0.1": "private",
    "172.31.255.255": "private",
    "192.0.0.192": "protocols",
    "192.0.2.1": "documentation",
    "192.88.99.1": "6to4",
    "192.168.1.1": "private",
    "198.18.0.1": "measurements",
    "198.51.100.1": "documentation",
    "203.0.113.1": "documentation",
    "224.0.0.1": "multicast",
    "239.255.255.250": "multicast",
    "240.0.0.1": "reserved",
    "255.255.255.255": "reserved",
    "::": "this host",
    "::1": "loopback",
    "::127.0.0.1": "disguise",
    "::ffff:127.0.0.1": "disguise",
    "::ffff:1.1.1.1": "disguise",
    "64:ff9b::7f00:1": "loopback",
    "64:ff9b::a9fe:a9fe": "link-local",
    "64:ff9b:1::1": "private",
    "100::1": "reserved",
    "2001::1": "tunnel",
    "2001:10::1": "tunnel",
    "2001:db8::1": "documentation",
    "2002:7f00:1::": "6to4",
    "3fff::1": "documentation",
    "4000::1": "reserved",
    "5f00::1": "reserved",
    "fc00::1": "private",
    "fd00:ec2::254": "private",
    "fe80::1": "link-local",
    "fe80::1%lo": "link-local",
    "fec0::1": "private",
    "ff02::1": "multicast",
    "": "not an address",
    "127.1": "not an address",
    "localhost": "not an address",
}


@pytest.mark.parametrize(
    ("host", "private"),
    [
        ("127.0.0.1", True),
        ("127.0.0.1.", True),
        ("::1", True),
        ("router", True),
        ("hub.lan.", True),
        ("1.1.1.1", False),
        ("2606:4700::1111", False),
        ("feeds.example.org", False),
    ],
)
def test_a_private_host_is_a_private_address_or_a_name_of_a_private_network(host: str, private: bool) -> None:
    assert is_private_host(host) is private


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_allowed(address: str) -> None:
    assert refusal_reason(address) is None


@pytest.mark.parametrize(("address", "kind"), REFUSED.items())
def test_other_addresses_are_refused_with_a_reason(address: str, kind: str) -> None:
    assert kind in (refusal_reason(address) or "")


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1).map(IPv4Address))
def test_every_allowed_ipv4_address_is_global_for_the_standard_library(address: IPv4Address) -> None:
    if refusal_reason(str(address)) is None:
        assert address.is_global
        assert not address.is_multicast


@settings(deadline=None)
@given(st.integers(0, 2**128 - 1).map(IPv6Address))
def test_every_allowed_ipv6_address_is_global_for_the_standard_library(address: IPv6Address) -> None:
    if refusal_reason(str(address)) is None:
        assert address.is_global
        assert not address.is_multicast
        assert not (address.ipv4_mapped or address.sixtofour or address.teredo)


PRIVATE = st.one_of(
    st.integers(0, 2**24 - 1).map(lambda host: (127 << 24) | host),
    st.integers(0, 2**24 - 1).map(lambda host: (10 << 24) | host),
    st.integers(0, 2**16 - 1).map(lambda host: (192 << 24) | (168 << 16) | host),
    st.just((169 << 24) | (254 << 16) | (169 << 8) | 254),
)


@st.composite
def spellings(draw: st.DrawFn) -> str:
    """An IPv4 address as `inet_aton` accepts it: one to four parts, each decimal, octal or hexadecimal."""
    address, count = draw(PRIVATE), draw(st.integers(1, 4))
    parts = [(address >> shift) & 0xFF for shift in (24, 16, 8)[: count - 1]]
    parts.append(address & (0xFFFFFFFF >> (8 * (count - 1))))
    forms: list[Callable[[int], str]] = [str, "0{:o}".format, "0x{:x}".format, "0X{:08X}".format]
    return ".".join(draw(st.sampled_from(forms))(part) for part in parts)


@settings(deadline=None)
@given(spellings())
def test_a_private_address_is_refused_in_every_spelling_that_connects(spelling: str) -> None:
    for entry in literal_address(spelling, 80):
        assert refusal_reason(str(entry[4][0]))


@pytest.mark.parametrize("spelling", ["127.1", "2130706433", "0x7f.1", "0177.0.0.1", "127.000.000.001"])
def test_these_spellings_connect_when_private_addresses_are_allowed(
    server: Loopback, ask: Ask, spelling: str
) -> None:
    server.page("/feed", b"<rss/>")
    assert literal_address(spelling, server.port)
    assert ask(server.url("/feed", host=spelling)).status == 200


@settings(deadline=None)
@given(PRIVATE, st.sampled_from(["::{}", "::ffff:{}", "64:ff9b::{}", "2002:{:hex}::"]))
def test_a_private_ipv4_address_inside_ipv6_is_refused(number: int, form: str) -> None:
    address = str(IPv4Address(number))
    text = f"2002:{number >> 16:x}:{number & 0xFFFF:x}::" if "hex" in form else form.format(address)
    assert refusal_reason(text)


def addresses(*found: str) -> Callable[..., list[Any]]:
    """A look-up that answers with these, whatever it is asked.

    To public ones no connection can even be tried: no stream speaks UDP, so nothing leaves this machine.
    """

    def entry(address: str, port: int) -> tuple[Any, ...]:
        family, rest = (socket.AF_INET6, (0, 0)) if ":" in address else (socket.AF_INET, ())
        protocol = socket.IPPROTO_TCP if refusal_reason(address) else socket.IPPROTO_UDP
        return family, socket.SOCK_STREAM, protocol, "", (address, port, *rest)

    return lambda _host, port, **_: [entry(address, port) for address in found]


@pytest.mark.parametrize("found", [["127.0.0.1"], ["::1", "127.0.0.1"], ["169.254.169.254"], ["fe80::1"]])
def test_a_name_is_checked_by_the_addresses_it_resolves_to(
    make_fetcher: Callable[..., Fetcher], server: Loopback, found: list[str]
) -> None:
    fetcher = make_fetcher(lookup=addresses(*found))
    asking = source(f"http://innocent.example:{server.port}/", allow_private=False)
    with pytest.raises(Blocked, match=r"innocent\.example is a (loopback|link-local) address"):
        fetcher.fetch(asking, asking.url, NOTHING)
    assert server.connections == 0


def test_a_name_is_resolved_once_and_the_checked_address_is_connected_to(
    make_fetcher: Callable[..., Fetcher], server: Loopback
) -> None:
    """DNS rebinding: the name is public at the first look-up and the loopback at the second."""
    answers = [["1.1.1.1"], ["127.0.0.1"]]

    def lookup(*arguments: Any, **options: Any) -> list[Any]:
        return addresses(*answers.pop(0))(*arguments, **options)

    asking = source(f"http://innocent.example:{server.port}/", allow_private=False)
    with pytest.raises(Unreachable, match=r"no connection to innocent\.example"):
        make_fetcher(lookup=lookup).fetch(asking, asking.url, NOTHING)
    assert answers == [["127.0.0.1"]]
    assert server.connections == 0


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (
            socket.gaierror(-2, "Name or service not known"),
            "the host name gone.example cannot be resolved: Name or",
        ),
        (UnicodeError("label too long"), "the host name gone.example cannot be resolved"),
    ],
)
def test_a_name_without_an_address_is_unreachable(
    make_fetcher: Callable[..., Fetcher], error: Exception, message: str
) -> None:
    def lookup(*_: Any, **__: Any) -> list[Any]:
        raise error

    asking = source("http://gone.example/")
    with pytest.raises(Unreachable, match=message):
        make_fetcher(lookup=lookup).fetch(asking, asking.url, NOTHING)


def test_only_the_public_addresses_of_a_name_are_tried(
    make_fetcher: Callable[..., Fetcher], server: Loopback
) -> None:
    fetcher = make_fetcher(lookup=addresses("127.0.0.1", "1.1.1.1", "::1"))
    asking = source(f"http://mixed.example:{server.port}/", allow_private=False)
    with pytest.raises(Unreachable, match=r"no connection to mixed\.example: Protocol not supported"):
        fetcher.fetch(asking, asking.url, NOTHING)
    assert server.connections == 0
