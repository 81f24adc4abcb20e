"""WebSub: which sources subscribe, and which are unsubscribed."""

from __future__ import annotations

from datetime import timedelta

import pytest
import requests

from tests.newsroom import item
from tests.websub.conftest import Scene
from tests.websub.hub import Hub

DAY = timedelta(days=1)
RARELY = "30d"  # polling interval of tests that are only about deliveries


# fetching checklist 33
def test_without_site_websub_no_hub_is_asked(scene: Scene) -> None:
    scene.configure(scene.feed(item(1)), site="title: Off".replace("title", "description"))
    scene.room.once()
    scene.room.once(later=DAY)
    assert scene.hub.requests == []
    assert scene.subscriptions() == ()


# fetching checklist 33
@pytest.mark.parametrize("option", [{"push": "false"}, {"headers": "{X-Key: secret}"}])
def test_a_source_can_opt_out_of_websub(scene: Scene, option: dict[str, str]) -> None:
    scene.configure(scene.feed(item(1)), **option)
    scene.room.once()
    assert scene.hub.requests == []


# fetching checklist 33
def test_a_source_that_opts_out_is_unsubscribed(scene: Scene) -> None:
    subscription = scene.subscribe(item(1), every=RARELY)
    scene.configure(scene.publisher.url("/feed"), every=RARELY, push="false")
    scene.room.once()
    last = scene.hub.requests[-1]
    assert (last.form["hub.mode"], last.form["hub.callback"]) == ("unsubscribe", subscription.callback)
    assert last.verified
    assert (scene.hub.subscribers, scene.subscriptions()) == ({}, ())
    assert requests.post(subscription.callback, b"<rss/>", timeout=10).status_code == 404


# fetching checklist 33
def test_a_removed_source_is_unsubscribed(scene: Scene) -> None:
    scene.subscribe(item(1))
    scene.configure(scene.publisher.page("/another", b""))
    scene.room.config.write_text(scene.room.config.read_text().replace("id: s1", "id: new"))
    scene.room.once()
    assert scene.count_requests("unsubscribe") == 1
    assert scene.hub.subscribers == {}


# fetching checklist 33
def test_a_failing_hub_is_sent_three_unsubscribe_requests(scene: Scene) -> None:
    subscription = scene.subscribe(item(1), every=RARELY)
    scene.hub.refuses = 500
    scene.configure(scene.publisher.url("/feed"), every=RARELY, push="false")
    scene.room.once()
    assert requests.post(subscription.callback, b"<rss/>", timeout=10).status_code == 410
    for _ in range(10):
        scene.once(later=DAY)
    assert scene.count_requests("unsubscribe") == 3
    assert scene.subscriptions() == ()


# fetching checklist 33
def test_another_hub_makes_another_subscription(scene: Scene, other: Hub) -> None:
    subscription = scene.subscribe(item(1))
    scene.feed(item(1), item(2), hubs=(other.url,))
    scene.once(later=2 * DAY)
    two = scene.subscription()
    assert (two.state, two.hub) == ("active", other.url)
    assert two.token != subscription.token
    assert scene.hub.subscribers == {}


# fetching checklist 33
def test_a_new_callback_address_makes_a_new_callback(scene: Scene) -> None:
    scene.subscribe(item(1), every=RARELY)
    site = f"websub: '{scene.serve_url.replace('127.0.0.1', 'localhost')}websub'"
    scene.configure(scene.publisher.url("/feed"), site=site, every=RARELY)
    scene.room.once()
    (callback_url,) = scene.hub.subscribers
    assert callback_url.startswith("http://localhost:")


# fetching checklist 33
def test_the_lease_of_a_feed_without_a_hub_is_not_renewed(scene: Scene) -> None:
    scene.hub.lease = 2 * 86400
    scene.subscribe(item(1))
    scene.publisher.page("/feed", scene.document(item(1)).replace(b'rel="hub"', b'rel="x"'))
    for _ in range(5):
        scene.once(later=DAY)
    assert (scene.count_requests(), scene.subscriptions()) == (1, ())
