"""One instance and the web that it polls. Time stands still, but for what `run` and `poll` let pass."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Self

from sqlalchemy import func, select

from feeds.fetch import Fetcher
from feeds.store import sources
from feeds.store.schema import lane, source, subscription
from tests.acceptance.server import Site, Web, authority
from tests.loopback import Request
from tests.run.newsroom import OUTPUTS, Newsroom

TICK = timedelta(seconds=20)  # the daemon's
LONGEST = timedelta(days=1)  # without a tick
PATIENCE = timedelta(days=40)


class Scene:
    def __init__(self, folder: Path) -> None:
        chance = random.Random(7).random
        # Reading Mozilla's list of authorities costs more than the rest of a poll.
        fetcher = partial(Fetcher, lookup=self._lookup, authorities=authority()[1])
        self.room = Newsroom(folder, fetcher=fetcher, chance=chance)
        self.web = Web(self.room.clock.now)
        self.herald = self.web.site("herald.test")

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

    def follow(self, *urls: str, options: str = "", site: str = "", kind: str = "url") -> None:
        """Restart with these sources: s1, s2, … `options` of each and `site`'s are YAML, as in "every: 2h".
        `kind`: of page or opml."""
        self.room.close()
        more = f", {options}" if options else ""
        if "allow_private" not in options:
            more += ", allow_private: true"
        entries = "".join(f"  - {{id: s{n}, {kind}: '{url}'{more}}}\n" for n, url in enumerate(urls, start=1))
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
            self.room.once()
            following = self._following()
            if following > end:
                self.room.clock.moment = max(end, self.now)
                return self.log[heard:]
            self.room.clock.moment = following

    def poll(self) -> list[Request]:
        """Let time pass until something was asked. Returns that: one request, or those of one poll."""
        heard, end = len(self.log), self.now + PATIENCE
        while True:
            self.room.once()
            if len(self.log) > heard:
                return self.log[heard:]
            following = self._following()
            assert following <= end, "nothing was asked any more"
            self.room.clock.moment = following

    def errors(self) -> dict[str, str]:
        """What `feeds status` tells of the sources that fail."""
        store, _ = self.room.parts()
        with store.read() as connection:
            return {one.id: one.error for one in sources.states(connection) if one.error}

    def _following(self) -> datetime:
        """When there may be something to do next: a source is due, a host has rested, a lease is renewed."""
        store, _ = self.room.parts()
        now, longest = self.now, self.now + LONGEST
        wanted = source.c.configured == 1
        later = (
            select(func.min(source.c.due_at)).where(wanted, source.c.due_at > now),
            select(func.min(lane.c.next_ok_at)).where(lane.c.next_ok_at > now),
            select(func.min(subscription.c.next_try)).where(subscription.c.next_try > now),
        )
        with store.read() as connection:
            moments = [connection.execute(one).scalar() or longest for one in later]
            waiting = connection.execute(select(source.c.id).where(wanted, source.c.due_at <= now)).first()
        following = min(*moments, longest)
        return now + TICK if waiting and following == longest else following
