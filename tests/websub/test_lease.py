"""WebSub: the lease of a subscription, and what ends it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import requests

from tests.newsroom import item
from tests.websub.conftest import Scene
from tests.websub.hub import Hub

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
RARELY = "30d"  # polling interval of tests that are only about deliveries


# fetching checklist 33
def test_each_subscription_has_its_own_unguessable_callback_and_secret(scene: Scene) -> None:
    scene.configure(scene.feed(item(1), path="/a"), scene.feed(item(2), path="/b"))
    scene.room.once()
    callbacks = [asked.form["hub.callback"] for asked in scene.hub.requests]
    tokens = [url.removeprefix(f"{scene.serve_url}websub/") for url in callbacks]
    assert len(set(tokens)) == 2
    assert all(len(token) >= 43 and "/" not in token for token in tokens)  # 256 bits
    secrets = {asked.form["hub.secret"] for asked in scene.hub.requests}
    assert len(secrets) == 2
    assert all(32 <= len(secret.encode()) < 200 for secret in secrets)
    assert not secrets & set(tokens)


# fetching checklist 33
def test_a_lease_is_renewed_in_time_under_the_same_callback(scene: Scene) -> None:
    scene.hub.lease = 3600
    subscription = scene.subscribe(item(1), every=RARELY)
    assert subscription.lease_end == scene.room.clock.moment + HOUR
    scene.once(later=39 * MINUTE)
    assert scene.count_requests() == 1
    scene.once(later=2 * MINUTE)
    assert scene.count_requests() == 2
    again = scene.subscription()
    assert (again.state, again.callback) == ("active", subscription.callback)
    assert again.lease_end == scene.room.clock.moment + HOUR
    assert list(scene.hub.subscribers) == [subscription.callback]


# fetching checklist 33
def test_a_lease_that_cannot_be_renewed_ends(scene: Scene) -> None:
    scene.hub.lease = 3600
    scene.subscribe(item(1), every=RARELY)
    scene.hub.refuses = 503
    scene.once(later=41 * MINUTE)
    assert scene.subscription().state == "active"  # the lease has not ended
    scene.once(later=20 * MINUTE)
    subscription = scene.subscription()
    assert not subscription.is_live(scene.room.clock.moment)
    scene.hub.refuses = 0
    scene.once(later=DAY)
    assert scene.subscription().state == "active"


# fetching checklist 33
@pytest.mark.parametrize("lease", [0, 1, 10**15])
def test_absurd_leases_are_bounded(scene: Scene, lease: int) -> None:
    scene.hub.lease = lease
    scene.subscribe(item(1), every=RARELY)
    for _ in range(20):
        scene.once(later=MINUTE)
    assert scene.count_requests() <= 5
    end = scene.subscription().lease_end
    assert end is None or end < scene.room.clock.moment + 91 * DAY


# fetching checklist 33
def test_a_denied_source_is_polled_as_before(scene: Scene) -> None:
    scene.hub.denies = "not for you\nat all"
    subscription = scene.subscribe(item(2), every="12h")
    assert [status for status, _, _ in scene.hub.requests[0].answers] == [200]
    assert (subscription.state, subscription.error) == ("denied", "the hub denied it: not for you at all")
    polls = len(scene.publisher.requests)
    for _ in range(10):
        scene.once(later=DAY)
    assert scene.count_requests() == 1  # it is asked again only after a month
    assert len(scene.publisher.requests) == polls + 10


# fetching checklist 33
def test_a_hub_may_deny_an_active_subscription(scene: Scene) -> None:
    subscription = scene.subscribe(item(2))
    assert scene.hub.call_back(subscription.callback, mode="denied", topic="https://other.example/")[0] == 404
    assert scene.subscription().state == "active"
    assert scene.hub.deny(subscription.callback, subscription.topic, "") == 200
    assert scene.subscription().state == "denied"
    assert requests.post(subscription.callback, b"<rss/>", timeout=10).status_code == 410


# fetching checklist 33
@pytest.mark.parametrize("status", [307, 308])
def test_a_307_or_308_of_a_hub_is_followed_by_the_same_post(scene: Scene, other: Hub, status: int) -> None:
    other.moved_to = None
    scene.hub.moved_to = status, other.url.replace("/hub", "/new-hub")
    assert scene.subscribe(item(1)).state == "active"
    (first,), (second,) = scene.hub.requests, other.requests
    assert (second.path, second.form, second.content_type) == ("/new-hub", first.form, first.content_type)
    assert second.verified


# fetching checklist 33
@pytest.mark.parametrize("status", [301, 302, 303])
def test_other_redirects_of_a_hub_are_failures(scene: Scene, other: Hub, status: int) -> None:
    scene.hub.moved_to = status, other.url
    assert scene.subscribe(item(1)).state == "pending"
    assert other.requests == []
    assert str(status) in scene.subscription().error
