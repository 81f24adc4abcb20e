"""A digest of the user's template files. It is computed in every cycle, so this module does not import jinja2."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path

TEMPLATE_FILES = ("base.html", "card.html", "health.html", "index.html", "page.html", "style.css")


def digest(folder: Path | None, zone: str) -> bytes:
    """A digest of what a page depends on besides its edition: the template files and the time zone.

    Raises OSError for a file that cannot be read.
    """
    hasher = blake2b(zone.encode(), digest_size=16)
    for name in TEMPLATE_FILES if folder else ():
        assert folder is not None
        if (folder / name).is_file():
            hasher.update(name.encode() + (folder / name).read_bytes())
    return hasher.digest()
