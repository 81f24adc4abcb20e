"""Retriever of files below the configuration's directory. The result looks like a server's answer."""

from __future__ import annotations

import os
import stat
from difflib import get_close_matches
from pathlib import Path

from feeds.errors import Blocked, TooLarge, Unreachable
from feeds.fetch.decoding import BodyTooLarge, CorruptBody, decode
from feeds.fetch.fetch_budget import larger_than
from feeds.fetch.retrievers import FetchContext
from feeds.model import Fetched, Response, Source, Unchanged, Validators

_READ_BYTES = 64 << 10  # at a time

# Not `mimetypes`: it reads tables that differ from system to system.
_MEDIA_TYPES = {
    ".atom": "application/atom+xml",
    ".rss": "application/rss+xml",
    ".rdf": "application/rdf+xml",
    ".xml": "application/xml",
    ".opml": "text/x-opml",
    ".json": "application/json",
    ".html": "text/html",
    ".htm": "text/html",
}


def retrieve(context: FetchContext, source: Source, url: str, validators: Validators) -> Fetched:
    """The file at `url`, a path below the directory, unpacked if it is compressed. The result's `url` is that path,
    never the absolute one.

    The ETag is made from modification time, size and inode, so an unchanged file is not opened. Raises Blocked
    (outside of the directory, or not a regular file), Unreachable, TooLarge.
    """
    directory, monotonic = context.directory, context.clock.monotonic
    started = monotonic()
    try:
        path = _path_inside(source.id, url, directory)
        status = path.stat()
        etag = _etag(source.id, url, status)
        if validators.url == url and validators.etag == etag:
            return Unchanged(url=url, validators=validators, seconds=monotonic() - started)
        # After the ETag: a file that is written to meanwhile is read again next time.
        body = _read_unpacked(source, url, path)
    except FileNotFoundError as error:
        raise Unreachable(source.id, _missing_message(url, directory)) from error
    except OSError as error:
        raise Unreachable(source.id, f"the file {url} cannot be read: {error.strerror}") from error
    media_type = _MEDIA_TYPES.get(Path(path.name.lower().removesuffix(".gz")).suffix, "")
    return Response(
        url=url,
        status=200,
        body=body,
        headers=(("content-type", media_type),) if media_type else (),
        validators=Validators(etag=etag, url=url),
        seconds=monotonic() - started,
        wire_bytes=status.st_size,
    )


def _path_inside(source: str, url: str, directory: Path) -> Path:
    root = directory.resolve()
    try:
        path = (root / url).resolve()
    except (ValueError, RuntimeError) as error:  # a NUL in the name; a loop of links (before Python 3.13)
        raise Blocked(source, "its path is not valid") from error
    if not path.is_relative_to(root):
        raise Blocked(
            source, f"{url} is outside the folder of the configuration; only files below it are read"
        )
    return path


def _read_unpacked(source: Source, url: str, path: Path) -> bytes:
    limit = source.access.max_decoded_bytes
    try:
        with path.open("rb") as file:
            chunks = iter(lambda: file.read(_READ_BYTES), b"")
            return b"".join(decode(chunks, "", limit, lambda: None))
    except BodyTooLarge as error:
        raise TooLarge(source.id, f"{url} is {larger_than(limit)}") from error
    except CorruptBody as error:
        raise Unreachable(source.id, f"the file {url} cannot be read: {error}") from error


def _etag(source: str, url: str, status: os.stat_result) -> str:
    if not stat.S_ISREG(status.st_mode):
        raise Blocked(source, f"{url} is not a regular file")
    return f'"{status.st_mtime_ns:x}-{status.st_size:x}-{status.st_ino:x}"'


def _missing_message(url: str, directory: Path) -> str:
    path = directory / url
    try:
        near = get_close_matches(path.name, sorted(os.listdir(path.parent)), n=1)  # noqa: PTH208
    except OSError:
        near = []
    hint = f"; did you mean {(Path(url).parent / near[0]).as_posix()}?" if near else ""
    return f"there is no file {url} below the folder of the configuration{hint}"
