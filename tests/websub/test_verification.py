"""WebSub: which verifications of a hub are confirmed."""

from __future__ import annotations

from datetime import timedelta

import pytest
import requests

from tests.newsroom import item
from tests.websub.conftest import Scene


# fetching checklist 31
def test_the_challenge_is_returned_as_plain_text(scene: Scene) -> None:
    scene.hub.silent = True
    subscription = scene.subscribe(item(1))
    script = "<script>alert(1)</script>"
    status, content_type, body = scene.hub.call_back(
        subscription.callback, mode="subscribe", topic=subscription.topic, challenge=script
    )
    assert (status, content_type, body) == (200, "text/plain; charset=utf-8", script.encode())
    assert scene.subscription().state == "active"


# fetching checklist 31
def test_a_verification_that_answers_no_request_is_404_and_moves_no_lease(scene: Scene) -> None:
    scene.hub.lease = 3600
    scene.subscribe(item(1), every="30d")
    scene.room.clock.moment += timedelta(minutes=10)
    before = scene.subscription()
    parameters = {"mode": "subscribe", "topic": before.topic, "challenge": "c", "lease_seconds": "864000"}
    assert scene.hub.call_back(before.callback, **parameters)[0] == 404
    assert scene.subscription() == before
    scene.once(later=timedelta(minutes=35))  # the lease is renewed by a request of ours
    assert (scene.subscription().lease_end or before.next_try) > (before.lease_end or before.next_try)
    assert scene.hub.call_back(before.callback, **parameters)[0] == 404


# fetching checklist 31
def test_a_late_verification_is_confirmed(scene: Scene) -> None:
    """The hub needed longer than the time after which the request counts as failed."""
    scene.hub.silent = True
    subscription = scene.subscribe(item(1), every="30d")
    scene.once(later=timedelta(minutes=11))
    parameters = {"mode": "subscribe", "topic": subscription.topic, "challenge": "c", "lease_seconds": "60"}
    assert scene.hub.call_back(subscription.callback, **parameters)[0] == 200
    assert scene.subscription().state == "active"


# fetching checklist 31
@pytest.mark.parametrize(
    "changed",
    [
        {"topic": "https://other.example/feed"},
        {"topic": ""},
        {"mode": "unsubscribe"},  # not wanted
        {"mode": "publish"},
        {"mode": ""},
        {"challenge": ""},
        {"challenge": "x" * 5000},
        {"challenge": "\x00\x01"},
    ],
    ids=str,
)
def test_an_unwanted_verification_is_404(scene: Scene, changed: dict[str, str]) -> None:
    subscription = scene.subscribe(item(1))
    parameters = {
        "mode": "subscribe",
        "topic": subscription.topic,
        "challenge": "c",
        "lease_seconds": "60",
    } | changed
    status, _, body = scene.hub.call_back(subscription.callback, **parameters)
    assert status == 404
    assert b"</html>" in body
    assert scene.subscription() == subscription


# fetching checklist 31
def test_an_unknown_callback_is_404(scene: Scene) -> None:
    unknown = f"{scene.serve_url}websub/{'x' * 43}"
    parameters = {"mode": "subscribe", "topic": "https://a.example/", "challenge": "c"}
    assert scene.hub.call_back(unknown, **parameters)[0] == 404  # before there is a state
    subscription = scene.subscribe(item(1))
    assert scene.hub.call_back(unknown, **(parameters | {"topic": subscription.topic}))[0] == 404
    assert requests.post(unknown, b"<rss/>", timeout=10).status_code == 404


# fetching checklist 31
def test_head_verifies_nothing(scene: Scene) -> None:
    scene.hub.silent = True
    subscription = scene.subscribe(item(1))
    asked = {"hub.mode": "subscribe", "hub.topic": subscription.topic, "hub.challenge": "c"}
    assert requests.head(subscription.callback, params=asked, timeout=10).status_code == 404
    assert scene.subscription().state == "pending"
