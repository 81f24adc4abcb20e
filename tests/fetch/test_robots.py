"""robots.txt (RFC 9309): asked for once a day and site, believed, and harmless."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from time import process_time

import pytest

from feeds.errors import Blocked
from feeds.fetch import Fetcher, robots
from feeds.fetch.robots import Robots
from tests.fetch.conftest import NOW, source
from tests.loopback import Answer, Loopback

ROBOTS = "/robots.txt"
DAY = timedelta(hours=24)


@pytest.fixture
def allows(fetcher: Fetcher, server: Loopback) -> Callable[..., bool]:
    rules = Robots(fetcher)

    def allows(path: str = "/news", later: timedelta = timedelta(), host: str = "127.0.0.1") -> bool:
        url = server.url(path, host)
        try:
            rules.check(source(url), url, NOW + later)
        except Blocked:
            return False
        return True

    return allows


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        ("User-agent: *\nDisallow: /news", "/news/1", False),
        ("User-agent: *\nDisallow: /news", "/other", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: feeds\nAllow: /", "/news", True),
        ("User-agent: Feeds\nDisallow: /news\n\nUser-agent: *\nAllow: /", "/news", False),
        ("User-agent: other\nUser-agent: feeds\nDisallow: /", "/news", False),
        ("User-agent: other\nDisallow: /", "/news", True),
        ("User-agent: feedsbot\nDisallow: /", "/news", True),
        ("User-agent: f\nDisallow: /", "/news", True),
        ("User-agent: *\nDisallow: /\nAllow: /news", "/news", True),  # the longest rule wins, not the first
        ("User-agent: *\nDisallow: /*.php$", "/a.php", False),
        ("User-agent: *\nDisallow: /*.php$", "/a.php?b", True),
        ("User-agent: *\nDisallow: /*?print=", "/a?print=1", False),
        ("User-agent: * # all\nDisallow: /news # this", "/news", False),
        ("\ufeffUser-agent: *\nDisallow: /", "/news", False),
        ("User-agent: *\nDisallow: /ä", "/%C3%A4", False),
        ("User-agent: *\nDisallow:", "/news", True),
        ("<!doctype html><title>Not found</title>", "/news", True),
        ("", "/news", True),
    ],
)
def test_the_rules_are_kept(
    allows: Callable[..., bool], server: Loopback, rules: str, path: str, *, allowed: bool
) -> None:
    server.page(ROBOTS, rules.encode())
    assert allows(path) is allowed


@pytest.mark.parametrize(
    ("status", "allowed"), [(404, True), (403, True), (410, True), (429, False), (500, False), (503, False)]
)
def test_without_rules_everything_is_allowed_and_when_the_site_is_ill_nothing(
    allows: Callable[..., bool], server: Loopback, status: int, *, allowed: bool
) -> None:
    server.page(ROBOTS, status=status)
    assert allows() is allowed


def test_a_redirect_is_followed_and_a_circle_is_no_rule(
    allows: Callable[..., bool], server: Loopback
) -> None:
    server.redirect(ROBOTS, "/rules", 301)
    server.page("/rules", b"User-agent: *\nDisallow: /")
    assert not allows()
    server.redirect("/rules", ROBOTS)
    assert allows(later=DAY)


def test_a_site_is_asked_once_a_day_and_an_ill_one_again_after_an_hour(
    allows: Callable[..., bool], server: Loopback
) -> None:
    server.answers(ROBOTS, Answer(status=500), Answer(b"User-agent: *\nDisallow: /b"))
    hour = timedelta(hours=1)
    asked = [
        (allows("/a", later), len(server.requests))
        for later in (timedelta(), hour / 2, hour, hour + DAY / 2, hour + DAY)
    ]
    assert asked == [(False, 1), (False, 1), (True, 2), (True, 2), (True, 3)]


def test_each_origin_has_its_own(allows: Callable[..., bool], server: Loopback) -> None:
    server.page(ROBOTS)
    allows("/a")
    allows("/b")
    allows("/a", host="localhost")
    assert server.paths() == [ROBOTS, ROBOTS]


def test_only_so_many_sites_are_remembered(
    allows: Callable[..., bool], server: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(robots, "MAX_CACHED_SITES", 1)
    for host in ("127.0.0.1", "localhost", "127.0.0.1"):
        allows(host=host)
    assert len(server.requests) == 3


def test_what_a_source_is_refused_is_not_refused_to_others(fetcher: Fetcher, server: Loopback) -> None:
    rules = Robots(fetcher)
    url = server.page("/news")
    with pytest.raises(Blocked, match="loopback"):
        rules.check(source(url, allow_private=False), url, NOW)
    rules.check(source(url), url, NOW)


def test_the_message_names_the_host_and_the_reason(fetcher: Fetcher, server: Loopback) -> None:
    server.answers(ROBOTS, Answer(b"User-agent: *\nDisallow: /"), Answer(status=502))
    url = server.url("/secret")
    for reason in (r"127\.0\.0\.1:\d+ does not let robots read this page", "is not known: .* answered 502"):
        with pytest.raises(Blocked, match=reason) as caught:
            Robots(fetcher).check(source(url), url, NOW)
        assert "secret" not in str(caught.value)


def test_nothing_behind_the_first_500_kib_is_read(allows: Callable[..., bool], server: Loopback) -> None:
    server.page(ROBOTS, b"User-agent: *\n" + b"#" * robots.MAX_ROBOTS_BYTES + b"\nDisallow: /")
    assert allows()
    server.page(ROBOTS, b"x" * (5 * robots.MAX_ROBOTS_BYTES))  # not even taken
    assert not allows(later=DAY)


@pytest.mark.parametrize(
    "rules",
    [
        "".join(f"User-agent: x{n}\n" for n in range(14_000)) + "Disallow: /x\n" * 20_000,
        "User-agent: feeds\n" + ("Disallow: /" + "*a" * 30 + "*b\n") * 7_000,
        "User-agent: *\n" + "".join(f"Disallow: /*x{n}$\n" for n in range(25_000)),
    ],
)
def test_hostile_rules_cost_little(allows: Callable[..., bool], server: Loopback, rules: str) -> None:
    server.page(ROBOTS, rules.encode())
    started = process_time()
    assert allows("/" + "a" * 4000)
    assert process_time() - started < 10  # the first takes minutes where every agent is told apart
