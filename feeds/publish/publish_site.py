"""Bring the published files up to date with the state: the outputs and the site pages.

    publish_site ─┬ is_current: nothing changed → one SQL statement, and done
                  └ _publish_changed ─ publish_output (each output that changed) ─ site_pages ─ remove files

An output is rendered only if a story, its settings or one of its files changed since it was last written. Modules that
render are imported inside functions, because most cycles publish nothing.
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
from feeds.publish.archive_pages import recover_entries
from feeds.publish.output_context import OutputContext
from feeds.publish.publication import Publication, file_names, files_of
from feeds.publish.publish_result import PublishResult
from feeds.publish.sink import HEALTH_FILES, PRIVATE_FOLDER, SITE_FILES, Sink
from feeds.publish.sink_factory import make_sink
from feeds.render import formats
from feeds.render.pages.template_digest import digest
from feeds.store import Store, outputs
from feeds.store import sources as source_rows

if TYPE_CHECKING:
    from feeds.render.listing import Listing
    from feeds.render.pages.theme import Theme


def publish_site(
    store: Store, settings: Settings, sources: Sequence[Source], now: datetime
) -> tuple[PublishResult, ...]:
    """Publish every output that changed, and the site pages. A failure is reported in its result and tried again next
    time; the other outputs are published."""
    sink = make_sink(settings)
    try:
        existing_files = sink.list_files()
    except PublishError as error:  # the sink cannot be reached
        return (PublishResult(name="index", error=mask_secrets(str(error))),)
    inputs_digest = partial(_inputs_digest, settings, sources)
    with store.read() as connection:
        if (inputs := inputs_digest(existing_files)) and outputs.is_current(connection, inputs):
            return tuple(
                PublishResult(name=output.name, unchanged=file_names(output.name, output.formats))
                for output in settings.outputs
            )
    results, files_now = _publish_changed(store, settings, sources, sink, existing_files, now)
    if not any(result.error for result in results) and (inputs := inputs_digest(files_now)):
        with store.write() as connection:
            outputs.mark_current(connection, inputs)
    return results


def _inputs_digest(settings: Settings, sources: Sequence[Source], existing_files: frozenset[str]) -> str:
    """A digest of everything besides the stories that the files depend on. "" if the templates cannot be read."""
    site = settings.site
    try:
        theme_digest = digest(site.templates, site.timezone)
    except OSError:
        return ""
    digest_input = (
        *(__version__, site, settings.outputs, theme_digest, sorted(settings.secret_url_sources)),
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
    return blake2b(repr(digest_input).encode(), digest_size=16).hexdigest()


def _publish_changed(
    store: Store,
    settings: Settings,
    sources: Sequence[Source],
    sink: Sink,
    existing_files: frozenset[str],
    now: datetime,
) -> tuple[tuple[PublishResult, ...], frozenset[str]]:
    """Returns the result of each output and of the site pages, and the files that exist if no result has an error."""
    from feeds.publish.publish_output import publish_output, register_outputs

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
    contexts = _output_contexts(publication)
    recovered = _recover_new_outputs(publication, contexts)
    forgotten, registered = register_outputs(publication, contexts, recovered)
    listings: dict[str, Listing] = {}
    for output in registered:
        result, listing = publish_output(publication, output)
        results.append(result)
        if listing is not None:
            listings[output.name] = listing
    with store.read() as connection:
        wanted = frozenset(SITE_FILES).union(*(files_of(connection, context) for context in contexts))
    obsolete = _obsolete_files(existing_files, wanted, contexts, forgotten)
    public = [
        listings[context.output.name]
        for context in contexts
        if not context.folder and context.output.name in listings
    ]
    results.append(_publish_site_pages(publication, public, obsolete))
    return tuple(results), existing_files.difference(obsolete) | wanted


def _theme(settings: Settings) -> tuple[Theme, list[PublishResult]]:
    """The user's theme; if its templates are broken, the built-in one and a result with the error. Feeds are published
    anyway."""
    from feeds.render.pages.theme import built_in_theme, load_theme

    try:
        return load_theme(settings.site.templates, settings.site.timezone), []
    except PublishError as error:
        return built_in_theme(), [PublishResult(name="templates", error=str(error))]


def _output_contexts(publication: Publication) -> list[OutputContext]:
    settings = publication.settings
    with publication.store.write() as connection:
        folders = private_outputs.ensure_folders(connection, settings.outputs, publication.existing_files)
    return [
        OutputContext(
            output, settings, publication.sources, publication.feeds, publication.now, folders[output.name]
        )
        for output in settings.outputs
    ]


def _recover_new_outputs(
    publication: Publication, contexts: Sequence[OutputContext]
) -> list[tuple[str, list[PreviousEntry], list[int]]]:
    """(output, entries, archive pages) of each output that the state has never published, read out of its files."""
    with publication.store.read() as connection:
        new = [context for context in contexts if outputs.is_new(connection, context.output.name)]
    return [
        (context.output.name, *recover_entries(context, publication.sink, publication.existing_files))
        for context in new
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
        return PublishResult(name="index", error=mask_secrets(str(error)))
    unchanged = tuple(name for name in SITE_FILES if name not in written)
    return PublishResult(name="index", written=written, unchanged=unchanged)


def _obsolete_files(
    existing_files: frozenset[str],
    wanted: frozenset[str],
    contexts: Sequence[OutputContext],
    forgotten: Sequence[str],
) -> tuple[str, ...]:
    """The files of this program that are no longer published: of outputs that were removed, became private or got
    another token; in formats that are no longer configured; of archive pages that were dropped.

    `forgotten`: the names of the outputs that are no longer configured."""
    known = {*forgotten, *(context.output.name for context in contexts)}
    suffixes = {f".{format_name}" for format_name in formats.names()}
    return tuple(
        sorted(
            name
            for name in existing_files - wanted
            if name.startswith(PRIVATE_FOLDER)
            or (name.partition(".")[0] in known and PurePosixPath(name).suffix in suffixes)
        )
    )
