"""The files of one directory as HTTP representations (RFC 9110 §3.2): bytes, type, validators.

Only names with a known ending are served, so that a half-written or private file never is.
"""

from __future__ import annotations

import gzip
import os
import stat
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from threading import Lock

_FEED_POLICY = "default-src 'none'; frame-ancestors 'none'"
_PAGE_POLICY = (  # pictures, sound and films of articles lie anywhere; nothing else is fetched, nothing runs
    "default-src 'none'; img-src 'self' data: https: http:; media-src https: http:; "
    "style-src 'self' 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True)
class Media:
    """How files with one ending are sent."""

    type: str
    packs: bool = True  # is it worth gzip?
    policy: str = _FEED_POLICY  # Content-Security-Policy


PAGE = Media("text/html; charset=utf-8", policy=_PAGE_POLICY)

MEDIA = {
    ".atom": Media("application/atom+xml"),
    ".rss": Media("application/rss+xml"),
    ".json": Media("application/feed+json"),
    ".opml": Media("text/x-opml; charset=utf-8"),
    ".html": PAGE,
    ".xml": Media("application/xml"),
    ".xsl": Media("text/xsl; charset=utf-8"),
    ".css": Media("text/css; charset=utf-8"),
    ".txt": Media("text/plain; charset=utf-8"),
    ".svg": Media("image/svg+xml"),
    ".png": Media("image/png", packs=False),
    ".ico": Media("image/x-icon", packs=False),
}

CACHED = 64 << 20
"""Bytes of files, plain and packed, that are kept in memory; ours: some 300 outputs of 100 entries."""

_SMALLEST_PACKED = 500  # bytes; what fits one packet gains nothing
_LARGEST_PACKED = 16 << 20  # bytes; beyond, packing takes longer than it saves

_Stamp = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Representation:
    """One version of one file. `packed` is its gzip form, b"" where there is none."""

    stamp: _Stamp
    media: Media
    modified: datetime
    body: bytes = field(repr=False)
    packed: bytes = field(repr=False)
    etag: str  # strong (RFC 9110 §8.8.3), without quotes; the packed form has its own

    @property
    def packed_etag(self) -> str:
        return f"{self.etag}-gzip"


class Files:
    """The directory, through a memory of its latest versions. Safe to use from several threads."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._kept: OrderedDict[str, Representation] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def get(self, name: str) -> Representation | None:
        """The file's current version; None where there is no such file, or none that may be seen.

        `name` is what the client asked for, after percent-decoding: "world.atom". Raises OSError only when a
        file is there and cannot be read.
        """
        media = MEDIA.get(os.path.splitext(name)[1])  # noqa: PTH122  a name of a URL, not yet a path
        if media is None or any(not part or part[0] == "." for part in name.split("/")):
            return None
        try:
            path = (self._directory / name).resolve(strict=True)
            inside = path.is_relative_to(self._directory.resolve(strict=True))
        except (OSError, ValueError, RuntimeError):  # not there; NUL or a surrogate; a loop of links
            return None
        return self._read(name, media, path) if inside else None

    def _read(self, name: str, media: Media, path: Path) -> Representation | None:
        try:
            file = open(path, "rb", opener=_at_once)  # noqa: SIM115  closed by `with`, below
        except (FileNotFoundError, IsADirectoryError):
            return None
        with file:  # one descriptor for the facts and the bytes: a rename in between cannot mix two versions
            facts = os.fstat(file.fileno())
            if not stat.S_ISREG(facts.st_mode):
                return None
            stamp = (facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns)
            with self._lock:
                kept = self._kept.get(name)
                if kept is not None and kept.stamp == stamp:
                    self._kept.move_to_end(name)
                    return kept
            made = _represent(stamp, media, datetime.fromtimestamp(facts.st_mtime, UTC), file.read())
        self._keep(name, made)
        return made

    def _keep(self, name: str, made: Representation) -> None:
        with self._lock:
            self._forget(self._kept.pop(name, None))
            self._kept[name] = made
            self._size += len(made.body) + len(made.packed)
            while self._size > CACHED:
                self._forget(self._kept.popitem(last=False)[1])

    def _forget(self, gone: Representation | None) -> None:
        if gone is not None:
            self._size -= len(gone.body) + len(gone.packed)


def _at_once(path: str, flags: int) -> int:
    return os.open(
        path, flags | os.O_NONBLOCK
    )  # a pipe with the name of a feed would hold the thread for ever


def _represent(stamp: _Stamp, media: Media, modified: datetime, body: bytes) -> Representation:
    packed = b""
    if media.packs and _SMALLEST_PACKED <= len(body) <= _LARGEST_PACKED:
        packed = gzip.compress(body, compresslevel=6, mtime=0)  # no time in it: same bytes, same ETag
    etag = blake2b(body, digest_size=16).hexdigest()
    return Representation(stamp, media, modified, body, packed if len(packed) < len(body) else b"", etag)
