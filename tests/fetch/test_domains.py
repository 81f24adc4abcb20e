"""Hosts of one domain share a queue, and the cooldown only if several of them ask for one."""

from __future__ import annotations

import contextlib
import sys
from datetime import timedelta

import pytest

from feeds.errors import BadStatus, FetchError, Retry, Throttled, Unreachable
from feeds.fetch.domains import (
    HOSTING_QUEUES,
    MAX_HOSTS_OF_SITE,
    SharedQueues,
    is_in_queue_domain,
    is_public_suffix,
    registered_domain,
)
from feeds.fetch.pacing import HostPacer
from tests.make import NOW
from tests.newsroom import ManualClock

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("feeds.example.com", "example.com"),
        ("www.news.example.co.uk", "example.co.uk"),
        ("example.com", "example.com"),
        ("one.github.io", "github.io"),  # to its operator, all its customers are one service
        ("one.blogspot.com", "blogspot.com"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("co.uk", ""),
        ("127.0.0.1", ""),
        ("1.2", ""),
        ("::1", ""),
        ("localhost", ""),
        ("", ""),
    ],
)
def test_the_registered_domain_of_a_host(host: str, domain: str) -> None:
    assert registered_domain(host) == domain


@pytest.mark.parametrize("domain", ["com", "co.uk", "github.io", "blogspot.com"])
def test_a_public_suffix_is_the_registry_s_or_a_hosting_service_s(domain: str) -> None:
    assert is_public_suffix(domain)
    assert not is_public_suffix(f"name.{domain}")


def test_hosts_of_one_domain_share_a_queue_and_a_lone_host_has_its_own() -> None:
    queues = SharedQueues()
    assert queues.of("www.example.com") == "www.example.com"
    assert queues.of("www.example.co.uk") == "www.example.co.uk"
    assert queues.of("feeds.example.com") == queues.of("www.example.com") == "*.example.com"
    assert queues.of("www.other.co.uk") == "*.other.co.uk" != queues.of("www.example.co.uk")
    for name in ("127.0.0.1", "127.0.0.2", "10.0.0.1", "::1", "localhost", "*.example.com", ""):
        assert queues.of(name) == name


def test_hosts_of_a_hosting_service_are_spread_over_a_few_queues() -> None:
    queues = SharedQueues()
    names = [f"blog-{n}.hosting.example" for n in range(500)]
    for name in names:
        queues.of(name)
    found = [queues.of(name) for name in names]
    assert set(found) == {f"*.hosting.example/{n}" for n in range(HOSTING_QUEUES)}
    assert max(found.count(name) for name in set(found)) < 2 * len(names) / HOSTING_QUEUES
    few = SharedQueues()
    for n in (*range(MAX_HOSTS_OF_SITE), 0):
        last = few.of(f"{n}.example.com")
    assert last == "*.example.com"


def test_any_number_of_hosts_takes_a_bounded_memory() -> None:
    queues = SharedQueues()
    for n in range(20_000):
        queues.of(f"a.{n}.example")
        queues.of(f"b{n}.endless.example")
    assert sys.getsizeof(queues._hosts) < 2_000_000
    assert len(queues._hosts) <= 16_385
    assert sum(map(len, queues._domains.values())) < 50


def pacer() -> tuple[HostPacer, ManualClock]:
    clock = ManualClock()
    return HostPacer(clock, draw=lambda: 0.5, wait=clock.advance_to), clock


def ask(hosts: HostPacer, host: str, error: Exception | None = None) -> None:
    with contextlib.suppress(FetchError), hosts.turn("s", host):
        if error:
            raise error


THROTTLED = Throttled("s", "it answered 429", Retry(at=NOW + timedelta(days=20)), 429)


def test_there_is_a_pause_between_requests_to_two_hosts_of_one_domain() -> None:
    hosts, clock = pacer()
    for host in ("www.example.com", "other.example", "feeds.example.com", "www.example.com"):
        ask(hosts, host)
    assert clock.moment == NOW + 3 * SECOND
    ask(hosts, "other.example")
    assert clock.moment == NOW + 3 * SECOND


def test_a_host_in_cooldown_does_not_hold_back_the_other_hosts_of_its_domain() -> None:
    hosts, _ = pacer()
    for host in ("a.example.com", "b.example.com"):
        ask(hosts, host)
    ask(hosts, "a.example.com", THROTTLED)
    ask(hosts, "b.example.com")
    ask(hosts, "c.example.com", THROTTLED)
    assert [hosts.in_cooldown(f"{name}.example.com") for name in "abcd"] == [True, False, True, False]


@pytest.mark.parametrize(
    "error", [THROTTLED, BadStatus("s", "503", status=503), BadStatus("s", "403", status=403)]
)
def test_three_hosts_in_a_row_that_are_throttled_put_their_domain_into_cooldown(error: Exception) -> None:
    hosts, clock = pacer()
    for name in ("x", "y", "a", "b"):
        ask(hosts, f"{name}.example.com", error if name in "ab" else None)
    assert not hosts.in_cooldown("y.example.com")
    ask(hosts, "c.example.com", error)
    assert hosts.in_cooldown("y.example.com") and hosts.in_cooldown("*.example.com")
    assert not hosts.in_cooldown("y.example.net")
    restored, _ = pacer()
    restored.restore(hosts.take_unsaved())
    for name in "xy":
        restored.queue_of(f"{name}.example.com")
    assert restored.in_cooldown("y.example.com")
    clock.moment += timedelta(minutes=16)  # 15 minutes, not the 20 days that each host asked for
    with hosts.turn("s", "y.example.com"):
        pass
    assert not hosts.in_cooldown("y.example.com")


def test_hosts_that_are_down_do_not_put_their_domain_into_cooldown() -> None:
    hosts, _ = pacer()
    for name in "abcdef":
        ask(hosts, f"{name}.example.com", Unreachable("s", "no answer"))
    assert not hosts.in_cooldown("g.example.com")


def test_the_cooldown_of_a_domain_is_that_of_its_hosts() -> None:
    assert is_in_queue_domain("www.example.com", "*.example.com")
    assert is_in_queue_domain("example.com", "*.example.com")
    assert is_in_queue_domain("example.com", "example.com")
    assert not is_in_queue_domain("www.example.com", "example.com")
    assert not is_in_queue_domain("badexample.com", "*.example.com")
