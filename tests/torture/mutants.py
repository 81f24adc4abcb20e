"""Mutants of feed documents, drawn from a seed: the same seed and documents give the same bytes at every run."""

# ruff: noqa: E501 - tables of pieces

from __future__ import annotations

import gzip
import random
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.shared import CORPUS_DIR, REAL_DIR, corpus_documents

OWN_DOCUMENTS = Path(__file__).parents[1] / "parse" / "golden"
MAX_DOCUMENT_BYTES = 400_000  # a longer document is cut before it is mutated
MAX_MUTATIONS = 6

_ENTITIES = (
    b"&#0;", b"&#1;", b"&#13;", b"&#55296;", b"&#xFFFE;", b"&#x110000;", b"&#99999999999999999999;", b"&#x;", b"&nbsp;",
    b"&lt;", b"&amp;amp;lt;b&amp;amp;gt;", b"&", b"&;", b"&bogus;", b"<![CDATA[", b"]]>", b"<!--", b"-->", b"<?x ", b"<",
)  # fmt: skip
_CHARSETS = (
    b"utf-8", b"utf-16", b"utf-16le", b"utf-32", b"utf-7", b"iso-8859-1", b"windows-1252", b"shift_jis", b"gb18030", b"big5",
    b"euc-jp", b"iso-2022-jp", b"koi8-r", b"hz", b"idna", b"punycode", b"unicode_escape", b"zlib", b"rot13", b"undefined",
    b"no-such", b"", b"\xff",
)  # fmt: skip
_NUMBERS = (
    b"0", b"-1", b"99999999999999999999999", b"1e999", b"NaN", b"0x7f", b"1.5.2", b"\xd9\xa3", b"\xc2\xb2", b"00", b"2147483648",
    b"9" * 5000, b"-0", b"",
)  # fmt: skip
_BYTES = (
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
    b"\xc0\x80",
    b"\r",
    b"\x1b$B",
    b"\x85",
    b"\xe2\x80\xa8",
    b"\x7f",
)

_TAG = re.compile(rb"<[^<>]{1,400}>")
_NUMBER = re.compile(rb"\d+")
_CHARSET = re.compile(rb"(?:encoding|charset)\s*=\s*[\"']?([\w.:-]+)", re.I)
_REFERENCE = re.compile(rb"&[#\w]+;")

Mutation = Callable[[random.Random, bytes, Sequence[bytes]], bytes]


def documents() -> list[bytes]:
    """The documents to mutate: those beside the repository, or else those of the tests."""
    found: list[bytes] = []
    if CORPUS_DIR.is_dir():
        found += [path.read_bytes() for path in corpus_documents()]
    if REAL_DIR.is_dir():
        found += [gzip.decompress(path.read_bytes()) for path in sorted(REAL_DIR.glob("*.gz"))]
    found = found or [path.read_bytes() for path in sorted(OWN_DOCUMENTS.iterdir())]
    assert found
    return found


def mutant(originals: Sequence[bytes], seed: int) -> bytes:
    """Mutant number `seed`. The originals take turns."""
    draw = random.Random(seed)
    document = originals[seed % len(originals)][:MAX_DOCUMENT_BYTES]
    for _ in range(draw.randint(1, MAX_MUTATIONS)):
        document = draw.choice(MUTATIONS)(draw, document, originals)
    return document


def _flip_bits(draw: random.Random, document: bytes, _originals: Sequence[bytes]) -> bytes:
    changed = bytearray(document)
    for _ in range(draw.choice((1, 3, 30))):
        if changed:
            changed[draw.randrange(len(changed))] ^= 1 << draw.randrange(8)
    return bytes(changed)


def _cut(draw: random.Random, document: bytes, _originals: Sequence[bytes]) -> bytes:
    start, end = _range(draw, document)
    return draw.choice((document[:end], document[start:], document[:start] + document[end:]))


def _repeat(draw: random.Random, document: bytes, _originals: Sequence[bytes]) -> bytes:
    start, end = _range(draw, document)
    times = draw.choice((1, 1, 2, 40 if end - start < 2_000 else 1))
    return document[:end] + document[start:end] * times + document[end:]


def _swap(draw: random.Random, document: bytes, _originals: Sequence[bytes]) -> bytes:
    a, b, c, d = sorted(draw.randrange(len(document) + 1) for _ in range(4))
    return document[:a] + document[c:d] + document[b:c] + document[a:b] + document[d:]


def _splice(draw: random.Random, document: bytes, originals: Sequence[bytes]) -> bytes:
    start, end = _range(draw, document)
    other = draw.choice(originals)[:MAX_DOCUMENT_BYTES]
    first, last = _range(draw, other)
    return document[:start] + other[first:last] + document[end:]


def _insert(pieces: Sequence[bytes]) -> Mutation:
    def insert(draw: random.Random, document: bytes, _originals: Sequence[bytes]) -> bytes:
        for _ in range(draw.choice((1, 2, 10))):
            at = draw.randrange(len(document) + 1)
            document = document[:at] + draw.choice(pieces) + document[at:]
        return document

    return insert


def _replace(pattern: re.Pattern[bytes], pieces: Sequence[bytes]) -> Mutation:
    def replace(draw: random.Random, document: bytes, _originals: Sequence[bytes]) -> bytes:
        spans = [match.span(match.lastindex or 0) for match in pattern.finditer(document)]
        for start, end in sorted(draw.sample(spans, min(len(spans), draw.choice((1, 3, 9)))), reverse=True):
            document = document[:start] + draw.choice(pieces) + document[end:]
        return document

    return replace


def _change_tags(draw: random.Random, document: bytes, _originals: Sequence[bytes]) -> bytes:
    """Removes tags, doubles them, or puts one in the place of another."""
    tags = list(_TAG.finditer(document))
    if not tags:
        return document
    for match in sorted(
        draw.sample(tags, min(len(tags), draw.choice((1, 3, 9)))), key=re.Match.start, reverse=True
    ):
        piece = draw.choice((b"", match[0] * 2, draw.choice(tags)[0], match[0].replace(b"<", b"</", 1)))
        document = document[: match.start()] + piece + document[match.end() :]
    return document


def _recode(draw: random.Random, document: bytes, _originals: Sequence[bytes]) -> bytes:
    """In another character set than it states."""
    text = document.decode("utf-8", "replace")
    return text.encode(
        draw.choice(("utf-16", "utf-16-le", "utf-32", "cp1252", "shift_jis", "utf-7", "gb18030")), "replace"
    )


def _range(draw: random.Random, document: bytes) -> tuple[int, int]:
    start = draw.randrange(len(document) + 1)
    return start, min(len(document), start + int(draw.paretovariate(0.5)))


MUTATIONS: tuple[Mutation, ...] = (
    _flip_bits,
    _cut,
    _repeat,
    _swap,
    _splice,
    _insert(_ENTITIES),
    _insert(_BYTES),
    _replace(_NUMBER, _NUMBERS),
    _replace(_CHARSET, _CHARSETS),
    _replace(_REFERENCE, _ENTITIES),
    _change_tags,
    _recode,
)
