"""WebSub: a subscription is stored before its hub is asked, and a failed request is repeated."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

from tests.newsroom import item
from tests.websub.conftest import Scene
from tests.websub.hub import HubRequest

MINUTE = timedelta(minutes=1)
RARELY = "30d"  # polling interval of tests that are only about deliveries


# fetching checklist 30
def test_a_subscription_is_committed_before_the_hub_is_asked(scene: Scene) -> None:
    stored: list[tuple[str, str]] = []

    def read_state(asked: HubRequest) -> None:
        state = sqlite3.connect(scene.room.folder / "feeds.db")
        stored.extend(state.execute("SELECT state, callback FROM subscription").fetchall())
        state.close()

    scene.hub.watch = read_state
    assert scene.subscribe(item(1)).state == "active"
    (asked,) = scene.hub.requests
    assert stored == [("pending", asked.form["hub.callback"])]
    assert asked.verified  # within the request


# fetching checklist 30
def test_a_failed_request_is_repeated_after_a_restart(scene: Scene) -> None:
    scene.hub.refuses = 500
    first = scene.subscribe(item(1), every=RARELY)
    assert first.state == "pending"
    scene.room.close()
    scene.hub.refuses = 0
    scene.once()
    assert scene.count_requests() == 1  # not at once
    scene.once(later=15 * MINUTE)
    assert scene.subscription().state == "active"
    assert {asked.form["hub.callback"] for asked in scene.hub.requests} == {first.callback}


# fetching checklist 30
def test_requests_to_a_hub_that_never_verifies_back_off(scene: Scene) -> None:
    scene.hub.silent = True
    scene.subscribe(item(1), every=RARELY)
    for _ in range(7 * 24 * 4):
        scene.once(later=15 * MINUTE)
    assert 7 <= scene.count_requests() <= 20
    assert "did not verify" in scene.subscription().error
