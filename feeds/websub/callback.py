"""What hubs call: to verify, to deny, to deliver (WebSub §5.2, §5.3, §7).

    GET  /websub/TOKEN?hub.mode=…   a question; the answer is the challenge, or 404
    POST /websub/TOKEN              a document: kept in the state, then acknowledged, and read by the daemon

The daemon, another process, keeps the state and reads what was delivered.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection
from werkzeug.exceptions import NotFound
from werkzeug.routing import Rule
from werkzeug.wrappers import Request, Response

from feeds.clock import Clock
from feeds.errors import StoreError
from feeds.model import Subscription
from feeds.store import attach, subscriptions
from feeds.websub import subscription as agreed

LARGEST = 5 << 20
"""Bytes of one delivery; feeds of full texts have up to 2 MiB. What is larger is found by polling. Ours."""

CHALLENGE = 1024
"""Characters of a challenge that are echoed; the specification asks for a limit (§8.2)."""

COME_AGAIN = 300
"""Seconds, for a hub whose delivery cannot be kept now."""

_log = logging.getLogger("feeds.serve")


def routes(state: Path, clock: Clock, chance: Callable[[], float] = random.random) -> tuple[Rule, ...]:
    """The address of the callbacks, for `serve`."""
    callback = Callback(state, clock, chance)
    return (
        Rule("/websub/<token>", endpoint=callback.asked, methods=["GET"]),
        Rule("/websub/<token>", endpoint=callback.delivered, methods=["POST"]),
    )


class Callback:
    """From any number of threads."""

    def __init__(self, state: Path, clock: Clock, chance: Callable[[], float]) -> None:
        self._store = attach(state)
        self._clock = clock
        self._chance = chance

    def asked(self, request: Request, token: str) -> Response:
        """A hub verifies a request of ours, or denies it."""
        said = request.args
        mode, challenge = said.get("hub.mode", ""), said.get("hub.challenge", "")
        if request.method != "GET":  # werkzeug takes HEAD for GET; it must change nothing
            raise NotFound
        try:
            with self._agreed(token) as (connection, one):
                if mode == "denied":
                    return self._deny(connection, one, said.get("hub.topic", ""), said.get("hub.reason", ""))
                if not agreed.may_verify(one, mode, said.get("hub.topic", "")) or not _is_safe(challenge):
                    raise NotFound
                if mode == "unsubscribe":
                    subscriptions.remove(connection, token)
                else:
                    lease = said.get("hub.lease_seconds", "")
                    now = self._clock.now()
                    subscriptions.save(connection, agreed.verified(one, lease, now, self._chance()))
        except StoreError:
            return _come_again()
        return _plain(challenge)

    def _deny(self, connection: Connection, one: Subscription, topic: str, reason: str) -> Response:
        if topic != one.topic:
            raise NotFound
        left = agreed.denied(one, reason, self._clock.now())
        if left:
            subscriptions.save(connection, left)
        else:
            subscriptions.remove(connection, one.token)
        return _plain("")

    def delivered(self, request: Request, token: str) -> Response:
        """A hub brings a document. 2xx says that it is kept, and nothing more."""
        body = request.get_data(cache=False)
        signature = request.headers.get("X-Hub-Signature", "")
        try:
            with self._agreed(token) as (connection, one):
                verdict = agreed.judge(one, signature, body)
                now = self._clock.now()
                if verdict == "over":
                    return _plain("This subscription has ended.", 410)
                if verdict == "unsigned":
                    return _plain("This delivery needs a signature.", 403)
                if verdict == "ignore":
                    subscriptions.save(connection, agreed.mistrusted(one, now))
                elif not subscriptions.keep(connection, one, request.content_type or "", body, now):
                    return _come_again()
        except StoreError:
            return _come_again()
        # A wrong signature is acknowledged like a right one, so that nobody can find out the secret (§7.1.2).
        return _plain("", 202)

    @contextmanager
    def _agreed(self, token: str) -> Iterator[tuple[Connection, Subscription]]:
        """The subscription, in a transaction that is committed at the end. Raises NotFound, StoreError."""
        if not self._store.path.exists():
            raise NotFound
        try:
            with self._store.read() as connection:  # who guesses tokens must not take turns from the daemon
                if subscriptions.find(connection, token) is None:
                    raise NotFound
            with self._store.write() as connection:
                one = subscriptions.find(connection, token)
                if one is None:
                    raise NotFound
                yield connection, one
        except StoreError as error:
            _log.error("a hub could not be answered: %s", error)
            raise


def _is_safe(challenge: str) -> bool:
    return 0 < len(challenge) <= CHALLENGE and challenge.isprintable()


def _plain(text: str, status: int = 200) -> Response:
    response = Response(text, status=status, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response


def _come_again() -> Response:
    response = _plain("This cannot be kept now.", 503)
    response.headers["Retry-After"] = str(COME_AGAIN)
    return response
