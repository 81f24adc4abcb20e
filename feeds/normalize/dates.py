"""Dates as feeds write them → aware UTC, or nothing.

- What the document wrote comes first, then what its parser made of it.
- No part of a date is ever filled in from today: an incomplete date is none.
- A missing zone is UTC. An ambiguous day ("03/04/2024") is no date.
- Before 1990, or more than a day ahead: absurd, so none. Up to a day ahead is somebody's clock or zone: now.
- A missing `published` is `updated` (Atom asks only for that one); with neither, an article goes by
  `first_seen`.
"""

from __future__ import annotations

import re
import warnings
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache

from dateutil import parser as dateutil

from feeds.model import Stated, utc
from feeds.normalize.zones import MONTHS, ZONES

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
SLACK = timedelta(days=1)
MAX_DATE = 100  # characters

_ZONE = r"(?P<zone>[zZ]|(?:(?:UTC?|GMT)\s*)?[+\-−]\d{1,2}:?(?:\d{2})?|[A-Za-z]{2,5})?(?:\s*\(.*\)|\s*\[.*\])?"
_CLOCK = r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2}(?:[.,]\d+)?))?"
# RFC 3339, W3C-DTF, ISO 8601 basic
_ISO = re.compile(
    rf"(?P<year>\d{{4}})(?:-(?P<month>\d{{1,2}})(?:-(?P<day>\d{{1,2}})(?:[Tt_\s]\s*{_CLOCK}\s*{_ZONE})?)?)?"
)
_BASIC = re.compile(
    rf"(?P<year>\d{{4}})(?P<month>\d{{2}})(?P<day>\d{{2}})"
    rf"(?:[Tt\s]?(?P<hour>\d{{2}})(?P<minute>\d{{2}})(?P<second>\d{{2}})?\s*{_ZONE})?"
)
# RFC 822 §5 and RFC 2822 §4.3; the weekday is not looked at, since it is wrong in many feeds
_MAIL = re.compile(
    r"(?:[^\W\d]+\.?,?\s*)?(?P<day>\d{1,2})[\s./-]+(?P<name>[^\W\d]{3,})\.?,?[\s./-]+(?P<year>\d{2,4})"
    rf"(?:,?\s+{_CLOCK}\s*{_ZONE})?"
)
_EPOCH = re.compile(r"(\d{9,10})(?:\.\d+)?|(\d{12,13})")


def resolve(stated: Stated, now: datetime) -> datetime | None:
    """The moment that a document stated, checked. None where it states none that can be true."""
    for reading in (understood(stated.raw), stated.parsed):
        if reading is None:
            continue
        try:
            moment = utc(reading if reading.tzinfo else reading.replace(tzinfo=UTC))
        except (OverflowError, ValueError):  # year 1 or 9999, and a zone that leads beyond
            continue
        if EARLIEST <= moment <= now + SLACK:
            return min(moment, utc(now))
    return None


def understood(raw: str) -> datetime | None:
    """What a date says, whether or not it can be true."""
    raw = " ".join(raw.split())
    if not raw or len(raw) > MAX_DATE:
        return None
    if epoch := _EPOCH.fullmatch(raw):
        seconds = int(epoch[1]) if epoch[1] else int(epoch[2]) // 1000
        return datetime.fromtimestamp(seconds, UTC)
    for form in (_ISO, _MAIL, _BASIC):
        if match := form.fullmatch(raw):
            return _built(match.groupdict())
    return _guessed(raw)


def _built(parts: dict[str, str | None]) -> datetime | None:
    year = _year(parts["year"] or "")
    month = int(parts.get("month") or 1)
    if name := parts.get("name"):
        month = next((MONTHS[key] for size in (5, 4, 3) if (key := name.lower()[:size]) in MONTHS), 0)
    zone = _zone(parts.get("zone"))
    second = float((parts.get("second") or "0").replace(",", "."))
    hour = int(parts.get("hour") or 0)
    try:
        moment = datetime(
            year, month, int(parts.get("day") or 1), hour % 24, int(parts.get("minute") or 0), tzinfo=zone
        )
        # 24:00 and leap seconds are the next minute's beginning
        return moment + timedelta(seconds=min(second, 60), days=1 if hour == 24 else 0)
    except (ValueError, OverflowError):
        return None


def _year(digits: str) -> int:
    """Two and three digits as RFC 2822 §4.3 reads them."""
    year = int(digits)
    if len(digits) == 2:
        return year + (2000 if year < 50 else 1900)
    return year + 1900 if len(digits) == 3 else year


@lru_cache(maxsize=256)
def _zone(name: str | None) -> timezone:
    """The zone of an offset or a name; UTC where there is none, or none that anybody knows."""
    if not name:
        return UTC
    sign = re.fullmatch(r"(?:UTC?|GMT)?\s*([+\-−])(\d{1,2}):?(\d{2})?", name)
    if sign:
        minutes = int(sign[2]) * 60 + int(sign[3] or 0)
        return timezone(timedelta(minutes=minutes if sign[1] == "+" else -minutes)) if minutes < 1440 else UTC
    return timezone(timedelta(minutes=ZONES.get(name.upper(), 0)))


def _guessed(raw: str) -> datetime | None:
    """dateutil's reading, if it is whole and the only one."""
    if not re.search(r"(?:^|\D)\d{4}(?:\D|$)", raw):
        return None
    readings = {
        _read(raw, default, dayfirst=dayfirst)
        for default in (datetime(2001, 1, 1, tzinfo=UTC), datetime(2004, 2, 2, tzinfo=UTC))
        for dayfirst in (False, True)
    }
    return readings.pop() if len(readings) == 1 else None


def _read(raw: str, default: datetime, *, dayfirst: bool) -> datetime | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            moment = dateutil.parse(raw, default=default, dayfirst=dayfirst, tzinfos=_tzinfo)
    except (ValueError, OverflowError, TypeError, AttributeError, RecursionError):  # its own, and its bugs
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _tzinfo(name: str | None, offset: int | None) -> tzinfo:
    # dateutil would take a name for the machine's own zone.
    if offset is not None:
        return timezone(timedelta(seconds=offset)) if abs(offset) < 86400 else UTC
    return _zone(name)
