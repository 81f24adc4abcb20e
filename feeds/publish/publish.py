"""Bring the published files up to date with the state.

    publish ─┬ is_current: nothing changed → one SQL statement, and done
             └ _publish_changed ─ publish_output (each output that changed) ─ site_pages ─ remove files

An output is rendered only if a story, its settings or one of its files changed since it was last written. Modules that
render are imported where they are used, because most cycles publish nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from hashlib import blake2b
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from feeds import __version__
from feeds.config import Settings
from feeds.errors import FeedsError, PublishError
from feeds.logs import mask_secrets
from feeds.model import PreviousEntry, Source
from feeds.publish import private_outputs
from feeds.publish.archive import recover_entries
from feeds.publish.output_view import OutputView
from feeds.publish.publication import Publication, file_names, files_of
from feeds.publish.publish_result import PublishResult
from feeds.publish.sink import HEALTH_FILES, PRIVATE_FOLDER, Sink
from feeds.publish.sink_factory import sink_for
from feeds.render import formats
from feeds.render.template_digest import digest
from feeds.store import Store, outputs
from feeds.store import sources as source_rows

if TYPE_CHECKING:
    from feeds.render.listing import Listing
    from feeds.render.theme import Theme


def publish(
    store: Store, settings: Settings, sources: Sequence[Source], now: datetime
) -> tuple[PublishResult, ...]:
    """Publish every output that changed, and the site pages. A failure is reported in its result and tried again next
    time; the other outputs are published."""
    sink = sink_for(settings)
    try:
        existing_files = sink.list_files()
    except PublishError as error:  # the sink cannot be reached
        return (PublishResult(output="index", error=mask_secrets(str(error))),)
    stamp = partial(_stamp, settings, sources)
    with store.read() as connection:
        if (current := stamp(existing_files)) and outputs.is_current(connection, current):
            return tuple(
                PublishResult(output=output.name, left=file_names(output.name, output.formats))
                for output in settings.outputs
            )
    results, files_now = _publish_changed(store, settings, sources, sink, existing_files, now)
    if not any(result.error for result in results) and (current := stamp(files_now)):
        with store.write() as connection:
            outputs.mark_current(connection, current)
    return results


def _stamp(settings: Settings, sources: Sequence[Source], existing_files: frozenset[str]) -> str:
    """A digest of everything besides the stories that the files depend on. "" if the templates cannot be read."""
    site = settings.site
    try:
        theme_digest = digest(site.templates, site.timezone)
    except OSError:
        return ""
    facts = (
        *(__version__, site, settings.outputs, theme_digest, sorted(settings.private)),
        [output.token for output in settings.outputs],  # which `repr` of an output leaves out
        [
            (
                *(source.id, source.kind, source.url, source.title),
                *(source.tags, source.priority, source.schedule),
            )
            for source in sources
        ],
        sorted(existing_files.difference(HEALTH_FILES)),  # the health report is published on its own
    )
    return blake2b(repr(facts).encode(), digest_size=16).hexdigest()


def _publish_changed(
    store: Store,
    settings: Settings,
    sources: Sequence[Source],
    sink: Sink,
    existing_files: frozenset[str],
    now: datetime,
) -> tuple[tuple[PublishResult, ...], frozenset[str]]:
    """Returns the result of each output and of the site pages, and the files that exist now."""
    from feeds.publish.publish_output import open_outputs, publish_output

    theme, results = _theme(settings)
    with store.read() as connection:
        feeds = source_rows.feeds(connection)
    publication = Publication(
        store=store,
        settings=settings,
        sources=sources,
        sink=sink,
        existing_files=existing_files,
        now=now,
        theme=theme,
        feeds=feeds,
    )
    views = _views(publication)
    previous = _recover_new_outputs(publication, views)
    closed, opened = open_outputs(publication, views, previous)
    listings: dict[str, Listing] = {}
    for output in opened:
        result, listing = publish_output(publication, output)
        results.append(result)
        if listing is not None:
            listings[output.name] = listing
    with store.read() as connection:
        wanted = site_files().union(*(files_of(connection, view) for view in views))
    obsolete = obsolete_files(existing_files, wanted, views, closed)
    public = [
        listings[view.output.name] for view in views if not view.folder and view.output.name in listings
    ]
    results.append(_publish_site_pages(publication, public, obsolete))
    return tuple(results), existing_files.difference(obsolete) | wanted


def _theme(settings: Settings) -> tuple[Theme, list[PublishResult]]:
    """The user's theme; if its templates are broken, ours, and a result that says so. Feeds are published anyway."""
    from feeds.render.theme import built_in_theme, load_theme

    try:
        return load_theme(settings.site.templates, settings.site.timezone), []
    except PublishError as error:
        return built_in_theme(), [PublishResult(output="templates", error=str(error))]


def _views(publication: Publication) -> list[OutputView]:
    settings = publication.settings
    with publication.store.write() as connection:
        folders = private_outputs.folders(connection, settings.outputs, publication.existing_files)
    return [
        OutputView(
            output, settings, publication.sources, publication.feeds, publication.now, folders[output.name]
        )
        for output in settings.outputs
    ]


def _recover_new_outputs(
    publication: Publication, views: Sequence[OutputView]
) -> list[tuple[str, list[PreviousEntry], list[int]]]:
    """(output, entries, archive pages) of each output that the state has never published, read out of its files."""
    with publication.store.read() as connection:
        new = [view for view in views if outputs.is_new(connection, view.output.name)]
    return [
        (view.output.name, *recover_entries(view, publication.sink, publication.existing_files))
        for view in new
    ]


def _publish_site_pages(
    publication: Publication, listings: Sequence[Listing], obsolete: Sequence[str]
) -> PublishResult:
    """Write the front page and the OPML lists, then remove files that nothing links to any more."""
    from feeds.publish import site_pages

    try:
        written = site_pages.write_site_pages(
            publication.sink,
            publication.settings,
            listings,
            publication.sources,
            publication.feeds,
            publication.theme,
        )
        for name in obsolete:
            publication.sink.remove(name)
        publication.sink.finish()
    except FeedsError as error:
        return PublishResult(output="index", error=mask_secrets(str(error)))
    left = tuple(name for name in site_pages.FILES if name not in written)
    return PublishResult(output="index", written=written, left=left)


def site_files() -> frozenset[str]:
    from feeds.publish import site_pages

    return frozenset(site_pages.FILES)


def obsolete_files(
    existing_files: frozenset[str],
    wanted: frozenset[str],
    views: Sequence[OutputView],
    closed: Sequence[str],
) -> tuple[str, ...]:
    """The files of ours that are no longer published: of outputs that were removed, or that became private or got
    another token, in formats that are no longer configured, and archive pages that are not kept."""
    known = {*closed, *(view.output.name for view in views)}
    suffixes = {f".{form}" for form in formats.names()}
    return tuple(
        sorted(
            name
            for name in existing_files - wanted
            if name.startswith(PRIVATE_FOLDER)
            or (name.partition(".")[0] in known and PurePosixPath(name).suffix in suffixes)
        )
    )
