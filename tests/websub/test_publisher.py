"""The publisher: the hubs of our feeds are pinged if and only if a feed's bytes changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, parse_qsl

import pytest

from feeds.model import PublishedFeed
from feeds.store import pings
from feeds.websub.publisher import is_own_network
from tests.loopback import Answer, Loopback, Request
from tests.newsroom import Newsroom, item, rss

BASE = "http://127.0.0.1:8000/"
FEEDS = [f"{BASE}front.{form}" for form in ("atom", "json", "rss")]


@pytest.fixture
def hub() -> Iterator[Loopback]:
    with Loopback() as hub:
        hub.page("/hub", status=202)
        yield hub


@pytest.fixture
def newsroom(room: Newsroom, server: Loopback, hub: Loopback) -> Newsroom:
    configure(room, server, f"hubs: ['{hub.url('/hub')}']")
    server.page("/a", rss([item(1)]))
    return room


def configure(room: Newsroom, server: Loopback, output: str) -> None:
    room.configure(
        f"sources: [{{id: s1, url: '{server.url('/a')}', allow_private: true}}]\n",
        f"outputs: {{front: {{title: Front page, {output}}}}}\n",
    )


def pinged_topics(hub: Loopback) -> list[str]:
    """The topics of the pings since the last call, sorted. Asserts that each ping is well-formed."""
    topics = []
    for request in hub.requests:
        form = parse_qs(request.body.decode(), strict_parsing=True)
        assert set(form) == {"hub.mode", "hub.url", "hub.topic"}
        assert form["hub.mode"] == ["publish"]
        assert form["hub.url"] == form["hub.topic"]
        assert request.method == "POST"
        assert request.header("Content-Type") == "application/x-www-form-urlencoded"
        topics += form["hub.topic"]
    hub.requests.clear()
    return sorted(topics)


# output checklist 21
def test_hubs_are_pinged_if_and_only_if_the_bytes_changed(
    newsroom: Newsroom, server: Loopback, hub: Loopback
) -> None:
    newsroom.once()
    assert pinged_topics(hub) == FEEDS
    newsroom.once(later=timedelta(hours=2))  # polled, nothing new
    assert pinged_topics(hub) == []
    server.page("/a", rss([item(1), item(2)]))
    newsroom.once(later=timedelta(hours=2))
    assert pinged_topics(hub) == FEEDS


# output checklist 21
def test_rewritten_files_with_the_same_bytes_cause_no_ping(newsroom: Newsroom, hub: Loopback) -> None:
    newsroom.once()
    before = newsroom.bytes()
    assert pinged_topics(hub) == FEEDS
    for path in (newsroom.folder / "output").iterdir():
        path.unlink()
    newsroom.once(later=timedelta(hours=2))
    assert newsroom.bytes() == before
    assert pinged_topics(hub) == []


# output checklist 21
def test_a_new_state_that_finds_its_files_sends_no_ping(newsroom: Newsroom, hub: Loopback) -> None:
    newsroom.once()
    assert pinged_topics(hub) == FEEDS
    newsroom.close()
    for path in newsroom.folder.glob("feeds.db*"):
        path.unlink()
    newsroom.once()
    assert pinged_topics(hub) == []


def test_a_failed_ping_is_retried_with_backoff_across_restarts(
    newsroom: Newsroom, server: Loopback, hub: Loopback
) -> None:
    hub.page("/hub", status=500)
    newsroom.once()
    assert pinged_topics(hub) == FEEDS
    newsroom.close()  # the process ends
    newsroom.once(later=timedelta(seconds=30))
    assert pinged_topics(hub) == []  # not before the retry delay
    newsroom.once(later=timedelta(seconds=31))
    assert pinged_topics(hub) == FEEDS
    hub.page("/hub", status=202)
    newsroom.once(later=timedelta(seconds=61))
    assert pinged_topics(hub) == []  # twice as long
    server.page("/a", rss([item(1), item(2)]))
    newsroom.once(later=timedelta(hours=2))
    assert pinged_topics(hub) == FEEDS  # once, though the feed was published twice
    newsroom.once(later=timedelta(hours=2))
    assert pinged_topics(hub) == []


def test_retry_after_of_a_hub_is_obeyed(newsroom: Newsroom, hub: Loopback) -> None:
    hub.page("/hub", status=503, headers=[("Retry-After", "7200")])
    newsroom.once()
    first = pinged_topics(hub)
    assert first
    newsroom.once(later=timedelta(minutes=110))
    assert pinged_topics(hub) == []
    hub.page("/hub", status=204)
    newsroom.once(later=timedelta(minutes=15))
    assert pinged_topics(hub) == FEEDS


def test_a_failing_hub_does_not_affect_the_others(room: Newsroom, server: Loopback, hub: Loopback) -> None:
    hub.page("/broken", status=500)
    configure(room, server, f"hubs: ['{hub.url('/broken')}', '{hub.url('/hub')}'], formats: [atom]")
    server.page("/a", rss([item(1)]))
    room.once()
    assert sorted(hub.paths()) == ["/broken", "/hub"]
    hub.requests.clear()
    room.once(later=timedelta(minutes=2))
    assert hub.paths() == ["/broken"]


def test_a_feed_that_changes_during_a_ping_is_pinged_again(newsroom: Newsroom, hub: Loopback) -> None:
    store, _ = newsroom.parts()
    asked: list[str] = []

    def answer(request: Request) -> Answer:
        asked.append(dict(parse_qsl(request.body.decode()))["hub.topic"])
        if len(asked) == 1:
            with store.write() as connection:
                pings.schedule_pings(
                    connection,
                    [PublishedFeed(hub.url("/hub"), asked[0], b"newer", True)],
                    newsroom.clock.now(),
                )
        return Answer(status=202)

    hub.handle("/hub", answer)
    newsroom.once()
    newsroom.once()
    assert len(asked) == 4
    assert asked.count(asked[0]) == 2


def test_a_hub_that_is_no_longer_configured_is_not_pinged(
    newsroom: Newsroom, server: Loopback, hub: Loopback
) -> None:
    hub.page("/hub", status=500)
    newsroom.once()
    pinged_topics(hub)
    configure(newsroom, server, "hubs: []")
    newsroom.once(later=timedelta(days=1))
    assert pinged_topics(hub) == []
    with newsroom.parts()[0].read() as connection:
        assert pings.load_all(connection) == ()


def test_a_hanging_hub_does_not_delay_a_cycle(
    newsroom: Newsroom, hub: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feeds.engine.cycle.HUB_PING_SECONDS", 0.3)
    hub.script("/hub", lambda peer: peer.hang())
    report = newsroom.once()
    assert not any(output.error for output in report.published)
    with newsroom.parts()[0].read() as connection:
        assert len(pings.due(connection, newsroom.clock.now())) == 3  # for the next process


def test_archive_health_and_private_outputs_are_not_pinged(
    room: Newsroom, server: Loopback, hub: Loopback
) -> None:
    room.configure(
        f"sources: [{{id: s1, url: '{server.url('/a')}', allow_private: true}}]\n",
        f"outputs:\n  front: {{limit: 2, hubs: ['{hub.url('/hub')}'], formats: [atom, html]}}\n"
        f"  own: {{private: true}}\n",
    )
    room.config.write_text(
        room.config.read_text().replace("site: {", f"site: {{hubs: ['{hub.url('/hub')}'], ")
    )
    server.page("/a", rss([item(n) for n in range(1, 8)]))
    room.once()
    server.page("/a", rss([item(n) for n in range(-3, 8)]))
    room.once(later=timedelta(hours=2))
    assert [name for name in room.bytes() if "archive" in name]
    assert set(pinged_topics(hub)) == {f"{BASE}front.atom"}
    assert b'rel="hub"' in room.bytes()["front.atom"]
    others = {name: data for name, data in room.bytes(recursive=True).items() if name != "front.atom"}
    assert not [name for name, data in others.items() if hub.url("/hub").encode() in data]


@pytest.mark.parametrize(
    ("hub", "own"),
    [
        ("http://127.0.0.1:8080/", True),
        ("http://[::1]/", True),
        ("http://10.1.2.3/hub", True),
        ("http://hub.lan/", True),
        ("http://localhost:1/", True),
        ("https://hub.example/", False),
        ("https://93.184.215.14/", False),
        ("https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/", False),
    ],
)
def test_is_own_network_goes_by_the_written_host(hub: str, own: bool) -> None:
    assert is_own_network(hub) == own
