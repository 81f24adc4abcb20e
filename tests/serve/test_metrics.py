"""/healthz and /metrics, read from the state that the daemon keeps."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from feeds.serve import metrics, serve
from tests.loopback import Answer, Loopback
from tests.newsroom import Newsroom, item, rss


def ask(room: Newsroom, name: str) -> requests.Response:
    routes = metrics.routes(room.folder / "feeds.db", room.clock)
    with serve(room.folder, "127.0.0.1", 0, routes=routes) as server:
        thread = Thread(target=server.run)
        thread.start()
        try:
            with requests.Session() as session:
                session.trust_env = False
                return session.get(server.url + name, timeout=10)
        finally:
            server.stop()
            thread.join()


def samples(text: str) -> dict[tuple[str, ...], float]:
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.mark.parametrize("name", ["healthz", "metrics"])
def test_without_a_state_it_says_so_and_makes_none(room: Newsroom, name: str) -> None:
    answer = ask(room, name)
    assert answer.status_code == 503
    assert "no state yet" in answer.text
    assert not (room.folder / "feeds.db").exists()


@pytest.mark.parametrize("name", ["healthz", "metrics"])
def test_a_state_that_cannot_be_read_is_no_health(room: Newsroom, name: str) -> None:
    (room.folder / "feeds.db").write_bytes(b"no database, whatever its name says" * 100)
    assert ask(room, name).status_code == 503


def test_health_ends_when_sources_are_not_asked_in_time(room: Newsroom, server: Loopback) -> None:
    room.web(server.page("/a", rss([item(1)])))
    room.once()
    answer = ask(room, "healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert answer.headers["Cache-Control"] == "no-store"
    room.clock.moment += timedelta(days=2)
    answer = ask(room, "healthz")
    assert answer.status_code == 503
    assert "is `feeds run` running?" in answer.text


def test_metrics_say_how_sources_and_outputs_are(room: Newsroom, server: Loopback) -> None:
    room.web(server.page("/a", rss([item(1), item(2)])), server.answers("/b", Answer(status=500)))
    room.once()
    answer = ask(room, "metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    found = samples(answer.text)
    assert found["feeds_sources",] == 2
    assert found["feeds_output_entries", "front"] == 2
    assert found["feeds_source_failures", "s2"] == 1
    assert found["feeds_sources_troubled", "failing"] == 1
    assert found["feeds_source_news_timestamp_seconds", "s1"] == room.clock.now().timestamp()
    assert ("feeds_source_news_timestamp_seconds", "s2") not in found
