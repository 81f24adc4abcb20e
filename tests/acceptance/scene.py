"""One instance and the web that it polls. Time stands still, but for what `run` and `poll` let pass."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Self

from feeds.fetch import Fetcher
from feeds.store import sources
from tests.acceptance.server import Site, Web, authority
from tests.loopback import Request
from tests.newsroom import Newsroom

TICK = timedelta(seconds=20)  # the daemon's
LONGEST = timedelta(days=1)  # without a tick
PATIENCE = timedelta(days=40)
OUTPUTS = "outputs: {front: {title: Front page, formats: [atom]}}\n"  # what the rows read

_FOLLOWING = """
    SELECT min(at) AS later, (SELECT count(*) FROM source WHERE configured = 1 AND due_at <= :now) AS waiting
    FROM (SELECT due_at AS at FROM source WHERE configured = 1 UNION ALL SELECT next_ok_at FROM lane
          UNION ALL SELECT next_try FROM subscription) WHERE at > :now"""


class Scene:
    def __init__(self, folder: Path) -> None:
        chance = random.Random(7).random
        # Reading Mozilla's list of authorities costs more than the rest of a poll.
        fetcher = partial(Fetcher, lookup=self._lookup, authorities=authority()[1])
        self.room = Newsroom(folder, fetcher=fetcher, chance=chance)
        self.web = Web(self.room.clock.now)
        self.herald = self.web.site("herald.test")
        self._kept_house = self.now - LONGEST
        self._news = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.room.close()
        self.web.__exit__()

    def _lookup(self, *args: object, **options: object) -> list[object]:
        return self.web.lookup(*args, **options)  # type: ignore[arg-type]  # socket.getaddrinfo's own

    @property
    def log(self) -> list[Request]:
        return self.web.log

    @property
    def now(self) -> datetime:
        return self.room.clock.now()

    def site(self, name: str) -> Site:
        return self.web.site(name)

    def asked(self, path: str = "", host: str = "") -> list[Request]:
        """The log of one host, or of one path."""
        address = self.web.names[host][0] if host else ""
        return [
            one
            for one in self.log
            if one.server == (address or one.server) and one.path == (path or one.path)
        ]

    # ------------------------------------------------------------------------------------ the instance

    def follow(
        self, *urls: str, options: str | Sequence[str] = "", site: str = "", kind: str = "url"
    ) -> None:
        """Restart with these sources: s1, s2, … `options` of all or of each, and `site`'s, are YAML, as in
        "every: 2h". `kind`: of page or opml."""
        self.room.close()
        each = [options] * len(urls) if isinstance(options, str) else options
        private = ("" if "allow_private" in more else "allow_private: true, " for more in each)
        entries = "".join(
            f"  - {{id: s{n}, {kind}: '{url}', {first}{more}}}\n"
            for n, (url, first, more) in enumerate(zip(urls, private, each, strict=True), start=1)
        )
        self.room.config.write_text(
            f"site: {{title: Test, base_url: 'https://feeds.example.org/', state: feeds.db{site and ', '}{site}}}\n"
            f"sources:\n{entries}{OUTPUTS}",
            encoding="utf-8",
        )

    def restart(self) -> None:
        self.room.close()

    def run(self, until: datetime | None = None, **duration: float) -> Sequence[Request]:
        """As the daemon does, for so long. Returns what was asked meanwhile."""
        end = until or self.now + timedelta(**duration)
        heard = len(self.log)
        while True:
            self._tick()
            following = self._following()
            if following > end:
                self.room.clock.moment = max(end, self.now)
                self._publish()
                return self.log[heard:]
            self.room.clock.moment = following

    def poll(self) -> list[Request]:
        """Let time pass until something was asked. Returns that: one request, or those of one poll."""
        heard, end = len(self.log), self.now + PATIENCE
        while True:
            self._tick()
            if len(self.log) > heard:
                self._publish()
                return self.log[heard:]
            following = self._following()
            assert following <= end, "nothing was asked any more"
            self.room.clock.moment = following

    def polls(self, count: int, *hosts: str) -> None:
        """Let time pass until each of these hosts was asked so often."""
        end = self.now + PATIENCE
        while True:
            self._tick()
            asked = Counter(one.server for one in self.log)
            if all(asked[self.site(host).address] >= count for host in hosts):
                self._publish()
                return
            self.room.clock.moment = self._following()
            assert self.now <= end, "something was not asked any more"

    def _tick(self) -> None:
        """The daemon's: what is due is asked. House is kept once a day."""
        _, shard = self.room.parts()
        shard.enqueue()
        while shard.busy():
            self._news |= any(one.result == "new" for one in shard.drain(wait=1.0))
        if self.now - self._kept_house >= LONGEST:
            self._kept_house, self._news = self.now, True
            self._publish()

    def _publish(self) -> None:
        """The daemon does so at each tick; nobody reads here before the time is over."""
        if self._news:
            self.room.once()
            self._news = False

    def errors(self) -> dict[str, str]:
        """What `feeds status` tells of the sources that fail."""
        store, _ = self.room.parts()
        with store.read() as connection:
            return {one.id: one.error for one in sources.states(connection) if one.error}

    def _following(self) -> datetime:
        """When there may be something to do next: a source is due, a host has rested, a lease is renewed."""
        store, _ = self.room.parts()
        now, longest = self.now, self.now + LONGEST
        with store.read() as connection:
            row = connection.exec_driver_sql(_FOLLOWING, {"now": int(now.timestamp())}).one()
        following = min(datetime.fromtimestamp(row.later, UTC), longest) if row.later else longest
        return now + TICK if row.waiting and following == longest else following
