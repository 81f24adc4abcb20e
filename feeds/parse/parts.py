"""Small readings that more than one format needs: addresses, numbers, dates, names."""

from __future__ import annotations

import calendar
import math
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urljoin

from feeds.model import Person, Stated, utc

Fields = dict[str, Any]  # of feedparser; FeedParserDict is one

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# feedparser reads "1767225600" as the year 1767 and "0000-00-00" as the year −1. Archives may well be dated
# before the Web; nothing is dated after it by centuries.
_YEARS = range(1800, 2200)


def absolute(base: str, href: str) -> str:
    """`href` seen from `base`; "" where that is no address at all."""
    try:
        return urljoin(base, href.strip()) if href.strip() else ""
    except ValueError:
        return ""


def text(fields: Fields, name: str) -> str:
    """An element's text. An element that feedparser does not know and that has attributes is a dict."""
    value = dict.get(fields, name)
    return value if isinstance(value, str) else ""


def is_web(url: str) -> bool:
    return url.lower().startswith(("http://", "https://"))


def whole_number(value: object) -> int | None:
    """A count as written, or None. Signs, units and what does not fit into 53 bits are no count."""
    number = number_of(value)
    return int(number) if number is not None and 0 <= number < 2**53 else None


def number_of(value: object) -> float | None:
    """A finite number, written as one or as a string."""
    if value is None or value == "":  # nearly always
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float, str)) or len(str(value)) > 40:
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def moment(parts: Sequence[int] | None) -> datetime | None:
    """feedparser's nine numbers, in UTC, as a moment; None where they make none, or an absurd one."""
    if not parts or parts[0] not in _YEARS:
        return None
    try:
        return _EPOCH + timedelta(seconds=calendar.timegm(tuple(parts)))
    except (ValueError, OverflowError, TypeError):
        return None


def iso(raw: str) -> Stated:
    """An RFC 3339 or HTML date. Without a zone it is read as UTC, as feedparser does; the raw one stays."""
    try:
        parsed = datetime.fromisoformat(raw.strip())
        parsed = utc(parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return Stated(raw=raw)
    return Stated(raw=raw, parsed=parsed if parsed.year in _YEARS else None)


def each_once(people: Iterable[Person]) -> tuple[Person, ...]:
    """The people, those of one name together: author and itunes:author usually say the same."""
    found: dict[str, Person] = {}
    for person in people:
        key = (person.name or person.email or person.uri).casefold()
        if key:
            before = found.get(key, person)
            found[key] = Person(
                name=before.name, email=before.email or person.email, uri=before.uri or person.uri
            )
    return tuple(found.values())
