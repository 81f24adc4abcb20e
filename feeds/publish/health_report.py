"""The health report: which sources have a problem. It is written when a problem begins or ends.

The files are public, so they do not name a source that only private outputs take. `feeds status` and the log name all.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import blake2b

from feeds import __version__
from feeds.config import Settings
from feeds.errors import FeedsError, PublishError
from feeds.logs import mask_secrets
from feeds.model import Source
from feeds.publish.private_outputs import may_be_named
from feeds.publish.publish_result import PublishResult
from feeds.publish.sink import HEALTH_FILES
from feeds.publish.sink_factory import sink_for
from feeds.render.edition import source_title
from feeds.render.template_digest import digest
from feeds.schedule.source_health import issue_changes
from feeds.store import Store, health, sources
from feeds.store.store import load_fact, save_fact

SHOW_ENDED = timedelta(days=30)
"""How long the report shows a problem that ended."""

_META_KEY = "health"


def publish_health_report(
    store: Store, settings: Settings, configured: Sequence[Source], now: datetime
) -> PublishResult | None:
    """Record which problems began and ended, and publish the report. None if there is nothing to publish."""
    sink, name = sink_for(settings), "health"
    named = [source for source in configured if may_be_named(source, settings.outputs)]
    try:
        existing_files = sink.list_files()
        if not settings.site.health:
            for file in existing_files.intersection(HEALTH_FILES):
                sink.remove(file)
            return None
        stamp = _stamp(settings, named)
    except FeedsError as error:
        return PublishResult(output=name, error=mask_secrets(str(error)))
    with store.read() as connection:
        states = sources.states(connection)
        changed = issue_changes(health.ongoing(connection), states, now)
        same_stamp = load_fact(connection, _META_KEY) == stamp
    if same_stamp and not changed and existing_files.issuperset(HEALTH_FILES):
        return None
    from feeds.render import health as report
    from feeds.render.theme import load_theme

    with store.write() as connection:
        health.save(connection, changed)
        health.delete_ended(connection, now - SHOW_ENDED)
        if not (since := load_fact(connection, "health_since")):
            since = now.replace(microsecond=0).isoformat()
            save_fact(connection, "health_since", since)
        issues = report.newest_first(health.load_all(connection))
    feeds = {state.id: state.feed for state in states}
    titles = {source.id: source_title(source, feeds.get(source.id)) for source in named}
    facts = report.HealthReport(
        title=settings.site.title,
        base_url=settings.site.base_url,
        issues=tuple(issue for issue in issues if issue.source in titles),
        titles=titles,
        sources=sum(state.id in titles for state in states),
        since=datetime.fromisoformat(since),
    )
    try:
        page_theme = load_theme(settings.site.templates, settings.site.timezone)
        rendered = report.render_feed(facts), report.render_page(facts, page_theme)
        written = tuple(
            file for file, data in zip(HEALTH_FILES, rendered, strict=True) if sink.write(file, data)
        )
        sink.finish()
        with store.write() as connection:
            save_fact(connection, _META_KEY, stamp)
    except FeedsError as error:
        return PublishResult(output=name, error=mask_secrets(str(error)))
    return PublishResult(output=name, entries=len(facts.issues), written=written)


def _stamp(settings: Settings, named: Sequence[Source]) -> str:
    """A digest of the settings that the report depends on. Raises PublishError."""
    site = settings.site
    try:
        theme_digest = digest(site.templates, site.timezone)
    except OSError as error:
        raise PublishError(f"site.templates: {error}") from error
    facts = (
        __version__,
        site.title,
        site.base_url,
        theme_digest,
        [(source.id, source.title) for source in named],
    )
    return blake2b(repr(facts).encode(), digest_size=16).hexdigest()
