"""/healthz and /metrics: for what watches the machine.

    GET /healthz   200 while sources are asked when they are due, else 503, with one line that says why
    GET /metrics   the Prometheus text format

Both are read from the state, so they tell of the daemon whether it runs in this process or not.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from werkzeug.routing import Rule
from werkzeug.wrappers import Request, Response

from feeds.clock import Clock
from feeds.errors import StoreError
from feeds.model import SourceState
from feeds.store import attach, health, hosts, outputs, sources

LATE = timedelta(minutes=30)
"""How far behind its due times a daemon may be. A cycle over thousands of sources takes minutes. Ours."""


def routes(state: Path, clock: Clock) -> tuple[Rule, ...]:
    """The two addresses, for `serve`."""
    vitals = Vitals(state, clock)
    return (
        Rule("/healthz", endpoint=vitals.healthz, methods=["GET"]),
        Rule("/metrics", endpoint=vitals.metrics, methods=["GET"]),
    )


class Vitals(Collector):
    """From any number of threads."""

    def __init__(self, state: Path, clock: Clock) -> None:
        self._store = attach(state)
        self._clock = clock
        self._registry = CollectorRegistry()
        self._registry.register(self)

    def healthz(self, _request: Request) -> Response:
        if not self._store.path.exists():  # reading would make one
            return _plain("there is no state yet: `feeds run` makes it", 503)
        try:
            with self._store.read() as connection:
                behind = late(sources.due(connection, self._clock.now()), self._clock.now())
        except StoreError:
            return _plain("the state cannot be read", 503)
        return _plain(behind or "ok", 503 if behind else 200)

    def metrics(self, _request: Request) -> Response:
        if not self._store.path.exists():
            return _plain("there is no state yet: `feeds run` makes it", 503)
        try:
            response = Response(generate_latest(self._registry), content_type=CONTENT_TYPE_LATEST)
        except StoreError:
            return _plain("the state cannot be read", 503)
        response.headers["Cache-Control"] = "no-store"
        return response

    def describe(self) -> Iterator[Metric]:
        """Nothing: else registering would collect once, before there is a state."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        now = self._clock.now()
        with self._store.read() as connection:
            states = sources.states(connection)
            standing = health.standing(connection)
            resting = hosts.resting(connection, now)
            entries = outputs.counts(connection)
        yield _gauge("feeds_sources", "Sources that are asked.", len(states))
        yield _gauge("feeds_hosts_resting", "Hosts that asked for patience and have it.", len(resting))
        overdue = sum(state.due_at <= now for state in states)
        yield _gauge("feeds_sources_due", "Sources whose time has come.", overdue)
        troubled = GaugeMetricFamily(
            "feeds_sources_troubled", "Sources in trouble, as health.atom tells it.", labels=["kind"]
        )
        for kind in ("failing", "gone", "silent", "moved", "flooding"):
            troubled.add_metric([kind], sum(one.kind == kind for one in standing))
        yield troubled
        yield from _per_source(states)
        shown = GaugeMetricFamily(
            "feeds_output_entries", "Entries that an output can show.", labels=["output"]
        )
        for name, count in sorted(entries.items()):
            shown.add_metric([name], count)
        yield shown


def late(due: tuple[SourceState, ...], now: datetime) -> str:
    """What to say of sources that are due: nothing while they are being asked, or only just late."""
    waiting = [state for state in due if now - state.due_at > LATE]
    if not waiting:
        return ""
    longest = max(now - state.due_at for state in waiting)
    return (
        f"{len(waiting)} sources should have been asked, one of them {longest.total_seconds() / 60:.0f} min ago: "
        "is `feeds run` running?"
    )


def _per_source(states: tuple[SourceState, ...]) -> Iterator[Metric]:
    failures = GaugeMetricFamily("feeds_source_failures", "Failures in a row.", labels=["source"])
    answered = GaugeMetricFamily(
        "feeds_source_answered_timestamp_seconds", "The last good answer.", labels=["source"]
    )
    news = GaugeMetricFamily(
        "feeds_source_news_timestamp_seconds", "The last time that something new came.", labels=["source"]
    )
    for state in states:
        failures.add_metric([state.id], state.failures)
        if state.ok_at:
            answered.add_metric([state.id], state.ok_at.timestamp())
        if state.news_at:
            news.add_metric([state.id], state.news_at.timestamp())
    yield from (failures, answered, news)


def _gauge(name: str, said: str, value: float) -> Metric:
    return GaugeMetricFamily(name, said, value=value)


def _plain(words: str, status: int) -> Response:
    response = Response(f"{words}\n", status=status, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response
