"""The health report: which sources have a problem.

It is written when a problem begins or ends, when articles have joined, when settings or titles that it shows change,
and when a file is missing.

The files are public, so they do not name a source that only private outputs take. `feeds status` and the log name all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from hashlib import blake2b
from typing import TYPE_CHECKING

from feeds import __version__
from feeds.config import Settings
from feeds.errors import FeedsError, PublishError
from feeds.logs import mask_secrets
from feeds.model import Source, SourceIssue, SourceState
from feeds.publish import failed_files
from feeds.publish.file_writer import FileWriter
from feeds.publish.private_outputs import may_be_named
from feeds.publish.publish_result import PublishResult
from feeds.publish.sink import HEALTH_FILES
from feeds.publish.sink_factory import make_sink
from feeds.publish.site_theme import site_theme
from feeds.render.edition import source_title
from feeds.render.pages.template_digest import digest
from feeds.schedule.source_health import issue_changes
from feeds.store import Store, health, joins, sources
from feeds.store.joins import JoinCounts
from feeds.store.outputs import FAILED_FILES_KEY
from feeds.store.store import load_fact, load_facts, save_fact

if TYPE_CHECKING:
    from feeds.render.health import HealthReport

SHOW_ENDED = timedelta(days=30)
"""How long the report shows a problem after it ended."""

_NAME = "health"  # of its PublishResult
_INPUTS_KEY, _SINCE_KEY = "health", "health_since"  # keys in `meta`


def publish_health_report(
    store: Store, settings: Settings, configured: Sequence[Source], now: datetime
) -> PublishResult | None:
    """Record which problems began and ended, and publish the report. None if there is nothing to publish."""
    sink = make_sink(settings)
    named = [source for source in configured if may_be_named(source, settings.outputs)]
    try:
        existing_files = sink.list_files()
        if not settings.site.health:
            for file in existing_files.intersection(HEALTH_FILES):
                sink.remove(file)
            return None
        with store.read() as connection:
            counts = _named_joins(joins.count_by_pair(connection), named)
        inputs_digest = _inputs_digest(settings, named, counts)
    except FeedsError as error:
        return PublishResult(name=_NAME, error=mask_secrets(str(error)))
    with store.read() as connection:
        states = sources.states(connection)
        changed = issue_changes(health.ongoing(connection), states, now)
        last_inputs, encoded_failures = load_facts(connection, _INPUTS_KEY, FAILED_FILES_KEY)
    same_inputs, known_failures = last_inputs == inputs_digest, failed_files.decode(encoded_failures)
    failing = {file: record for file, record in known_failures.items() if record.output == _NAME}
    is_due = any(record.is_due(now) for record in failing.values())
    if same_inputs and not changed and not is_due and existing_files | failing.keys() >= {*HEALTH_FILES}:
        return None
    issues, since = _record_issues(store, changed, now)
    report = _build_report(settings, named, states, issues, counts, since)
    writer = FileWriter(sink, known_failures, now)
    try:
        written = _write_report(writer, settings, report)
        with store.write() as connection:
            failed_files.save(connection, writer.failed)
            if _NAME not in writer.unwritten:
                save_fact(connection, _INPUTS_KEY, inputs_digest)
    except FeedsError as error:
        return PublishResult(name=_NAME, error=mask_secrets(str(error)))
    failures = writer.failures_of(_NAME)
    return PublishResult(
        name=_NAME,
        entries=len(report.issues),
        written=written,
        failed=failures,
        error=writer.unwritten.get(_NAME, ""),
    )


def _record_issues(
    store: Store, changed: Sequence[SourceIssue], now: datetime
) -> tuple[tuple[SourceIssue, ...], datetime]:
    """Save the issues that began or ended, and delete old ones. Returns all, and the date of the first report."""
    with store.write() as connection:
        health.save(connection, changed)
        health.delete_ended(connection, now - SHOW_ENDED)
        if not (since := load_fact(connection, _SINCE_KEY)):
            since = now.replace(microsecond=0).isoformat()
            save_fact(connection, _SINCE_KEY, since)
        return health.load_all(connection), datetime.fromisoformat(since)


def _build_report(
    settings: Settings,
    named: Sequence[Source],
    states: Sequence[SourceState],
    issues: Sequence[SourceIssue],
    counts: JoinCounts,
    since: datetime,
) -> HealthReport:
    """The report about the sources that may be named."""
    from feeds.render.health import HealthReport, newest_first

    feeds = {state.id: state.feed for state in states}
    titles = {source.id: source_title(source, feeds.get(source.id)) for source in named}
    return HealthReport(
        title=settings.site.title,
        base_url=settings.site.base_url,
        # A description that an older version stored may hold a secret.
        issues=tuple(
            replace(issue, description=mask_secrets(issue.description))
            for issue in newest_first(issues)
            if issue.source in titles
        ),
        titles=titles,
        sources=sum(state.id in titles for state in states),
        since=since,
        joins=counts.pairs,
        joins_since=counts.since,
    )


def _write_report(writer: FileWriter, settings: Settings, report: HealthReport) -> tuple[str, ...]:
    """Returns the names of the files whose bytes changed. Raises PublishError."""
    from feeds.render.health import render_feed, render_page

    with site_theme(settings) as theme:
        renderers = (partial(render_feed, report), partial(render_page, report, theme))
        written = tuple(
            name
            for name, render in zip(HEALTH_FILES, renderers, strict=True)
            if writer.write(name, render, output=_NAME, inputs=theme.digest)
        )
    writer.sink.finish()
    return written


def _named_joins(counts: JoinCounts, named: Sequence[Source]) -> JoinCounts:
    """The joins of sources that may be named."""
    ids = {source.id for source in named}
    return replace(counts, pairs=tuple(row for row in counts.pairs if ids.issuperset(row[0])))


def _inputs_digest(settings: Settings, named: Sequence[Source], counts: JoinCounts) -> str:
    """A digest of the settings and joins that the report depends on. Raises PublishError."""
    site = settings.site
    try:
        theme_digest = digest(site.templates, site.timezone)
    except OSError as error:
        raise PublishError(f"site.templates: {error}") from error
    digest_input = (
        __version__,
        site.title,
        site.base_url,
        theme_digest,
        [(source.id, source.title, source.secrets) for source in named],
        counts.pairs,
    )
    return blake2b(repr(digest_input).encode(), digest_size=16).hexdigest()
