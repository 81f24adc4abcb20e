"""Publish one output: its ledger, its archive pages, its files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from feeds import codec
from feeds.config import Settings
from feeds.errors import FeedsError
from feeds.logs import mask_secrets
from feeds.model import Edition, PreviousEntry, PublishedFeed
from feeds.publish.archive_pages import close_pages, missing_archive_pages, rebuild_page
from feeds.publish.output_context import OutputContext
from feeds.publish.output_ledger import load_edition, newest_rows, update_ledger
from feeds.publish.publication import Publication, file_names, files_of
from feeds.publish.publish_result import PublishResult
from feeds.publish.write_files import OffsetsByFormat, ReusableEntries, reusable_entries, write_files
from feeds.render.edition import archive_name
from feeds.render.listing import Listing, build_listing
from feeds.render.rendered import clean_edition
from feeds.rules.search import stopped_searches
from feeds.store import archive, outputs, pings

RECONSIDERED_ARTICLES_PER_ENTRY = 10
"""If the settings of an output are new, the stories of its newest articles count as changed: ten articles for each
entry that it shows, because several articles make one story and rules drop some stories."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredOutput:
    """An output with what the state holds of its last publication."""

    context: OutputContext
    settings_digest: bytes
    since: datetime
    listing: Listing | None  # None: its files were not written under these settings
    offsets: OffsetsByFormat
    changed_stories: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.context.output.name


def register_outputs(
    publication: Publication,
    contexts: Sequence[OutputContext],
    previous: Sequence[tuple[str, list[PreviousEntry], list[int]]],
) -> tuple[tuple[str, ...], list[RegisteredOutput]]:
    """Register the outputs in the state, in one transaction, and read which of their stories changed.

    `previous`: the entries and archive pages that files of an earlier state hold, by output. Returns the names of the
    outputs that are no longer configured, and the registered outputs.
    """
    digests = {context.output.name: context.settings_digest(publication.theme.digest) for context in contexts}
    with publication.store.write() as connection:
        for name, entries, pages in previous:
            outputs.save_previous_entries(connection, name, entries)
            archive.add_pages(connection, name, pages)
        rows = {
            context.output.name: outputs.register_output(
                connection,
                context.output.name,
                digests[context.output.name],
                sources=list(context.sources),
                max_articles=RECONSIDERED_ARTICLES_PER_ENTRY * context.output.limit,
                now=publication.now,
            )
            for context in contexts
        }
        forgotten = _forget_unconfigured(connection, publication.settings)
        changed = {
            context.output.name: outputs.changed_stories(connection, context.output.name)
            for context in contexts
        }
    registered = [
        RegisteredOutput(
            context=context,
            settings_digest=digests[name],
            since=rows[name].created_at,
            listing=codec.loads_or_none(Listing, rows[name].listing),
            offsets=codec.loads_or_none(OffsetsByFormat, rows[name].entry_offsets) or {},
            changed_stories=changed[name],
        )
        for context in contexts
        for name in [context.output.name]
    ]
    return forgotten, registered


def _forget_unconfigured(connection: Connection, settings: Settings) -> tuple[str, ...]:
    configured = {output.name for output in settings.outputs}
    unconfigured = tuple(name for name in outputs.names(connection) if name not in configured)
    for name in unconfigured:
        outputs.forget_output(connection, name)
    return unconfigured


def publish_output(
    publication: Publication, output: RegisteredOutput
) -> tuple[PublishResult, Listing | None]:
    """Publish one output if something changed. Never raises FeedsError: the result contains the error.

    Returns also the listing for the site pages: the new one as soon as the edition is built, even if its files cannot
    be written; else that of the last publication.
    """
    if _is_up_to_date(publication, output):
        unchanged = file_names(output.name, output.context.output.formats)
        return PublishResult(name=output.name, unchanged=unchanged), output.listing
    listing = output.listing
    try:
        edition, pages = _bring_up_to_date(publication, output)
        clean = clean_edition(edition)
        listing = build_listing(clean)
        reusable = reusable_entries(publication.sink, edition, output.offsets)
        # Archive pages come first, so that each exists before anything links to it.
        page_files = _write_missing_pages(publication, output.context, edition, pages, reusable)
        result, published_feeds, offsets = write_files(publication.sink, clean, publication.theme, reusable)
        _record(publication, output, listing, offsets, published_feeds)
    except FeedsError as error:
        return PublishResult(name=output.name, error=mask_secrets(str(error))), listing
    stopped = stopped_searches(output.context.rule_context)
    return replace(result, written=(*page_files, *result.written), stopped_searches=stopped), listing


def _is_up_to_date(publication: Publication, output: RegisteredOutput) -> bool:
    if output.listing is None:
        return False
    with publication.store.read() as connection:
        complete = files_of(connection, output.context) <= publication.existing_files
    return complete and not output.changed_stories


def _bring_up_to_date(publication: Publication, output: RegisteredOutput) -> tuple[Edition, tuple[int, ...]]:
    """Write the ledger and close archive pages. Returns the edition to render, and the pages that are kept."""
    context = output.context
    with publication.store.write() as connection:
        update_ledger(connection, context, output.changed_stories)
        rows = newest_rows(connection, context)
        pages = close_pages(connection, context, rows)
        previous_page = archive_name(output.name, pages[-1]) if pages else ""
        return load_edition(connection, context, rows, output.since, previous_page), pages


def _write_missing_pages(
    publication: Publication,
    context: OutputContext,
    edition: Edition,
    pages: Sequence[int],
    reusable: ReusableEntries,
) -> list[str]:
    """Returns the names of the files that were written."""
    files: list[str] = []
    for number in missing_archive_pages(context, pages, publication.existing_files):
        with publication.store.write() as connection:
            page = rebuild_page(connection, context, edition, number)
        if page is not None:
            files += write_files(publication.sink, clean_edition(page), publication.theme, reusable)[
                0
            ].written
    return files


def _record(
    publication: Publication,
    output: RegisteredOutput,
    listing: Listing,
    offsets: OffsetsByFormat,
    published_feeds: Sequence[PublishedFeed],
) -> None:
    """Record that the files are complete, and schedule notices to the hubs of the feeds that changed."""
    with publication.store.write() as connection:
        outputs.mark_published(
            connection,
            output.name,
            output.changed_stories,
            settings_digest=output.settings_digest,
            listing=codec.dumps(listing),
            entry_offsets=codec.dumps(offsets),
        )
        pings.schedule_pings(connection, published_feeds, publication.now)
