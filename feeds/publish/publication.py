"""Publication: what all outputs of one run of `publish` share; and the names of an output's files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from feeds.config import Settings
from feeds.model import Feed, Format, Source
from feeds.publish.output_view import OutputView
from feeds.publish.sink import Sink
from feeds.render.edition import archive_name
from feeds.store import Store, archive

if TYPE_CHECKING:
    from feeds.render.theme import Theme


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    store: Store
    settings: Settings
    sources: Sequence[Source]
    sink: Sink
    existing_files: frozenset[str]
    now: datetime
    theme: Theme
    feeds: Mapping[str, Feed | None]  # source id → what its feed says of itself


def files_of(connection: Connection, view: OutputView) -> frozenset[str]:
    """The names of an output's files, including the archive pages that are kept."""
    output = view.output
    pages = (archive_name(output.name, page) for page in archive.pages(connection, output.name))
    return frozenset(
        view.folder + file for name in (output.name, *pages) for file in file_names(name, output.formats)
    )


def file_names(output: str, formats: Sequence[Format]) -> tuple[str, ...]:
    return tuple(f"{output}.{form}" for form in formats)
