"""Sink: the interface of the places to which files are published, and the rules for each file by its name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import NamedTuple, Protocol

from feeds.errors import PublishError
from feeds.model import Source
from feeds.render import formats
from feeds.render.checks import check_text, check_xml

Check = Callable[[bytes], None]
"""Raises an exception if the bytes are not what the file's ending promises."""

PRIVATE_FOLDER = "private/"
"""The names of private files begin with it. A token that nobody can guess follows: "private/TOKEN/world.atom"."""

HEALTH_FILES = ("health.atom", "health.html")
"""The files of the health report."""


class SiteFile(NamedTuple):
    """A kind of file that belongs to the site and not to an output."""

    media_type: str
    check: Check


_SITE_FILES = {"opml": SiteFile("text/x-opml", check_xml), "css": SiteFile("text/css", check_text)}
"""By ending. The endings of the outputs' files are in `feeds.render.formats`."""

_NAME = re.compile(
    r"(?:private/[A-Za-z0-9_-]{16,128}/)?[a-z0-9](?:[a-z0-9_-]|\.(?=[a-z0-9])){0,119}\.([a-z0-9]+)"
)
"""Lower case only: two names must not be one file on a file system that ignores case."""


class Sink(Protocol):
    """A place for published files. Only one process writes to it at a time (the lock of the state ensures that).

    Every failure raises PublishError and leaves the old file: a reader gets the old file or the new one, whole.
    """

    cheap_reads: bool
    """Whether reading a file costs less than rendering it."""

    def list_files(self) -> frozenset[str]:
        """The names of the published files that exist. Files with other names are ignored."""
        ...

    def read(self, name: str) -> bytes | None:
        """The content of a file; None if it does not exist."""
        ...

    def write(self, name: str, data: bytes, check: Check | None = None) -> bool:
        """Write a file if its bytes changed. Returns whether they did.

        The data must pass `check`; None: the check that belongs to the ending of the name.
        """
        ...

    def remove(self, name: str) -> bool:
        """Remove a file. Returns whether it existed."""
        ...

    def finish(self) -> None:
        """Do what need not be done before readers see the new files."""
        ...


def is_file_name(name: str) -> bool:
    """Whether it is the name of a file that this program publishes."""
    match = _NAME.fullmatch(name)
    return match is not None and (formats.find(match[1]) is not None or match[1] in _SITE_FILES)


def checked_name(name: str) -> str:
    """Return the name. Raises PublishError if it is not the name of a file that this program publishes."""
    if not is_file_name(name):
        raise PublishError(
            f"{name!r} is not a name for an output file. Use small letters, digits, '-' and '_', and an ending such as "
            "'.atom'."
        )
    return name


def freshness_lifetime(sources: Iterable[Source]) -> timedelta:
    """How long caches may keep a copy of a file (RFC 9111 §4.2): half of the shortest polling interval.

    Between one minute and one hour. A reader that asks more often is answered with 304.
    """
    intervals = [source.schedule.every or source.schedule.shortest for source in sources]
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
    elif site_file := _SITE_FILES.get(ending):
        media_type = site_file.media_type
    else:
        return None
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


def content_type(name: str) -> str:
    """The Content-Type of a published file, by its ending."""
    type_ = content_type_of(_ending(name))
    assert type_ is not None, name
    return type_


def check_for(name: str) -> Check:
    """The check of a published file, by its ending."""
    ending = _ending(name)
    output_format = formats.find(ending)
    return output_format.load().check if output_format else _SITE_FILES[ending].check


def _ending(name: str) -> str:
    return name.rpartition(".")[2]


def verify(data: bytes, check: Check, name: str) -> None:
    """Raises PublishError if the data does not pass the check."""
    try:
        check(data)
    except Exception as error:
        raise PublishError(
            f"{name}: the rendered file cannot be read back: {error}. The old file is kept."
        ) from error
