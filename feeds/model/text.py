"""Types of text, and datetimes in UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NewType

Text = NewType("Text", str)
"""Plain text, without markup or character references. Code that writes it into a document escapes it."""

SafeHtml = NewType("SafeHtml", str)
"""HTML that `normalize.html.sanitize` returned."""

Url = NewType("Url", str)
"""An absolute http or https URL that `normalize.url` accepted."""

PRINTABLE = "\x20-\x7e\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd" + "".join(
    f"{chr(plane << 16)}-{chr((plane << 16) + 0xFFFD)}" for plane in range(1, 17)
)
"""The characters allowed in published documents besides tabs and line ends, for a regex character class. XML 1.0 §2.2
also allows, but discourages, C1 controls and Unicode noncharacters; those are errors in HTML (§13.2.3.5)."""


_TYPOGRAPHY = "“”„‘’–—…•\xa0"


def replace_typography(text: str, replacement: str) -> str:
    """Replace typographic quotes, dashes, bullets and no-break spaces: often all that is not ASCII in a text."""
    if not text.isascii():
        for mark in _TYPOGRAPHY:
            text = text.replace(mark, replacement)
    return text


def utc(moment: datetime) -> datetime:
    """Convert an aware datetime to UTC in whole seconds. Raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError(f"a datetime without a time zone: {moment!r}")
    return moment.astimezone(UTC).replace(microsecond=0)
