"""Protection against SSRF (server-side request forgery): only addresses of the public internet may be connected to.

The check is on the address that a socket is about to connect to, not on the name or its spelling: `127.1`, `0x7f.1`
and `2130706433` all reach the loopback, and a name may resolve differently the second time. The tables are our own
because `ipaddress.is_global` calls 64:ff9b::7f00:1, fec0::1 and 224.0.0.1 global, and differs between Python 3.11 and
3.13.
"""

from __future__ import annotations

from ipaddress import AddressValueError, IPv4Address, IPv4Network, IPv6Address, IPv6Network

# IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890), without the globally reachable blocks.
_REFUSED_IPV4 = tuple(
    (IPv4Network(network), kind)
    for network, kind in (
        ("0.0.0.0/8", "an address of this host"),
        ("10.0.0.0/8", "a private address"),
        ("100.64.0.0/10", "an address behind carrier-grade NAT"),  # RFC 6598
        ("127.0.0.0/8", "a loopback address"),
        ("168.63.129.16/32", "a cloud platform's own address"),  # Azure's host agent, in public space
        ("169.254.0.0/16", "a link-local address"),
        ("172.16.0.0/12", "a private address"),
        ("192.0.0.0/24", "an address reserved for protocols"),
        ("192.0.2.0/24", "an address reserved for documentation"),
        ("192.88.99.0/24", "a 6to4 relay"),  # RFC 7526
        ("192.168.0.0/16", "a private address"),
        ("198.18.0.0/15", "an address reserved for measurements"),
        ("198.51.100.0/24", "an address reserved for documentation"),
        ("203.0.113.0/24", "an address reserved for documentation"),
        ("224.0.0.0/4", "a multicast address"),
        ("240.0.0.0/4", "a reserved address"),
    )
)
_REFUSED_IPV6 = tuple(
    (IPv6Network(network), kind)
    for network, kind in (
        ("::/128", "an address of this host"),
        ("::1/128", "a loopback address"),
        ("::ffff:0:0/96", "an IPv4 address in disguise"),
        ("::/96", "an IPv4 address in disguise"),
        ("64:ff9b:1::/48", "a private address"),  # RFC 8215
        ("2001::/23", "a tunnel or an address reserved for protocols"),  # Teredo is its first /32
        ("2001:db8::/32", "an address reserved for documentation"),
        ("2002::/16", "a 6to4 tunnel"),
        ("3fff::/20", "an address reserved for documentation"),  # RFC 9637
        ("fc00::/7", "a private address"),
        ("fe80::/10", "a link-local address"),
        ("fec0::/10", "a private address"),
        ("ff00::/8", "a multicast address"),
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: how an IPv6-only network reaches the IPv4 internet
_GLOBAL_UNICAST = IPv6Network("2000::/3")  # the part of global unicast that IANA allocates
# RFC 5214 §6.1: an IPv4 address follows, under any prefix
_ISATAP_MARKERS = frozenset({0x00005EFE, 0x02005EFE})

# Names that the public DNS does not resolve: RFC 6761 §6.3, 6762 §3, 8375, and those reserved by ICANN.
_PRIVATE_SUFFIXES = (
    "localhost",
    "local",
    "internal",
    "home.arpa",
    "localdomain",
    "lan",
    "intranet",
    "corp",
    "home",
)

NOT_AN_ADDRESS = "not an address"


def refusal_reason(address: str) -> str | None:
    """Why `address` (numeric, as `getaddrinfo` returns it) is refused; None if it is public.

    Anything that is not an address is refused. Of an address in 64:ff9b::/96 the embedded IPv4 address is checked:
    networks without IPv4 reach public sites in this way.
    """
    try:
        return _ipv6_reason(IPv6Address(address)) if ":" in address else _ipv4_reason(IPv4Address(address))
    except AddressValueError:
        return NOT_AN_ADDRESS


def private_name_reason(host: str) -> str | None:
    """Why a host name has a meaning only in a private network; None if it may be public.

    A name without a dot (`metadata`, `router`) is completed or resolved by the network's own name server.
    """
    name = host.rstrip(".").lower()
    if "." not in name or name.endswith(tuple(f".{own}" for own in _PRIVATE_SUFFIXES)):
        return "a name of a private network"
    return None


def is_private_host(host: str) -> bool:
    """Whether a host is a private address, or a name of a private network. A name is not looked up."""
    name = host.rstrip(".")
    reason = refusal_reason(name)
    return private_name_reason(name) is not None if reason == NOT_AN_ADDRESS else reason is not None


def _ipv4_reason(address: IPv4Address) -> str | None:
    return next((kind for network, kind in _REFUSED_IPV4 if address in network), None)


def _ipv6_reason(address: IPv6Address) -> str | None:
    if address in _NAT64:
        return _ipv4_reason(IPv4Address(int(address) & 0xFFFFFFFF))
    if int(address) >> 32 & 0xFFFFFFFF in _ISATAP_MARKERS:
        return "a tunnel"
    special = next((kind for network, kind in _REFUSED_IPV6 if address in network), None)
    return special or (None if address in _GLOBAL_UNICAST else "a reserved address")
