"""A publisher, a hub, our callback server and one instance, all on the loopback, with one clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest

from feeds.ingest.record_poll import PollResult
from feeds.model import Subscription
from feeds.serve import bind_server
from feeds.store import subscriptions
from feeds.websub import callback
from tests.loopback import Loopback
from tests.newsroom import OUTPUTS, Newsroom, rss
from tests.websub.hub import Hub


@dataclass
class Scene:
    room: Newsroom
    publisher: Loopback
    hub: Hub
    serve_url: str  # URL of `feeds serve`, ends with "/"

    def configure(self, *urls: str, site: str = "websub: true", **options: str) -> None:
        """Write a configuration with these URLs as the sources s1, s2, …"""
        more = "".join(f", {key}: {value}" for key, value in options.items())
        lines = "".join(
            f"  - {{id: s{n}, url: '{url}', allow_private: true{more}}}\n" for n, url in enumerate(urls, 1)
        )
        head = (
            f"site: {{title: Test, base_url: '{self.serve_url}', output: output, state: feeds.db, {site}}}\n"
        )
        self.room.close()
        self.room.config.write_text(f"{head}sources:\n{lines}{OUTPUTS}", encoding="utf-8")

    def feed(self, *items: str, path: str = "/feed", hubs: tuple[str, ...] = ()) -> str:
        """Publish a feed that names the hub and itself. Returns its URL."""
        return self.publisher.page(path, self.document(*items, path=path, hubs=hubs))

    def document(self, *items: str, path: str = "/feed", hubs: tuple[str, ...] = ()) -> bytes:
        """The bytes of that feed, which the hub delivers too."""
        links = [("hub", url) for url in hubs or (self.hub.url,)] + [("self", self.publisher.url(path))]
        atom = "".join(
            f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="{rel}" href="{href}"/>'
            for rel, href in links
        )
        return rss(items).replace(
            b"<description>d</description>", f"<description>d</description>{atom}".encode()
        )

    def subscribe(self, *items: str, **options: str) -> Subscription:
        """Poll one source once. Returns its subscription."""
        self.configure(self.feed(*items), **options)
        self.room.once()
        return self.subscription()

    def once(self, *, later: timedelta = timedelta()) -> tuple[PollResult, ...]:
        return self.room.once(later=later).polled

    def subscriptions(self, source: str = "s1") -> tuple[Subscription, ...]:
        with self.room.parts()[0].read() as connection:
            return subscriptions.find_by_source(connection, source)

    def subscription(self, source: str = "s1") -> Subscription:
        return self.subscriptions(source)[0]

    def count_requests(self, mode: str = "subscribe") -> int:
        """How many requests of this mode the hub has received."""
        return sum(request.form["hub.mode"] == mode for request in self.hub.requests)


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub() as hub:
        yield hub


@pytest.fixture
def other() -> Iterator[Hub]:
    with Hub() as hub:
        yield hub


@pytest.fixture
def scene(tmp_path: Path, server: Loopback, hub: Hub) -> Iterator[Scene]:
    room = Newsroom(tmp_path)
    routes = callback.routes(tmp_path / "feeds.db", room.clock, draw=lambda: 0.0)
    (tmp_path / "output").mkdir()
    with bind_server(
        tmp_path / "output", "127.0.0.1", 0, routes=routes, max_body_bytes=callback.MAX_DELIVERY_BYTES
    ) as callback_server:
        thread = Thread(target=callback_server.run)
        thread.start()
        try:
            yield Scene(room, server, hub, callback_server.url)
        finally:
            room.close()
            callback_server.stop()
            thread.join(10)
