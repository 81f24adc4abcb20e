"""Unpacks a body piece by piece, so that a decompression bomb is stopped at the limit.

Its Content-Encoding says how it is compressed. Many servers do not say it, or compress a file that is compressed
already: these are known by their first bytes. So are documents that are not compressed although the header says so.

Not urllib3's decoder, which (2.8) accepts a truncated gzip or brotli stream as complete, returns undecodable data as it
is, limits neither the inner layers of several codings nor the memory that a zstd frame may request, and cannot be
stopped while a stream decompresses to nothing.
"""

from __future__ import annotations

import re
import sys
import zlib
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any

_Decoder = Callable[[Iterable[bytes]], Iterator[bytes]]

MAX_PIECE_BYTES = 64 << 10  # decompressed at a time
MAX_CODINGS = 3  # real servers compress twice by mistake, never four times
# What mistaken servers send for an uncompressed body.
_NO_CODINGS = frozenset({"", "identity", "none", "utf-8", "binary", "8bit"})
_MAX_ZSTD_WINDOW_LOG2 = 23  # 8 MiB of memory, the limit of RFC 9659


class CorruptBody(ValueError):
    """The body is not what its Content-Encoding says. The message is safe to show."""


class BodyTooLarge(ValueError):
    """Decompression gave more bytes than allowed."""


def decode(
    chunks: Iterable[bytes], content_encoding: str, limit: int, check_deadline: Callable[[], object]
) -> Iterator[bytes]:
    """Wire bytes → the document's bytes, in pieces of at most about 64 KiB. Files are unpacked in the same way.

    `limit`: the maximum number of bytes that each layer may give. `check_deadline` is called after each
    piece and may raise.
    Raises CorruptBody, BodyTooLarge.
    """
    codings = [coding.strip().lower() for coding in content_encoding.split(",")]
    codings = [coding for coding in codings if coding not in _NO_CODINGS]
    pieces = _limited(chunks, limit, check_deadline)
    decoded = 0
    while codings:  # they are listed in the order of application (RFC 9110 §8.4)
        codings, pieces = _true_codings(codings, pieces)
        if len(codings) + decoded > MAX_CODINGS:
            raise _too_many_codings()
        if codings:
            coding = codings.pop()
            if coding not in _DECODERS:
                raise CorruptBody("the document is compressed with a coding that was not requested")
            pieces = _limited(_DECODERS[coding](pieces), limit, check_deadline)
            decoded += 1
    return _without_unstated_codings(pieces, limit, check_deadline, MAX_CODINGS - decoded)


def _true_codings(codings: list[str], pieces: Iterator[bytes]) -> tuple[list[str], Iterator[bytes]]:
    """The stated codings that are still to be undone, and the data. There are none if its first bytes say something
    else: that it is a document, as where a proxy unpacks a body and leaves the header; or another coding, which is then
    undone as if it were not stated."""
    head, unread = _peek(pieces, _MAX_HEAD_BYTES)
    signature = next((sure for sure in _SURE_SIGNATURES if head.startswith(sure)), None)
    is_other_coding = (
        signature is not None and _ALIASES.get(codings[-1], codings[-1]) != _SURE_SIGNATURES[signature]
    )
    return ([] if is_other_coding or looks_like_document(head) else codings), unread


def looks_like_document(head: bytes) -> bool:
    """Whether data is XML, HTML or JSON without compression. `head`: its first bytes, 64 or more if there are as many.

    They are text that begins with "<" or "{". Compressed data that looks like that is as good as impossible.
    """
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS.items() if head.startswith(mark)), "utf-8")
    try:
        text = getincrementaldecoder(encoding)().decode(head[:_MAX_HEAD_BYTES])
    except UnicodeError:
        return False
    text = text.lstrip("\ufeff\0 \t\r\n")
    return text.startswith(("<", "{")) and not _CONTROL.search(text)


def _peek(pieces: Iterator[bytes], count: int) -> tuple[bytes, Iterator[bytes]]:
    """The first `count` bytes or more, or all there are; and all pieces, those included."""
    head = b""
    for piece in pieces:
        head += piece
        if len(head) >= count:
            break
    return head, chain((head,), pieces)


def _without_unstated_codings(
    pieces: Iterator[bytes], limit: int, check_deadline: Callable[[], object], max_codings: int
) -> Iterator[bytes]:
    """Also undo the compression that only the first bytes of the data tell of."""
    head, unread = _peek(pieces, _MAX_SIGNATURE_BYTES)
    signature = next(filter(head.startswith, _CODING_BY_SIGNATURE), None)
    if signature is None:
        yield from unread
        return
    if max_codings == 0:
        raise _too_many_codings()
    decoder = _DECODERS[_CODING_BY_SIGNATURE[signature]]
    unpacked = _limited(decoder(unread), limit, check_deadline)
    yield from _without_unstated_codings(unpacked, limit, check_deadline, max_codings - 1)


def _too_many_codings() -> CorruptBody:
    return CorruptBody(f"the document is compressed more than {MAX_CODINGS} times")


