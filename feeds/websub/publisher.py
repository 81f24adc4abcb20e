"""The publisher: pings the hubs of our feeds when a feed has changed (WebSub §6).

    publish ─ store.pings.schedule_pings → row ─ start_due → a thread pings the hub → record_result

The rows hold all that is to be sent: pings that are not sent when the process ends are sent by the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

from sqlalchemy import Connection

from feeds.clock import Clock
from feeds.config import Settings
from feeds.errors import FetchError, internal_error
from feeds.fetch import Fetcher
from feeds.fetch.guard import is_private_host
from feeds.model import Access, Ping, Source
from feeds.render import formats
from feeds.store import Store, pings
from feeds.websub import ping as transitions
from feeds.websub.thread_pool import ResultQueue, ThreadPool

PING_THREADS = 2
"""A hub sees one request at a time anyway, and most configurations name one hub."""

PING_TIMEOUT_SECONDS = 10.0
"""For one request; the wait for the host's turn does not count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PingResult:
    """A ping has ended; `error` if it failed."""

    ping: Ping
    error: FetchError | None = None


class Publisher:
    """Sends the pings that are due. Use it from one thread, the one that writes.

    The threads put a PingResult for `record_result` into `results`.
    """

    def __init__(
        self, store: Store, clock: Clock, draw: Callable[[], float], results: ResultQueue[PingResult]
    ) -> None:
        self._store = store
        self._clock = clock
        self._draw = draw
        self._threads: ThreadPool[PingResult] = ThreadPool("ping", PING_THREADS, results)
        self._pinging: set[tuple[str, str]] = set()  # (hub, topic)

    def reconfigure(self, settings: Settings, fetcher: Fetcher) -> None:
        """Use these settings from now on. Pings that they no longer want are deleted."""
        self._fetcher = fetcher
        wanted = set(hub_topics(settings))
        self._has_hubs = bool(wanted)
        with self._store.read() as connection:
            outdated = any((ping.hub, ping.topic) not in wanted for ping in pings.load_all(connection))
        if outdated:
            with self._store.write() as connection:
                pings.delete_except(connection, wanted)

    def busy(self) -> bool:
        return bool(self._pinging)

    def start_due(self) -> int:
        """Start the pings that are due and not in progress. Returns their number."""
        if not self._has_hubs:
            return 0
        with self._store.read() as connection:
            due = [
                ping
                for ping in pings.due(connection, self._clock.now())
                if (ping.hub, ping.topic) not in self._pinging
            ]
        for ping in due:
            self._pinging.add((ping.hub, ping.topic))
            self._threads.submit(partial(self._send, ping))
        return len(due)

    def _send(self, ping: Ping) -> PingResult:
        """Send one ping. Runs in a thread. Raises nothing."""
        hub = urlsplit(ping.hub).hostname or ping.hub
        requesting_source = Source(
            id=f"hub {hub}",
            url=ping.topic,
            access=Access(timeout=PING_TIMEOUT_SECONDS, allow_private=is_own_network(ping.hub)),
        )
        try:
            self._fetcher.post(requesting_source, ping.hub, transitions.request_body(ping))
        except FetchError as error:
            return PingResult(ping=ping, error=error)
        except Exception as error:
            return PingResult(ping=ping, error=internal_error(requesting_source.id, "pinging the hub", error))
        return PingResult(ping=ping)

    def record_result(self, connection: Connection, result: PingResult) -> None:
        """Record the result of a ping. If the feed has changed meanwhile, its hub is pinged again."""
        ping = pings.find(connection, result.ping.hub, result.ping.topic)
        if ping is None:
            return
        if result.error is None:
            pings.save(connection, transitions.succeeded(ping, result.ping.digest))
        else:
            error = result.error
            pings.save(
                connection,
                transitions.failed(ping, error.problem, self._clock.now(), self._draw(), error.retry.at),
            )

    def release(self, result: PingResult) -> None:
        """Call this when `result` was taken from the queue and is committed or lost: the topic may be pinged again."""
        self._pinging.discard((result.ping.hub, result.ping.topic))

    def stop(self) -> None:
        """Start nothing more, and abandon what is in progress."""
        self._threads.stop()


def hub_topics(settings: Settings) -> Iterator[tuple[str, str]]:
    """(hub, topic) of every feed that has a hub. The topic is the feed's URL."""
    for output in settings.outputs:
        for form in output.formats:
            if formats.get(form).is_feed:  # pages are for people
                for hub in output.hubs:
                    yield hub, f"{settings.site.base_url}{output.name}.{form}"


def hub_links(settings: Settings) -> dict[str, str]:
    """File name → value of its Link header, for all feeds that have a hub (WebSub §4)."""
    hubs: dict[str, list[str]] = {}
    for hub, topic in hub_topics(settings):
        hubs.setdefault(topic, []).append(f'<{hub}>; rel="hub"')
    base_url = settings.site.base_url
    return {
        topic.removeprefix(base_url): ", ".join([*links, f'<{topic}>; rel="self"'])
        for topic, links in hubs.items()
    }


def is_own_network(hub: str) -> bool:
    """Whether the URL is written with an address or name of this machine or its network: then that is intended.

    A public name that resolves to a private address is refused, as everywhere.
    """
    return is_private_host(urlsplit(hub).hostname or "")
