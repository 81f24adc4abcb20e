"""Reads the day in the text of a date from which the time of day was taken. The text must be folded and short."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta, tzinfo

from feeds.normalize.date_clock import named_zone, read_zone
from feeds.normalize.date_names import (
    ERA_OF_LETTER,
    ERAS,
    FILLERS,
    MONTHS_OF_SEVERAL_WORDS,
    TRAILING_WEEKDAYS,
    WEEKDAYS,
    month_number,
)

MAX_LEADING_WORDS = 4
"""Words before the first number that need not be known: a weekday in any language, "Posted on"."""

WEEKDAY_CHARS = 3
"""Length of the abbreviations that mean a month and a weekday."""

# A number with its unit, a word, or a separator. A word may have dots inside, like Thai abbreviations.
_TOKEN = re.compile(
    r"(?P<number>\d+)\s*(?P<unit>[年月日号號년월일])?|(?P<word>[^\s\d!-/:-@\[-`{-~]+(?:\.[^\s\d!-/:-@\[-`{-~]+)*+)\.?"
    r"|(?P<separator>[\s,./_'@:-]+)"
)
_UNITS = {"年": "year", "년": "year", "月": "month", "월": "month"}  # the others are days
_WORD_UNITS = {"thang": "month", "thg": "month", "nam": "year"}  # Vietnamese, before the number
_NUMBERED_WEEKDAY = re.compile(r"^(?:t|thu )[2-7]\b(?!\s*thang)")  # Vietnamese: "T2" is Monday
_NUMBERED_MONTH = re.compile(r"(?<![^\s,])th(?=\d)")  # "02 Th3 2026"
_ERA_LETTER = re.compile(r"^[hrs](?=\d{1,2}[./-]\d)")  # Japanese: "R8.3.2"
_WEEK_DATE = re.compile(r"(\d{4})-?w(\d\d)-?([1-7])t?")
_ORDINAL_DATE = re.compile(r"(\d{4})-?(\d{3})t?")
_OFFSET_BEHIND = re.compile(r"(?:\s[+-]\d\d:?\d\d|\+\d\d:?\d\d|-\d\d:\d\d)$")

BUDDHIST_ERA = 543
BUDDHIST_YEARS = range(1990 + BUDDHIST_ERA, 2100 + BUDDHIST_ERA)
"""Years that only the Buddhist era can mean. Servers set to Thai write them even into RFC 822 dates."""


@dataclass(slots=True)
class _Number:
    value: int
    digits: int
    unit: str  # "year", "month", "day", or "" if the text does not say it
    separator: str = ""  # before it


@dataclass(slots=True)
class _Parts:
    """What the tokens of a text say."""

    numbers: list[_Number] = field(default_factory=list)
    months: list[int] = field(default_factory=list)  # by name
    weekday_first: bool = False  # the first month may be a weekday: "mar., 01 déc. 2020"
    weekday: int | None = None  # 0: Monday
    era: str = ""
    is_thai: bool = False
    zone: tzinfo | None = None


def read_day(text: str) -> tuple[date, tzinfo | None] | None:
    """The only day that the text can mean, and the zone behind it. None if the text lacks the year, the month or the
    day, if it is ambiguous, or if a part of it is not understood."""
    zone: tzinfo | None = None
    if match := _OFFSET_BEHIND.search(text):
        zone, _ = read_zone(text, match.start())
        text = text[: match.start()]
    for pattern, to_date in ((_WEEK_DATE, _from_week), (_ORDINAL_DATE, _from_ordinal)):
        if match := pattern.fullmatch(text):
            try:
                return to_date(match), zone
            except (ValueError, OverflowError):
                return None
    parts = _parse(text)
    if parts is None:
        return None
    days = set(_readings(parts))
    if len(days) > 1:
        days = {day for day in days if day.weekday() == parts.weekday}
    return (days.pop(), zone or parts.zone) if len(days) == 1 else None


def _from_week(match: re.Match[str]) -> date:
    return date.fromisocalendar(int(match[1]), int(match[2]), int(match[3]))


def _from_ordinal(match: re.Match[str]) -> date:
    day = date(int(match[1]), 1, 1) + timedelta(days=int(match[2]) - 1)
    if day.year != int(match[1]):
        raise ValueError("no such day in this year")
    return day


def _parse(text: str) -> _Parts | None:
    """None if a token is not understood."""
    for words, word in MONTHS_OF_SEVERAL_WORDS:
        text = text.replace(words, word)
    text = _NUMBERED_MONTH.sub("thang ", _NUMBERED_WEEKDAY.sub("", text, count=1), count=1)
    text = _ERA_LETTER.sub(lambda match: ERA_OF_LETTER[match[0]], text, count=1)
    parts = _Parts()
    leading_words = 0
    position, separator, unit = 0, "", ""
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            return None
        position = match.end()
        if digits := match["number"]:
            _add_number(parts, digits, _UNITS.get(match["unit"], "day") if match["unit"] else unit, separator)
            separator = unit = ""
        elif word := match["word"]:
            word = word.replace(".", "")
            if word in _WORD_UNITS:
                unit = _WORD_UNITS[word]
            elif not _add_word(parts, word):
                leading_words += 1
                if parts.numbers or parts.months or leading_words > MAX_LEADING_WORDS:
                    return None
        else:
            separator = match["separator"].strip()
            if (":" in separator and parts.numbers) or ("-" in separator and match.start() == 0):
                return None  # "Posted: 6 May", but no time of day; and no year before 1
            if separator and not parts.numbers:
                unit = ""
                parts.weekday_first = parts.weekday_first or "," in separator
    return parts


def _add_number(parts: _Parts, digits: str, unit: str, separator: str) -> None:
    if len(digits) == 8 and not parts.numbers and not unit:
        for part in (digits[:4], digits[4:6], digits[6:]):
            parts.numbers.append(_Number(int(part), len(part), ""))
    else:
        parts.numbers.append(_Number(int(digits), len(digits), unit, separator))


def _add_word(parts: _Parts, word: str) -> bool:
    """False if the word is not known."""
    parts.is_thai = parts.is_thai or "\u0e00" <= word[0] <= "\u0e7f"
    month = month_number(word) or (month_number(word[1:]) if word[0] == "ב" else None)  # Hebrew: "in May"
    if word in FILLERS or word in TRAILING_WEEKDAYS:
        pass
    elif month is not None:
        if parts.months and parts.weekday_first:
            parts.months.clear()
        parts.weekday_first = not parts.numbers and not parts.months and len(word) == WEEKDAY_CHARS
        if parts.months != [month]:  # Arabic texts give both names of a month
            parts.months.append(month)
    elif word in ERAS:
        parts.era = word
    elif len(word) >= 3 and (days := [day for day, name in enumerate(WEEKDAYS) if name.startswith(word)]):
        parts.weekday = days[0]
    elif parts.numbers and (zone := named_zone(word)) is not None:
        parts.zone = parts.zone or zone
    else:
        return False
    return True


# ------------------------------------------------------------------------------------------------- readings


def _readings(parts: _Parts) -> Iterator[date]:
    """The days that the numbers and names can mean."""
    for year, month, day in _assignments(parts):
        try:
            yield date(_full_year(year, parts), month, day)
        except ValueError:
            continue


def _assignments(parts: _Parts) -> Iterator[tuple[_Number, int, int]]:
    """The ways to take the numbers for year, month and day."""
    stated = {number.unit: number for number in parts.numbers if number.unit}
    free = [number for number in parts.numbers if not number.unit]
    if parts.weekday_first and len(free) == 3 and free[1].separator == free[2].separator != "":
        parts.months.clear()  # "mar., 01/12/2020"
    if len(parts.numbers) + len(parts.months) != 3 or len(stated) + len(free) != len(parts.numbers):
        return
    if parts.months or "month" in stated:
        month = parts.months[0] if parts.months else stated["month"].value
        for year, day in _year_and_day(stated, free):
            yield year, month, day.value
    elif "year" in stated and len(free) == 2:
        yield stated["year"], free[0].value, free[1].value
    elif len(free) == 3:
        for order in ("ymd",) if parts.era else _orders(free):
            by_part = dict(zip(order, free, strict=True))
            yield by_part["y"], by_part["m"].value, by_part["d"].value


def _year_and_day(stated: dict[str, _Number], free: list[_Number]) -> Iterator[tuple[_Number, _Number]]:
    if "year" in stated or "day" in stated:
        year = stated.get("year") or (free[0] if free else None)
        day = stated.get("day") or (free[0] if free else None)
        if year is not None and day is not None and year is not day:
            yield year, day
    elif len(free) == 2:
        day, year = free if free[0].digits <= 2 else reversed(free)
        yield year, day


def _orders(numbers: list[_Number]) -> tuple[str, ...]:
    """The orders of year, month and day in use for numbers with these separators. With dots, the month is never first
    (CLDR)."""
    with_dots = all(number.separator == "." for number in numbers[1:])
    if [number.digits > 2 for number in numbers] == [True, False, False]:
        return ("ymd",)
    if [number.digits > 2 for number in numbers] == [False, False, True]:
        return ("dmy",) if with_dots else ("dmy", "mdy")
    if all(number.digits == 2 for number in numbers[::2]):
        return ("dmy", "ymd") if with_dots else ("dmy", "mdy", "ymd")
    if [number.digits for number in numbers[::2]] == [1, 2]:
        return ("dmy",) if with_dots else ("dmy", "mdy")
    return ()


def _full_year(year: _Number, parts: _Parts) -> int:
    """Years of two and three digits are read as RFC 2822 §4.3 says. Raises ValueError if it is no year.

    Beside numbers only, one of three digits may be a year of Taiwan or of a program's error (since 1900).
    """
    if parts.era:
        return ERAS[parts.era] + year.value
    if year.digits == 2:
        if parts.is_thai and year.value > 32:  # Buddhist
            return year.value + 2500 - BUDDHIST_ERA
        return year.value + (2000 if year.value < 50 else 1900)
    if year.digits == 3:
        if year.unit == "year":
            return ERAS["民國"] + year.value
        if not parts.months:
            raise ValueError("no certain year")
        return year.value + 1900
    if year.digits != 4:
        raise ValueError("no year")
    return year.value - BUDDHIST_ERA if year.value in BUDDHIST_YEARS else year.value
