"""How the sources are: looked at now and then, published when something began or ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from feeds.config import Settings
from feeds.errors import FeedsError
from feeds.model import Source
from feeds.publish import health as render
from feeds.publish.edition import source_title
from feeds.publish.theme import theme
from feeds.run.health import changes
from feeds.run.log import mask
from feeds.run.publish import Published
from feeds.run.sinks import sink_of
from feeds.store import Store, health, sources
from feeds.store.store import remember, remembered

TOLD = timedelta(days=30)
"""For so long it is told that something is over."""


def check_up(
    store: Store, settings: Settings, configured: Sequence[Source], now: datetime
) -> Published | None:
    """Note what began and what ended, and publish that. None where nothing did and the files stand."""
    sink = sink_of(settings)
    try:
        files_there = sink.survey()
        if not settings.site.health:
            for name in files_there.intersection(render.FILES):
                sink.remove(name)
            return None
    except FeedsError as error:
        return Published(output=render.NAME, error=mask(str(error)))
    with store.read() as connection:
        states = sources.states(connection)
        standing = health.standing(connection)
    changed = changes(standing, states, now)
    there = files_there.issuperset(render.FILES)
    if not changed and there:
        return None
    with store.write() as connection:
        health.note(connection, changed)
        health.forget(connection, now - TOLD)
        if not (since := remembered(connection, "health_since")):
            since = now.replace(microsecond=0).isoformat()
            remember(connection, "health_since", since)
        troubles = render.newest(health.all_told(connection))
    feeds = {state.id: state.feed for state in states}
    report = render.Health(
        title=settings.site.title,
        base_url=settings.site.base_url,
        troubles=troubles,
        titles={one.id: source_title(one, feeds.get(one.id)) for one in configured},
        sources=len(states),
        since=datetime.fromisoformat(since),
    )
    try:
        look = theme(settings.site.templates, settings.site.timezone)
        files = dict(
            zip(render.FILES, (render.render_feed(report), render.render_page(report, look)), strict=True)
        )
        written = tuple(name for name, data in files.items() if sink.write(name, data))
        sink.finish()
    except FeedsError as error:
        return Published(output=render.NAME, error=mask(str(error)))
    return Published(output=render.NAME, entries=len(troubles), written=written)
