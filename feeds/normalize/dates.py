"""Parses the dates of feeds into aware UTC datetimes, or None.

- The date's text in the document is parsed first. If that fails, the date that feedparser found is used.
- No part of a date is ever filled in from today. A date without a year is None.
- A missing zone is UTC. An ambiguous day ("03/04/2024") is None.
- A date before 1990 or more than a day in the future is None. One less than a day in the future becomes `now`: the
  publisher's clock or zone is wrong.
- An article without `published` gets `updated` instead (Atom requires only that one). One without either is ordered
  by `first_seen`.
"""

from __future__ import annotations

import re
import warnings
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache

from dateutil import parser as dateutil

from feeds.model import StatedDate, utc
from feeds.normalize.date_names import MONTHS, ZONES

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
MAX_AHEAD = timedelta(days=1)
MAX_DATE_CHARS = 100

_ZONE = r"(?P<zone>[zZ]|(?:(?:UTC?|GMT)\s*)?[+\-−]\d{1,2}:?(?:\d{2})?|[A-Za-z]{2,5})?(?:\s*\(.*\)|\s*\[.*\])?"
_CLOCK = r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2}(?:[.,]\d+)?))?"
# RFC 3339, W3C-DTF, ISO 8601 basic
_ISO = re.compile(
    rf"(?P<year>\d{{4}})(?:-(?P<month>\d{{1,2}})(?:-(?P<day>\d{{1,2}})(?:[Tt_\s]\s*{_CLOCK}\s*{_ZONE})?)?)?"
)
_ISO_BASIC = re.compile(
    rf"(?P<year>\d{{4}})(?P<month>\d{{2}})(?P<day>\d{{2}})"
    rf"(?:[Tt\s]?(?P<hour>\d{{2}})(?P<minute>\d{{2}})(?P<second>\d{{2}})?\s*{_ZONE})?"
)
# RFC 822 §5 and RFC 2822 §4.3. The weekday is ignored, because it is wrong in many feeds.
_RFC_822 = re.compile(
    r"(?:[^\W\d]+\.?,?\s*)?(?P<day>\d{1,2})[\s./-]+(?P<name>[^\W\d]{3,})\.?,?[\s./-]+(?P<year>\d{2,4})"
    rf"(?:,?\s+{_CLOCK}\s*{_ZONE})?"
)
_EPOCH = re.compile(r"(\d{9,10})(?:\.\d+)?|(\d{12,13})")


def resolve_date(stated: StatedDate, now: datetime) -> datetime | None:
    """The stated date in UTC, not later than `now`; None if there is no plausible date."""
    for date in (parse_date(stated.raw), stated.parsed):
        if date is None:
            continue
        try:
            moment = utc(date if date.tzinfo else date.replace(tzinfo=UTC))
        except (OverflowError, ValueError):  # year 1 or 9999 with an offset beyond datetime's range
            continue
        if EARLIEST <= moment <= now + MAX_AHEAD:
            return min(moment, utc(now))
    return None


def parse_date(raw: str) -> datetime | None:
    """The date in a text, plausible or not; None if it has no year or its day and month are ambiguous.

    A missing month or day is 1: W3C-DTF allows "2024" and "2024-05".
    """
    raw = " ".join(raw.split())
    if not raw or len(raw) > MAX_DATE_CHARS:
        return None
    if epoch := _EPOCH.fullmatch(raw):
        seconds = int(epoch[1]) if epoch[1] else int(epoch[2]) // 1000
        return datetime.fromtimestamp(seconds, UTC)
    for pattern in (_ISO, _RFC_822, _ISO_BASIC):
        if match := pattern.fullmatch(raw):
            return _from_parts(match.groupdict())
    return _parse_unambiguous(raw)


def _from_parts(parts: dict[str, str | None]) -> datetime | None:
    year = _year(parts["year"] or "")
    month = int(parts.get("month") or 1)
    if name := parts.get("name"):
        month = next((MONTHS[key] for size in (5, 4, 3) if (key := name.lower()[:size]) in MONTHS), 0)
    zone = _time_zone(parts.get("zone"))
    second = float((parts.get("second") or "0").replace(",", "."))
    hour = int(parts.get("hour") or 0)
    try:
        moment = datetime(
            year, month, int(parts.get("day") or 1), hour % 24, int(parts.get("minute") or 0), tzinfo=zone
        )
        # 24:00 is the next day's 0:00; a leap second is the next minute's beginning
        return moment + timedelta(seconds=min(second, 60), days=1 if hour == 24 else 0)
    except (ValueError, OverflowError):
        return None


def _year(digits: str) -> int:
    """Years of two and three digits are read as RFC 2822 §4.3 says."""
    year = int(digits)
    if len(digits) == 2:
        return year + (2000 if year < 50 else 1900)
    return year + 1900 if len(digits) == 3 else year


@lru_cache(maxsize=256)
def _time_zone(name: str | None) -> timezone:
    """The zone of an offset ("+0200") or a name ("CEST"); UTC if it is missing or unknown."""
    if not name:
        return UTC
    sign = re.fullmatch(r"(?:UTC?|GMT)?\s*([+\-−])(\d{1,2}):?(\d{2})?", name)
    if sign:
        minutes = int(sign[2]) * 60 + int(sign[3] or 0)
        return timezone(timedelta(minutes=minutes if sign[1] == "+" else -minutes)) if minutes < 1440 else UTC
    return timezone(timedelta(minutes=ZONES.get(name.upper(), 0)))


def _parse_unambiguous(raw: str) -> datetime | None:
    """dateutil's result, if it does not depend on default values or on the order of day and month."""
    if not re.search(r"(?:^|\D)\d{4}(?:\D|$)", raw):
        return None
    results = {
        _parse_with_dateutil(raw, default, dayfirst=dayfirst)
        for default in (datetime(2001, 1, 1, tzinfo=UTC), datetime(2004, 2, 2, tzinfo=UTC))
        for dayfirst in (False, True)
    }
    return results.pop() if len(results) == 1 else None


def _parse_with_dateutil(raw: str, default: datetime, *, dayfirst: bool) -> datetime | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            moment = dateutil.parse(raw, default=default, dayfirst=dayfirst, tzinfos=_dateutil_zone)
    except (
        ValueError,
        OverflowError,
        TypeError,
        AttributeError,
        RecursionError,
    ):  # ParserError, and bugs of dateutil
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _dateutil_zone(name: str | None, offset: int | None) -> tzinfo:
    # Without this, dateutil takes a zone name for the machine's local zone.
    if offset is not None:
        return timezone(timedelta(seconds=offset)) if abs(offset) < 86400 else UTC
    return _time_zone(name)
