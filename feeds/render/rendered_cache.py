"""The cache of rendered entries: an entry that did not change is copied from the output's existing file.

    Entry ─ key ─┬ cached: its bytes, copied from the existing file
                 └ new:    rendered by feedgen, with the head and the tail of the document

The key is a digest of everything that the bytes depend on: the entry, the language of the feed, and the code. In XML a
comment with the key (the marker) stands before each entry while the document is built. Cached bytes are inserted after
their marker, then all markers are removed. The state stores where each entry lies in the file, and a digest of the
file: a file that somebody else changed is not used. The result has the same bytes as a document rendered without the
cache.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from feeds import __version__, codec
from feeds.model import Entry

Element = Any  # lxml is untyped

DIGEST_BYTES = 16
_END_KEY = bytes(DIGEST_BYTES)
_MARKER = re.compile(rb"(?<! ) *+<!--([0-9a-f]{%d})-->\n" % (2 * DIGEST_BYTES))


@dataclass(frozen=True, slots=True)
class EntryOffsets:
    """Where the entries lie in a file."""

    digest: bytes  # of the file
    entries: tuple[tuple[bytes, int, int], ...]  # (key, offset of the first byte, offset after the last)


class RenderedCache:
    """The entries of one document while it is rendered. `cached`: key → bytes, from `cached_entries`."""

    def __init__(self, cached: Mapping[bytes, bytes] | None = None) -> None:
        self._cached = cached or {}
        self._keys: list[bytes] = []  # in the order of the document
        self._bytes: dict[bytes, bytes] = {}
        self.misses = 0  # entries that were rendered

    def cached_json(
        self, render_entry: Callable[[Entry], bytes], feed_language: str
    ) -> Callable[[Entry], bytes]:
        """A function that returns an entry's bytes: cached, or from `render_entry`."""

        def cached(entry: Entry) -> bytes:
            key = _key(entry, feed_language)
            if (data := self._cached.get(key)) is None:
                data = render_entry(entry)
                self.misses += 1
            self._keys.append(key)
            self._bytes[key] = data
            return data

        return cached

    def cached_xml(
        self, render_entry: Callable[[Entry], Element], feed_language: str
    ) -> Callable[[Entry], tuple[Element, ...]]:
        """A function that returns an entry's marker, followed by its element if it is not cached."""

        def cached(entry: Entry) -> tuple[Element, ...]:
            key = _key(entry, feed_language)
            rendered = () if key in self._cached else (render_entry(entry),)
            self.misses += len(rendered)
            self._keys.append(key)
            return (_marker(key), *rendered)

        return cached

    def insert_cached(self, data: bytes) -> bytes:
        """Insert the cached entries after their markers, and remove the markers."""
        head, *rest = _MARKER.split(data)
        keys, texts = rest[::2], rest[1::2]
        # An entry contains no comment: in text that looks like one, `<` is escaped.
        assert keys == [key.hex().encode() for key in (*self._keys, _END_KEY)]
        entries = [self._cached.get(key) or text for key, text in zip(self._keys, texts, strict=False)]
        self._bytes = dict(zip(self._keys, entries, strict=True))
        return b"".join((head, *entries, texts[-1]))

    def offsets(self, data: bytes) -> EntryOffsets:
        """Where the entries lie in the rendered document."""
        entries = []
        end = 0
        for key in self._keys:
            start = data.index(self._bytes[key], end)
            end = start + len(self._bytes[key])
            entries.append((key, start, end))
        return EntryOffsets(_digest(data), tuple(entries))


def cached_entries(offsets: EntryOffsets | None, data: bytes | None) -> dict[bytes, bytes]:
    """Key → bytes of the entries of a file; {} if the file is not the one that the offsets describe."""
    if offsets is None or data is None or _digest(data) != offsets.digest:
        return {}
    return {key: data[start:end] for key, start, end in offsets.entries}


def entry_renderer(
    render_entry: Callable[[Entry], Element], feed_language: str, cache: RenderedCache | None
) -> Callable[[Entry], tuple[Element, ...]]:
    """A function that returns the elements to write for an entry, from the cache if there is one."""
    if cache is not None:
        return cache.cached_xml(render_entry, feed_language)
    return lambda entry: (render_entry(entry),)


def with_end_marker(entries: Iterable[tuple[Element, ...]], cache: RenderedCache | None) -> Iterator[Element]:
    """The elements of all entries, with a marker behind the last one if there is a cache."""
    for elements in entries:
        yield from elements
    if cache is not None:
        yield _marker(_END_KEY)


def _marker(key: bytes) -> Element:
    from lxml import etree

    return etree.Comment(key.hex())


def _key(entry: Entry, feed_language: str) -> bytes:
    return blake2b(codec.dumps((entry, feed_language)), digest_size=DIGEST_BYTES, key=_code_digest()).digest()


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=DIGEST_BYTES).digest()


@cache
def _code_digest() -> bytes:
    """A digest of the code that renders: after an upgrade, all entries are rendered again."""
    from feedgen.version import version_full_str
    from lxml import etree

    digest = blake2b(
        repr((__version__, version_full_str, etree.LXML_VERSION)).encode(), digest_size=DIGEST_BYTES
    )
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.digest()
