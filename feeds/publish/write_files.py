"""One edition → the files of its formats. An entry that did not change is not rendered again."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import TypeVar

from msgspec import MsgspecError

from feeds import codec
from feeds.model import Edition, News
from feeds.publish.publish_result import PublishResult
from feeds.publish.sink import Sink
from feeds.render import formats, render
from feeds.render.rendered import CleanEdition
from feeds.render.rendered_cache import EntryOffsets, RenderedCache, cached_entries
from feeds.render.theme import Theme

T = TypeVar("T")

OffsetsByFormat = dict[str, EntryOffsets]
"""Format → where the entries lie in its file."""

ReusableEntries = Mapping[str, Mapping[bytes, bytes]]
"""Format → entry key → the entry's bytes."""


def reusable_entries(sink: Sink, edition: Edition, offsets: OffsetsByFormat) -> ReusableEntries:
    """Read the rendered entries out of an output's files. `offsets`: as they were when the files were written."""
    if not sink.cheap_reads:
        return {}
    return {
        form: cached_entries(offsets[form], sink.read(f"{edition.folder}{edition.name}.{form}"))
        if form in offsets
        else {}
        for form in edition.formats
        if formats.get(form).reuses_entries
    }


def write_files(
    sink: Sink, clean: CleanEdition, theme: Theme, reusable: ReusableEntries
) -> tuple[PublishResult, tuple[News, ...], OffsetsByFormat]:
    """Render an edition in each of its formats and write the files whose bytes changed.

    Returns the result, what hubs may have to be told, and where the entries lie now. Raises PublishError.
    """
    edition = clean.edition
    written: list[str] = []
    left: list[str] = []
    left_out: list[str] = []
    news: list[News] = []
    offsets: OffsetsByFormat = {}
    for form in edition.formats:
        name = f"{edition.name}.{form}"
        cache = RenderedCache(reusable[form]) if form in reusable else None
        rendered = render(clean, form, theme, cache)
        if cache is not None:
            offsets[form] = cache.offsets(rendered.data)
        changed = sink.write(edition.folder + name, rendered.data)
        (written if changed else left).append(name)
        left_out += [reason for reason in rendered.left_out if reason not in left_out]
        if formats.get(form).is_feed:
            digest = blake2b(rendered.data, digest_size=16).digest()
            news += [News(hub, edition.url(form), digest, changed) for hub in edition.hubs]
    result = PublishResult(
        output=edition.name,
        entries=len(edition.entries),
        written=tuple(written),
        left=tuple(left),
        left_out=tuple(left_out),
    )
    return result, tuple(news), offsets


def decode_or_none(kind: type[T], data: bytes | None) -> T | None:
    """A value that the state keeps. None if it keeps none, or one that another version of the program wrote."""
    try:
        return codec.loads(kind, data) if data else None
    except MsgspecError:
        return None
