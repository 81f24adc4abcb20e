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
from feeds.model import Edition, News, PreviousEntry
from feeds.publish.archive import close_pages, missing_pages, rebuild_page
from feeds.publish.output_view import OutputView, build_edition, newest_rows, update_ledger
from feeds.publish.publication import Publication, file_names, files_of
from feeds.publish.publish_result import PublishResult
from feeds.publish.write_files import (
    OffsetsByFormat,
    ReusableEntries,
    decode_or_none,
    reusable_entries,
    write_files,
)
from feeds.render.edition import archive_name
from feeds.render.listing import Listing, listing
from feeds.render.rendered import CleanEdition, clean_edition
from feeds.store import archive, outputs, pings


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedOutput:
    """An output with what the state holds of its last publication."""

    view: OutputView
    settings_digest: bytes
    since: datetime
    listing: Listing | None  # None: its files were not written under these settings
    offsets: OffsetsByFormat
    changed_stories: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.view.output.name


def open_outputs(
    publication: Publication,
    views: Sequence[OutputView],
    previous: Sequence[tuple[str, list[PreviousEntry], list[int]]],
) -> tuple[tuple[str, ...], list[OpenedOutput]]:
    """Register the outputs in the state, in one transaction, and read which of their stories changed.

    `previous`: the entries and archive pages that files of an earlier state hold, by output. Returns the names of the
    outputs that are no longer configured, and the opened outputs.
    """
    digests = {view.output.name: view.settings_digest(publication.theme.digest) for view in views}
    with publication.store.write() as connection:
        for name, entries, pages in previous:
            outputs.save_previous_entries(connection, name, entries)
            archive.add_pages(connection, name, pages)
        rows = {
            view.output.name: outputs.open_output(
                connection,
                view.output.name,
                digests[view.output.name],
                sources=list(view.sources),
                depth=10 * view.output.limit,
                now=publication.now,
            )
            for view in views
        }
        closed = _close_others(connection, publication.settings)
        changed = {view.output.name: outputs.changed_stories(connection, view.output.name) for view in views}
    opened = [
        OpenedOutput(
            view=view,
            settings_digest=digests[name],
            since=rows[name].created_at,
            listing=decode_or_none(Listing, rows[name].listing),
            offsets=decode_or_none(OffsetsByFormat, rows[name].entry_offsets) or {},
            changed_stories=changed[name],
        )
        for view in views
        for name in [view.output.name]
    ]
    return closed, opened


def _close_others(connection: Connection, settings: Settings) -> tuple[str, ...]:
    configured = {output.name for output in settings.outputs}
    closed = tuple(name for name in outputs.names(connection) if name not in configured)
    for name in closed:
        outputs.close_output(connection, name)
    return closed


def publish_output(publication: Publication, output: OpenedOutput) -> tuple[PublishResult, Listing | None]:
    """Publish one output if something changed. Never raises FeedsError: a failure stands in the result.

    Returns also what other files say of the output: of its last publication if this one fails.
    """
    if _is_up_to_date(publication, output):
        left = file_names(output.name, output.view.output.formats)
        return PublishResult(output=output.name, left=left), output.listing
    current = output.listing
    try:
        edition, pages = _bring_up_to_date(publication, output)
        admitted = CleanEdition(*clean_edition(edition))
        current = listing(admitted)
        reusable = reusable_entries(publication.sink, edition, output.offsets)
        # Archive pages come first, so that each exists before anything links to it.
        page_files = _write_missing_pages(publication, output.view, edition, pages, reusable)
        result, news, offsets = write_files(publication.sink, admitted, publication.theme, reusable)
        _record(publication, output, current, offsets, news)
    except FeedsError as error:
        return PublishResult(output=output.name, error=mask_secrets(str(error))), current
    return replace(result, written=(*page_files, *result.written)), current


def _is_up_to_date(publication: Publication, output: OpenedOutput) -> bool:
    if output.listing is None:
        return False
    with publication.store.read() as connection:
        complete = files_of(connection, output.view) <= publication.existing_files
    return complete and not output.changed_stories


def _bring_up_to_date(publication: Publication, output: OpenedOutput) -> tuple[Edition, tuple[int, ...]]:
    """Write the ledger and close archive pages. Returns the edition to render, and the pages that are kept."""
    view = output.view
    with publication.store.write() as connection:
        update_ledger(connection, view, output.changed_stories)
        rows = newest_rows(connection, view)
        pages = close_pages(connection, view, rows)
        previous_page = archive_name(output.name, pages[-1]) if pages else ""
        return build_edition(connection, view, rows, output.since, previous_page), pages


def _write_missing_pages(
    publication: Publication,
    view: OutputView,
    edition: Edition,
    pages: Sequence[int],
    reusable: ReusableEntries,
) -> list[str]:
    """Returns the names of the files that were written."""
    files: list[str] = []
    for number in missing_pages(view, pages, publication.existing_files):
        with publication.store.write() as connection:
            page = rebuild_page(connection, view, edition, number)
        if page is not None:
            admitted = CleanEdition(*clean_edition(page))
            files += write_files(publication.sink, admitted, publication.theme, reusable)[0].written
    return files


def _record(
    publication: Publication,
    output: OpenedOutput,
    current: Listing,
    offsets: OffsetsByFormat,
    news: Sequence[News],
) -> None:
    """Write into the state that the files are complete, and which feeds hubs have to be told of."""
    with publication.store.write() as connection:
        outputs.mark_published(
            connection,
            output.name,
            output.changed_stories,
            settings_digest=output.settings_digest,
            listing=codec.dumps(current),
            entry_offsets=codec.dumps(offsets),
        )
        pings.save_news(connection, news, publication.now)
