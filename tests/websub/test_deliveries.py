"""WebSub: what becomes of a delivery."""

from __future__ import annotations

import hmac
import sqlite3
from datetime import timedelta

import pytest
import requests
from sqlalchemy import func, select
from structlog.testing import capture_logs

from feeds.errors import StoreError
from feeds.store import subscriptions
from feeds.store.schema import received_delivery
from feeds.websub import callback
from tests.loopback import Answer
from tests.newsroom import item
from tests.websub.conftest import Scene
from tests.websub.hub import signature

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
RARELY = "30d"  # polling interval of tests that are only about deliveries


# fetching checklist 32
def test_a_delivery_is_published_without_a_poll(scene: Scene) -> None:
    scene.subscribe(item(3), item(2), every=RARELY)
    polls = len(scene.publisher.requests)
    assert scene.hub.deliver(scene.document(item(1))) == [202]
    (polled,) = scene.once()
    assert (polled.is_delivery, polled.outcome, polled.new) == (True, "new", 1)
    assert scene.room.titles() == ["Title 1", "Title 2", "Title 3"]  # absent entries are not deleted
    assert len(scene.publisher.requests) == polls


# fetching checklist 32
def test_a_delivered_edit_updates_its_entry(scene: Scene) -> None:
    scene.subscribe(item(1), every=RARELY)
    (before,) = scene.room.entries()
    scene.hub.deliver(scene.document(item(1, title="Title 1, corrected")))
    (polled,) = scene.once()
    assert (polled.new, polled.updated) == (0, 1)
    (after,) = scene.room.entries()
    assert (after.title, after.id) == ("Title 1, corrected", before.id)


# fetching checklist 32
def test_a_replayed_delivery_is_acknowledged_and_dropped(scene: Scene) -> None:
    scene.subscribe(item(1), every=RARELY)
    edits = [scene.document(item(1, title=title)) for title in ("First", "Second")]
    for edit in edits:
        assert scene.hub.deliver(edit) == [202]
        assert len(scene.once()) == 1
    scene.room.close()
    assert scene.hub.deliver(edits[0]) == [202]
    assert scene.once() == ()
    assert scene.room.titles() == ["Second"]


