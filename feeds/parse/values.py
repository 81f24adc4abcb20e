"""Reads values that several formats share: URLs, numbers, dates, people."""

from __future__ import annotations

import calendar
import math
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urljoin

from feeds.model import Person, StatedDate, utc

Fields = dict[str, Any]  # an object of JSON, or feedparser's fields (FeedParserDict is a subclass)
Element = Any  # of lxml's tree; lxml has no type annotations

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# feedparser reads "1767225600" as the year 1767 and "0000-00-00" as the year −1. Items of archives may be dated
# before the Web, but none is dated centuries after it.
_YEARS = range(1800, 2200)


# `normalize.reference` knows more of them; these decide to which site a feed belongs.
_HOST_NAME = re.compile(
    r"(?:www(?:\.[a-z0-9-]++){2,}|(?:[a-z0-9-]++\.)+(?:com|org|net))(?::[0-9]{1,5})?(?=[/?#]|$)", re.I
)


def resolve_url(href: str, *, base: str) -> str:
    """`href` resolved against `base`; "" if it is empty or not a URL. A host name without a scheme gets https."""
    href = href.strip()
    if _HOST_NAME.match(href):
        return f"https://{href}"
    try:
        return urljoin(base, href) if href else ""
    except ValueError:
        return ""


def text_field(fields: Fields, name: str) -> str:
    """The text of an element, or "". feedparser stores a dict for an unknown element with attributes."""
    value = dict.get(fields, name)
    return value if isinstance(value, str) else ""


def is_http_url(url: str) -> bool:
    return url.lower().startswith(("http://", "https://"))


def whole_number(value: object) -> int | None:
    """A count as an int; None for other text, negative numbers and numbers over 53 bits. Fractions are cut off."""
    number = finite_number(value)
    return int(number) if number is not None and 0 <= number < 2**53 else None


def finite_number(value: object) -> float | None:
    """A finite number, given as a number or as text; else None."""
    if value is None or value == "":  # the most common case
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float, str)) or len(str(value)) > 40:
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def utc_datetime(parts: Sequence[int] | None) -> datetime | None:
    """The datetime of a struct_time in UTC, as feedparser returns it; None if it is invalid or absurd."""
    if not parts or parts[0] not in _YEARS:
        return None
    try:
        return _EPOCH + timedelta(seconds=calendar.timegm(tuple(parts)))
    except (ValueError, OverflowError, TypeError):
        return None


def parse_iso_date(raw: str) -> StatedDate:
    """Parse an RFC 3339 or HTML date. One without a zone is taken as UTC, as feedparser does; `raw` is kept."""
    try:
        parsed = datetime.fromisoformat(raw.strip())
        parsed = utc(parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return StatedDate(raw=raw)
    return StatedDate(raw=raw, parsed=parsed if parsed.year in _YEARS else None)


def merge_people(people: Iterable[Person]) -> tuple[Person, ...]:
    """The people, with those of one name merged: author and itunes:author often name the same person."""
    by_name: dict[str, Person] = {}
    for person in people:
        key = (person.name or person.email or person.uri).casefold()
        if key:
            known = by_name.get(key, person)
            by_name[key] = Person(
                name=known.name, email=known.email or person.email, uri=known.uri or person.uri
            )
    return tuple(by_name.values())
