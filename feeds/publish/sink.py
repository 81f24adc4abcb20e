"""Where published files go: what a place must be able to do, and what it is told of each file."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import PurePosixPath
from typing import Protocol

from feeds.errors import PublishError
from feeds.model import Source

Check = Callable[[bytes], None]

PRIVATE = "private/"
"""What the names of private files begin with; a token follows, which nobody can guess."""

HEALTH = ("health.atom", "health.html")
"""What tells how the sources are."""

_NAME = re.compile(
    r"(?:private/[A-Za-z0-9_-]{16,128}/)?"
    r"[a-z0-9](?:[a-z0-9_-]|\.(?=[a-z0-9])){0,119}\.(?:atom|rss|json|html|opml|css)"
)
"""Lower case only, so that no two names are one file where case does not count."""


class Sink(Protocol):
    """Only one process may write to it (the state's lock sees to that). Whatever fails raises PublishError, and
    then the old file stands: a reader sees the old one or the new one, whole."""

    near: bool
    """Whether reading a file costs less than rendering it."""

    def survey(self) -> frozenset[str]:
        """The names of the files of ours that stand. What is there besides is not looked at."""
        ...

    def read(self, name: str) -> bytes | None:
        """What stands under a name; None where nothing does."""
        ...

    def write(self, name: str, data: bytes, check: Check | None = None) -> bool:
        """Makes `name` hold `data`, which passed `check` (by default what the ending asks for); returns whether
        its bytes changed."""
        ...

    def remove(self, name: str) -> bool:
        """Takes away what is no longer published; returns whether there was something."""
        ...

    def finish(self) -> None:
        """What need not be done before readers see the news."""
        ...


def is_name(name: str) -> bool:
    return _NAME.fullmatch(name) is not None


def named(name: str) -> str:
    """The name, if it is one. Raises PublishError."""
    if not is_name(name):
        raise PublishError(
            f"{name!r} is no name for an output file: small letters, digits, '-' and '_', and an ending "
            "such as '.atom'"
        )
    return name


def freshness(sources: Iterable[Source]) -> timedelta:
    """For how long a copy of an output may be kept: half of the shortest interval between two polls.

    Between one minute and one hour; a reader that asks more often is answered with 304.
    """
    intervals = [source.schedule.every or source.schedule.shortest for source in sources]
    half = min(intervals, default=timedelta(hours=1)) / 2
    return max(timedelta(minutes=1), min(half, timedelta(hours=1)))


def cache_control(name: str, max_age: timedelta) -> str:
    """What is said to whoever may keep a copy of this file (RFC 9111 §5.2)."""
    kept_by = "private, " if name.startswith(PRIVATE) else ""  # by its reader, and nobody on the way
    return f"{kept_by}max-age={int(max_age.total_seconds())}"


# ------------------------------------------------------------------------- is it what its ending promises


def check_xml(data: bytes) -> None:
    """Well-formed, and one of the documents that we make."""
    from lxml import etree  # only where something is written

    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))
    if etree.QName(root).localname not in {"feed", "rss", "opml"}:
        raise ValueError(f"<{root.tag}> is no feed")


def check_json(data: bytes) -> None:
    if not isinstance(json.loads(data), dict):
        raise ValueError("no JSON object")  # noqa: TRY004 - the value is wrong, not a caller's type


def check_html(data: bytes) -> None:
    if not data.startswith(b"<!doctype html>") or not data.endswith(b"</html>\n"):
        raise ValueError("no whole HTML page")


def check_text(data: bytes) -> None:
    data.decode()


CHECKS: dict[str, Check] = {
    ".atom": check_xml,
    ".rss": check_xml,
    ".opml": check_xml,
    ".json": check_json,
    ".html": check_html,
    ".css": check_text,
}

TYPES = {
    ".atom": "application/atom+xml",
    ".rss": "application/rss+xml",
    ".opml": "text/x-opml; charset=utf-8",
    ".json": "application/feed+json",
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
}
"""Ending → media type."""


def check_for(name: str) -> Check:
    return CHECKS[PurePosixPath(name).suffix]


def verify(data: bytes, check: Check, name: str) -> None:
    """Raises PublishError where the data is not what it should be."""
    try:
        check(data)
    except Exception as error:
        raise PublishError(
            f"{name}: what was rendered cannot be read back: {error}. The old file stands."
        ) from error
