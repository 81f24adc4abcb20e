"""Pushed news: hubs are asked for it, and what they deliver is read.

    a poll ── note → subscription ── begin → a thread asks the hub ──→ settle
    the callback's server → delivery ── begin → a thread reads it ──→ delivery.commit → stories, as after a poll

A hub verifies a request before it answers it, through a process that writes to the same state. So what is asked
is committed before, and no transaction is open while a hub is waited for.
"""

from __future__ import annotations

import queue
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Connection

from feeds.clock import Clock
from feeds.config import Settings
from feeds.errors import BACKOFF, FetchError
from feeds.ingest.poll_source import Outcome
from feeds.model import Access, Response, Source, Subscription
from feeds.parse.hubs import Offer, offer
from feeds.store import Store, subscriptions
from feeds.websub import delivery
from feeds.websub import subscription as agreed
from feeds.websub.delivery import Read, Tools, poll_as_before
from feeds.websub.subscription import LEASE, Action
from feeds.websub.thread_pool import Threads

HUBS = 4
"""Requests to hubs at the same time: one that hangs must not hold up the others."""

READERS = 2
"""Deliveries that are read at the same time; as many as there are processes to read them, by default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request to a hub, and why it failed."""

    token: str
    error: FetchError | None = None


class Push:
    """What is asked of hubs, and what they bring. Use it from one thread, the one that writes.

    What comes of the work is put into `done`: Asked for `settle`, Read for `delivery.commit`.
    """

    def __init__(
        self, store: Store, clock: Clock, chance: Callable[[], float], done: queue.Queue[Any]
    ) -> None:
        self._store = store
        self._clock = clock
        self._chance = chance
        self._hubs, self._readers = Threads("hub", HUBS, done), Threads("reader", READERS, done)
        self._asking: set[str] = set()  # tokens
        self._reading: set[str] = set()  # ids of sources: one delivery at a time, in their order

    def adopt(self, settings: Settings, sources: Mapping[str, Source], tools: Tools) -> None:
        """Work by this configuration from now on: what it does not want any more is left."""
        self._settings, self._sources, self._tools = settings, sources, tools
        self._callbacks = settings.site.callbacks
        with self._store.read() as connection:
            standing = subscriptions.every(connection)
            self._in_use = bool(self._callbacks or standing) or subscriptions.any_waits(connection)
        amiss = [one for one in standing if one.state != "leaving" and not self._holds(one)]
        if amiss:
            with self._store.write() as connection:
                for one in amiss:
                    self._leave(connection, one)
                    source = self._sources.get(one.source)
                    if source and self._wants(source) and one.hubs:  # only the callback's address is another
                        self._subscribe(connection, source, Offer(topic=one.topic, hubs=one.hubs))

    def _holds(self, one: Subscription) -> bool:
        source = self._sources.get(one.source)
        return source is not None and self._wants(source) and one.callback == self._callbacks + one.token

    def _wants(self, source: Source) -> bool:
        """A source that is asked with credentials is not told to a hub, which has none."""
        secret = bool(source.access.headers) or source.id in self._settings.private
        return (
            bool(self._callbacks)
            and source.push
            and not secret
            and not source.is_file
            and source.kind != "opml"
        )

    # --------------------------------------------------------------------------------------- after a poll

    def live(self, connection: Connection) -> frozenset[str]:
        """The sources whose news can be expected to be pushed."""
        return subscriptions.live(connection, self._clock.now()) if self._in_use else frozenset()

    def note(self, connection: Connection, outcome: Outcome) -> None:
        """Take up what a committed poll said about hubs."""
        source, fetched, now = outcome.source, outcome.fetched, self._clock.now()
        if fetched is None or not self._wants(source):
            return
        subscriptions.put_off(connection, source.id, now)
        feed = outcome.reading.feed if outcome.reading else outcome.seen.feed
        offered = offer(fetched.header("link"), feed, fetched.url)
        current = next(
            (one for one in subscriptions.of_source(connection, source.id) if one.state != "leaving"), None
        )
        if current is None:
            if offered:
                self._subscribe(connection, source, offered)
        elif not isinstance(fetched, Response):
            return  # 304 need not repeat the header
        elif offered is None:
            subscriptions.save(connection, replace(current, hubs=()))  # it may be back before the lease ends
        elif not agreed.fits(current, offered, self._callbacks):
            self._leave(connection, current)
            self._subscribe(connection, source, offered)
        elif current.hubs != offered.hubs:
            subscriptions.save(connection, replace(current, hubs=offered.hubs))

    def _subscribe(self, connection: Connection, source: Source, offered: Offer) -> None:
        one = agreed.begin(
            source.id,
            offered,
            callbacks=self._callbacks,
            token=secrets.token_urlsafe(32),
            secret=secrets.token_urlsafe(32),  # 43 bytes, of the 199 that may be (§5.1)
            allow_private=source.access.allow_private,
            now=self._clock.now(),
        )
        subscriptions.save(connection, one)

    def _leave(self, connection: Connection, one: Subscription) -> None:
        left = agreed.leave(one, self._clock.now())
        if left:
            subscriptions.save(connection, left)
        else:
            subscriptions.remove(connection, one.token)

    # ------------------------------------------------------------------------------------- what is to do

    def busy(self) -> bool:
        return bool(self._asking or self._reading)

    def begin(self) -> int:
        """Begin what is due and not under way. Returns how much that is."""
        now = self._clock.now()
        if not self._in_use:
            return 0
        with self._store.read() as connection:
            if not subscriptions.pending(connection, now):
                return 0
            due = [one.token for one in subscriptions.due(connection, now) if one.token not in self._asking]
            waiting = subscriptions.waiting(connection, self._reading)
            in_vain = subscriptions.put_off_in_vain(connection, now)
        due = due[: HUBS - len(self._asking)]
        brought = [(self._sources[one.source], one) for one in waiting if one.source in self._sources]
        steps: list[tuple[Action, Subscription]] = []
        if due or in_vain or len(brought) < len(waiting):
            with self._store.write() as connection:
                for source_id in in_vain:
                    subscriptions.put_off_no_more(connection, source_id)
                    if source_id in self._sources:
                        poll_as_before(connection, self._sources[source_id], now, self._chance())
                steps = [step for token in due if (step := self._step(connection, token, now))]
                for one in waiting:
                    if one.source not in self._sources:
                        subscriptions.settle(connection, one.n)
        for action, subscription in steps:
            self._asking.add(subscription.token)
            self._hubs.do(partial(self._ask, action, subscription))
        for source, one in brought:
            self._reading.add(source.id)
            self._readers.do(partial(delivery.read, source, one, self._tools, now))
        return len(steps) + len(brought)

    def _step(self, connection: Connection, token: str, now: datetime) -> tuple[Action, Subscription] | None:
        """Commit what a subscription is about to do. Read anew: the callback's server writes to it too."""
        one = subscriptions.find(connection, token)
        if one is None or one.next_try > now:
            return None
        action, changed = agreed.step(one, now, self._chance())
        if action == "forget":
            subscriptions.remove(connection, token)
        else:
            subscriptions.save(connection, changed)
        return (action, changed) if action in ("subscribe", "unsubscribe") else None

    def _ask(self, action: Action, one: Subscription) -> Asked:
        """One request to a hub, in a thread (§5.1). Raises nothing."""
        form = {"hub.mode": action, "hub.topic": one.topic, "hub.callback": one.callback}
        if action == "subscribe":
            form["hub.lease_seconds"] = str(int(LEASE.total_seconds()))
            if one.shared_secret:
                form["hub.secret"] = one.shared_secret
        try:
            self._tools.fetcher.post(self._asker(one), one.hub, urlencode(form).encode())
        except FetchError as error:
            return Asked(token=one.token, error=error)
        except Exception as error:
            broken = FetchError(one.source, f"an error of ours: {type(error).__name__}: {error}", BACKOFF)
            broken.__cause__ = error
            return Asked(token=one.token, error=broken)
        return Asked(token=one.token)

    def _asker(self, one: Subscription) -> Source:
        """On whose behalf a hub is asked: the source may be gone, but not what it was allowed."""
        gone = Source(id=one.source, url=one.topic, access=Access(allow_private=one.allow_private))
        source = self._sources.get(one.source, gone)
        return replace(source, access=replace(source.access, headers=()))

    # --------------------------------------------------------------------------------------- what came of it

    def settle(self, connection: Connection, asked: Asked) -> None:
        """A hub was asked. That it said yes means nothing yet: it is to verify the request."""
        one = subscriptions.find(connection, asked.token)
        if one is None or asked.error is None:
            return
        error, now = asked.error, self._clock.now()
        subscriptions.save(
            connection, agreed.refused(one, error.problem, now, self._chance(), error.retry.at)
        )

    def done(self, what: Asked | Read) -> None:
        """`what` came out of the queue, and is committed or lost."""
        if isinstance(what, Asked):
            self._asking.discard(what.token)
        else:
            self._reading.discard(what.source.id)

    def stop(self) -> None:
        """Begin nothing more, and abandon what is under way."""
        self._hubs.stop()
        self._readers.stop()
