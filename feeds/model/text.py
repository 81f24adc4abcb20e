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


def utc(moment: datetime) -> datetime:
    """An aware datetime in UTC, in whole seconds. Raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError(f"a datetime without a zone: {moment!r}")
    return moment.astimezone(UTC).replace(microsecond=0)
