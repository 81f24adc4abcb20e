"""SitePublication: the front page and the OPML lists, and the removal of files that nothing links to any more."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

from feeds.errors import PublishError
from feeds.logs import mask_secrets
from feeds.publish import failed_files
from feeds.publish.file_writer import FileWriter
from feeds.publish.publication import Publication
from feeds.publish.publish_result import PublishResult
from feeds.publish.sink import SITE_FILES

if TYPE_CHECKING:
    from feeds.render.listing import Listing

_NAME = "index"  # of its PublishResult


class SitePublication:
    """The files of the site. No step raises: `result` returns the errors."""

    def __init__(self, publication: Publication, writer: FileWriter) -> None:
        self._publication = publication
        self._writer = writer
        self._written: list[str] = []
        self._error = ""

    def publish_front_page(self, listings: Sequence[Listing]) -> None:
        from feeds.publish.site_pages import front_page

        self._write("index.html", lambda: front_page(self._publication, listings))

    def publish_lists(self, listings: Sequence[Listing]) -> None:
        from feeds.publish.site_pages import opml_lists

        for name, render in opml_lists(self._publication, listings).items():
            self._write(name, render)

    def finish(self, wanted: Collection[str], obsolete: Sequence[str]) -> None:
        """Remove obsolete files, and record which files fail. `wanted`: the files of the outputs and of the site."""
        failed = self._writer.failed
        for file in [
            file for file, record in failed.items() if record.output != "health" and file not in wanted
        ]:
            del failed[file]
        with self._publication.store.write() as connection:
            failed_files.save(connection, failed)
        try:
            for name in obsolete:
                self._publication.sink.remove(name)
            self._publication.sink.finish()
        except PublishError as error:
            self._error = mask_secrets(str(error))

    def result(self) -> PublishResult:
        failures = self._writer.failures_of(_NAME)
        failing = {record.file for record in failures}
        return PublishResult(
            name=_NAME,
            written=tuple(self._written),
            unchanged=tuple(name for name in SITE_FILES if name not in self._written and name not in failing),
            failed=failures,
            error=self._writer.unwritten.get(_NAME, "") or self._error,
        )

    def _write(self, name: str, render: Callable[[], bytes]) -> None:
        if self._writer.write(name, render, output=_NAME, inputs=self._publication.theme.digest):
            self._written.append(name)
