"""How the sources are: looked at now and then, published when something began or ended.

The files are public: a source that only private outputs take is not named in them. `feeds status` and the log tell
how it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import blake2b

from feeds import __version__
from feeds.config import Settings
from feeds.errors import FeedsError, PublishError
from feeds.logs import mask
from feeds.model import Source
from feeds.publish.private_outputs import may_be_named
from feeds.publish.publish_result import Published
from feeds.publish.sink import HEALTH
from feeds.publish.sink_factory import sink_of
from feeds.render.edition import source_title
from feeds.render.template_digest import digest
from feeds.schedule.source_health import changes
from feeds.store import Store, health, sources
from feeds.store.store import remember, remembered

TOLD = timedelta(days=30)
"""For so long it is told that something is over."""


def check_up(
    store: Store, settings: Settings, configured: Sequence[Source], now: datetime
) -> Published | None:
    """Note what began and what ended, and publish that. None where nothing did and the files stand."""
    sink, name = sink_of(settings), "health"
    named = [one for one in configured if may_be_named(one, settings.outputs)]
    try:
        files_there = sink.survey()
        if not settings.site.health:
            for file in files_there.intersection(HEALTH):
                sink.remove(file)
            return None
        stamp = _stamp(settings, named)
    except FeedsError as error:
        return Published(output=name, error=mask(str(error)))
    with store.read() as connection:
        states = sources.states(connection)
        changed = changes(health.standing(connection), states, now)
        same = remembered(connection, _STAMP) == stamp
    if same and not changed and files_there.issuperset(HEALTH):
        return None
    from feeds.render import health as report
    from feeds.render.theme import theme

    with store.write() as connection:
        health.note(connection, changed)
        health.forget(connection, now - TOLD)
        if not (since := remembered(connection, "health_since")):
            since = now.replace(microsecond=0).isoformat()
            remember(connection, "health_since", since)
        troubles = report.newest(health.all_told(connection))
    feeds = {state.id: state.feed for state in states}
    titles = {one.id: source_title(one, feeds.get(one.id)) for one in named}
    facts = report.Health(
        title=settings.site.title,
        base_url=settings.site.base_url,
        troubles=tuple(one for one in troubles if one.source in titles),
        titles=titles,
        sources=sum(state.id in titles for state in states),
        since=datetime.fromisoformat(since),
    )
    try:
        look = theme(settings.site.templates, settings.site.timezone)
        data = report.render_feed(facts), report.render_page(facts, look)
        written = tuple(file for file, bytes_ in zip(HEALTH, data, strict=True) if sink.write(file, bytes_))
        sink.finish()
        with store.write() as connection:
            remember(connection, _STAMP, stamp)
    except FeedsError as error:
        return Published(output=name, error=mask(str(error)))
    return Published(output=name, entries=len(facts.troubles), written=written)


_STAMP = "health"


def _stamp(settings: Settings, named: Sequence[Source]) -> str:
    """Of the settings that decide what is told. Raises PublishError."""
    site = settings.site
    try:
        look = digest(site.templates, site.timezone)
    except OSError as error:
        raise PublishError(f"site.templates: {error}") from error
    facts = __version__, site.title, site.base_url, look, [(one.id, one.title) for one in named]
    return blake2b(repr(facts).encode(), digest_size=16).hexdigest()
