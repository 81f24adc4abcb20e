"""Archive pages: entries that no longer fit into the output are kept on pages that never change (RFC 5005 §4).

The output and its archive pages hold, together, everything that the output published. An entry that is on no page yet
is in the output. When entries no longer fit, a page is closed: it is filled up with the entries that will fall out
next, and never changes again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from feeds.model import Edition, LedgerRow, PreviousEntry
from feeds.publish.output_view import OutputView, build_entries
from feeds.publish.sink import Sink
from feeds.render import formats
from feeds.render.edition import archive_name, archive_page
from feeds.render.entry_ids import feed_id
from feeds.store import archive


def close_pages(connection: Connection, view: OutputView, shown_rows: Sequence[LedgerRow]) -> tuple[int, ...]:
    """Give a page to each entry that the output no longer shows. Returns the numbers of the kept pages, in order."""
    name, page_size, max_pages = view.output.name, view.output.limit, view.output.archive
    shown = {row.entry for row in shown_rows}
    unpaged = archive.unpaged(connection, name)
    fallen_out = [entry for entry in unpaged if entry not in shown]
    pages = list(archive.pages(connection, name))
    if fallen_out:
        # The oldest entries that are still shown fill the last page up. Without them, each entry that falls out would
        # make a page of its own.
        fallen_out += [entry for entry in unpaged if entry in shown][: -len(fallen_out) % page_size]
        new_pages = [fallen_out[start : start + page_size] for start in range(0, len(fallen_out), page_size)]
        too_old = max(0, len(new_pages) - max_pages)
        for entries in new_pages[:too_old]:
            archive.close_page(connection, name, archive.OLDER_THAN_ARCHIVE, entries)
        for number, entries in enumerate(new_pages[too_old:], start=pages[-1] + 1 if pages else 1):
            archive.close_page(connection, name, number, entries)
            pages.append(number)
    dropped = pages[: max(0, len(pages) - max_pages)]
    for number in dropped:
        archive.drop_page(connection, name, number)
    return tuple(pages[len(dropped) :])


def missing_pages(view: OutputView, pages: Sequence[int], existing_files: frozenset[str]) -> list[int]:
    """The pages of which a file does not exist: new pages, and pages that somebody removed."""
    output = view.output
    missing = []
    for number in pages:
        name = view.folder + archive_name(output.name, number)
        if not all(f"{name}.{form}" in existing_files for form in output.formats):
            missing.append(number)
    return missing


def rebuild_page(
    connection: Connection, view: OutputView, subscription: Edition, number: int
) -> Edition | None:
    """An archive page with its articles as the state has them now. A page of which no article is kept is dropped."""
    rows = archive.page_entries(connection, view.output.name, number)
    if entries := build_entries(connection, view, rows):
        return archive_page(subscription, number, entries)
    archive.drop_page(connection, view.output.name, number)
    return None


def recover_entries(
    view: OutputView, sink: Sink, existing_files: frozenset[str]
) -> tuple[list[PreviousEntry], list[int]]:
    """Read the entries and the archive pages of an output that the state has never published out of its files."""
    from feeds.publish import recover_from_files  # needed once in the life of an output

    name, base_url = view.output.name, view.settings.site.base_url
    recovered: dict[str, PreviousEntry] = {}
    kept_pages: set[int] = set()
    for output_format in formats.recoverable():
        form = output_format.name
        pages = _page_numbers(name, form, view.folder, existing_files)
        for page in (None, *reversed(pages)):  # the output is newer than its archive
            file = f"{view.folder}{archive_name(name, page) if page else name}.{form}"
            if file not in existing_files or (data := sink.read(file)) is None:
                continue
            for entry in recover_from_files.recover_entries(
                data, output_format, feed_id(base_url, name), f"{base_url}{file}"
            ):
                known = recovered.setdefault(entry.entry, entry)
                recovered[entry.entry] = replace(known, page=known.page or page)
                if page:
                    kept_pages.add(page)
    return list(recovered.values()), sorted(kept_pages)


def _page_numbers(output: str, form: str, folder: str, existing_files: frozenset[str]) -> list[int]:
    """The numbers of the archive pages that have a file in this format."""
    pattern = re.compile(rf"{re.escape(folder + output)}\.archive-(\d{{1,9}})\.{form}")
    matches = (pattern.fullmatch(file) for file in existing_files)
    return sorted(int(match[1]) for match in matches if match)
