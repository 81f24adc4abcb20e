"""Parses requests as waitress does, and refuses those whose end two servers could see at different places.

A proxy in front of `feeds serve` that reads a request's length differently would take the rest of it for a request of
the next client (request smuggling, RFC 9112 §11.2). waitress lets some of these requests through: both Content-Length
and Transfer-Encoding, "chunked, chunked", a chunk size with a bare line feed. Each is answered with 400, and its
connection is closed.
"""

from __future__ import annotations

import re
from typing import Any

from waitress.buffers import OverflowableBuffer
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.receiver import FixedStreamReceiver
from waitress.utilities import BadRequest

MAX_CHUNK_LINE_BYTES = 1024
"""Of the line with a chunk's size and extensions, and of a line of the trailer; our choice. RFC 9112 §7.1.1 asks for
a limit."""

MAX_TRAILER_BYTES = 16 << 10

_REFUSAL = "This request cannot be understood."
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})(?:[ \t]*;[\t\x20-\x7e]*)?")
_VERSIONS = (b" HTTP/1.0", b" HTTP/1.1")


class StrictRequest(HTTPRequestParser):  # type: ignore[misc]
    """One request. Its error, if it has one, contains nothing that the client sent."""

    completed: bool
    headers_finished: bool
    error: Any
    body_rcv: Any
    _checked = 0  # bytes of the unfinished header that have been searched for a bare line feed

    def received(self, data: bytes) -> int:
        if not self.header_plus and self.body_rcv is None and data.startswith(b"\n"):
            return self._refuse(len(data))
        consumed: int = super().received(data)
        if not self.completed and not self.headers_finished and self._has_bare_line_feed():
            # waitress would wait for an empty line that never comes.
            return self._refuse(consumed)
        if self.error:
            self.error.body = _REFUSAL
        return consumed

    def _refuse(self, consumed: int) -> int:
        self.error = BadRequest(_REFUSAL)
        self.completed = True
        return consumed

    def _has_bare_line_feed(self) -> bool:
        header: bytes = self.header_plus
        at = header.find(b"\n", self._checked)
        while at >= 0:
            if header[at - 1 : at] != b"\r":
                return True
            at = header.find(b"\n", at + 1)
        self._checked = len(header)
        return False

    def parse_header(self, header_plus: bytes) -> None:
        if self.header_bytes_received < self.adj.max_request_header_size:  # else waitress parses a substitute
            _check_framing(header_plus)
        try:
            super().parse_header(header_plus)
        except ValueError as error:  # from urllib, for a URL like http://[/
            raise ParsingError("Address is invalid") from error
        if self.chunked:
            self.body_rcv = StrictChunks(OverflowableBuffer(self.adj.inbuf_overflow))


def _check_framing(header: bytes) -> None:
    """Raises ParsingError if the length of the request, or its host, could be understood in two ways."""
    first, *lines = header.split(b"\r\n")
    if not first.endswith(_VERSIONS):
        raise ParsingError("Version is not supported")
    if any(line.startswith((b" ", b"\t")) for line in lines):
        raise ParsingError("Header is folded")  # RFC 9112 §5.2
    values: dict[bytes, list[bytes]] = {}
    for line in lines:
        name, _, value = line.partition(b":")
        values.setdefault(name.strip().lower(), []).append(value.strip(b" \t").lower())
    lengths, codings, hosts = (
        values.get(name, []) for name in (b"content-length", b"transfer-encoding", b"host")
    )
    if len(lengths) > 1 or len(codings) > 1 or (lengths and codings):
        raise ParsingError("Length is stated twice")  # RFC 9112 §6.3
    if codings and (
        first.endswith(b"1.0") or codings[0].count(b"chunked") > 1 or codings[0].strip(b", ") == b""
    ):
        raise ParsingError("Transfer-Encoding is invalid")  # RFC 9112 §6.1
    if len(hosts) > 1 or (first.endswith(b"1.1") and not hosts):
        raise ParsingError("Host is missing or stated twice")  # RFC 9112 §3.2


class StrictChunks(FixedStreamReceiver):  # type: ignore[misc]
    """A body in chunks (RFC 9112 §7.1). Anything that departs from the grammar is an error."""

    def __init__(self, buffer: Any) -> None:
        super().__init__(0, buffer)
        self._line = b""
        self._trailer_bytes = 0
        self._parse_line = self._parse_size

    def received(self, data: bytes) -> int:
        """Returns the number of bytes consumed."""
        consumed = 0
        while consumed < len(data) and not self.completed and not self.error:
            if self.remain:
                piece = data[consumed : consumed + self.remain]
                self.buf.append(piece)
                self.remain -= len(piece)
            else:
                end = data.find(b"\n", consumed)
                piece = data[consumed : len(data) if end < 0 else end + 1]
                self._append_to_line(piece)
            consumed += len(piece)
        return consumed

    def _append_to_line(self, piece: bytes) -> None:
        self._line += piece
        if len(self._line) > MAX_CHUNK_LINE_BYTES:
            self.error = BadRequest("")
        elif self._line.endswith(b"\n"):
            line, self._line = self._line, b""
            if not line.endswith(b"\r\n") or b"\r" in line[:-2] or not self._parse_line(line[:-2]):
                self.error = BadRequest("")

    def _parse_size(self, line: bytes) -> bool:
        """Each parser of a line returns whether the line is valid."""
        match = _CHUNK_SIZE.fullmatch(line)
        if match is None:
            return False
        self.remain = int(match[1], 16)
        self._parse_line = self._parse_chunk_end if self.remain else self._parse_trailer
        return True

    def _parse_chunk_end(self, line: bytes) -> bool:
        self._parse_line = self._parse_size
        return not line

    def _parse_trailer(self, line: bytes) -> bool:
        """Fields of the trailer are discarded."""
        self.completed = not line
        self._trailer_bytes += len(line)
        return self._trailer_bytes <= MAX_TRAILER_BYTES
