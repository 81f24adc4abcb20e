"""Which hosts belong together, by the Public Suffix List that the library `publicsuffixlist` contains. No network.

Hosts of one registered domain (feeds.example.com, www.example.com) are one service to the operator who reads the log,
so their sources wait in one queue. Thousands of blogs of one hosting service (a.blogs.example, b.blogs.example) are
asked a few at a time.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any
from zlib import crc32

from feeds.fetch.guard import NOT_AN_ADDRESS, refusal_reason

MAX_HOSTS_OF_SITE = 10
"""A registered domain with more hosts than this is a hosting service, whose hosts belong to many people. The list marks
only some of the services, so their number decides. Our own choice."""

HOSTING_QUEUES = 4
"""How many hosts of a hosting service are asked at once. With pauses of 1 to 2 s these are two or three requests a
second, and 2,000 blogs take 15 minutes. Our own choice."""

_MAX_TRACKED_SUFFIXES = 16384  # endings of host names that are remembered; more start again


@lru_cache(maxsize=8192)
def registered_domain(host: str) -> str:
    """The domain that was registered with a registry: "example.co.uk" of "www.example.co.uk". "" for an address, a
    name without a dot, and a registry's own domain. A hosting service counts as the owner of all its hosts."""
    if "." not in host or refusal_reason(host) != NOT_AN_ADDRESS or host.rpartition(".")[2].isdigit():
        return ""
    return _suffix_list(only_icann=True).privatesuffix(host) or ""


def is_public_suffix(domain: str) -> bool:
    """Whether anybody can register names below `domain`, at a registry (co.uk) or at a hosting service (github.io)."""
    return "." not in domain or _suffix_list(only_icann=False).privatesuffix(domain) is None


@cache
def _suffix_list(*, only_icann: bool) -> Any:
    from publicsuffixlist import (
        PublicSuffixList,
    )  # reading the list takes 60 ms, and most processes need none

    return PublicSuffixList(only_icann=only_icann)


class SharedQueues:
    """Tells the queue of each host: the host itself, or the queue that it shares with others of its domain."""

    def __init__(self) -> None:
        self._hosts: dict[str, list[str]] = {}  # last two labels → up to two hosts that end with them
        self._domains: dict[str, set[str]] = {}  # registered domain → its hosts, up to one too many

    def of(self, host: str) -> str:
        """The name of the queue: "*.example.com", "*.blogs.example/2", or the host if no other host is known that may
        share its domain. The name of a queue is its own queue."""
        if host.startswith("*") or "." not in host or ":" in host:
            return host
        alike = self._hosts.setdefault(_ending(host), [])
        if len(alike) < 2 and host not in alike:
            self._forget(self._hosts)
            alike.append(host)
        if len(alike) < 2:
            return host
        domain = registered_domain(host)
        if not domain:
            return host
        hosts = self._domains.setdefault(domain, set())
        if len(hosts) <= MAX_HOSTS_OF_SITE:
            self._forget(self._domains)
            hosts.add(host)
        if len(hosts) <= MAX_HOSTS_OF_SITE:
            return f"*.{domain}"
        return f"*.{domain}/{crc32(host.encode()) % HOSTING_QUEUES}"

    def names(self, host: str) -> tuple[str, ...]:
        """The names under which a request that delays this host may be known: its queue, the host, and the first host
        of its domain, which had a queue of its own while it was the only one."""
        queue = self.of(host)
        if queue == host:
            return (host,)
        first = self._hosts.get(_ending(host), [host])[0]
        return (queue, host, first) if self.of(first) == queue else (queue, host)

    @staticmethod
    def _forget(known: dict[str, Any]) -> None:
        while len(known) > _MAX_TRACKED_SUFFIXES:  # redirects may lead to any number of hosts
            del known[next(iter(known))]


def _ending(host: str) -> str:
    return ".".join(host.rsplit(".", 2)[-2:])


def domain_of_queue(queue: str) -> str:
    """The name under which the cooldown of a whole domain is kept: that of its queues without their number."""
    return queue.partition("/")[0]


def is_in_queue_domain(host: str, queue: str) -> bool:
    """Whether the cooldown of `queue` (a host, or "*.example.com") is one of the host."""
    domain = queue.removeprefix("*.")
    return host == queue or (domain != queue and f".{host}".endswith(f".{domain}"))
