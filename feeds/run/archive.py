"""What falls off the end of an output is kept on pages that never change (RFC 5005 §4).

The output itself and its pages hold, together, all that it published: what stands on no page yet stands in the
output. A page is closed when something falls off, filled up with what will fall off next, and frozen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection

from feeds.model import Edition
from feeds.publish import recall
from feeds.publish.edition import archive_name, archive_page
from feeds.publish.ledger import LedgerRow, Recalled, feed_id
from feeds.run.press import Desk, entries_of
from feeds.store import archive, outputs


def close_pages(
    connection: Connection, desk: Desk, front: Sequence[LedgerRow]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Give a page to all that is in the output no more. `front`: what it shows. Returns the pages that are
    kept, in order, and those that are kept no longer."""
    name, size, depth = desk.output.name, desk.output.limit, desk.output.archive
    shown = {row.entry for row in front}
    waiting = archive.unpaged(connection, name)
    fallen = [row.entry for row in waiting if row.entry not in shown]
    pages = list(archive.pages(connection, name))
    if fallen:
        # The oldest of what is still shown fill the last page up: else every entry that falls off made its own.
        fallen += [row.entry for row in waiting if row.entry in shown][: -len(fallen) % size]
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
    return tuple(pages[len(dropped) :]), tuple(dropped)


def missing(
    connection: Connection, desk: Desk, subscription: Edition, pages: Sequence[int], directory: Path
) -> list[Edition]:
    """The pages of which a file is not there: new ones, and those that somebody removed. These come back as
    their articles are kept today; a page of which none is kept is given up."""
    made = []
    for number in pages:
        name = archive_name(subscription.name, number)
        if all((directory / f"{name}.{form}").is_file() for form in subscription.formats):
            continue
        if entries := entries_of(connection, desk, archive.entries(connection, desk.output.name, number)):
            made.append(archive_page(subscription, number, entries))
        else:
            archive.drop(connection, desk.output.name, number)
    return made


def on_disk(directory: Path, output: str, form: str) -> tuple[int, ...]:
    """The archive pages of which there is a file."""
    found = (
        re.fullmatch(r".*\.archive-(\d{1,9})\..*", path.name) for path in _files(directory, output, form)
    )
    return tuple(sorted(int(name[1]) for name in found if name))


def _files(directory: Path, output: str, form: str) -> Iterator[Path]:
    return directory.glob(f"{archive_name(output, 0)[:-1]}*.{form}")


def recall_entries(connection: Connection, desk: Desk, directory: Path) -> None:
    """Where the state has never heard of the output but files of it stand: what readers know of it."""
    name, base_url = desk.output.name, desk.settings.site.base_url
    if not outputs.is_new(connection, name):
        return
    said: dict[str, Recalled] = {}
    for form in recall.FORMS:
        pages = on_disk(directory, name, form)
        for page in (None, *reversed(pages)):  # what stands in the output is newer than its archive
            file = f"{archive_name(name, page) if page else name}.{form}"
            try:
                data = (directory / file).read_bytes()
            except OSError:
                continue
            for one in recall.entries(data, form, feed_id(base_url, name), f"{base_url}{file}"):
                known = said.setdefault(one.entry, one)
                said[one.entry] = replace(known, page=known.page or page)
                archive.keep(connection, name, [page] if page else [])
    outputs.remember(connection, name, said.values())
