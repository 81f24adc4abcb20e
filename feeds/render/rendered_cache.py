"""What was rendered once is not rendered again: the bytes of an entry are taken from the file that stands.

    Entry ─ key ─┬ known: its bytes, as they stand in the file of last time
                 └ new:   feedgen, among the head and the tail that it makes anew each time

A key is the digest of all that the bytes hang on: the entry, what the feed around it tells it, and the code. In XML
each entry is announced by a comment with its key, and what follows the comment is its bytes, or they are put there;
the comments go. Beside the file is remembered where in it each entry lies, and the digest of the whole: a file that
somebody else wrote is not believed. What comes out is, byte for byte, what would be rendered without all this.
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

SIZE = 16
_END = bytes(SIZE)
_MARK = re.compile(rb" *<!--([0-9a-f]{%d})-->\n" % (2 * SIZE))


@dataclass(frozen=True, slots=True)
class Laid:
    """Where the entries lie in a file: (key, first byte, the byte after the last)."""

    digest: bytes  # of the file
    entries: tuple[tuple[bytes, int, int], ...]


class Pieces:
    """The entries of one document while it is rendered. `known`: key → bytes."""

    def __init__(self, known: Mapping[bytes, bytes] | None = None) -> None:
        self._known = known or {}
        self._used: list[bytes] = []  # keys, in the order of the document
        self._bytes: dict[bytes, bytes] = {}
        self.made = 0  # rendered anew

    def json(self, make: Callable[[Entry], bytes], told: str) -> Callable[[Entry], bytes]:
        """`make`, or what is known. `told`: what the feed tells its entries."""

        def one(entry: Entry) -> bytes:
            key = _key(entry, told)
            if (piece := self._known.get(key)) is None:
                piece = make(entry)
                self.made += 1
            self._used.append(key)
            self._bytes[key] = piece
            return piece

        return one

    def xml(self, make: Callable[[Entry], Element], told: str) -> Callable[[Entry], tuple[Element, ...]]:
        """An entry's mark, and what `make` makes of it, where that is not known."""

        def one(entry: Entry) -> tuple[Element, ...]:
            key = _key(entry, told)
            made = () if key in self._known else (make(entry),)
            self.made += len(made)
            self._used.append(key)
            return (_mark(key), *made)

        return one

    def filled(self, data: bytes) -> bytes:
        """The document, with what is known where it belongs and without the marks."""
        head, *rest = _MARK.split(data)
        keys, texts = rest[::2], rest[1::2]
        # In an entry there is no comment: whatever looks like one is text, and its `<` escaped.
        assert keys == [key.hex().encode() for key in (*self._used, _END)]
        pieces = [self._known.get(key) or text for key, text in zip(self._used, texts, strict=False)]
        self._bytes = dict(zip(self._used, pieces, strict=True))
        return b"".join((head, *pieces, texts[-1]))

    def laid(self, data: bytes) -> Laid:
        """Where everything lies in the document that was rendered."""
        found = []
        end = 0
        for key in self._used:
            start = data.index(self._bytes[key], end)
            end = start + len(self._bytes[key])
            found.append((key, start, end))
        return Laid(_digest(data), tuple(found))


def known(laid: Laid | None, data: bytes | None) -> dict[bytes, bytes]:
    """What a file holds of entries; nothing, where it is not the one that was laid out so."""
    if laid is None or data is None or _digest(data) != laid.digest:
        return {}
    return {key: data[start:end] for key, start, end in laid.entries}


def each_in_xml(
    make: Callable[[Entry], Element], told: str, pieces: Pieces | None
) -> Callable[[Entry], tuple[Element, ...]]:
    """`make`; with marks, and for what is not known, where there are pieces."""
    return pieces.xml(make, told) if pieces is not None else lambda entry: (make(entry),)


def announced(made: Iterable[tuple[Element, ...]], pieces: Pieces | None) -> Iterator[Element]:
    """The elements of all entries, with the mark that ends the last one."""
    for one in made:
        yield from one
    if pieces is not None:
        yield _mark(_END)


def _mark(key: bytes) -> Element:
    from lxml import etree

    return etree.Comment(key.hex())


def _key(entry: Entry, told: str) -> bytes:
    return blake2b(codec.dumps((entry, told)), digest_size=SIZE, key=_code()).digest()


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=SIZE).digest()


@cache
def _code() -> bytes:
    """Of what renders: after an upgrade, everything is rendered anew."""
    from feedgen.version import version_full_str
    from lxml import etree

    found = blake2b(repr((__version__, version_full_str, etree.LXML_VERSION)).encode(), digest_size=SIZE)
    for path in sorted(Path(__file__).parent.glob("*.py")):
        found.update(path.read_bytes())
    return found.digest()
