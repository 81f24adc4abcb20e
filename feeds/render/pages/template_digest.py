"""A digest of the user's template files. It is computed in every cycle, so this module does not import jinja2."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from itertools import islice
from pathlib import Path

TEMPLATE_FILES = ("base.html", "card.html", "health.html", "index.html", "page.html", "style.css")


MAX_FILES = 500
"""Files of the folder that are looked at. More are not templates."""

Stamps = tuple[tuple[str, int, int], ...]
"""(path, modification time in nanoseconds, size) of files."""


def digest(folder: Path | None, zone: str) -> bytes:
    """A digest of what a page depends on besides its edition: the template files and the time zone.

    Our files are read. Of others, which a template may include, name, time and size are taken. Raises OSError for a
    file that cannot be read.
    """
    hasher = blake2b(zone.encode(), digest_size=16)
    others = []
    for path in files(folder) if folder else ():
        if path.name in TEMPLATE_FILES and path.parent == folder:
            hasher.update(path.name.encode() + path.read_bytes())
        else:
            others.append(path)
    if others:
        hasher.update(repr(stamps(others)).encode())
    return hasher.digest()


def files(folder: Path) -> list[Path]:
    """The files below the folder, in order."""
    return sorted(path for path in islice(folder.rglob("*"), MAX_FILES) if path.is_file())


def stamps(paths: Iterable[Path]) -> Stamps:
    return tuple((str(path), (status := path.stat()).st_mtime_ns, status.st_size) for path in paths)
