"""Items 29 to 34: WebSub as a subscriber. The hub is that of `tests/websub`; rows also look at its log."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import pairwise
from threading import Thread

from feeds.config import load
from feeds.errors import ConfigError
from feeds.serve import bind_server
from feeds.websub import callback
from tests.acceptance.checklist import row
from tests.acceptance.scene import Scene
from tests.acceptance.server import document, page
from tests.loopback import Answer
from tests.websub.hub import Hub, HubRequest

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
RARELY = "every: 30d"  # polling interval of rows that are only about deliveries
TOPIC = "http://herald.test/the-topic"
LINK = '<x:link xmlns:x="http://www.w3.org/2005/Atom" rel="{}" href="{}"/>'


class Pushed:
    """A hub, and our callback server."""

    def __init__(self, scene: Scene, hub: Hub, server_url: str) -> None:
        self.scene, self.hub = scene, hub
        self.site = f"websub: '{server_url}websub'"
        self.asked_at: list[datetime] = []
        hub.watch = self._watch

    def _watch(self, asked: HubRequest) -> None:
        self.asked_at.append(self.scene.now)

    def names(self, *numbers: int, topic: str = TOPIC, hub: str = "") -> Answer:
        """A document that names the hub and the topic."""
        links = LINK.format("hub", hub or self.hub.url) + LINK.format("self", topic)
        return document(*numbers, channel=links, etag='"1"')

    def subscribe(self, options: str = RARELY) -> HubRequest:
        self.scene.configure(
            self.scene.herald.answers("/feed", self.names(1)), options=options, site=self.site
        )
        self.scene.run()
        return self.hub.requests[-1]


@contextmanager
def pushed(scene: Scene) -> Iterator[Pushed]:
    folder = scene.room.folder
    (folder / "output").mkdir(exist_ok=True)
    routes = callback.routes(folder / "feeds.db", scene.room.clock)
    with (
        Hub() as hub,
        bind_server(
            folder / "output", "127.0.0.1", 0, routes=routes, max_body_bytes=callback.MAX_DELIVERY_BYTES
        ) as callback_server,
    ):
        thread = Thread(target=callback_server.run)
        thread.start()
        try:
            yield Pushed(scene, hub, callback_server.url)
        finally:
            scene.room.close()
            callback_server.stop()
            thread.join(10)


def answers(asked: HubRequest) -> list[int]:
    return [status for status, _, _ in asked.answers]


# ------------------------------------------------------------------------------------------- 29: discovery


@row(
    29,
    "hub and self in Atom and RSS elements, in HTML, in Link headers; the headers win",
    **{where: where for where in ("rss", "html", "header", "both")},
)
def _(scene: Scene, where: str) -> None:
    with pushed(scene) as push:
        header = [("Link", f'<{push.hub.url}>; rel="hub", <{TOPIC}>; rel="self"')]
        if where == "html":
            head = f'<link rel=hub href="{push.hub.url}"><link rel=self href="{TOPIC}">'
            body = f"<html><head>{head}</head><ul><li class=n><a href=/1>A story</a></ul></html>"
            scene.herald.answers("/feed", page(body.encode()))
            extract = f"{RARELY}, extract: {{item: li.n, title: a}}"
            scene.configure(scene.herald.url("/feed"), options=extract, site=push.site, kind="page")
        else:
            answer = push.names(1) if where == "rss" else document(1)
            if where == "both":
                answer = push.names(1, topic="http://wrong.test/", hub="http://wrong.test/hub")
            headers = [] if where == "rss" else header
            scene.herald.answers("/feed", Answer(answer.body, headers=headers))
            scene.configure(scene.herald.url("/feed"), options=RARELY, site=push.site)
        scene.run()
        (asked,) = push.hub.requests
        assert asked.form["hub.topic"] == TOPIC
        assert asked.verified


@row(29, "without hub or self, no hub is asked")
def _(scene: Scene) -> None:
    with pushed(scene) as push:
        for links in (LINK.format("hub", push.hub.url), LINK.format("self", TOPIC)):
            scene.configure(
                scene.herald.answers("/feed", document(1, channel=links)), options=RARELY, site=push.site
            )
            scene.run(days=2)
        assert not push.hub.requests


# ------------------------------------------------------------------------------------------ 30: persistence


@row(30, "a hub that verifies inside the request, and one that does so after a restart")
def _(scene: Scene) -> None:
    with pushed(scene) as push:
        assert push.subscribe().verified
        push.hub.silent = True
        scene.configure(
            scene.herald.answers("/late", push.names(2, topic=f"{TOPIC}/2")), options=RARELY, site=push.site
        )
        scene.run()
        # The old subscription is ended at the same time: either request may be the last.
        form = next(
            request.form for request in push.hub.requests if request.form["hub.topic"] == f"{TOPIC}/2"
        )
        scene.restart()
        parameters = {
            "mode": "subscribe",
            "topic": form["hub.topic"],
            "challenge": "c",
            "lease_seconds": "9000",
        }
        assert push.hub.call_back(form["hub.callback"], **parameters)[::2] == (200, b"c")


# ----------------------------------------------------------------------------------------- 31: verification


@row(31, "an unknown verification is 404, a known one 2xx with the challenge")
def _(scene: Scene) -> None:
    with pushed(scene) as push:
        request = push.subscribe()
        assert request.verified
        form = request.form
        known, topic = form["hub.callback"], form["hub.topic"]
        parameters = {"mode": "subscribe", "topic": topic, "challenge": "a b&c+d", "lease_seconds": "9000"}
        assert push.hub.call_back(known, **parameters)[0] == 404  # nothing of ours is pending any more
        assert push.hub.call_back(known, **(parameters | {"topic": f"{topic}/other"}))[0] == 404
        assert push.hub.call_back(known, **(parameters | {"mode": "unsubscribe"}))[0] == 404
        assert push.hub.call_back(known[:-1] + "_", **parameters)[0] == 404


# ------------------------------------------------------------------------------------------- 32: deliveries


@row(
    32,
    "a delivery is acknowledged and published without a poll",
    **{method: method for method in ("sha1", "sha256", "sha384", "sha512")},
)
def _(scene: Scene, method: str) -> None:
    with pushed(scene) as push:
        push.subscribe()
        scene.room.close()  # no process is there to parse it
        push.hub.method = method
        (status,) = push.hub.deliver(push.names(2).body)
        assert 200 <= status < 300
        scene.run(minutes=1)
        assert scene.room.titles() == ["Title 1", "Title 2"]
        assert len(scene.log) == 1


@row(32, "a delivery with a bad signature is never processed; one without is refused")
def _(scene: Scene) -> None:
    with pushed(scene) as push:
        secret = push.subscribe().form["hub.secret"].encode()
        body = push.names(2).body
        right = hmac.new(secret, body, hashlib.sha256).hexdigest()
        forged = (
            "sha256=" + "0" * 64,
            f"sha1={right}",
            f"md5={right}",
            f"sha256={right[:-1]}",
            right,
            "sha256=",
        )
        for signature in forged:
            push.hub.deliver(body, X_Hub_Signature=signature)
        other = push.names(3).body
        push.hub.deliver(other, X_Hub_Signature=f"sha256={right}")
        (status,) = push.hub.deliver(body, X_Hub_Signature="")
        assert status >= 400
        scene.run(minutes=5)
        assert scene.room.titles() == ["Title 1"]


# -------------------------------------------------------------------------------------- 33: the subscription


@row(33, "each subscription has its own unguessable callback and secret")
def _(scene: Scene) -> None:
    with pushed(scene) as push:
        urls = [
            scene.site(f"h{n}.test").answers("/feed", push.names(n, topic=f"{TOPIC}/{n}")) for n in range(4)
        ]
        scene.configure(*urls, options=RARELY, site=push.site)
        scene.run()
        forms = [asked.form for asked in push.hub.requests]
        assert len({form["hub.callback"] for form in forms}) == 4
        assert len({form["hub.secret"] for form in forms}) == 4
        assert all(len(form["hub.callback"].rpartition("/")[2]) >= 22 for form in forms)  # 128 bits
        assert all(20 <= len(form["hub.secret"].encode()) < 200 for form in forms)


@row(33, "a callback address without https is refused")
def _(scene: Scene) -> None:
    scene.configure(
        scene.herald.answers("/feed", document(1)), site="websub: 'http://feeds.example.org/websub'"
    )
    try:
        load(scene.room.config, {})
    except ConfigError as error:
        assert "https" in str(error)
    else:
        raise AssertionError("the address was accepted")


@row(33, "a lease is renewed before it ends")
def _(scene: Scene) -> None:
    with pushed(scene) as push:
        push.hub.lease = 2 * 24 * 3600
        push.subscribe()
        scene.run(days=20)
        asked = push.asked_at
        assert all(DAY <= b - a < 2 * DAY for a, b in pairwise(asked))
        assert scene.now - asked[-1] < 2 * DAY
        assert len({request.form["hub.callback"] for request in push.hub.requests}) == 1
        assert all(request.verified for request in push.hub.requests)


@row(33, "after a denial the source is polled as before")
def _(scene: Scene) -> None:
    with pushed(scene) as push:
        push.hub.denies = "not for you"
        asked = push.subscribe(options="every: 6h")
        assert answers(asked) == [200]
        scene.run(days=5)
        assert len(push.hub.requests) == 1
        assert len(scene.log) >= 19


@row(33, "a 307 or 308 of a hub is followed by the same POST", temporary=307, permanent=308)
def _(scene: Scene, status: int) -> None:
    with pushed(scene) as push, Hub() as other:
        push.hub.moved_to = status, other.url
        first, (second,) = push.subscribe().form, other.requests
        assert second.form == first
        assert second.verified


# ------------------------------------------------------------------------------------------ 34: polling beside it


@row(34, "polling continues, slower, and as before when the subscription has ended")
def _(scene: Scene) -> None:
    """Hubs lose deliveries, so polling continues. It is slower: that is what the hub is for."""
    with pushed(scene) as push:
        scene.herald.answers("/feed", push.names(*range(1, 40)))  # an hour apart

        def requests_in_two_days(site: str) -> int:
            scene.configure(scene.herald.url("/feed"), site=site)
            return len(scene.run(days=2))

        alone = requests_in_two_days("")
        beside = requests_in_two_days(push.site)
        assert 1 <= beside <= alone / 2
        (known,) = push.hub.subscribers
        assert push.hub.deny(known, TOPIC, "no more") == 200
        assert requests_in_two_days(push.site) >= 2 * beside
