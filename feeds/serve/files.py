"""The files of one directory as HTTP representations (RFC 9110 §3.2): bytes, type, validators.

Only names with a known ending are served, so that a half-written file never is. What is private is found by who
knows its token, and by nobody else.
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

from feeds.publish.compression import ENDINGS, pack
from feeds.publish.directory import is_copy
from feeds.publish.sink import PRIVATE, TYPES

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


PAGE = Media(TYPES[".html"], policy=_PAGE_POLICY)

MEDIA = {
    **{ending: Media(type_) for ending, type_ in TYPES.items()},
    ".html": PAGE,
    ".xml": Media("application/xml"),
    ".xsl": Media("text/xsl; charset=utf-8"),
    ".txt": Media("text/plain; charset=utf-8"),
    ".svg": Media("image/svg+xml"),
    ".png": Media("image/png", packs=False),
    ".ico": Media("image/x-icon", packs=False),
}

CACHED = 64 << 20
"""Bytes of files, plain and packed, that are kept in memory; ours: some 300 outputs of 100 entries."""

_Stamp = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Representation:
    """One version of one file. `packed`: content coding → its form in that coding, the smallest first."""

    stamp: _Stamp
    media: Media
    modified: datetime
    body: bytes = field(repr=False)
    packed: Mapping[str, bytes] = field(repr=False)
    etag: str  # strong (RFC 9110 §8.8.3), without quotes
    private: bool = False

    @property
    def size(self) -> int:
        return len(self.body) + sum(map(len, self.packed.values()))

    def etag_of(self, coding: str) -> str:
        """Each packed form is a representation with a tag of its own (§8.8.3.3)."""
        return f"{self.etag}-{coding}" if coding else self.etag


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
            path = (self._directory / self._known(name)).resolve(strict=True)
            inside = path.is_relative_to(self._directory.resolve(strict=True))
        except (OSError, ValueError, RuntimeError):  # not there; NUL or a surrogate; a loop of links
            return None
        return self._read(name, media, path) if inside else None

    def _known(self, name: str) -> str:
        """The name of a file; of a private one, with a token that there is. Raises FileNotFoundError.

        Tokens are compared in a time that does not tell how much of one was right; a look-up in a folder may.
        """
        if not name.startswith(PRIVATE):
            return name
        asked, _, file = name.removeprefix(PRIVATE).partition("/")
        known = [one.name for one in os.scandir(self._directory / PRIVATE)]
        found = [one for one in known if compare_digest(os.fsencode(one), asked.encode("utf-8", "replace"))]
        if not found or not file:
            raise FileNotFoundError
        return f"{PRIVATE}{found[0]}/{file}"

    def _read(self, name: str, media: Media, path: Path) -> Representation | None:
        try:
            file = open(path, "rb", opener=_at_once)  # noqa: SIM115  closed by `with`, below
        except (FileNotFoundError, IsADirectoryError):
            return None
        with file:  # one descriptor for the facts and the bytes: a rename in between cannot mix two versions
            facts = os.fstat(file.fileno())
            if not stat.S_ISREG(facts.st_mode):
                return None
            copies = {
                coding: copy
                for coding, ending in ENDINGS.items()
                if media.packs and is_copy(copy := path.with_name(path.name + ending), facts)
            }
            stamp = (
                facts.st_ino,
                facts.st_size,
                facts.st_mtime_ns,
                facts.st_ctime_ns,
                *(coding in copies for coding in ENDINGS),
            )
            with self._lock:
                kept = self._kept.get(name)
                if kept is not None and kept.stamp == stamp:
                    self._kept.move_to_end(name)
                    return kept
            body = file.read()
        made = Representation(
            stamp=stamp,
            media=media,
            modified=datetime.fromtimestamp(facts.st_mtime, UTC),
            body=body,
            packed=_packed(body, copies) if media.packs else {},
            etag=blake2b(body, digest_size=16).hexdigest(),
            private=name.startswith(PRIVATE),
        )
        self._keep(name, made)
        return made

    def _keep(self, name: str, made: Representation) -> None:
        with self._lock:
            self._forget(self._kept.pop(name, None))
            self._kept[name] = made
            self._size += made.size
            while self._size > CACHED:
                self._forget(self._kept.popitem(last=False)[1])

    def _forget(self, gone: Representation | None) -> None:
        if gone is not None:
            self._size -= gone.size


def _at_once(path: str, flags: int) -> int:
    return os.open(
        path, flags | os.O_NONBLOCK
    )  # a pipe with the name of a feed would hold the thread for ever


def _packed(body: bytes, copies: Mapping[str, Path]) -> dict[str, bytes]:
    """The copies that stand beside the file; gzip is made here where it does not."""
    packed = {}
    for coding, copy in copies.items():
        with suppress(OSError):  # it went just now
            packed[coding] = copy.read_bytes()
    if "gzip" not in packed:
        packed["gzip"] = pack("gzip", body)
    return dict(sorted(((c, data) for c, data in packed.items() if data), key=lambda one: len(one[1])))