def _limited(pieces: Iterable[bytes], limit: int, check_deadline: Callable[[], object]) -> Iterator[bytes]:
    count = 0
    for piece in pieces:
        count += len(piece)
        if count > limit:
            raise BodyTooLarge
        check_deadline()
        yield piece


def _gunzip(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Decode one or more gzip members (RFC 1952 §2.2). Other data after them is ignored, as gzip does."""
    decompressor, is_first = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS), True
    for chunk in chunks:
        rest = chunk
        while rest:
            if decompressor.eof:
                decompressor, is_first = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS), False
            try:
                yield decompressor.decompress(rest, MAX_PIECE_BYTES)
            except zlib.error as error:
                if is_first:
                    raise _wrong_coding(error, "gzip") from error
                return
            rest = decompressor.unused_data or decompressor.unconsumed_tail
    yield from _flush(decompressor, "gzip")


def _inflate(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Decode `deflate`: a zlib stream (RFC 9110 §8.4.1.2), or the bare stream (RFC 1951) that some servers send.

    The low nibble of a zlib header is 8. A bare stream begins like that only with a stored block of odd padding.
    """
    decompressor = None
    for chunk in chunks:
        if decompressor is None and chunk:
            has_header = chunk[0] & 0x0F == zlib.DEFLATED
            decompressor = zlib.decompressobj(wbits=zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS)
        rest = chunk
        while rest and decompressor and not decompressor.eof:
            try:
                yield decompressor.decompress(rest, MAX_PIECE_BYTES)
            except zlib.error as error:
                raise _wrong_coding(error, "deflate") from error
            rest = decompressor.unconsumed_tail
    if decompressor:
        yield from _flush(decompressor, "deflate")


def _flush(decompressor: zlib._Decompress, coding: str) -> Iterator[bytes]:
    while not decompressor.eof and (piece := decompressor.decompress(b"", MAX_PIECE_BYTES)):
        yield piece
    if not decompressor.eof:
        raise CorruptBody(f"the document was cut off: its {coding} stream is not complete")


def _wrong_coding(error: Exception, coding: str) -> CorruptBody:
    return CorruptBody(
        f"the document is not compressed as {coding}, as its Content-Encoding or its first bytes say"
        f" ({type(error).__name__})"
    )


_DECODERS: dict[str, _Decoder] = {"gzip": _gunzip, "x-gzip": _gunzip, "deflate": _inflate}
_OFFERED_CODINGS = ["gzip", "deflate"]
# No document begins with these bytes: gzip (RFC 1952), zlib at its four levels (RFC 1950), and zstd (RFC 8878).
_CODING_BY_SIGNATURE = {
    b"\x1f\x8b\x08": "gzip",
    **dict.fromkeys((b"x\x01", b"x\x5e", b"x\x9c", b"x\xda"), "deflate"),
}
_MAX_SIGNATURE_BYTES = 4
# Of them, those long enough that no other coding begins with them.
_SURE_SIGNATURES = {b"\x1f\x8b\x08": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
_ALIASES = {"x-gzip": "gzip"}
_MAX_HEAD_BYTES = 64
_BYTE_ORDER_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")

try:
    import brotli
except ImportError:
    pass
else:

    def _unbrotli(chunks: Iterable[bytes]) -> Iterator[bytes]:
        decompressor = brotli.Decompressor()
        for chunk in chunks:
            rest = chunk
            while not decompressor.is_finished():
                try:
                    piece = decompressor.process(rest, output_buffer_limit=MAX_PIECE_BYTES)
                except brotli.error as error:
                    raise _wrong_coding(error, "br") from error
                yield piece
                rest = b""
                # Brotli 1.2 accepts input while it still has output. An empty piece means that it has none left.
                if not piece and decompressor.can_accept_more_data():
                    break
        if not decompressor.is_finished():
            raise CorruptBody("the document was cut off: its br stream is not complete")

    _DECODERS["br"] = _unbrotli
    _OFFERED_CODINGS.append("br")

try:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
except ImportError:
    pass
else:

    def _unzstd(chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Decode one or more frames (RFC 8878 §3.1)."""
        options: Any = {zstd.DecompressionParameter.window_log_max: _MAX_ZSTD_WINDOW_LOG2}
        decompressor = zstd.ZstdDecompressor(options=options)
        for chunk in chunks:
            rest = chunk
            while rest or not (decompressor.needs_input or decompressor.eof):
                if decompressor.eof:
                    decompressor = zstd.ZstdDecompressor(options=options)
                try:
                    yield decompressor.decompress(rest, MAX_PIECE_BYTES)
                except zstd.ZstdError as error:
                    raise _wrong_coding(error, "zstd") from error
                rest = decompressor.unused_data if decompressor.eof else b""
        if not decompressor.eof:
            raise CorruptBody("the document was cut off: its zstd stream is not complete")

    _DECODERS["zstd"] = _unzstd
    _CODING_BY_SIGNATURE[b"\x28\xb5\x2f\xfd"] = "zstd"
    _OFFERED_CODINGS.append("zstd")

ACCEPT_ENCODING = ", ".join(_OFFERED_CODINGS)