# fetching checklist 32
def test_waiting_deliveries_are_read_in_batches_in_their_order(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.subscribe(item(1), every=RARELY)
    for n in range(7):
        scene.hub.deliver(scene.document(item(1, title=f"Version {n}")))
    monkeypatch.setattr(subscriptions, "MAX_BATCH_DELIVERIES", 5)
    _, poller = scene.room.parts()
    batches = []
    while started := poller.start_due():
        results = poller.commit_finished(20)
        assert [polled.updated for polled in results] == [1] * started
        batches.append(started)
    assert batches == [5, 2]
    scene.once()
    assert scene.room.titles() == ["Version 6"]


# fetching checklist 32
def test_a_batch_is_bounded_in_bytes(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.subscribe(item(1), every=RARELY)
    for n in range(4):
        scene.hub.deliver(scene.document(item(1, title=f"Version {n}")))
    monkeypatch.setattr(subscriptions, "MAX_BATCH_BYTES", 1)
    _, poller = scene.room.parts()
    assert poller.start_due() == 1
    assert len(poller.commit_finished(20)) == 1


# fetching checklist 32
def test_digests_of_deliveries_are_bounded_and_go_with_their_subscription(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscriptions, "MAX_KNOWN_DELIVERIES", 2)
    subscription = scene.subscribe(item(1), every=RARELY)
    for n in range(4):
        scene.hub.deliver(scene.document(item(1, title=f"Version {n}")))
    count = select(func.count()).select_from(received_delivery)
    with scene.room.parts()[0].write() as connection:
        assert connection.scalar(count) == 2
        subscriptions.delete_subscription(connection, subscription.token)
        assert connection.scalar(count) == 0


# fetching checklist 32
def test_an_acknowledged_delivery_survives_a_restart(scene: Scene) -> None:
    scene.subscribe(item(3), every=RARELY)
    scene.room.close()  # no process is there to parse it
    assert scene.hub.deliver(scene.document(item(2))) == [202]
    assert scene.hub.deliver(scene.document(item(1))) == [202]
    state = sqlite3.connect(scene.room.folder / "feeds.db")
    assert state.execute("SELECT count(*) FROM delivery").fetchone() == (2,)
    assert [polled.new for polled in scene.once()] == [1, 1]
    assert scene.room.titles() == ["Title 1", "Title 2", "Title 3"]
    assert state.execute("SELECT count(*) FROM delivery").fetchone() == (0,)
    state.close()


# fetching checklist 32
def test_a_poll_keeps_delivered_entries(scene: Scene) -> None:
    url = scene.publisher.url("/feed")
    scene.publisher.answers(
        "/feed", Answer(scene.document(item(3))), Answer(scene.document(item(3), item(2)))
    )
    scene.configure(url)
    scene.room.once()
    scene.hub.deliver(scene.document(item(1)))
    scene.room.once()
    scene.room.once(later=2 * DAY)
    assert scene.room.titles() == ["Title 1", "Title 2", "Title 3"]


# fetching checklist 32
def test_an_older_delivery_does_not_undo_a_later_poll(scene: Scene) -> None:
    scene.publisher.answers(
        "/feed", Answer(scene.document(item(2))), Answer(scene.document(item(2, title="Title 2, final")))
    )
    scene.configure(scene.publisher.url("/feed"))
    scene.room.once()
    store, _ = scene.room.parts()
    received = scene.room.clock.moment
    scene.room.once(later=2 * DAY)
    with store.write() as connection:
        late = scene.document(item(2, title="Title 2, first go"), item(1))
        subscriptions.add_delivery(connection, scene.subscription(), "application/rss+xml", late, received)
    (polled,) = scene.once()
    assert (polled.new, polled.updated) == (1, 0)
    assert scene.room.titles() == ["Title 1", "Title 2, final"]


# fetching checklist 32
@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_deliveries_signed_by_each_method_are_accepted(scene: Scene, method: str) -> None:
    scene.subscribe(item(2), every=RARELY)
    scene.hub.method = method
    assert scene.hub.deliver(scene.document(item(1))) == [202]
    scene.once()
    assert scene.room.titles() == ["Title 1", "Title 2"]


# fetching checklist 32
@pytest.mark.parametrize(
    "wrong",
    [
        signature("not the secret", b"", "sha256"),
        "md5=" + "0" * 32,
        "sha256=",
        "sha256",
        "=",
        "sha256=" + "ü" * 64,
    ],
    ids=["another secret", "md5", "empty", "no digest", "nothing", "no hexadecimal"],
)
def test_a_delivery_with_a_bad_signature_is_never_processed(scene: Scene, wrong: str) -> None:
    scene.subscribe(item(2), every=RARELY)
    sent = wrong.encode().decode("latin-1")
    assert scene.hub.deliver(scene.document(item(1)), X_Hub_Signature=sent) == [202]
    assert not any(polled.is_delivery for polled in scene.once())
    assert scene.room.titles() == ["Title 2"]
    assert "not signed" in scene.subscription().error


# fetching checklist 32
def test_a_delivery_with_a_changed_body_is_never_processed(scene: Scene) -> None:
    subscription = scene.subscribe(item(2), every=RARELY)
    original = scene.document(item(1, title="True"))
    forged = original.replace(b"True", b"Fake")
    assert scene.hub.deliver(forged, X_Hub_Signature=signature(subscription.secret, original, "sha256")) == [
        202
    ]
    scene.once()
    assert scene.room.titles() == ["Title 2"]


# fetching checklist 32
def test_a_delivery_without_a_signature_is_refused(scene: Scene) -> None:
    scene.subscribe(item(2), every=RARELY)
    assert scene.hub.deliver(scene.document(item(1)), X_Hub_Signature="") == [403]
    assert scene.once() == ()
    assert scene.room.titles() == ["Title 2"]


# fetching checklist 32
def test_signatures_are_compared_in_constant_time(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.subscribe(item(2))
    compared: list[bytes] = []
    known = hmac.compare_digest

    def compare(expected: bytes, received: bytes) -> bool:
        compared.append(received)
        return known(expected, received)

    monkeypatch.setattr(hmac, "compare_digest", compare)
    scene.hub.deliver(b"<rss/>", X_Hub_Signature="sha256=00ff")
    assert compared == [b"00ff"]


# fetching checklist 32
def test_after_a_bad_signature_the_hub_is_sent_the_secret_again(scene: Scene) -> None:
    scene.subscribe(item(2), every=RARELY)
    for _ in range(50):
        scene.hub.deliver(b"<rss/>", X_Hub_Signature="sha256=00")
        scene.once(later=MINUTE)
    assert scene.count_requests() == 1
    scene.once(later=15 * MINUTE)
    assert scene.count_requests() == 2  # an hour after the first bad signature; not once for each
    assert scene.subscription().state == "active"
    scene.hub.deliver(scene.document(item(1)))
    scene.once()
    assert scene.room.titles() == ["Title 1", "Title 2"]


# fetching checklist 32
def test_a_delivery_beyond_the_size_limit_is_refused(scene: Scene) -> None:
    scene.subscribe(item(2), every=RARELY)
    assert scene.hub.deliver(b" " * (callback.MAX_DELIVERY_BYTES + 1)) == [413]
    assert scene.hub.deliver(scene.document(item(1)) + b" " * (callback.MAX_DELIVERY_BYTES - 10_000)) == [202]
    scene.once()
    assert scene.room.titles() == ["Title 1", "Title 2"]


# fetching checklist 32
def test_a_delivery_that_cannot_be_stored_is_not_acknowledged(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscription = scene.subscribe(item(2), every=RARELY)
    monkeypatch.setattr(subscriptions, "MAX_BACKLOG_BYTES", 1500)
    assert scene.hub.deliver(scene.document(item(1))) == [202]
    body = scene.document(item(3))
    headers = {"X-Hub-Signature": signature(subscription.secret, body, "sha1")}
    answer = requests.post(subscription.callback, body, headers=headers, timeout=10)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "300")
    scene.once()
    assert scene.hub.deliver(body) == [202]
    scene.once()
    assert scene.room.titles() == ["Title 1", "Title 2", "Title 3"]


def test_a_state_that_cannot_be_written_is_logged(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.subscribe(item(2), every=RARELY)

    def fail(*_arguments: object) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr(subscriptions, "add_delivery", fail)
    with capture_logs() as events:
        assert scene.hub.deliver(scene.document(item(1))) == [503]
    assert events == [{"event": "callback.failed", "error": "the disk is full", "log_level": "error"}]


# fetching checklist 32
def test_an_unreadable_delivery_leads_to_a_poll(scene: Scene) -> None:
    scene.subscribe(item(2))
    assert scene.hub.deliver(b"neither a feed nor anything") == [202]
    (polled,) = scene.once()
    assert (polled.is_delivery, polled.outcome) == (True, "failed")
    asked = len(scene.publisher.requests)
    assert [polled.is_delivery for polled in scene.once(later=HOUR + 5 * MINUTE)] == [False]
    assert len(scene.publisher.requests) == asked + 1
