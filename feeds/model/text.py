"""The kinds of text, and the one kind of moment."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NewType

Text = NewType("Text", str)
"""Plain text: no markup, no character references. Whoever writes it into a document escapes it."""

SafeHtml = NewType("SafeHtml", str)
"""HTML that `normalize.html.sanitize` made, and nothing else."""

Url = NewType("Url", str)
"""An absolute http or https URL that `normalize.url` let through."""

PRINTABLE = "\x20-\x7e\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd" + "".join(
    f"{chr(plane << 16)}-{chr((plane << 16) + 0xFFFD)}" for plane in range(1, 17)
)
"""For a character class: what may stand in a published document besides tabs and line ends. XML 1.0 §2.2 lets more
through, and discourages it: the C1 controls, and Unicode's noncharacters, which are an error in HTML (§13.2.3.5)."""


_TYPOGRAPHY = "“”„‘’–—…•\xa0"


def untypeset(text: str, instead: str) -> str:
    """With something else for the marks of typeset English, which are often all that keeps a text from being ASCII."""
    if not text.isascii():
        for mark in _TYPOGRAPHY:
            text = text.replace(mark, instead)
    return text


def utc(moment: datetime) -> datetime:
    """An aware datetime in UTC, in whole seconds. Raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError(f"a datetime without a zone: {moment!r}")
    return moment.astimezone(UTC).replace(microsecond=0)
