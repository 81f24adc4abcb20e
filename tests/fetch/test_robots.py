"""robots.txt (RFC 9309): when it is fetched, how it is applied, and that hostile ones are harmless."""

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
def test_the_rules_of_robots_txt_are_obeyed(
    allows: Callable[..., bool], server: Loopback, rules: str, path: str, *, allowed: bool
) -> None:
    server.page(ROBOTS, rules.encode())
    assert allows(path) is allowed


@pytest.mark.parametrize(
    ("status", "allowed"), [(404, True), (403, True), (410, True), (429, False), (500, False), (503, False)]
)
def test_a_missing_file_allows_everything_and_a_failing_site_nothing(
    allows: Callable[..., bool], server: Loopback, status: int, *, allowed: bool
) -> None:
    server.page(ROBOTS, status=status)
    assert allows() is allowed


def test_a_redirect_is_followed_and_a_loop_allows_everything(
    allows: Callable[..., bool], server: Loopback
) -> None:
    server.redirect(ROBOTS, "/rules", 301)
    server.page("/rules", b"User-agent: *\nDisallow: /")
    assert not allows()
    server.redirect("/rules", ROBOTS)
    assert allows(later=DAY)


def test_rules_are_fetched_once_a_day_and_again_an_hour_after_a_failure(
    allows: Callable[..., bool], server: Loopback
) -> None:
    server.answers(ROBOTS, Answer(status=500), Answer(b"User-agent: *\nDisallow: /b"))
    hour = timedelta(hours=1)
    asked = [
        (allows("/a", later), len(server.requests))
        for later in (timedelta(), hour / 2, hour, hour + DAY / 2, hour + DAY)
    ]
    assert asked == [(False, 1), (False, 1), (True, 2), (True, 2), (True, 3)]


def test_each_origin_has_its_own_rules(allows: Callable[..., bool], server: Loopback) -> None:
    server.page(ROBOTS)
    allows("/a")
    allows("/b")
    allows("/a", host="localhost")
    assert server.paths() == [ROBOTS, ROBOTS]


def test_the_number_of_remembered_sites_is_limited(
    allows: Callable[..., bool], server: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(robots, "MAX_CACHED_SITES", 1)
    for host in ("127.0.0.1", "localhost", "127.0.0.1"):
        allows(host=host)
    assert len(server.requests) == 3


def test_rules_are_kept_separately_for_sources_with_other_access(fetcher: Fetcher, server: Loopback) -> None:
    rules = Robots(fetcher)
    url = server.page("/news")
    with pytest.raises(Blocked, match="loopback"):
        rules.check(source(url, allow_private=False), url, NOW)
    rules.check(source(url), url, NOW)


def test_the_message_names_the_host_and_the_reason(fetcher: Fetcher, server: Loopback) -> None:
    server.answers(ROBOTS, Answer(b"User-agent: *\nDisallow: /"), Answer(status=502))
    url = server.url("/secret")
    refusals = (r"127\.0\.0\.1:\d+ forbids this page", "cannot be fetched, so the page .*: .* answered 502")
    for reason in refusals:
        with pytest.raises(Blocked, match=reason) as caught:
            Robots(fetcher).check(source(url), url, NOW)
        assert "secret" not in str(caught.value)


def test_only_the_first_500_kib_are_read(allows: Callable[..., bool], server: Loopback) -> None:
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
def test_hostile_rules_are_parsed_in_seconds(
    allows: Callable[..., bool], server: Loopback, rules: str
) -> None:
    server.page(ROBOTS, rules.encode())
    started = process_time()
    assert allows("/" + "a" * 4000)
    assert process_time() - started < 10  # the first takes minutes where every agent is told apart
