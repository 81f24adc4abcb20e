"""Notices that somebody deleted the output folder, or a file directly in it."""

from __future__ import annotations

from typing import NamedTuple

from feeds.config.settings import Site


class FolderStamp(NamedTuple):
    """Changes when the folder is deleted, replaced, or gets or loses a file."""

    inode: int = 0
    modified_ns: int = 0
    is_missing: bool = False


def stamp_output(site: Site) -> FolderStamp:
    """Of the output folder; always the same for an object store."""
    if site.bucket:
        return FolderStamp()
    try:
        status = site.output.stat()
    except OSError:
        return FolderStamp(is_missing=True)
    return FolderStamp(status.st_ino, status.st_mtime_ns)
