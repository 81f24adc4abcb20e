"""A day in which our own network is away twice, without a process: the daemon's tick by a clock that the test moves."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from structlog.testing import capture_logs

from feeds.engine import daemon as daemon_module
from feeds.engine.daemon import Daemon
from feeds.fetch import Fetcher
from feeds.model import SourceState
from feeds.publish.health_report import publish_health_report
from feeds.store import health, sources
from feeds.store.store import AWAY_SINCE_FACT, load_fact
from tests.loopback import Loopback
from tests.make import NOW
from tests.newsroom import ManualClock, Newsroom, item, rss

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NAMES = ("alpha", "beta", "gamma", "delta")


@dataclass
class DayClock(ManualClock):
    """Its monotonic time moves with the test's clock, and by itself."""

    def monotonic(self) -> float:
        return time.monotonic() + (self.moment - NOW).total_seconds()


@dataclass
class Internet:
    """Name look-ups of the test: NAME.example is one of the servers, unless `cut` says otherwise."""

    servers: dict[str, Loopback]
    cut: str = ""  # "", "no name server", "refused": what happens in place of an answer
    unknown: set[str] = field(default_factory=set)
    lookups: int = 0

    def look_up(self, host: str, port: int, **_options: Any) -> list[Any]:
        self.lookups += 1
        if self.cut == "no name server":
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        if host in self.unknown:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        # Nothing listens at this address: as a router does that has lost its line.
        address = "127.0.0.99" if self.cut == "refused" else self.servers[host].address
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]


@dataclass
class Day:
    room: Newsroom
    internet: Internet
    daemon: Daemon
    events: list[Any]

    def run(self, until: timedelta, step: timedelta = MINUTE) -> None:
        """Let the daemon tick until this time of the day. Polls and probes end before the clock moves on."""
        poller = self.daemon._poller
        while self.room.clock.moment < NOW + until:
            self.room.clock.moment += step
            for _ in range(2000):
                self.daemon._tick()
                if not poller.busy() and not poller._network._watch._probing:
                    break
                time.sleep(0.005)
            assert not poller.busy()

    def cut(self, how: str) -> None:
        """Cut the network, with the connections that are kept open."""
        self.internet.cut = how
        self.daemon._poller._fetcher.close()

    def restore(self) -> None:
        """Restore the network, and wait until a probe finds it and all that is due is polled."""
        self.internet.cut = ""
        begun, known = self.room.clock.moment, len(self.logged("network.back"))
        while len(self.logged("network.back")) == known:
            self.run(self.room.clock.moment - NOW + MINUTE)
        # Two minutes, and more only where the machine is too busy for the probe's thread.
        assert self.room.clock.moment - begun < HOUR

    def states(self) -> dict[str, SourceState]:
        store, _ = self.room.parts()
        with store.read() as connection:
            return {state.id: state for state in sources.states(connection)}

    def logged(self, event: str) -> list[Any]:
        return [fields for fields in self.events if fields["event"] == event]

    def requests(self) -> int:
        return sum(len(server.requests) for server in self.internet.servers.values())


@pytest.fixture
def day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Day]:
    with contextlib.ExitStack() as stack:
        servers = {
            f"{name}.example": stack.enter_context(Loopback(f"127.0.0.{n}"))
            for n, name in enumerate(NAMES, start=11)
        }
        internet = Internet(servers)
        room = Newsroom(tmp_path, fetcher=partial(Fetcher, lookup=internet.look_up))
        room.clock = DayClock()
        for n, server in enumerate(servers.values()):
            server.page("/feed", rss([item(n)]))
        urls = [server.url("/feed", host) for host, server in servers.items()]
        room.configure_urls(*urls, every="20m")
        daemon = Daemon(room.config, {}, room.clock)
        daemon._store, daemon._poller = room.parts()
        daemon._state = Mock(check=lambda: False)  # the files of the state are in place
        monkeypatch.setattr(daemon_module, "publish_site", lambda *_arguments, **_options: ())
        events = stack.enter_context(capture_logs())
        yield Day(room, internet, daemon, events)
        room.close()


