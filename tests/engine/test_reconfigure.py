"""A reload takes effect as a whole, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from feeds.clock import SystemClock
from feeds.config import load
from feeds.engine.poller import Poller
from feeds.store import Store, open_store
from tests.loopback import Loopback
from tests.newsroom import item, rss

CONFIG = """\
sources: [{{id: s1, url: '{url}', allow_private: true}}]
limits: {{host_interval: 0s, parse_timeout: {timeout}}}
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_store(tmp_path / "feeds.db")) as opened:
        yield opened


def poll(poller: Poller) -> None:
    poller.start_due(ignore_due_times=True)
    while poller.busy():
        poller.commit_finished(0.2)


def test_a_reload_changes_the_user_agent_and_the_limits_of_the_parse_processes(
    tmp_path: Path, server: Loopback, store: Store
) -> None:
    path = tmp_path / "sources.yaml"
    server.page("/feed", rss([item(1)]))
    path.write_text(CONFIG.format(url=server.url("/feed"), timeout="20s"))
    poller = Poller(store, load(path, {}), SystemClock(), "feeds/old")
    try:
        poll(poller)
        before = poller._parsers
        assert before is not None
        path.write_text(CONFIG.format(url=server.url("/feed"), timeout="7s"))
        poller.reconfigure(load(path, {}), "feeds/new")
        server.page("/feed", rss([item(1), item(2)]))
        poll(poller)
        assert [request.header("user-agent") for request in server.requests] == ["feeds/old", "feeds/new"]
        after = poller._parsers
        assert after is not None and after is not before
        assert after._limits.seconds == 7
        assert not any(process.alive for process in before._processes)
        poller.reconfigure(load(path, {}))
        assert poller._parsers is after  # the same limits
        assert poller._user_agent == "feeds/new"
    finally:
        poller.stop()
        store.close()


def test_a_reload_that_fails_leaves_everything_as_it_was(
    tmp_path: Path, server: Loopback, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text(CONFIG.format(url=server.page("/feed", rss([item(1)])), timeout="20s"))
    settings = load(path, {})
    poller = Poller(store, settings, SystemClock(), "feeds/old")
    try:
        before = dict(vars(poller))
        interval = poller._pacing.interval
        path.write_text("sources: [{id: s9, url: 'http://other.example/'}]\n")
        changed = load(path, {})
        for place in ("feeds.engine.poller.sources.sync", "feeds.engine.poller.Robots"):
            with monkeypatch.context() as patch:
                patch.setattr(place, lambda *_: 1 / 0)
                with pytest.raises(ZeroDivisionError):
                    poller.reconfigure(replace(changed), "feeds/new")
        assert vars(poller) == before
        assert poller._pacing.interval == interval
        poll(poller)
        assert server.requests[0].header("user-agent") == "feeds/old"
    finally:
        poller.stop()
        store.close()
