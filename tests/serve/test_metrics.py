"""/healthz and /metrics, read from the state that the daemon writes."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from feeds.serve import metrics
from tests.loopback import Answer, Loopback
from tests.newsroom import Newsroom, item, rss
from tests.serve.conftest import serving

SERVING_PAGE = (Path(__file__).parents[2] / "docs" / "serving.md").read_text(encoding="utf-8")


def ask(room: Newsroom, name: str) -> requests.Response:
    routes = metrics.routes(room.folder / "feeds.db", room.clock)
    with serving(room.folder, routes=routes) as site:
        return site.get(name)


def samples(text: str) -> dict[tuple[str, ...], float]:
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.mark.parametrize("name", ["healthz", "metrics"])
def test_without_a_state_the_response_is_503_and_none_is_created(room: Newsroom, name: str) -> None:
    answer = ask(room, name)
    assert answer.status_code == 503
    assert "no state yet" in answer.text
    assert not (room.folder / "feeds.db").exists()


@pytest.mark.parametrize("name", ["healthz", "metrics"])
def test_an_unreadable_state_is_503(room: Newsroom, name: str) -> None:
    (room.folder / "feeds.db").write_bytes(b"no database, whatever its name says" * 100)
    assert ask(room, name).status_code == 503


def test_healthz_is_503_when_polls_are_overdue(room: Newsroom, server: Loopback) -> None:
    room.configure_urls(server.page("/a", rss([item(1)])))
    room.once()
    answer = ask(room, "healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert answer.headers["Cache-Control"] == "no-store"
    room.clock.moment += timedelta(days=2)
    answer = ask(room, "healthz")
    assert answer.status_code == 503
    assert "is `feeds run` running?" in answer.text


def test_metrics_describe_sources_and_outputs(room: Newsroom, server: Loopback) -> None:
    room.configure_urls(server.page("/a", rss([item(1), item(2)])), server.answers("/b", Answer(status=500)))
    room.once()
    answer = ask(room, "metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    found = samples(answer.text)
    assert found["feeds_sources",] == 2
    assert found["feeds_output_entries", "front"] == 2
    assert found["feeds_source_consecutive_failures", "s2"] == 1
    assert found["feeds_sources_with_issues", "failing"] == 1
    assert found["feeds_source_last_news_timestamp_seconds", "s1"] == room.clock.now().timestamp()
    assert ("feeds_source_last_news_timestamp_seconds", "s2") not in found


def test_private_outputs_and_their_sources_are_not_named(room: Newsroom, server: Loopback) -> None:
    sources = [
        f"  - {{id: {name}, url: '{server.page(f'/{name}', rss([item(1)]))}', allow_private: true, tags: [{name}]}}\n"
        for name in ("open", "hidden")
    ]
    outputs = "outputs:\n  front: {from: {tags: [open]}}\n  diary: {private: true}\n"
    room.configure("sources:\n" + "".join(sources), outputs)
    room.once()
    text = ask(room, "metrics").text
    assert samples(text)["feeds_sources",] == 2
    assert samples(text)["feeds_output_entries", "front"] == 1
    assert ("feeds_source_consecutive_failures", "open") in samples(text)
    assert "diary" not in text
    assert "hidden" not in text


def test_every_metric_is_in_the_table_of_the_documentation(room: Newsroom, server: Loopback) -> None:
    room.configure_urls(server.page("/a", rss([item(1)])))
    room.once()
    families = list(text_string_to_metric_families(ask(room, "metrics").text))
    documented = re.findall(r"^\| `(feeds_\w+)` \| (?:`(\w+)`)? *\|", SERVING_PAGE, re.MULTILINE)
    assert {name for name, _ in documented} == {family.name for family in families}
    labels = {
        family.name: {label for sample in family.samples for label in sample.labels} for family in families
    }
    assert {name: {label} - {""} for name, label in documented} == labels
