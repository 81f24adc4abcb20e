"""The routes /healthz and /metrics, for monitoring.

    GET /healthz   200 while due sources are polled in time, else 503 with one line that says why
    GET /metrics   the Prometheus text format; docs/serving.md lists the metrics

Both are read from the state, so they describe the daemon, whether it runs in this process or in another. Private
outputs, and sources that only they take, are counted and not named: anybody may read /metrics.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import get_args

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from werkzeug.routing import Rule
from werkzeug.wrappers import Request, Response

from feeds.clock import Clock
from feeds.errors import StoreError
from feeds.model import IssueKind, SourceState
from feeds.publish.private_outputs import load_unnamed
from feeds.store import attach, health, hosts, outputs, sources

MAX_OVERDUE = timedelta(minutes=30)
"""How late polls may be before the daemon counts as unhealthy; our choice. A cycle over thousands of sources takes
minutes."""


def routes(state: Path, clock: Clock) -> tuple[Rule, ...]:
    """The two routes, for `feeds.serve`. `state`: path of the database."""
    metrics = Metrics(state, clock)
    return (
        Rule("/healthz", endpoint=metrics.healthz, methods=["GET"]),
        Rule("/metrics", endpoint=metrics.metrics, methods=["GET"]),
    )


class Metrics(Collector):
    """The views of both routes. May be used from any number of threads."""

    def __init__(self, state: Path, clock: Clock) -> None:
        self._store = attach(state)
        self._clock = clock
        self._registry = CollectorRegistry()
        self._registry.register(self)

    def healthz(self, _request: Request) -> Response:
        if not self._store.path.exists():  # reading would create one
            return _plain("there is no state yet: `feeds run` creates it", 503)
        try:
            with self._store.read() as connection:
                behind = overdue_message(sources.due(connection, self._clock.now()), self._clock.now())
        except StoreError:
            return _plain("the state cannot be read", 503)
        return _plain(behind or "ok", 503 if behind else 200)

    def metrics(self, _request: Request) -> Response:
        if not self._store.path.exists():
            return _plain("there is no state yet: `feeds run` creates it", 503)
        try:
            response = Response(generate_latest(self._registry), content_type=CONTENT_TYPE_LATEST)
        except StoreError:
            return _plain("the state cannot be read", 503)
        response.headers["Cache-Control"] = "no-store"
        return response

    def describe(self) -> Iterator[Metric]:
        """Empty, so that registering does not call `collect` before there is a state."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        now = self._clock.now()
        with self._store.read() as connection:
            states = sources.states(connection)
            issues = health.ongoing(connection)
            in_cooldown = hosts.in_cooldown(connection, now)
            entries = outputs.count_shown(connection)
            unnamed = load_unnamed(connection)
        yield _gauge("feeds_sources", "Number of sources that are polled.", len(states))
        yield _gauge(
            "feeds_hosts_in_cooldown",
            "Number of hosts in cooldown.",
            len(in_cooldown),
        )
        yield _gauge(
            "feeds_sources_due",
            "Number of sources whose due time has passed, those of hosts in cooldown included.",
            sum(state.due_at <= now for state in states),
        )
        with_issues = GaugeMetricFamily(
            "feeds_sources_with_issues",
            "Number of sources with a lasting problem, as in health.atom.",
            labels=["kind"],
        )
        for kind in get_args(IssueKind):
            with_issues.add_metric([kind], sum(issue.kind == kind for issue in issues))
        yield with_issues
        yield from _per_source([state for state in states if state.id not in unnamed.sources])
        output_entries = GaugeMetricFamily(
            "feeds_output_entries", "Number of entries that an output can show.", labels=["output"]
        )
        for name, count in sorted(entries.items()):
            if name not in unnamed.outputs:
                output_entries.add_metric([name], count)
        yield output_entries


def overdue_message(due: tuple[SourceState, ...], now: datetime) -> str:
    """Why the daemon counts as unhealthy; "" if no source is overdue by more than MAX_OVERDUE."""
    overdue = [state for state in due if now - state.due_at > MAX_OVERDUE]
    if not overdue:
        return ""
    longest = max(now - state.due_at for state in overdue)
    return (
        f"{len(overdue)} sources are overdue, one of them by {longest.total_seconds() / 60:.0f} min: "
        "is `feeds run` running?"
    )


def _per_source(states: Sequence[SourceState]) -> Iterator[Metric]:
    failures = GaugeMetricFamily(
        "feeds_source_consecutive_failures",
        "Number of failed polls since the last success.",
        labels=["source"],
    )
    last_success = GaugeMetricFamily(
        "feeds_source_last_success_timestamp_seconds",
        "Unix time of the last successful poll.",
        labels=["source"],
    )
    last_news = GaugeMetricFamily(
        "feeds_source_last_news_timestamp_seconds",
        "Unix time at which the last new or edited article came.",
        labels=["source"],
    )
    for state in states:
        failures.add_metric([state.id], state.failures)
        if state.succeeded_at:
            last_success.add_metric([state.id], state.succeeded_at.timestamp())
        if state.news_at:
            last_news.add_metric([state.id], state.news_at.timestamp())
    yield from (failures, last_success, last_news)


def _gauge(name: str, help_text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, help_text, value=value)


def _plain(words: str, status: int) -> Response:
    response = Response(f"{words}\n", status=status, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response
