"""Archive pages: entries that no longer fit into the output are kept on pages that never change (RFC 5005 §4).

The output and its archive pages hold, together, everything that the output showed. When entries no longer fit, a page
is closed: it is filled up with the entries that will fall out next, and never changes again. No other page is closed.
Entries that were never shown, because they arrived late or `per_source` held them back, wait for the next page; those
that are older than a full archive reaches get none.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from math import ceil

from sqlalchemy import Connection

from feeds.model import Edition, Format, LedgerRow, PreviousEntry
from feeds.model.edition import file_name
from feeds.publish.output_context import OutputContext
from feeds.publish.output_ledger import load_entries
from feeds.publish.sink import Sink
from feeds.render import formats
from feeds.render.edition import archive_name, archive_page
from feeds.render.entry_ids import feed_id
from feeds.store import archive


def close_pages(
    connection: Connection, context: OutputContext, shown_rows: Sequence[LedgerRow]
) -> tuple[int, ...]:
    """Put the entries that the output no longer shows on new archive pages, and drop the pages that are too many.

    Returns the numbers of the pages that are kept, in order.
    """
    name, page_size, max_pages = context.output.name, context.output.limit, context.output.archive
    shown = {row.entry for row in shown_rows}
    unpaged = archive.unpaged(connection, name)
    fallen_out = [row for row in unpaged if row.entry not in shown]
    pages = list(archive.pages(connection, name))
    if max_pages:
        late = _older_than_archive(connection, context, fallen_out, pages)
        fallen_out = fallen_out[len(late) :]
        newest_archived = archive.newest_rank_date(connection, name)
        if newest_archived is None or any(row.rank_date > newest_archived for row in fallen_out):
            # The oldest entries that are still shown fill the last page up. Without them, each entry that falls out
            # would make a page of its own, and push a full page out of the archive.
            fallen_out += [row for row in unpaged if row.entry in shown][: -len(fallen_out) % page_size]
        del fallen_out[len(fallen_out) - len(fallen_out) % page_size :]  # they wait for a page that is full
    else:
        late, fallen_out = fallen_out, []
    archive.close_page(connection, name, archive.OLDER_THAN_ARCHIVE, [row.entry for row in late])
    new_pages = [
        [row.entry for row in fallen_out[start : start + page_size]]
        for start in range(0, len(fallen_out), page_size)
    ]
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


def _older_than_archive(
    connection: Connection, context: OutputContext, fallen_out: Sequence[LedgerRow], pages: Sequence[int]
) -> list[LedgerRow]:
    """The oldest of the entries, as many as arrived too late: each is older than an entry of the page that is pushed
    out to make room. `fallen_out`: the oldest first."""
    name, page_size, max_pages = context.output.name, context.output.limit, context.output.archive

    def pages_too_many(entries: int) -> int:
        return max(0, len(pages) + ceil(entries / page_size) - max_pages)

    newest_of_page = [
        max(map(_rank, archive.page_entries(connection, name, page)), default=None)
        for page in pages[: pages_too_many(len(fallen_out))]
    ]
    late = 0
    while late < len(fallen_out):
        too_many = pages_too_many(len(fallen_out) - late)
        pushed_out = [newest for newest in newest_of_page[:too_many] if newest is not None]
        if not pushed_out or max(pushed_out) <= _rank(fallen_out[late]):
            break
        late += 1
    return list(fallen_out[:late])


def _rank(row: LedgerRow) -> tuple[datetime, datetime]:
    return row.rank_date, row.published


def missing_archive_files(
    context: OutputContext, pages: Sequence[int], existing_files: Collection[str]
) -> dict[int, tuple[Format, ...]]:
    """Page → the formats of which its file does not exist: those of new pages, and files that somebody removed."""
    output = context.output
    missing = {
        number: tuple(
            name
            for name in output.formats
            if file_name(archive_name(output.name, number), name, context.folder) not in existing_files
        )
        for number in pages
    }
    return {number: names for number, names in missing.items() if names}


def newest_complete(context: OutputContext, pages: Sequence[int], existing_files: Collection[str]) -> str:
    """The name of the newest archive page whose feeds exist; "" if there is none."""
    missing = missing_archive_files(context, pages, existing_files)
    for number in reversed(pages):
        if not any(formats.get(name).is_feed for name in missing.get(number, ())):
            return archive_name(context.output.name, number)
    return ""


def rebuild_page(
    connection: Connection, context: OutputContext, current: Edition, number: int
) -> Edition | None:
    """An archive page with its articles as the state has them now. A page of which no article is kept is dropped."""
    rows = archive.page_entries(connection, context.output.name, number)
    if entries := load_entries(connection, context, rows):
        return archive_page(current, number, entries)
    archive.drop_page(connection, context.output.name, number)
    return None


def recover_entries(
    context: OutputContext, sink: Sink, existing_files: frozenset[str]
) -> tuple[list[PreviousEntry], list[int]]:
    """Read an output's entries and the numbers of its archive pages from its files, for a state without the output."""
    from feeds.publish.recover_from_files import recover_file  # imports lxml; most runs need none

    name, base_url = context.output.name, context.settings.site.base_url
    recovered: dict[str, PreviousEntry] = {}
    kept_pages: set[int] = set()
    for output_format in formats.recoverable():
        format_name = output_format.name
        pages = _archive_page_numbers(name, format_name, context.folder, existing_files)
        for page in (None, *reversed(pages)):  # the output is newer than its archive
            file = file_name(archive_name(name, page) if page else name, format_name, context.folder)
            if file not in existing_files or (data := sink.read(file)) is None:
                continue
            for entry in recover_file(data, output_format, feed_id(base_url, name), f"{base_url}{file}"):
                known = recovered.setdefault(entry.entry, entry)
                recovered[entry.entry] = replace(known, archive_page=known.archive_page or page)
                if page:
                    kept_pages.add(page)
    return list(recovered.values()), sorted(kept_pages)


def _archive_page_numbers(
    output: str, format_name: str, folder: str, existing_files: frozenset[str]
) -> list[int]:
    """The numbers of the archive pages that have a file in this format."""
    pattern = re.compile(rf"{re.escape(folder + output)}\.archive-(\d{{1,9}})\.{format_name}")
    matches = (pattern.fullmatch(file) for file in existing_files)
    return sorted(int(match[1]) for match in matches if match)
