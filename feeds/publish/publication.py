"""Publication: what all outputs of one call of `publish_site` share; and the names of an output's files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from feeds.config import Settings
from feeds.model import Feed, Format, Source
from feeds.model.edition import file_name
from feeds.publish.output_context import OutputContext
from feeds.publish.sink import Sink
from feeds.render.edition import archive_name
from feeds.store import Store, archive

if TYPE_CHECKING:
    from feeds.render.pages.theme import Theme


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


def files_of(connection: Connection, context: OutputContext) -> frozenset[str]:
    """The names of an output's files, including the archive pages that are kept."""
    output = context.output
    pages = (archive_name(output.name, page) for page in archive.pages(connection, output.name))
    return frozenset(
        file for name in (output.name, *pages) for file in file_names(name, output.formats, context.folder)
    )


def file_names(name: str, formats: Sequence[Format], folder: str = "") -> tuple[str, ...]:
    """The files of an output, or of an archive page, called `name`."""
    return tuple(file_name(name, format_name, folder) for format_name in formats)
