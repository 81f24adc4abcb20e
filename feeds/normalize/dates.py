"""Parses the dates of feeds into aware UTC datetimes, or None.

- No part of a date is ever filled in from today. A date without a year, a month or a day is None; the exceptions are
  "2024" and "2024-05", which W3C-DTF defines.
- A missing zone is UTC. An ambiguous day ("03/04/2024") is None.
- A date before 1990 or more than a day in the future is None. One less than a day in the future becomes `now`: the
  publisher's clock or zone is wrong.
- What feedparser made of a text is not used: it fills in what it does not understand from today's date.
- An article without `published` gets `updated` instead (Atom requires only that one). One without either is ordered
  by `first_seen`.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone

from feeds.model import StatedDate, utc
from feeds.normalize.date_zones import ZONES

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
MAX_AHEAD = timedelta(days=1)
MAX_DATE_CHARS = 100
MAX_RAW_CHARS = 1000  # with the white space

_CLOCK = r"(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.\d+)?)?"
_ZONE = r"(?P<zone>[A-Z]{1,5}|z|[+-]\d\d:?\d\d)"
# The common forms of RFC 3339 and RFC 5322 §3.3. The weekday is ignored, because it is wrong in many feeds.
_RFC_3339 = re.compile(rf"(?P<year>\d{{4}})-(?P<month>\d\d)-(?P<day>\d\d)(?:[Tt ]{_CLOCK} ?{_ZONE})?")
_RFC_5322 = re.compile(
    rf"(?:[A-Za-z]{{3}}, )?(?P<day>\d\d?) (?P<name>[A-Z][a-z]{{2}}) (?P<year>\d{{4}}) {_CLOCK} {_ZONE}"
)
_MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, start=1)}
_COMMON_YEARS = range(1900, 2500)

# Unix time in seconds, milli-, micro- or nanoseconds, by the number of digits (from 1990 on)
_EPOCH = re.compile(r"(\d{9,19})(?:\.\d+)?|/Date\((\d{12,13})(?:[+-]\d{4})?\)/")  # the second is ASP.NET's
_EPOCH_UNITS = {9: 1, 10: 1, 12: 10**3, 13: 10**3, 15: 10**6, 16: 10**6, 18: 10**9, 19: 10**9}
_COMPACT = re.compile(r"((?:19|20)\d{6})(\d{4}(?:\d\d)?)(?!\d)")  # YYYYMMDDhhmmss
_W3C_DTF = re.compile(r"(\d{4})(?:-(\d\d))?")


def resolve_date(stated: StatedDate, now: datetime) -> datetime | None:
    """The stated date in UTC, not later than `now`; None if there is no plausible date."""
    date = parse_date(stated.raw) if stated.raw.strip() else stated.parsed
    if date is None:
        return None
    try:
        moment = utc(date if date.tzinfo else date.replace(tzinfo=UTC))
    except (OverflowError, ValueError):  # year 1 or 9999 with an offset beyond datetime's range
        return None
    return min(moment, utc(now)) if EARLIEST <= moment <= now + MAX_AHEAD else None


def parse_date(raw: str) -> datetime | None:
    """The date in a text, plausible or not; None if it is incomplete or ambiguous, or if a part of the text is not
    understood."""
    if len(raw) > MAX_RAW_CHARS:
        return None
    text = _with_plain_characters(" ".join(raw.split())[: MAX_DATE_CHARS + 1])
    if not text or len(text) > MAX_DATE_CHARS:
        return None
    if match := _RFC_5322.fullmatch(text) or _RFC_3339.fullmatch(text):
        try:
            return _from_parts(match.groupdict())
        except (ValueError, KeyError):  # 24:00:00, a leap second, a month of another language
            pass
    return _from_digits(text) or _from_words(text)


def _with_plain_characters(text: str) -> str:
    """The text with ASCII digits and punctuation, and without the marks for the direction of writing."""
    if text.isascii():
        return " ".join(text.replace("|", " ").split()) if "|" in text else text
    return " ".join("".join(map(_plain_character, unicodedata.normalize("NFKC", text))).split())


def _plain_character(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Nd":
        return str(unicodedata.decimal(char))
    if category == "Pd" or char == "−":
        return "-"
    if category == "Cf":
        return ""
    return {"،": ",", "。": " ", "、": " ", "·": " ", "•": " ", "|": " ", "’": "'", "׳": "", "॰": ""}.get(
        char, char
    )


def _from_parts(parts: dict[str, str | None]) -> datetime:
    """Raises ValueError if it is no date of these years, and KeyError for an unknown month or zone."""
    year, zone = int(parts["year"] or 0), parts["zone"] or "Z"
    if year not in _COMMON_YEARS:
        raise ValueError("an unusual year")
    if zone[0] in "+-":
        offset = timedelta(hours=int(zone[:3]), minutes=int(zone[0] + zone[-2:]))
    else:
        offset = timedelta(minutes=ZONES[zone.upper()])
    return datetime(
        year,
        _MONTHS[name] if (name := parts.get("name")) else int(parts["month"] or 0),
        int(parts["day"] or 0),
        int(parts["hour"] or 0),
        int(parts["minute"] or 0),
        int(parts["second"] or 0),
        tzinfo=timezone(offset),
    )


def _from_digits(text: str) -> datetime | None:
    """The date of a Unix time or of "2024-05"."""
    if (match := _EPOCH.fullmatch(text)) and not _COMPACT.fullmatch(text):
        digits = match[1] or match[2]
        if len(digits) in _EPOCH_UNITS:
            return datetime.fromtimestamp(int(digits) // _EPOCH_UNITS[len(digits)], UTC)
    if (match := _W3C_DTF.fullmatch(text)) and int(match[1]) and 1 <= int(match[2] or 1) <= 12:
        return datetime(int(match[1]), int(match[2] or 1), 1, tzinfo=UTC)
    return None


def _from_words(text: str) -> datetime | None:
    """The date of a text in any other form: with a month's name, with AM or PM, with the day first."""
    # Most documents need none of these.
    from feeds.normalize.date_calendar import read_day
    from feeds.normalize.date_clock import find_clocks
    from feeds.normalize.date_names import fold
    from feeds.normalize.date_numerals import with_digits

    for clock, rest in find_clocks(with_digits(fold(_COMPACT.sub(r"\1t\2", text, count=1)))):
        if (found := read_day(rest)) is None:
            continue
        day, zone = found
        try:
            midnight = datetime(day.year, day.month, day.day, tzinfo=clock.zone or zone or UTC)
            # 24:00 is the next day's 0:00; a leap second is the next minute's beginning
            return midnight + timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second)
        except OverflowError:
            return None
    return None
