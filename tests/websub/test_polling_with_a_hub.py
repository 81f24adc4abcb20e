"""WebSub: polling continues beside a subscription."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feeds.engine.cycle import Progress, run_cycle
from feeds.ingest.record_poll import PollResult
from feeds.store import sources
from tests.newsroom import item
from tests.websub.conftest import Scene

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def due_in(scene: Scene) -> tuple[timedelta, str]:
    with scene.room.parts()[0].read() as connection:
        state = sources.state(connection, "s1")
    assert state
    return state.due_at - scene.room.clock.moment, state.due_reason


# fetching checklist 34
def test_polling_continues_at_the_maximal_interval(scene: Scene) -> None:
    scene.subscribe(item(1), min="1h", max="12h")
    assert due_in(scene)[0] <= 12 * HOUR  # without a subscription
    polls = len(scene.publisher.requests)
    for _ in range(4 * 24 * 4):
        scene.once(later=15 * MINUTE)
    assert 7 <= len(scene.publisher.requests) - polls <= 10  # in four days, once every 12 hours
    assert "a hub delivers the news" in due_in(scene)[1]


# fetching checklist 34
def test_a_configured_interval_is_not_changed(scene: Scene) -> None:
    scene.subscribe(item(1), every="1h")
    polls = len(scene.publisher.requests)
    for _ in range(24):
        scene.once(later=HOUR)
    assert len(scene.publisher.requests) - polls == 24


def subscribe_hourly_source(scene: Scene) -> None:
    """Subscribe a source that had news every hour, so that it is polled about as often. Then its hub fails."""
    items = [item(n, hours=n) for n in range(1, 200)]
    scene.subscribe(*items, max="12h")
    scene.hub.refuses = 503
    scene.once(later=12 * HOUR)
    assert due_in(scene)[0] > 11 * HOUR


# fetching checklist 34
@pytest.mark.parametrize("end", ["denied", "mistrusted", "expired", "opted out"])
def test_the_end_of_a_subscription_restores_the_polling_interval(scene: Scene, end: str) -> None:
    if end == "expired":
        scene.hub.lease = 13 * 3600
    subscribe_hourly_source(scene)
    subscription = scene.subscription()
    if end == "denied":
        scene.hub.deny(subscription.callback, subscription.topic, "no more")
    elif end == "mistrusted":
        scene.hub.deliver(b"<rss/>", X_Hub_Signature="sha1=00")
    elif end == "opted out":
        scene.configure(scene.publisher.url("/feed"), max="12h", push="false")
    polls = len(scene.publisher.requests)
    for _ in range(10):
        scene.once(later=30 * MINUTE)
    assert len(scene.publisher.requests) > polls
    assert "a hub delivers the news" not in due_in(scene)[1]


# fetching checklist 34
def test_a_delivery_updates_the_pattern_and_defers_no_poll(scene: Scene) -> None:
    scene.subscribe(item(3), item(2))
    before = due_in(scene)
    scene.hub.deliver(scene.document(item(1)))
    scene.once()
    assert due_in(scene) == before
    with scene.room.parts()[0].read() as connection:
        state = sources.state(connection, "s1")
    assert state
    assert state.news_at == scene.room.clock.moment


def test_the_progress_total_counts_polls_and_deliveries_not_requests_to_hubs(scene: Scene) -> None:
    scene.configure(scene.feed(item(2)))
    started: list[int] = []
    polled: list[PollResult] = []

    def cycle() -> None:
        store, poller = scene.room.parts()
        run_cycle(poller, store, scene.room.clock.now, Progress(polled=polled.append, started=started.append))

    cycle()
    cycle()
    assert scene.count_requests() == 1
    assert scene.hub.deliver(scene.document(item(1))) == [202]
    cycle()
    assert sum(started) == len(polled) == 2
