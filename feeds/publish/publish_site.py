"""Bring the published files up to date with the state: the outputs and the site pages.

    publish_site ─┬ is_current: nothing changed → one SQL statement, and done
                  └ _publish_changed: feeds of all outputs ─ their pages ─ front page ─ archives ─ lists ─ remove files

What matters most to readers comes first, and each file stands alone (`file_writer`). An output is rendered only if a
story, its settings or one of its files changed since it was last written. Modules that render are imported inside
functions, because most cycles publish nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from hashlib import blake2b
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from feeds import __version__
from feeds.config import Settings
from feeds.errors import PublishError
from feeds.logs import mask_secrets
from feeds.model import PreviousEntry, Source
from feeds.publish import failed_files, private_outputs
from feeds.publish.archive_pages import recover_entries
from feeds.publish.failed_files import FailedFile
from feeds.publish.file_writer import FileWriter
from feeds.publish.output_context import OutputContext
from feeds.publish.publication import Publication, file_names, files_of
from feeds.publish.publish_result import PublishResult
from feeds.publish.sink import HEALTH_FILES, PRIVATE_FOLDER, SITE_FILES
from feeds.publish.sink_factory import make_sink
from feeds.publish.site_publication import SitePublication
from feeds.publish.site_theme import site_theme
from feeds.render import formats
from feeds.render.pages.template_digest import digest
from feeds.store import Store, outputs
from feeds.store import sources as source_rows

if TYPE_CHECKING:
    from feeds.render.pages.theme import Theme


MAX_ENTRIES_IN_MEMORY = 3000
"""Entries that are kept from the feeds of an output to its pages. Those of further outputs are loaded again."""


def publish_site(
    store: Store,
    settings: Settings,
    sources: Sequence[Source],
    now: datetime,
    *,
    between_files: Callable[[], object] = lambda: None,
) -> tuple[PublishResult, ...]:
    """Publish every output that changed, and the site pages. A failure is reported in its result and tried again; it
    stops no other file.

    `between_files`: called before each file. Polls that are committed then stay marked for the next publication.
    """
    sink = make_sink(settings)
    try:
        existing_files = sink.list_files()
    except PublishError as error:  # the sink cannot be reached
        return (PublishResult(name="index", error=mask_secrets(str(error))),)
    inputs_digest = partial(_inputs_digest, settings, sources)
    with store.read() as connection:
        last = outputs.last_publication(connection)
    known_failures = failed_files.decode(last.failed_files)
    is_retry_due = any(record.is_due(now) for record in known_failures.values())
    if not is_retry_due and (inputs := inputs_digest(existing_files)) and last.is_current(inputs):
        return _unchanged_results(settings, known_failures)
    writer = FileWriter(sink, known_failures, now, between_files)
    with site_theme(settings) as theme:
        results, files_now = _publish_changed(store, settings, sources, writer, existing_files, theme, now)
    if not any(result.error for result in results) and (inputs := inputs_digest(files_now)):
        with store.write() as connection:
            outputs.mark_current(connection, inputs)
    return results


def _unchanged_results(settings: Settings, failures: Mapping[str, FailedFile]) -> tuple[PublishResult, ...]:
    results = []
    for output in settings.outputs:
        failed = tuple(record for record in failures.values() if record.output == output.name)
        failing = {PurePosixPath(record.file).name for record in failed}
        unchanged = tuple(file for file in file_names(output.name, output.formats) if file not in failing)
        results.append(PublishResult(name=output.name, unchanged=unchanged, failed=failed))
    if failed := tuple(record for record in failures.values() if record.output == "index"):
        results.append(PublishResult(name="index", failed=failed))
    return tuple(results)


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
                *(source.tags, source.priority, source.schedule, source.secrets),
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
    writer: FileWriter,
    existing_files: frozenset[str],
    theme: Theme,
    now: datetime,
) -> tuple[tuple[PublishResult, ...], frozenset[str]]:
    """Returns the result of each output and of the site pages, and the files that exist if no result has an error."""
    from feeds.publish.publish_output import OutputPublication
    from feeds.publish.registered_outputs import register_outputs

    with store.read() as connection:
        feeds = source_rows.feeds(connection)
    publication = Publication(
        store=store,
        settings=settings,
        sources=sources,
        sink=writer.sink,
        existing_files=existing_files,
        now=now,
        theme=theme,
        feeds=feeds,
    )
    contexts = _output_contexts(publication)
    recovered = _recover_new_outputs(publication, contexts)
    forgotten, registered = register_outputs(publication, contexts, recovered)
    published = [OutputPublication(publication, output, writer) for output in registered]
    site = SitePublication(publication, writer)
    in_memory = 0
    for output in published:
        output.publish_feeds()
        in_memory += output.entries_in_memory
        if in_memory > MAX_ENTRIES_IN_MEMORY:
            in_memory -= output.entries_in_memory
            output.drop_entries()
    for output in published:
        output.publish_pages()
    listings = [
        output.listing
        for context, output in zip(contexts, published, strict=True)
        if not context.folder and output.listing is not None
    ]
    site.publish_front_page(listings)
    for output in published:
        output.publish_archive()
        output.drop_entries()
    site.publish_lists(listings)
    with store.read() as connection:
        wanted = frozenset(SITE_FILES).union(*(files_of(connection, context) for context in contexts))
    obsolete = _obsolete_files(existing_files, wanted, contexts, forgotten)
    site.finish(wanted, obsolete)
    files_now = existing_files.difference(obsolete) | wanted.difference(writer.failed.keys() - existing_files)
    return (*(output.result() for output in published), site.result()), files_now


def _output_contexts(publication: Publication) -> list[OutputContext]:
    settings = publication.settings
    with publication.store.write() as connection:
        folders = private_outputs.ensure_folders(connection, settings.outputs, publication.existing_files)
        private_outputs.save_unnamed(connection, settings.outputs, publication.sources)
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
