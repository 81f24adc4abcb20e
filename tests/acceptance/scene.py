"""One instance and the web that it polls. The clock stands still except in `run` and `poll`."""

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
MAX_STEP = timedelta(days=1)  # between two ticks
MAX_WAIT = timedelta(days=40)  # for a request
OUTPUTS = "outputs: {front: {title: Front page, formats: [atom]}}\n"  # what the rows read

_NEXT_EVENT = """
    SELECT min(at) AS later, (SELECT count(*) FROM source WHERE configured = 1 AND due_at <= :now) AS waiting
    FROM (SELECT due_at AS at FROM source WHERE configured = 1 UNION ALL SELECT next_request_at FROM host_state
          UNION ALL SELECT next_try FROM subscription) WHERE at > :now"""


class Scene:
    def __init__(self, folder: Path) -> None:
        draw = random.Random(7).random
        # Loading Mozilla's list of authorities takes longer than the rest of a poll.
        fetcher = partial(Fetcher, lookup=self._lookup, ca_file=authority()[1])
        self.room = Newsroom(folder, fetcher=fetcher, draw=draw)
        self.web = Web(self.room.clock.now)
        self.herald = self.web.site("herald.test")
        self._published_at = self.now - MAX_STEP
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

    def requests(self, path: str = "", host: str = "") -> list[Request]:
        """The logged requests to one host, or for one path."""
        address = self.web.names[host][0] if host else ""
        return [
            request
            for request in self.log
            if request.server == (address or request.server) and request.path == (path or request.path)
        ]

    # ------------------------------------------------------------------------------------ the instance

    def configure(
        self, *urls: str, options: str | Sequence[str] = "", site: str = "", kind: str = "url"
    ) -> None:
        """Restart with these URLs as the sources s1, s2, …

        `options` (of all sources, or a list with those of each) and `site` are YAML, as in "every: 2h". `kind`: the
        key of the URLs, url, page or opml.
        """
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
        """Do what the daemon does until then, or for this duration. Returns the requests of that time."""
        end = until or self.now + timedelta(**duration)
        seen = len(self.log)
        while True:
            self._tick()
            next_event = self._next_event()
            if next_event > end:
                self.room.clock.moment = max(end, self.now)
                self._publish()
                return self.log[seen:]
            self.room.clock.moment = next_event

    def poll(self) -> list[Request]:
        """Let time pass until there are requests. Returns them: one, or those of one poll."""
        seen, end = len(self.log), self.now + MAX_WAIT
        while True:
            self._tick()
            if len(self.log) > seen:
                self._publish()
                return self.log[seen:]
            next_event = self._next_event()
            assert next_event <= end, "no more requests"
            self.room.clock.moment = next_event

    def run_until_polled(self, count: int, *hosts: str) -> None:
        """Let time pass until each of these hosts has had `count` requests."""
        end = self.now + MAX_WAIT
        while True:
            self._tick()
            asked = Counter(request.server for request in self.log)
            if all(asked[self.site(host).address] >= count for host in hosts):
                self._publish()
                return
            self.room.clock.moment = self._next_event()
            assert self.now <= end, "no more requests to some host"

    def _tick(self) -> None:
        """A tick of the daemon: poll what is due. Housekeeping once a day."""
        _, poller = self.room.parts()
        poller.start_due()
        while poller.busy():
            self._news |= any(polled.outcome == "new" for polled in poller.commit_finished(wait=1.0))
        if self.now - self._published_at >= MAX_STEP:
            self._published_at, self._news = self.now, True
            self._publish()

    def _publish(self) -> None:
        """The daemon publishes at each tick; here it is enough at the end of the time."""
        if self._news:
            self.room.once()
            self._news = False

    def errors(self) -> dict[str, str]:
        """Source id → error, as `feeds status` shows it."""
        store, _ = self.room.parts()
        with store.read() as connection:
            return {state.id: state.error for state in sources.states(connection) if state.error}

    def _next_event(self) -> datetime:
        """When there may be something to do next: a source due, a cooldown over, a lease to renew."""
        store, _ = self.room.parts()
        now, longest = self.now, self.now + MAX_STEP
        with store.read() as connection:
            row = connection.exec_driver_sql(_NEXT_EVENT, {"now": int(now.timestamp())}).one()
        next_event = min(datetime.fromtimestamp(row.later, UTC), longest) if row.later else longest
        return now + TICK if row.waiting and next_event == longest else next_event
