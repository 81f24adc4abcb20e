"""The subscriber: subscribes to sources at their hubs, and has the deliveries parsed.

    poll ─ update_from_poll → subscription ─ start_due → a thread sends a request to the hub → record_reply
    callback server → delivery ─ start_due → a thread parses it → delivery.commit_batch → stories, as after a poll

A hub verifies a request before it answers it, by way of the callback server, another process that writes to the same
state. So the subscription is committed before the request, and no transaction is open during it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from feeds.clock import Clock
from feeds.config import Settings
from feeds.ingest.poll_source import PollOutcome
from feeds.model import Response, Source, Subscription
from feeds.parse.hubs import DiscoveredHubs, discover_hubs
from feeds.secret_values import secret_parameters
from feeds.store import Store, subscriptions
from feeds.store.subscriptions import Delivery
from feeds.websub import delivery
from feeds.websub import subscription as transitions
from feeds.websub.delivery import DeliveryBatch, ParseContext
from feeds.websub.hub_request import HubReply, send_request
from feeds.websub.polling import resume_normal_polling
from feeds.websub.subscription import Action
from feeds.websub.thread_pool import ResultQueue, ThreadPool

HUB_REQUEST_THREADS = 4
"""Several, because a hub that hangs must not delay the others."""

PARSE_THREADS = 2
"""Deliveries that are parsed at the same time; as many as there are parse processes by default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _DueWork:
    tokens: Sequence[str]  # of subscriptions whose next action is due
    deliveries: Sequence[tuple[Source, Sequence[Delivery]]]  # to parse, a batch for each source
    orphans: Sequence[Delivery]  # to delete: their source is no longer configured
    deferred_in_vain: Sequence[str]  # ids of sources whose polls are deferred without a live subscription


