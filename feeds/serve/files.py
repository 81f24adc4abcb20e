"""The files of the output directory as HTTP representations (RFC 9110 §3.2): bytes, type, validators.

Only names with a known ending are served, so a half-written file never is. A private file is found only by its token.
"""

from __future__ import annotations

import os
import stat
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from hmac import compare_digest
from pathlib import Path
from threading import Lock

from feeds.publish.compression import CODING_SUFFIXES, compress
from feeds.publish.directory import is_current_copy
from feeds.publish.http_headers import content_type_of
from feeds.publish.sink import PRIVATE_FOLDER

_FEED_POLICY = "default-src 'none'; frame-ancestors 'none'"
_PAGE_POLICY = (  # media of articles may come from any host; nothing else is loaded, no script runs
    "default-src 'none'; img-src 'self' data: https: http:; media-src https: http:; "
    "style-src 'self' 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True)
class MediaType:
    """How files with one ending are sent."""

    type: str
    compressible: bool = True  # whether gzip makes it smaller
    policy: str = _FEED_POLICY  # Content-Security-Policy


PAGE = MediaType("text/html; charset=utf-8", policy=_PAGE_POLICY)

USER_FILES = {
    ".xml": MediaType("application/xml"),
    ".xsl": MediaType("text/xsl; charset=utf-8"),
    ".txt": MediaType("text/plain; charset=utf-8"),
    ".svg": MediaType("image/svg+xml"),
    ".png": MediaType("image/png", compressible=False),
    ".ico": MediaType("image/x-icon", compressible=False),
}
"""Ending → how files that the user puts beside the published ones are sent."""


def media_type(ending: str) -> MediaType | None:
    """How files with this ending (".atom") are sent; None: they are not served."""
    if (of_user_file := USER_FILES.get(ending)) is not None:
        return of_user_file
    published = content_type_of(ending.removeprefix("."))
    if published is None:
        return None
    return PAGE if published == PAGE.type else MediaType(published)


MAX_CACHE_BYTES = 64 << 20
"""Size of the cache, plain and encoded bytes together; our choice: some 300 outputs of 100 entries."""

_FileVersion = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Representation:
    """One version of one file. `encoded`: content coding → the bytes in that coding, the smallest first."""

    version: _FileVersion
    media: MediaType
    modified: datetime
    body: bytes = field(repr=False)
    encoded: Mapping[str, bytes] = field(repr=False)
    etag: str  # strong (RFC 9110 §8.8.3), without quotes
    private: bool = False

    @property
    def size(self) -> int:
        return len(self.body) + sum(map(len, self.encoded.values()))

    def etag_of(self, coding: str) -> str:
        """Each coding is a representation of its own, with its own tag (§8.8.3.3)."""
        return f"{self.etag}-{coding}" if coding else self.etag


class FileCache:
    """Reads files of the directory, and caches the latest versions. Safe to use from several threads."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._cached: OrderedDict[str, Representation] = OrderedDict()
        self._cached_bytes = 0
        self._lock = Lock()

    def get(self, name: str) -> Representation | None:
        """The file's current version; None if there is no such file, or it must not be served.

        `name`: the requested path after percent-decoding, "world.atom". Raises OSError only if the file exists and
        cannot be read.
        """
        media = media_type(os.path.splitext(name)[1])  # noqa: PTH122  part of a URL, not yet a path
        if media is None or any(not part or part[0] == "." for part in name.split("/")):
            return None
        try:
            path = (self._directory / self._stored_name(name)).resolve(strict=True)
            inside = path.is_relative_to(self._directory.resolve(strict=True))
        except (OSError, ValueError, RuntimeError):  # missing; NUL or a surrogate; a symlink loop
            return None
        return self._read(name, media, path) if inside else None

    def _stored_name(self, name: str) -> str:
        """The name; of a private file, with the token as it is stored. Raises FileNotFoundError for an unknown token.

        Tokens are compared in constant time: the duration of a look-up in the folder could tell how much of a token
        is right.
        """
        if not name.startswith(PRIVATE_FOLDER):
            return name
        requested, _, file = name.removeprefix(PRIVATE_FOLDER).partition("/")
        tokens = [entry.name for entry in os.scandir(self._directory / PRIVATE_FOLDER)]
        matching = [
            token
            for token in tokens
            if compare_digest(os.fsencode(token), requested.encode("utf-8", "replace"))
        ]
        if not matching or not file:
            raise FileNotFoundError
        return f"{PRIVATE_FOLDER}{matching[0]}/{file}"

    def _read(self, name: str, media: MediaType, path: Path) -> Representation | None:
        try:
            file = open(path, "rb", opener=_open_nonblocking)  # noqa: SIM115  closed by `with`, below
        except (FileNotFoundError, IsADirectoryError):
            return None
        with file:  # one descriptor for stat and read, so that a rename in between cannot mix two versions
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                return None
            copies = {
                coding: copy
                for coding, ending in CODING_SUFFIXES.items()
                if media.compressible and is_current_copy(copy := path.with_name(path.name + ending), status)
            }
            version = (
                status.st_ino,
                status.st_size,
                status.st_mtime_ns,
                status.st_ctime_ns,
                *(coding in copies for coding in CODING_SUFFIXES),
            )
            with self._lock:
                cached = self._cached.get(name)
                if cached is not None and cached.version == version:
                    self._cached.move_to_end(name)
                    return cached
            body = file.read()
        representation = Representation(
            version=version,
            media=media,
            modified=datetime.fromtimestamp(status.st_mtime, UTC),
            body=body,
            encoded=_encode(body, copies) if media.compressible else {},
            etag=blake2b(body, digest_size=16).hexdigest(),
            private=name.startswith(PRIVATE_FOLDER),
        )
        self._add_to_cache(name, representation)
        return representation

    def _add_to_cache(self, name: str, representation: Representation) -> None:
        with self._lock:
            self._subtract_size(self._cached.pop(name, None))
            self._cached[name] = representation
            self._cached_bytes += representation.size
            while self._cached_bytes > MAX_CACHE_BYTES:
                self._subtract_size(self._cached.popitem(last=False)[1])

    def _subtract_size(self, evicted: Representation | None) -> None:
        if evicted is not None:
            self._cached_bytes -= evicted.size


def _open_nonblocking(path: str, flags: int) -> int:
    # Opening a pipe that has the name of a feed would block the thread for ever.
    return os.open(path, flags | os.O_NONBLOCK)


def _encode(body: bytes, copies: Mapping[str, Path]) -> dict[str, bytes]:
    """Coding → bytes: the packed copies beside the file; gzip is made here if there is no copy."""
    encoded = {}
    for coding, copy in copies.items():
        with suppress(OSError):  # it was deleted meanwhile
            encoded[coding] = copy.read_bytes()
    if "gzip" not in encoded:
        encoded["gzip"] = compress("gzip", body)
    by_size = sorted(encoded.items(), key=lambda item: len(item[1]))
    return {coding: data for coding, data in by_size if data}
