"""Content-Encoding undone, a piece at a time, so that a bomb is stopped where it passes the limit.

Ours rather than urllib3's because that one (2.8) takes a gzip or brotli stream that was cut off for whole,
gives out raw what it cannot decode, bounds neither the inner layers of a chain nor the memory that a zstd
frame may ask for, and cannot be stopped while a stream unpacks to nothing.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

_Decoder = Callable[[Iterable[bytes]], Iterator[bytes]]

MAX_PIECE_BYTES = 64 << 10  # bytes unpacked at a time
MAX_CODINGS = 3  # real servers pack twice by mistake; never four times
_NO_CODINGS = frozenset(
    {"", "identity", "none", "utf-8", "binary", "8bit"}
)  # seen from mistaken servers; harmless
_MAX_ZSTD_WINDOW_LOG2 = 23  # log2 of the bytes that decoding may hold: 8 MiB, what RFC 9659 allows


class CorruptBody(ValueError):
    """The body is not what its Content-Encoding says. The message is fit to be shown."""


class BodyTooLarge(ValueError):
    """More bytes than allowed came out."""


def decode(
    chunks: Iterable[bytes], content_encoding: str, limit: int, check_deadline: Callable[[], object]
) -> Iterator[bytes]:
    """Wire bytes → the document's bytes, in pieces of at most about 64 KiB.

    `limit`: how many bytes may come out, of each layer. `tick` is called between pieces and may raise.
    Raises Broken, Overflow.
    """
    codings = [coding.strip().lower() for coding in content_encoding.split(",")]
    codings = [coding for coding in codings if coding not in _NO_CODINGS]
    if len(codings) > MAX_CODINGS:
        raise CorruptBody("the document is packed more often than is sensible")
    pieces = _limited(chunks, limit, check_deadline)
    for coding in reversed(codings):  # the last one named was applied last (RFC 9110 §8.4)
        if coding not in _DECODERS:
            raise CorruptBody("the document is packed in a way that was not asked for")
        pieces = _limited(_DECODERS[coding](pieces), limit, check_deadline)
    return pieces


def _limited(pieces: Iterable[bytes], limit: int, tick: Callable[[], object]) -> Iterator[bytes]:
    count = 0
    for piece in pieces:
        count += len(piece)
        if count > limit:
            raise BodyTooLarge
        tick()
        yield piece


def _gunzip(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """One or more gzip members (RFC 1952 §2.2); what follows them and is none is ignored, as by gzip."""
    unpacker, first = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS), True
    for chunk in chunks:
        rest = chunk
        while rest:
            if unpacker.eof:
                unpacker, first = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS), False
            try:
                yield unpacker.decompress(rest, MAX_PIECE_BYTES)
            except zlib.error as error:
                if first:
                    raise _wrong_coding(error, "gzip") from error
                return
            rest = unpacker.unused_data or unpacker.unconsumed_tail
    yield from _flush(unpacker, "gzip")


def _inflate(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """`deflate` means zlib (RFC 9110 §8.4.1.2); some servers send the bare stream (RFC 1951).

    A zlib header's low nibble is 8; a bare stream could begin so only with a stored block of odd padding.
    """
    unpacker = None
    for chunk in chunks:
        if unpacker is None and chunk:
            headed = chunk[0] & 0x0F == zlib.DEFLATED
            unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS if headed else -zlib.MAX_WBITS)
        rest = chunk
        while rest and unpacker and not unpacker.eof:
            try:
                yield unpacker.decompress(rest, MAX_PIECE_BYTES)
            except zlib.error as error:
                raise _wrong_coding(error, "deflate") from error
            rest = unpacker.unconsumed_tail
    if unpacker:
        yield from _flush(unpacker, "deflate")


def _flush(unpacker: zlib._Decompress, coding: str) -> Iterator[bytes]:
    while not unpacker.eof and (piece := unpacker.decompress(b"", MAX_PIECE_BYTES)):
        yield piece
    if not unpacker.eof:
        raise CorruptBody(f"the document was cut off: its {coding} stream has no end")


def _wrong_coding(error: Exception, coding: str) -> CorruptBody:
    return CorruptBody(f"the document is said to be packed as {coding}, and is not ({type(error).__name__})")


_DECODERS: dict[str, _Decoder] = {"gzip": _gunzip, "x-gzip": _gunzip, "deflate": _inflate}
_OFFERED_CODINGS = ["gzip", "deflate"]

try:
    import brotli
except ImportError:
    pass
else:

    def _unbrotli(chunks: Iterable[bytes]) -> Iterator[bytes]:
        unpacker = brotli.Decompressor()
        for chunk in chunks:
            rest = chunk
            while not unpacker.is_finished():
                try:
                    piece = unpacker.process(rest, output_buffer_limit=MAX_PIECE_BYTES)
                except brotli.error as error:
                    raise _wrong_coding(error, "br") from error
                yield piece
                rest = b""
                # 1.2 takes more while it still holds output back: an empty piece says that it is done.
                if not piece and unpacker.can_accept_more_data():
                    break
        if not unpacker.is_finished():
            raise CorruptBody("the document was cut off: its br stream has no end")

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
        """One or more frames (RFC 8878 §3.1)."""
        options: Any = {zstd.DecompressionParameter.window_log_max: _MAX_ZSTD_WINDOW_LOG2}
        unpacker = zstd.ZstdDecompressor(options=options)
        for chunk in chunks:
            rest = chunk
            while rest or not (unpacker.needs_input or unpacker.eof):
                if unpacker.eof:
                    unpacker = zstd.ZstdDecompressor(options=options)
                try:
                    yield unpacker.decompress(rest, MAX_PIECE_BYTES)
                except zstd.ZstdError as error:
                    raise _wrong_coding(error, "zstd") from error
                rest = unpacker.unused_data if unpacker.eof else b""
        if not unpacker.eof:
            raise CorruptBody("the document was cut off: its zstd stream has no end")

    _DECODERS["zstd"] = _unzstd
    _OFFERED_CODINGS.append("zstd")

ACCEPT_ENCODING = ", ".join(_OFFERED_CODINGS)