class Subscriber:
    """Starts requests to hubs and the parsing of deliveries. Use it from one thread, the one that writes.

    The threads put a HubReply (for `record_reply`) or a DeliveryBatch (for `delivery.commit_batch`) into
    `results`.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        draw: Callable[[], float],
        results: ResultQueue[HubReply | DeliveryBatch],
    ) -> None:
        self._store = store
        self._clock = clock
        self._draw = draw
        self._hub_threads: ThreadPool[HubReply] = ThreadPool("hub", HUB_REQUEST_THREADS, results)
        self._parse_threads: ThreadPool[DeliveryBatch] = ThreadPool("reader", PARSE_THREADS, results)
        self._requesting: set[str] = set()  # tokens of subscriptions with a request in progress
        self._parsing: set[str] = set()  # ids of sources: their deliveries are parsed in order

    def reconfigure(self, settings: Settings, sources: Mapping[str, Source], context: ParseContext) -> None:
        """Use these settings from now on. Subscriptions that they no longer want are ended."""
        self._settings, self._sources, self._context = settings, sources, context
        self._callback_prefix = settings.site.callback_prefix
        with self._store.read() as connection:
            stored = subscriptions.load_all(connection)
            self._in_use = bool(self._callback_prefix or stored) or subscriptions.has_deliveries(connection)
        outdated = [
            subscription
            for subscription in stored
            if subscription.state != "leaving" and not self._is_current(subscription)
        ]
        if outdated:
            with self._store.write() as connection:
                for subscription in outdated:
                    self._leave(connection, subscription)
                    source = self._sources.get(subscription.source)
                    # Subscribe again if only the callback's address has changed.
                    if source and self._is_wanted(source) and subscription.hubs:
                        offer = DiscoveredHubs(topic=subscription.topic, hubs=subscription.hubs)
                        self._subscribe(connection, source, offer)

    def _is_current(self, subscription: Subscription) -> bool:
        """Whether its source still wants it, under the same callback address."""
        source = self._sources.get(subscription.source)
        return (
            source is not None
            and self._is_wanted(source)
            and subscription.callback == self._callback_prefix + subscription.token
        )

    def _is_wanted(self, source: Source) -> bool:
        """Whether to subscribe to the source's hub. Not if the source is fetched with credentials or has a secret URL:
        the hub has no credentials, and must not learn the URL."""
        is_secret = bool(source.access.headers or secret_parameters(source.url)) or (
            source.id in self._settings.secret_url_sources
        )
        return (
            bool(self._callback_prefix)
            and source.push
            and not is_secret
            and source.scheme.is_web
            and source.kind != "opml"
        )

    # --------------------------------------------------------------------------------------- after a poll

    def live_sources(self, connection: Connection) -> frozenset[str]:
        """Ids of the sources that have a live subscription: their news is pushed."""
        return subscriptions.live_sources(connection, self._clock.now()) if self._in_use else frozenset()

    def update_from_poll(self, connection: Connection, outcome: PollOutcome) -> None:
        """Subscribe, change or end the subscription by the hubs that a committed poll has found."""
        source, fetched, now = outcome.source, outcome.fetched, self._clock.now()
        if fetched is None or not self._is_wanted(source):
            return
        subscriptions.defer_polls(connection, source.id, now)
        feed = outcome.parsed.feed if outcome.parsed else outcome.state.feed
        offer = discover_hubs(fetched.header("link"), feed, fetched.url)
        current = next(
            (
                subscription
                for subscription in subscriptions.find_by_source(connection, source.id)
                if subscription.state != "leaving"
            ),
            None,
        )
        if current is None:
            if offer:
                self._subscribe(connection, source, offer)
        elif not isinstance(fetched, Response):
            return  # a 304 need not repeat the Link header
        elif offer is None:
            # Keep the lease: the hub may return before it ends.
            subscriptions.save(connection, replace(current, hubs=()))
        elif not transitions.matches_offer(current, offer, self._callback_prefix):
            self._leave(connection, current)
            self._subscribe(connection, source, offer)
        elif current.hubs != offer.hubs:
            subscriptions.save(connection, replace(current, hubs=offer.hubs))

    def _subscribe(self, connection: Connection, source: Source, offer: DiscoveredHubs) -> None:
        subscription = transitions.new_subscription(
            source.id,
            offer,
            callback_prefix=self._callback_prefix,
            token=secrets.token_urlsafe(32),
            secret=secrets.token_urlsafe(32),  # 43 bytes; §5.1 allows up to 199
            allow_private=source.access.allow_private,
            now=self._clock.now(),
        )
        subscriptions.save(connection, subscription)

    def _leave(self, connection: Connection, subscription: Subscription) -> None:
        leaving = transitions.leave(subscription, self._clock.now())
        if leaving:
            subscriptions.save(connection, leaving)
        else:
            subscriptions.delete_subscription(connection, subscription.token)

    # -------------------------------------------------------------------------------------------- requests

    def busy(self) -> bool:
        return bool(self._requesting or self._parsing)

    def start_due(self) -> int:
        """Start the requests and deliveries that are due and not in progress. Returns the number of the deliveries."""
        now = self._clock.now()
        work = self._due_work(now)
        if work is None:
            return 0
        for action, subscription in self._save_actions(work, now):
            self._requesting.add(subscription.token)
            source = self._sources.get(subscription.source)
            self._hub_threads.submit(
                partial(send_request, action, subscription, source, self._context.fetcher)
            )
        for delivering_source, batch in work.deliveries:
            self._parsing.add(delivering_source.id)
            self._parse_threads.submit(
                partial(delivery.parse_batch, delivering_source, batch, self._context, now)
            )
        return sum(len(batch) for _, batch in work.deliveries)

    def _due_work(self, now: datetime) -> _DueWork | None:
        """What is due; None if nothing is."""
        if not self._in_use:
            return None
        with self._store.read() as connection:
            if not subscriptions.has_work(connection, now):
                return None
            due = [
                subscription.token
                for subscription in subscriptions.due(connection, now)
                if subscription.token not in self._requesting
            ]
            waiting = subscriptions.oldest_deliveries(connection, self._parsing)
            deferred_in_vain = subscriptions.deferred_in_vain(connection, now)
        return _DueWork(
            tokens=due[: HUB_REQUEST_THREADS - len(self._requesting)],
            deliveries=[
                (self._sources[source], batch) for source, batch in waiting.items() if source in self._sources
            ],
            orphans=[
                orphan for source, batch in waiting.items() if source not in self._sources for orphan in batch
            ],
            deferred_in_vain=deferred_in_vain,
        )

    def _save_actions(self, work: _DueWork, now: datetime) -> list[tuple[Action, Subscription]]:
        """Write everything that precedes the requests, and return these."""
        if not (work.tokens or work.orphans or work.deferred_in_vain):
            return []
        with self._store.write() as connection:
            for source_id in work.deferred_in_vain:
                subscriptions.stop_deferring(connection, source_id)
                if source_id in self._sources:
                    resume_normal_polling(connection, self._sources[source_id], now, self._draw())
            requests = [
                request for token in work.tokens if (request := self._next_request(connection, token, now))
            ]
            for orphan in work.orphans:
                subscriptions.delete_delivery(connection, orphan.n)
        return requests

    def _next_request(
        self, connection: Connection, token: str, now: datetime
    ) -> tuple[Action, Subscription] | None:
        """Save the subscription's next action, and return it if it is a request to its hub.

        The subscription is read again here, because the callback server writes it too.
        """
        subscription = subscriptions.find(connection, token)
        if subscription is None or subscription.next_try > now:
            return None
        action, changed = transitions.next_action(subscription, now, self._draw())
        if action == "forget":
            subscriptions.delete_subscription(connection, token)
        else:
            subscriptions.save(connection, changed)
        return (action, changed) if action in ("subscribe", "unsubscribe") else None

    # -------------------------------------------------------------------------------------------- results

    def record_reply(self, connection: Connection, reply: HubReply) -> None:
        """Record a failed request. A successful one changes nothing: the hub has yet to verify it."""
        subscription = subscriptions.find(connection, reply.token)
        if subscription is None or reply.error is None:
            return
        error, now = reply.error, self._clock.now()
        subscriptions.save(
            connection,
            transitions.request_failed(subscription, error.problem, now, self._draw(), error.retry.at),
        )

    def release(self, result: HubReply | DeliveryBatch) -> None:
        """Call this when `result` was taken from the queue and is committed or lost: the next job may start."""
        if isinstance(result, HubReply):
            self._requesting.discard(result.token)
        else:
            self._parsing.discard(result.source.id)

    def stop(self) -> None:
        """Start nothing more, and abandon what is in progress."""
        self._hub_threads.stop()
        self._parse_threads.stop()
