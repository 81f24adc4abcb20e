"""HTTP headers of published files: for the built-in server, and for objects in an object store."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from feeds.model import Source
from feeds.publish.sink import PRIVATE_FOLDER, SITE_FILE_KINDS, ending_of
from feeds.render import formats


def freshness_lifetime(sources: Iterable[Source]) -> timedelta:
    """How long caches may keep a copy of a file (RFC 9111 §4.2): half of the shortest polling interval.

    Between one minute and one hour. A reader that asks more often is answered with 304.
    """
    intervals = [source.schedule.shortest_interval for source in sources]
    half = min(intervals, default=timedelta(hours=1)) / 2
    return max(timedelta(minutes=1), min(half, timedelta(hours=1)))


def cache_control(name: str, max_age: timedelta) -> str:
    """The Cache-Control header of a file (RFC 9111 §5.2). No shared cache may keep a private file."""
    scope = "private, " if name.startswith(PRIVATE_FOLDER) else ""
    return f"{scope}max-age={int(max_age.total_seconds())}"


def content_type_of(ending: str) -> str | None:
    """The Content-Type of published files with this ending; None if no published file has it."""
    if output_format := formats.find(ending):
        media_type = output_format.media_type
    elif site_file := SITE_FILE_KINDS.get(ending):
        media_type = site_file.media_type
    else:
        return None
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


def content_type(name: str) -> str:
    """The Content-Type of a published file, by its ending."""
    type_ = content_type_of(ending_of(name))
    assert type_ is not None, name
    return type_
