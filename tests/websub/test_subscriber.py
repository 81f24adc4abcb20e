"""WebSub as a subscriber: what the client does when the hub does X.

The hub follows the Recommendation and is independent of the code under test; tests look at what it was asked and
answered. docs/websub.md describes the behaviour.
"""

from __future__ import annotations

import hmac
import sqlite3
from datetime import timedelta

import pytest
import requests
from structlog.testing import capture_logs

from feeds.engine.cycle import Progress, run_cycle
from feeds.errors import StoreError
from feeds.ingest.record_poll import PollResult
from feeds.store import sources, subscriptions
from feeds.websub import callback
from tests.loopback import Answer
from tests.newsroom import item
from tests.websub.conftest import Scene
from tests.websub.hub import Hub, HubRequest, signature

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
RARELY = "30d"  # polling interval of tests that are only about deliveries

ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><id>urn:f</id><updated>2026-11-20T00:00:00Z</updated>'
    "{links}<entry><title>e</title><id>urn:1</id><updated>2026-11-20T00:00:00Z</updated></entry></feed>"
)
RSS = (
    '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>t</title>{links}'
    "<item><title>e</title><guid>1</guid></item></channel></rss>"
)
HTML = '<html><head><title>t</title>{links}</head><body>{body}<li class="n"><a href="/1">e</a></li></body></html>'


# ------------------------------------------------------------------------------------------- 29: discovery


def document(kind: str, hub: str, topic: str) -> bytes:
    """A document of this kind that names the hub and the topic."""
    if kind == "json":
        return (
            f'{{"version": "https://jsonfeed.org/version/1.1", "title": "t", "feed_url": "{topic}", '
            f'"hubs": [{{"type": "WebSub", "url": "{hub}"}}], "items": [{{"id": "1", "content_text": "e"}}]}}'
        ).encode()
    prefix = "atom:" if kind == "rss" else ""
    links = "".join(
        f'<{prefix}link rel="{rel}" href="{url}"/>' for rel, url in (("hub", hub), ("self", topic))
    )
    return (
        {"atom": ATOM, "rss": RSS, "html": HTML}[kind]
        .replace("{links}", links)
        .replace("{body}", "")
        .encode()
    )


def polled_once(scene: Scene, path: str, body: bytes, *headers: tuple[str, str], page: bool = False) -> None:
    scene.publisher.page(path, body, headers=headers)
    scene.publisher.page("/robots.txt", b"User-agent: *\nAllow: /")
    url = scene.publisher.url(path)
    scene.configure(url)
    if page:
        config = scene.room.config.read_text(encoding="utf-8")
        config = config.replace("s1, url:", "s1, extract: {item: li.n, title: a}, page:")
        scene.room.config.write_text(config, encoding="utf-8")
    scene.room.once()


# fetching checklist 29
@pytest.mark.parametrize("kind", ["atom", "rss", "json", "html"])
def test_a_hub_is_discovered_in_the_document(scene: Scene, kind: str) -> None:
    topic = scene.publisher.url(f"/the-{kind}-itself")
    polled_once(scene, f"/{kind}", document(kind, scene.hub.url, topic), page=kind == "html")
    (asked,) = scene.hub.requests
    assert (asked.form["hub.mode"], asked.form["hub.topic"]) == ("subscribe", topic)
    assert asked.content_type == "application/x-www-form-urlencoded"
    assert asked.verified


# fetching checklist 29
@pytest.mark.parametrize("kind", ["atom", "rss", "json", "html", "none"])
@pytest.mark.parametrize("lines", [1, 2])
def test_link_headers_take_precedence_over_the_document(
    scene: Scene, other: Hub, kind: str, lines: int
) -> None:
    topic = scene.publisher.url("/by-header")
    links = [f'<{scene.hub.url}>; rel="hub"', "</by-header>; rel=self; type=x"]
    headers = [("Link", link) for link in links] if lines == 2 else [("Link", ", ".join(links))]
    wrong = document("rss" if kind == "none" else kind, other.url, "https://wrong.example/")
    wrong = wrong.replace(b"rel=", b"was=") if kind == "none" else wrong
    polled_once(scene, "/feed", wrong, *headers, page=kind == "html")
    assert [asked.form["hub.topic"] for asked in scene.hub.requests] == [topic]
    assert other.requests == []


# fetching checklist 29
def test_links_in_the_body_of_a_page_are_ignored(scene: Scene) -> None:
    links = f'<link rel="hub" href="{scene.hub.url}"><link rel="self" href="/x">'
    page = HTML.replace("{links}", "").replace("{body}", f"<div>{links}</div>").encode()
    polled_once(scene, "/page", page, page=True)
    assert scene.hub.requests == []


# fetching checklist 29
def test_without_rel_self_no_hub_is_asked(scene: Scene) -> None:
    polled_once(scene, "/feed", document("rss", scene.hub.url, "x").replace(b'rel="self"', b'rel="via"'))
    assert scene.hub.requests == []
    assert scene.subscriptions() == ()


# fetching checklist 29
def test_of_several_hubs_the_first_that_works_is_used(scene: Scene, other: Hub) -> None:
    scene.hub.refuses = 503
    scene.configure(scene.feed(item(1), hubs=(scene.hub.url, other.url)))
    scene.room.once()
    assert (len(scene.hub.requests), len(other.requests)) == (1, 1)
    subscription = scene.subscription()
    assert (subscription.state, subscription.hub) == ("active", other.url)
    scene.hub.refuses = 0
    scene.room.once(later=DAY)
    assert len(scene.hub.requests) == 1  # the first hub is not used again


# -------------------------------------------------------------------------------- 30: stored before the request


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


# ----------------------------------------------------------------------------------------- 31: verification


# fetching checklist 31
def test_the_challenge_is_returned_as_plain_text(scene: Scene) -> None:
    scene.subscribe(item(1))
    ((status, content_type, _),) = scene.hub.requests[0].answers
    assert (status, content_type) == (200, "text/plain; charset=utf-8")
    subscription = scene.subscription()
    script = "<script>alert(1)</script>"
    status, content_type, body = scene.hub.call_back(
        subscription.callback, mode="subscribe", topic=subscription.topic, challenge=script
    )
    assert (status, content_type, body) == (200, "text/plain; charset=utf-8", script.encode())
    answer = requests.get(
        subscription.callback,
        {"hub.mode": "subscribe", "hub.topic": subscription.topic, "hub.challenge": "x"},
        timeout=10,
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


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


# -------------------------------------------------------------------------------------------- 32: deliveries


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
    scene.hub.deliver(scene.document(item(1, title="Title 1, corrected")))
    assert [polled.outcome for polled in scene.once()] == ["unchanged"]


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


# -------------------------------------------------------------------------------------- 33: the subscription


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


# ----------------------------------------------------------------------------- 33: which sources subscribe


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


# ----------------------------------------------------------------------------------------- 34: polling continues


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
