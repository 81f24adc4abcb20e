"""Sink: the interface of the places to which files are published; the files' names, and the check of each kind."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple, Protocol

from feeds.errors import CheckFailed, PublishError
from feeds.render import formats
from feeds.render.checks import check_text, check_xml

Check = Callable[[bytes], None]
"""Raises an exception if the bytes are not what the file's ending promises."""

PRIVATE_FOLDER = "private/"
"""The names of private files begin with it. A token that nobody can guess follows: "private/TOKEN/world.atom"."""

HEALTH_FILES = ("health.atom", "health.html")
"""The files of the health report."""

SITE_FILES = ("feeds.opml", "sources.opml", "index.html")
"""The files of the site pages."""


class SiteFileKind(NamedTuple):
    """A kind of file that belongs to the site and not to an output."""

    media_type: str
    check: Check


SITE_FILE_KINDS = {
    "opml": SiteFileKind("text/x-opml", check_xml),
    "css": SiteFileKind("text/css", check_text),
}
"""Ending of the file name → its kind. The endings of the outputs' files are in `feeds.render.formats`."""

_NAME = re.compile(
    r"(?:private/[A-Za-z0-9_-]{16,128}/)?[a-z0-9](?:[a-z0-9_-]|\.(?=[a-z0-9])){0,119}\.([a-z0-9]+)"
)
"""Lower case only: two names must not be one file on a file system that ignores case."""


class Sink(Protocol):
    """A place for published files. Only one process writes to it at a time (the lock of the state ensures that).

    A failure raises PublishError and leaves the old file: a reader gets the old file or the new one, whole.
    """

    reads_are_cheap: bool
    """Whether reading a file costs less than rendering it."""

    def list_files(self) -> frozenset[str]:
        """The names of the published files that exist. Files with other names are ignored."""
        ...

    def read(self, name: str) -> bytes | None:
        """The content of a file; None if it does not exist or, in a directory, cannot be read."""
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
        """Called after all files of a publication are written: for work that readers need not wait for, such as
        compressed copies."""
        ...


def is_file_name(name: str) -> bool:
    """Whether it is the name of a file that this program publishes."""
    match = _NAME.fullmatch(name)
    return match is not None and (formats.find(match[1]) is not None or match[1] in SITE_FILE_KINDS)


def checked_name(name: str) -> str:
    """Return the name. Raises PublishError if it is not the name of a file that this program publishes."""
    if not is_file_name(name):
        raise PublishError(
            f"{name!r} is not a name for an output file. Use small letters, digits, '-' and '_', and an ending such as "
            "'.atom'."
        )
    return name


def check_for(name: str) -> Check:
    """The check of a published file, by its ending."""
    ending = ending_of(name)
    output_format = formats.find(ending)
    return output_format.load().check if output_format else SITE_FILE_KINDS[ending].check


def ending_of(name: str) -> str:
    """ "atom" of "world.atom"."""
    return name.rpartition(".")[2]


def verify(data: bytes, check: Check, name: str) -> None:
    """Raises CheckFailed if the data does not pass the check."""
    try:
        check(data)
    except Exception as error:
        raise CheckFailed(
            f"{name}: the rendered file did not pass its check: {error}. The old file is kept."
        ) from error