def test_a_day_with_two_cuts_blames_no_source_and_catches_up_at_once(day: Day) -> None:
    day.run(3 * HOUR, 5 * MINUTE)
    good = day.requests()
    assert good >= 9 * len(NAMES)

    day.cut("no name server")
    lookups = day.internet.lookups
    day.run(5.5 * HOUR)
    assert day.requests() == good
    (away,) = day.logged("network.away")
    assert (away["log_level"], away["since"][:13]) == ("warning", (NOW + 3 * HOUR).isoformat()[:13])
    assert all(state.failures == 0 and state.due_at < day.room.clock.now() for state in day.states().values())
    assert 40 <= (day.internet.lookups - lookups) / 3 <= 160  # in 150 minutes, of three hosts at a time

    day.restore()
    assert day.requests() == good + len(NAMES)  # all of them, at once
    (back,) = day.logged("network.back")
    day.run(14 * HOUR, 5 * MINUTE)

    day.cut("refused")
    day.run(14.5 * HOUR)
    day.restore()
    day.run(24 * HOUR, 5 * MINUTE)
    assert [len(day.logged(event)) for event in ("network.away", "network.back")] == [2, 2]
    assert not [event for event in day.logged("poll") if event["result"] == "failed"]
    store, _ = day.room.parts()
    publish_health_report(store, day.daemon._settings, day.daemon._poller.sources, day.room.clock.now())
    with store.read() as connection:
        assert health.load_all(connection) == ()
    assert back["since"] == away["since"]


def test_a_source_that_was_broken_before_is_still_blamed_but_not_while_the_network_is_away(day: Day) -> None:
    day.internet.unknown.add("delta.example")
    day.run(2 * HOUR, 5 * MINUTE)
    broken = day.states()["s4"]
    assert broken.failures >= 2
    assert not day.logged("network.away")
    assert [state.failures for name, state in day.states().items() if name != "s4"] == [0, 0, 0]
    day.cut("no name server")
    day.run(26 * HOUR, 10 * MINUTE)
    assert day.states()["s4"] == broken
    assert len(day.logged("network.away")) == 1


def test_a_single_host_that_refuses_is_blamed_while_a_missing_name_server_is_not_for_an_hour(
    day: Day,
) -> None:
    server = day.internet.servers["alpha.example"]
    day.room.configure_urls(server.url("/feed", "alpha.example"), every="20m")
    day.daemon._store, day.daemon._poller = day.room.parts()
    day.run(HOUR, 5 * MINUTE)
    day.cut("no name server")
    day.run(2 * HOUR)
    assert (len(day.logged("network.away")), day.states()["s1"].failures) == (1, 0)
    day.run(3 * HOUR)
    assert len(day.logged("network.doubtful")) == 1
    assert day.states()["s1"].failures >= 1
    day.cut("")
    day.run(7 * HOUR, 5 * MINUTE)
    assert day.states()["s1"].failures == 0
    day.cut("refused")
    day.run(8 * HOUR)
    assert day.states()["s1"].failures >= 1
    assert len(day.logged("network.away")) == 1


def test_a_cycle_records_nothing_while_the_network_is_away(day: Day) -> None:
    assert len(day.room.once().polled) == len(NAMES)
    before = day.states()
    day.cut("refused")
    report = day.room.once(later=2 * HOUR)
    assert (len(report.unreached), report.failed) == (len(NAMES), ())
    assert day.states() == before
    with day.daemon._store.read() as connection:
        assert load_fact(connection, AWAY_SINCE_FACT)
    day.restore()
    with day.daemon._store.read() as connection:
        assert not load_fact(connection, AWAY_SINCE_FACT)


def test_hosts_get_no_cooldown_for_our_own_outage(day: Day) -> None:
    urls = [
        server.page(f"/{n}", rss([item(n)])).replace(server.address, host)
        for host, server in day.internet.servers.items()
        for n in range(4)
    ]
    day.room.configure_urls(*urls, every="20m")
    day.daemon._store, day.daemon._poller = day.room.parts()
    day.run(20 * MINUTE, 10 * MINUTE)
    before = day.requests()
    day.cut("refused")
    day.run(HOUR)
    day.restore()
    assert day.requests() == before + len(urls)


def test_a_machine_that_was_off_for_a_week_calls_no_source_silent(day: Day) -> None:
    host, server = next(iter(day.internet.servers.items()))
    server.page("/feed", rss([item(n) for n in range(40)]))
    day.room.configure_urls(server.url("/feed", host), every="20m")
    day.daemon._store, day.daemon._poller = day.room.parts()
    day.run(HOUR, 20 * MINUTE)
    day.room.clock.moment += timedelta(days=7)
    store, poller = day.room.parts()
    publish_health_report(store, day.daemon._settings, poller.sources, day.room.clock.now())
    with store.read() as connection:
        assert health.load_all(connection) == ()
