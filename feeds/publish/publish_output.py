"""Publish one output in three steps: its ledger and feeds, its pages for people, its archive.

All outputs take one step before any takes the next, so that no feed waits for a page or an archive (`publish_site`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from feeds import codec
from feeds.errors import FeedsError
from feeds.logs import mask_secrets
from feeds.model import Edition, Format, LedgerRow
from feeds.publish import failed_files
from feeds.publish.archive_pages import close_pages, missing_archive_files, newest_complete, rebuild_page
from feeds.publish.file_writer import FileWriter, describe_internal_error
from feeds.publish.output_ledger import load_edition, newest_rows, update_ledger
from feeds.publish.publication import Publication, file_names, files_of
from feeds.publish.publish_result import PublishResult
from feeds.publish.registered_outputs import RegisteredOutput
from feeds.publish.write_files import ReusableEntries, WrittenFiles, reusable_entries, write_files
from feeds.render import formats
from feeds.render.listing import build_listing
from feeds.render.rendered import CleanEdition, clean_edition
from feeds.rules.search import stopped_searches
from feeds.store import outputs, pings


class OutputPublication:
    """One output on its way through a publication. No step raises: `result` returns the errors.

    `listing`: for the site pages; the new one as soon as the edition is built, even if its files cannot be written.
    """

    def __init__(self, publication: Publication, output: RegisteredOutput, writer: FileWriter) -> None:
        self._publication = publication
        self._output = output
        self._context = output.context
        self._writer = writer
        self._files = WrittenFiles(offsets=dict(output.offsets))
        self._existing_files = set(publication.existing_files)
        self._head: Edition | None = None  # the edition without its entries; None: there is nothing to write
        self._clean: CleanEdition | None = None  # None: not loaded, or dropped
        self._reusable: ReusableEntries = {}
        self._rows: list[LedgerRow] = []
        self._pages: tuple[int, ...] = ()
        self._previous = ""  # name of the archive page to which the output links
        self._error = ""
        self.listing = output.listing

    @property
    def entries_in_memory(self) -> int:
        return len(self._clean.edition.entries) if self._clean else 0

    def drop_entries(self) -> None:
        """Free their memory. A later step loads them again."""
        self._clean, self._reusable = None, {}

    def publish_feeds(self) -> None:
        """Write the ledger and the current feeds."""
        self._step(self._publish_feeds)

    def publish_pages(self) -> None:
        """Write the pages for people."""
        self._step(self._publish_pages)

    def publish_archive(self) -> None:
        """Write the archive pages that are missing, link to them, and record what was published."""
        self._step(self._publish_archive)
        self._step(self._record)

    def result(self) -> PublishResult:
        name, files, context = self._output.name, self._files, self._context
        failures = self._writer.failures_of(name)
        error = self._error or self._writer.unwritten.get(name, "")
        unchanged = tuple(files.unchanged)
        if self._head is None and not error:
            failing = {record.file for record in failures}
            names = file_names(name, context.output.formats)
            unchanged = tuple(file for file in names if context.folder + file not in failing)
        return PublishResult(
            name=name,
            entries=len(self._rows),
            written=tuple(files.written),
            unchanged=unchanged,
            unrenderable=tuple(files.unrenderable),
            stopped_searches=stopped_searches(context.rule_context),
            failed=failures,
            error=error,
        )

    def _step(self, act: Callable[[], None]) -> None:
        if self._error:
            return
        try:
            act()
        except FeedsError as error:
            self._error = mask_secrets(str(error))
        except Exception as error:  # the other outputs are published anyway
            self._error = mask_secrets(describe_internal_error(error))

    # ------------------------------------------------------------------------------------------- the steps

    def _publish_feeds(self) -> None:
        if self._is_up_to_date():
            return
        publication, context = self._publication, self._context
        with publication.store.write() as connection:
            update_ledger(connection, context, self._output.changed_stories)
            self._rows = newest_rows(connection, context)
            self._pages = close_pages(connection, context, self._rows)
        # Nothing links to an archive page before it exists.
        self._previous = newest_complete(context, self._pages, self._existing_files)
        clean = self._load()
        self.listing = build_listing(clean)
        self._reusable = reusable_entries(publication.sink, clean.edition, self._output.offsets)
        self._write(clean, self._formats(feeds=True), self._reusable)

    def _publish_pages(self) -> None:
        if self._head is not None and (pages := self._formats(feeds=False)):
            self._write(self._load(), pages, {})

    def _publish_archive(self) -> None:
        if self._head is None:
            return
        missing = missing_archive_files(self._context, self._pages, self._existing_files)
        for number, missing_formats in missing.items():
            self._write_archive_page(self._head, number, missing_formats)
        previous = newest_complete(self._context, self._pages, self._existing_files)
        if previous == self._previous:
            return
        self._previous = previous
        clean = self._load()
        reusable = reusable_entries(self._publication.sink, clean.edition, self._files.offsets)
        self._write(clean, self._context.output.formats, reusable)

    def _write_archive_page(self, head: Edition, number: int, missing_formats: Sequence[Format]) -> None:
        publication, files = self._publication, WrittenFiles()
        with publication.store.write() as connection:
            page = rebuild_page(connection, self._context, head, number)
        if page is None:
            self._pages = tuple(other for other in self._pages if other != number)
            return
        self._write(clean_edition(page), missing_formats, self._reusable, files)
        names = (*files.written, *files.unchanged)
        self._existing_files.update(self._context.folder + name for name in names)
        self._files.written += files.written

    def _record(self) -> None:
        """Record that the files are complete, but for those that failed, and schedule notices to the hubs."""
        if self._head is None:
            return
        output, publication = self._output, self._publication
        with publication.store.write() as connection:
            if output.name not in self._writer.unwritten:
                outputs.mark_published(
                    connection,
                    output.name,
                    output.change_marks,
                    settings_digest=output.settings_digest,
                    listing=codec.dumps(self.listing),
                    entry_offsets=codec.dumps(self._files.offsets),
                )
            failed_files.save(connection, self._writer.failed)
            pings.schedule_pings(connection, self._files.published_feeds.values(), publication.now)

    # --------------------------------------------------------------------------------------------- details

    def _is_up_to_date(self) -> bool:
        output, publication = self._output, self._publication
        failing = {record.file: record for record in self._writer.failures_of(output.name)}
        if output.listing is None or output.changed_stories:
            return False
        if any(
            record.is_due(publication.now) or record.inputs != output.settings_digest
            for record in failing.values()
        ):
            return False
        with publication.store.read() as connection:
            return files_of(connection, output.context) <= publication.existing_files | failing.keys()

    def _load(self) -> CleanEdition:
        """The output as it links to the archive now."""
        if self._clean is None:
            with self._publication.store.read() as connection:
                edition = load_edition(
                    connection, self._context, self._rows, self._output.since, self._previous
                )
            self._clean = clean_edition(edition)
            self._head = replace(self._clean.edition, entries=())
        edition = replace(self._clean.edition, previous=self._previous)
        return replace(self._clean, edition=edition)

    def _formats(self, *, feeds: bool) -> tuple[Format, ...]:
        return tuple(name for name in self._context.output.formats if formats.get(name).is_feed == feeds)

    def _write(
        self,
        clean: CleanEdition,
        only: Sequence[Format],
        reusable: ReusableEntries,
        files: WrittenFiles | None = None,
    ) -> None:
        write_files(
            self._writer,
            clean,
            self._publication.theme,
            reusable,
            self._files if files is None else files,
            output=self._output.name,
            inputs=self._output.settings_digest,
            only=only,
        )
