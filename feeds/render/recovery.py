"""Shared by the formats that read entries out of published files (`recover_entries`)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from lxml import etree


def xml_root(data: bytes) -> Any:
    """Raises XMLSyntaxError."""
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))


def parse_rfc3339(text: str) -> datetime:
    """In UTC, without the fraction that `entry_text.unique_timestamp` adds. Raises ValueError."""
    return datetime.fromisoformat(text).astimezone(UTC).replace(microsecond=0)
