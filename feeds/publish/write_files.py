"""One edition → the files of its formats. An entry that did not change is not rendered again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from feeds.model import Format, PublishedFeed
from feeds.model.edition import Edition, file_name
from feeds.publish.file_writer import FileWriter
from feeds.publish.sink import Sink
from feeds.render import formats, render
from feeds.render.pages.theme import Theme
from feeds.render.rendered import CleanEdition
from feeds.render.rendered_cache import EntryOffsets, RenderedCache, cached_entries

OffsetsByFormat = dict[str, EntryOffsets]
"""Format → where the entries lie in its file."""

ReusableEntries = Mapping[str, Mapping[bytes, bytes]]
"""Format → entry key → the entry's bytes."""


@dataclass(slots=True, kw_only=True)
class WrittenFiles:
    """What became of the files of one output."""

    written: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    unrenderable: list[str] = field(default_factory=list)
    published_feeds: dict[tuple[str, str], PublishedFeed] = field(default_factory=dict)
    offsets: OffsetsByFormat = field(default_factory=dict)


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
    writer: FileWriter,
    clean: CleanEdition,
    theme: Theme,
    reusable: ReusableEntries,
    files: WrittenFiles,
    *,
    output: str,
    inputs: bytes,
    only: Sequence[Format],
) -> None:
    """Render an edition in the formats `only`, write the files whose bytes changed, and add to `files` what was done.

    `output`, `inputs`: see `FileWriter.write`. Each format stands alone: one that fails stops no other.
    """
    edition = clean.edition
    for format_name in only:
        name = file_name(edition.name, format_name)
        cache = RenderedCache(reusable[format_name]) if format_name in reusable else None
        digests: list[bytes] = []

        def rendered_bytes(
            format_name: Format = format_name,
            cache: RenderedCache | None = cache,
            digests: list[bytes] = digests,
        ) -> bytes:
            rendered = render(clean, format_name, theme, cache)
            files.unrenderable += [
                reason for reason in rendered.skipped_entries if reason not in files.unrenderable
            ]
            digests.append(blake2b(rendered.data, digest_size=16).digest())
            if cache is not None:
                files.offsets[format_name] = cache.offsets(rendered.data)
            return rendered.data

        changed = writer.write(edition.folder + name, rendered_bytes, output=output, inputs=inputs)
        if changed is None:
            continue
        _add_name(files, name, changed=changed)
        if formats.get(format_name).is_feed:
            for hub in edition.hubs:
                feed = PublishedFeed(hub, edition.url(format_name), digests[0], changed)
                files.published_feeds[hub, feed.topic] = feed


def _add_name(files: WrittenFiles, name: str, *, changed: bool) -> None:
    if changed and name not in files.written:
        files.written.append(name)
        if name in files.unchanged:
            files.unchanged.remove(name)
    elif not changed and name not in files.written and name not in files.unchanged:
        files.unchanged.append(name)
