"""A publisher, a hub, our own server and our own road, all on the loopback, under one clock."""

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
    ours: str  # the address of `feeds serve`, ends with "/"

    def configure(self, *urls: str, site: str = "websub: true", **options: str) -> None:
        """Sources s1, s2, …"""
        more = "".join(f", {key}: {value}" for key, value in options.items())
        lines = "".join(
            f"  - {{id: s{n}, url: '{url}', allow_private: true{more}}}\n" for n, url in enumerate(urls, 1)
        )
        head = f"site: {{title: Test, base_url: '{self.ours}', output: output, state: feeds.db, {site}}}\n"
        self.room.close()
        self.room.config.write_text(f"{head}sources:\n{lines}{OUTPUTS}", encoding="utf-8")

    def feed(self, *items: str, path: str = "/feed", hubs: tuple[str, ...] = ()) -> str:
        """The publisher's feed, which names the hub and itself; returns its address."""
        return self.publisher.page(path, self.document(*items, path=path, hubs=hubs))

    def document(self, *items: str, path: str = "/feed", hubs: tuple[str, ...] = ()) -> bytes:
        """What the publisher publishes, and the hub delivers."""
        links = [("hub", url) for url in hubs or (self.hub.url,)] + [("self", self.publisher.url(path))]
        atom = "".join(
            f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="{rel}" href="{href}"/>'
            for rel, href in links
        )
        return rss(items).replace(
            b"<description>d</description>", f"<description>d</description>{atom}".encode()
        )

    def subscribe(self, *items: str, **options: str) -> Subscription:
        """One source, polled once, and what came of it."""
        self.configure(self.feed(*items), **options)
        self.room.once()
        return self.standing()

    def once(self, *, later: timedelta = timedelta()) -> tuple[PollResult, ...]:
        return self.room.once(later=later).polled

    def all(self, source: str = "s1") -> tuple[Subscription, ...]:
        with self.room.parts()[0].read() as connection:
            return subscriptions.find_by_source(connection, source)

    def standing(self, source: str = "s1") -> Subscription:
        return self.all(source)[0]

    def asked(self, mode: str = "subscribe") -> int:
        """How many requests the hub had."""
        return sum(one.form["hub.mode"] == mode for one in self.hub.asked)


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub() as made:
        yield made


@pytest.fixture
def other() -> Iterator[Hub]:
    with Hub() as made:
        yield made


@pytest.fixture
def scene(tmp_path: Path, server: Loopback, hub: Hub) -> Iterator[Scene]:
    room = Newsroom(tmp_path)
    routes = callback.routes(tmp_path / "feeds.db", room.clock, chance=lambda: 0.0)
    (tmp_path / "output").mkdir()
    with bind_server(
        tmp_path / "output", "127.0.0.1", 0, routes=routes, max_body_bytes=callback.MAX_DELIVERY_BYTES
    ) as ours:
        thread = Thread(target=ours.run)
        thread.start()
        try:
            yield Scene(room, server, hub, ours.url)
        finally:
            room.close()
            ours.stop()
            thread.join(10)
