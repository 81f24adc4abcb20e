"""What falls off the end of an output is kept on pages that never change (RFC 5005 §4).

The output itself and its pages hold, together, all that it published: what stands on no page yet stands in the
output. A page is closed when something falls off, filled up with what will fall off next, and frozen.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from feeds.model import Edition, LedgerRow, Recalled
from feeds.publish.output_view import Desk, entries_of
from feeds.publish.sink import Sink
from feeds.render.edition import archive_name, archive_page
from feeds.render.entry_ids import feed_id
from feeds.store import archive


def close_pages(connection: Connection, desk: Desk, front: Sequence[LedgerRow]) -> tuple[int, ...]:
    """Give a page to all that is in the output no more. `front`: what it shows. Returns the pages that are
    kept, in order."""
    name, size, depth = desk.output.name, desk.output.limit, desk.output.archive
    shown = {row.entry for row in front}
    waiting = archive.unpaged(connection, name)
    fallen = [entry for entry in waiting if entry not in shown]
    pages = list(archive.pages(connection, name))
    if fallen:
        # The oldest of what is still shown fill the last page up: else every entry that falls off made its own.
        fallen += [entry for entry in waiting if entry in shown][: -len(fallen) % size]
        made = [fallen[start : start + size] for start in range(0, len(fallen), size)]
        beyond = max(0, len(made) - depth)
        for entries in made[:beyond]:
            archive.close(connection, name, archive.BEYOND, entries)
        for number, entries in enumerate(made[beyond:], start=pages[-1] + 1 if pages else 1):
            archive.close(connection, name, number, entries)
            pages.append(number)
    dropped = pages[: max(0, len(pages) - depth)]
    for number in dropped:
        archive.drop(connection, name, number)
    return tuple(pages[len(dropped) :])


def missing(desk: Desk, pages: Sequence[int], standing: frozenset[str]) -> list[int]:
    """The pages of which a file is not there: new ones, and those that somebody removed."""
    output, found = desk.output, []
    for number in pages:
        name = desk.folder + archive_name(output.name, number)
        if not all(f"{name}.{form}" in standing for form in output.formats):
            found.append(number)
    return found


def remade(connection: Connection, desk: Desk, subscription: Edition, number: int) -> Edition | None:
    """A page as its articles are kept today; one of which none is kept is given up."""
    if entries := entries_of(connection, desk, archive.entries(connection, desk.output.name, number)):
        return archive_page(subscription, number, entries)
    archive.drop(connection, desk.output.name, number)
    return None


def recall_entries(desk: Desk, sink: Sink, standing: frozenset[str]) -> tuple[list[Recalled], list[int]]:
    """What the files of an output that the state has never heard of say: its entries, and its archive pages."""
    from feeds.publish import recover_from_files  # once in the life of an output

    name, base_url = desk.output.name, desk.settings.site.base_url
    said: dict[str, Recalled] = {}
    kept: set[int] = set()
    for form in recover_from_files.FORMS:
        pages = _numbers(name, form, desk.folder, standing)
        for page in (None, *reversed(pages)):  # what stands in the output is newer than its archive
            file = f"{desk.folder}{archive_name(name, page) if page else name}.{form}"
            if file not in standing or (data := sink.read(file)) is None:
                continue
            for one in recover_from_files.entries(data, form, feed_id(base_url, name), f"{base_url}{file}"):
                known = said.setdefault(one.entry, one)
                said[one.entry] = replace(known, page=known.page or page)
                if page:
                    kept.add(page)
    return list(said.values()), sorted(kept)


def _numbers(output: str, form: str, folder: str, standing: frozenset[str]) -> list[int]:
    """The archive pages of which there is a file."""
    name = re.compile(rf"{re.escape(folder + output)}\.archive-(\d{{1,9}})\.{form}")
    return sorted(int(found[1]) for one in standing if (found := name.fullmatch(one)))
