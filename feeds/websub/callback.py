"""The callback server that hubs call: to verify a request, to deny it, to deliver news (WebSub §5.2, §5.3, §7).

    GET  /websub/TOKEN?hub.mode=…   a verification, answered with the challenge or 404; or a denial
    POST /websub/TOKEN              a delivery: stored, then acknowledged

The daemon, another process, parses the stored deliveries.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
from sqlalchemy import Connection
from werkzeug.exceptions import NotFound
from werkzeug.routing import Rule
from werkzeug.wrappers import Request, Response

from feeds.clock import Clock
from feeds.errors import StoreError
from feeds.model import Subscription
from feeds.store import attach, subscriptions
from feeds.websub import subscription as transitions

MAX_DELIVERY_BYTES = 5 << 20
"""Our choice: feeds with full texts have up to 2 MiB. The next poll fetches a larger document."""

MAX_CHALLENGE_CHARS = 1024
"""The specification asks for a limit to the challenge that is echoed (§8.2)."""

RETRY_AFTER_SECONDS = 300
"""For a hub whose delivery cannot be stored now."""

log = structlog.get_logger("feeds")


def routes(state: Path, clock: Clock, draw: Callable[[], float] = random.random) -> tuple[Rule, ...]:
    """The routes of the callbacks, for `feeds.serve`. `state`: path of the database."""
    callback = Callback(state, clock, draw)
    return (
        Rule("/websub/<token>", endpoint=callback.verify, methods=["GET"]),
        Rule("/websub/<token>", endpoint=callback.receive, methods=["POST"]),
    )


class Callback:
    """Answers hubs. May be used from any number of threads."""

    def __init__(self, state: Path, clock: Clock, draw: Callable[[], float]) -> None:
        self._store = attach(state)
        self._clock = clock
        self._draw = draw

    def verify(self, request: Request, token: str) -> Response:
        """The view for GET: a hub verifies one of our requests, or denies it."""
        query = request.args
        mode, challenge = query.get("hub.mode", ""), query.get("hub.challenge", "")
        if request.method != "GET":  # werkzeug routes HEAD here too; it must change nothing
            raise NotFound
        try:
            with self._subscription(token) as (connection, subscription):
                if mode == "denied":
                    return self._deny(
                        connection, subscription, query.get("hub.topic", ""), query.get("hub.reason", "")
                    )
                if not transitions.may_verify(subscription, mode, query.get("hub.topic", "")) or not _is_safe(
                    challenge
                ):
                    raise NotFound
                if mode == "unsubscribe":
                    subscriptions.delete_subscription(connection, token)
                else:
                    lease = query.get("hub.lease_seconds", "")
                    now = self._clock.now()
                    subscriptions.save(
                        connection, transitions.verified(subscription, lease, now, self._draw())
                    )
        except StoreError:
            return _unavailable()
        return _plain(challenge)

    def _deny(self, connection: Connection, subscription: Subscription, topic: str, reason: str) -> Response:
        if topic != subscription.topic:
            raise NotFound
        denied = transitions.denied(subscription, reason, self._clock.now())
        if denied:
            subscriptions.save(connection, denied)
        else:
            subscriptions.delete_subscription(connection, subscription.token)
        return _plain("")

    def receive(self, request: Request, token: str) -> Response:
        """The view for POST: a hub delivers a document. A 2xx answer says only that it is stored."""
        body = request.get_data(cache=False)
        signature = request.headers.get("X-Hub-Signature", "")
        try:
            with self._subscription(token) as (connection, subscription):
                verdict = transitions.check_delivery(subscription, signature, body)
                now = self._clock.now()
                if verdict == "ended":
                    return _plain("This subscription has ended.", 410)
                if verdict == "unsigned":
                    return _plain("This delivery needs a signature.", 403)
                if verdict == "ignore":
                    subscriptions.save(connection, transitions.signature_failed(subscription, now))
                else:
                    content_type = request.content_type or ""
                    if (
                        subscriptions.add_delivery(connection, subscription, content_type, body, now)
                        == "full"
                    ):
                        return _unavailable()
        except StoreError:
            return _unavailable()
        # The same answer as for a right signature, so that nobody can find out the secret (§7.1.2).
        return _plain("", 202)

    @contextmanager
    def _subscription(self, token: str) -> Iterator[tuple[Connection, Subscription]]:
        """Gives the subscription and a transaction, which is committed at the end. Raises NotFound, StoreError."""
        if not self._store.path.exists():
            raise NotFound
        try:
            with self._store.read() as connection:  # guessed tokens must not lock the database
                if subscriptions.find(connection, token) is None:
                    raise NotFound
            with self._store.write() as connection:
                subscription = subscriptions.find(connection, token)
                if subscription is None:
                    raise NotFound
                yield connection, subscription
        except StoreError as error:
            log.error("callback.failed", error=str(error))
            raise


def _is_safe(challenge: str) -> bool:
    return 0 < len(challenge) <= MAX_CHALLENGE_CHARS and challenge.isprintable()


def _plain(text: str, status: int = 200) -> Response:
    response = Response(text, status=status, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response


def _unavailable() -> Response:
    response = _plain("This cannot be stored now; retry later.", 503)
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response
