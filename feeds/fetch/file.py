"""Files below the configuration's directory, read as if a server had sent them."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path

from feeds.errors import Blocked, TooLarge, Unreachable
from feeds.model import Fetched, Response, Source, Unchanged, Validators

# By ending rather than by `mimetypes`, which reads tables that differ from system to system.
_TYPES = {
    ".atom": "application/atom+xml",
    ".rss": "application/rss+xml",
    ".rdf": "application/rdf+xml",
    ".xml": "application/xml",
    ".opml": "text/x-opml",
    ".json": "application/json",
    ".html": "text/html",
    ".htm": "text/html",
}


def read(
    source: Source, url: str, validators: Validators, directory: Path, monotonic: Callable[[], float]
) -> Fetched:
    """The file at `url`, a path below `directory`; the result's `url` is that path, never the absolute one.

    Its ETag is made of what `stat` says, so that a file that was not written to is not even opened.
    Raises Blocked (outside of `directory`, or no regular file), Unreachable, TooLarge.
    """
    started = monotonic()
    try:
        path = _inside(source.id, url, directory)
        etag = _etag(source.id, url, path.stat())
        if validators.url == url and validators.etag == etag:
            return Unchanged(url=url, validators=validators, seconds=monotonic() - started)
        body = _content(source, url, path)  # after the ETag: if it is written to meanwhile, it is read again
    except FileNotFoundError as error:
        raise Unreachable(source.id, _missing(url, directory)) from error
    except OSError as error:
        raise Unreachable(source.id, f"{url} cannot be read: {error.strerror}") from error
    kind = _TYPES.get(path.suffix.lower(), "")
    return Response(
        url=url,
        status=200,
        body=body,
        headers=(("content-type", kind),) if kind else (),
        validators=Validators(etag=etag, url=url),
        seconds=monotonic() - started,
        wire_bytes=len(body),
    )


def _inside(source: str, url: str, directory: Path) -> Path:
    root = directory.resolve()
    try:
        path = (root / url).resolve()
    except (ValueError, RuntimeError) as error:  # a NUL in the name; links in a circle (before Python 3.13)
        raise Blocked(source, "its path is no path") from error
    if not path.is_relative_to(root):
        raise Blocked(source, f"{url} lies outside of the folder of the configuration")
    return path


def _content(source: Source, url: str, path: Path) -> bytes:
    limit = source.access.max_body
    with path.open("rb") as file:
        body = file.read(limit + 1)
    if len(body) > limit:
        raise TooLarge(source.id, f"{url} is larger than the limit of {limit} bytes")
    return body


def _etag(source: str, url: str, status: os.stat_result) -> str:
    if not stat.S_ISREG(status.st_mode):
        raise Blocked(source, f"{url} is not a regular file")
    return f'"{status.st_mtime_ns:x}-{status.st_size:x}-{status.st_ino:x}"'


def _missing(url: str, directory: Path) -> str:
    asked = directory / url
    try:
        near = get_close_matches(asked.name, sorted(os.listdir(asked.parent)), n=1)  # noqa: PTH208
    except OSError:
        near = []
    hint = f"; did you mean {(Path(url).parent / near[0]).as_posix()}?" if near else ""
    return f"there is no file {url} below the folder of the configuration{hint}"
