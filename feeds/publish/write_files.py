"""One edition → the files of its formats. An entry that did not change is not rendered again."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b

from feeds.model import Edition, PublishedFeed
from feeds.model.edition import file_name
from feeds.publish.publish_result import PublishResult
from feeds.publish.sink import Sink
from feeds.render import formats, render
from feeds.render.pages.theme import Theme
from feeds.render.rendered import CleanEdition
from feeds.render.rendered_cache import EntryOffsets, RenderedCache, cached_entries

OffsetsByFormat = dict[str, EntryOffsets]
"""Format → where the entries lie in its file."""

ReusableEntries = Mapping[str, Mapping[bytes, bytes]]
"""Format → entry key → the entry's bytes."""


def reusable_entries(sink: Sink, edition: Edition, offsets: OffsetsByFormat) -> ReusableEntries:
    """Read the rendered entries out of an output's files. `offsets`: as they were when the files were written."""
    if not sink.reads_are_cheap:
        return {}
    return {
        format_name: cached_entries(
            offsets[format_name], sink.read(file_name(edition.name, format_name, edition.folder))
        )
        if format_name in offsets
        else {}
        for format_name in edition.formats
        if formats.get(format_name).reuses_entries
    }


def write_files(
    sink: Sink, clean: CleanEdition, theme: Theme, reusable: ReusableEntries
) -> tuple[PublishResult, tuple[PublishedFeed, ...], OffsetsByFormat]:
    """Render an edition in each of its formats and write the files whose bytes changed.

    Returns the result, the feeds with their hubs, and the offsets of the entries in the files. Raises PublishError.
    """
    edition = clean.edition
    written: list[str] = []
    unchanged: list[str] = []
    unrenderable: list[str] = []
    published_feeds: list[PublishedFeed] = []
    offsets: OffsetsByFormat = {}
    for format_name in edition.formats:
        name = file_name(edition.name, format_name)
        cache = RenderedCache(reusable[format_name]) if format_name in reusable else None
        rendered = render(clean, format_name, theme, cache)
        if cache is not None:
            offsets[format_name] = cache.offsets(rendered.data)
        changed = sink.write(edition.folder + name, rendered.data)
        (written if changed else unchanged).append(name)
        unrenderable += [reason for reason in rendered.skipped_entries if reason not in unrenderable]
        if formats.get(format_name).is_feed:
            digest = blake2b(rendered.data, digest_size=16).digest()
            published_feeds += [
                PublishedFeed(hub, edition.url(format_name), digest, changed) for hub in edition.hubs
            ]
    result = PublishResult(
        name=edition.name,
        entries=len(edition.entries),
        written=tuple(written),
        unchanged=tuple(unchanged),
        unrenderable=tuple(unrenderable),
    )
    return result, tuple(published_feeds), offsets
