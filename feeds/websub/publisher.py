"""Our own news: the hubs of our feeds are told when one has changed.

    publish ── store.pings.note → row ── begin → a thread tells the hub ──→ settle

The rows are the only memory: what was not said before the process ended is said by the next one.
"""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection

from feeds.clock import Clock
from feeds.config import Settings
from feeds.errors import BACKOFF, FetchError
from feeds.fetch import Fetcher
from feeds.fetch.guard import own_name, refusal
from feeds.model import Access, Format, Ping, Source
from feeds.store import Store, pings
from feeds.websub import ping as said
from feeds.websub.thread_pool import Threads

TELLERS = 2
"""Requests at the same time. One hub sees one at a time anyway, and most have one hub."""

TIMEOUT = 10.0
"""Seconds for one request, the wait for its turn not counted."""

FEEDS: tuple[Format, ...] = ("atom", "rss", "json")
"""What hubs are told of; pages are for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A request to a hub, and why it failed."""

    ping: Ping
    error: FetchError | None = None


class Pings:
    """Tells hubs what they have yet to hear. Use it from one thread, the one that writes.

    What comes of the work is put into `done`: Told, for `settle`.
    """

    def __init__(
        self, store: Store, clock: Clock, chance: Callable[[], float], done: queue.Queue[Any]
    ) -> None:
        self._store = store
        self._clock = clock
        self._chance = chance
        self._threads = Threads("ping", TELLERS, done)
        self._telling: set[tuple[str, str]] = set()

    def adopt(self, settings: Settings, fetcher: Fetcher) -> None:
        """Tell by this configuration from now on."""
        self._fetcher = fetcher
        wanted = set(topics(settings))
        self._hubs = bool(wanted)
        with self._store.read() as connection:
            amiss = any((one.hub, one.topic) not in wanted for one in pings.every(connection))
        if amiss:
            with self._store.write() as connection:
                pings.keep(connection, wanted)

    def busy(self) -> bool:
        return bool(self._telling)

    def begin(self) -> int:
        """Begin what is due and not under way. Returns how much that is."""
        if not self._hubs:
            return 0
        with self._store.read() as connection:
            due = [
                one
                for one in pings.due(connection, self._clock.now())
                if (one.hub, one.topic) not in self._telling
            ]
        for one in due:
            self._telling.add((one.hub, one.topic))
            self._threads.do(partial(self._tell, one))
        return len(due)

    def _tell(self, ping: Ping) -> Told:
        """One request, in a thread. Raises nothing."""
        hub = urlsplit(ping.hub).hostname or ping.hub
        asker = Source(
            id=f"hub {hub}",
            url=ping.topic,
            access=Access(timeout=TIMEOUT, allow_private=is_own(ping.hub)),
        )
        try:
            self._fetcher.post(asker, ping.hub, said.form(ping))
        except FetchError as error:
            return Told(ping=ping, error=error)
        except Exception as error:
            broken = FetchError(asker.id, f"an error of ours: {type(error).__name__}: {error}", BACKOFF)
            broken.__cause__ = error
            return Told(ping=ping, error=broken)
        return Told(ping=ping)

    def settle(self, connection: Connection, told: Told) -> None:
        """A hub was told. The feed may have changed meanwhile: then it is told again."""
        one = pings.find(connection, told.ping.hub, told.ping.topic)
        if one is None:
            return
        if told.error is None:
            pings.save(connection, said.succeeded(one, told.ping.digest))
        else:
            error = told.error
            pings.save(
                connection,
                said.failed(one, error.problem, self._clock.now(), self._chance(), error.retry.at),
            )

    def done(self, told: Told) -> None:
        """`told` came out of the queue, and is committed or lost."""
        self._telling.discard((told.ping.hub, told.ping.topic))

    def stop(self) -> None:
        """Begin nothing more, and abandon what is under way."""
        self._threads.stop()


def topics(settings: Settings) -> Iterator[tuple[str, str]]:
    """(hub, topic) of all that is told."""
    for output in settings.outputs:
        for form in output.formats:
            if form in FEEDS:
                for hub in output.hubs:
                    yield hub, f"{settings.site.base_url}{output.name}.{form}"


def is_own(hub: str) -> bool:
    """Whether it is written as an address of this machine or of its network: then whoever wrote it means that.
    A public name that leads there is refused, as everywhere."""
    host = (urlsplit(hub).hostname or "").rstrip(".")
    try:
        return refusal(str(ip_address(host))) is not None
    except ValueError:
        return own_name(host) is not None
