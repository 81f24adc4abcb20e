"""The outputs of a publication with what the state holds of their last one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from feeds import codec
from feeds.config import Settings
from feeds.model import PreviousEntry
from feeds.publish.output_context import OutputContext
from feeds.publish.publication import Publication
from feeds.publish.write_files import OffsetsByFormat
from feeds.render.listing import Listing
from feeds.store import archive, outputs

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
    change_marks: Mapping[str, int]

    @property
    def name(self) -> str:
        return self.context.output.name

    @property
    def changed_stories(self) -> tuple[str, ...]:
        return tuple(self.change_marks)


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
            context.output.name: outputs.change_marks(connection, context.output.name) for context in contexts
        }
    registered = [
        RegisteredOutput(
            context=context,
            settings_digest=digests[name],
            since=rows[name].created_at,
            listing=codec.loads_or_none(Listing, rows[name].listing),
            offsets=codec.loads_or_none(OffsetsByFormat, rows[name].entry_offsets) or {},
            change_marks=changed[name],
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
