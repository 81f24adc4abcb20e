"""Finds the time of day and the time zone in the text of a date. The text must be folded and short."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from feeds.normalize.date_names import month_number
from feeds.normalize.date_zones import LOCAL_ZONES, ZONES


@dataclass(frozen=True, slots=True)
class Clock:
    """`hour` may be 24, and `second` 60."""

    hour: int = 0
    minute: int = 0
    second: int = 0
    zone: tzinfo | None = None  # None: not stated


_HOURS = "[h時时点點시]|uhr|gio"
_MINUTES = "[m分분]|min"
_SECONDS = "[s秒초]|sec"
_PM = r"p\.?\s?m|μ\.?\s?μ|ب\.?ظ|م|ptg|os|अपराह्न"
_AM = r"a\.?\s?m|π\.?\s?μ|ق\.?ظ|ص|pg|oo|पूर्वाह्न"
_HALF_AFTER = re.compile(rf"[\s,]*(?:(?P<pm>{_PM})|(?P<am>{_AM}))\.?(?=z\b|\W|\d|_|$)")
_HALF_BEFORE = re.compile(
    r"(?:(?P<pm>下午|中午|晚上|傍晚|夜|午後|午后|오후|\bp\.?m\.?|\bos)|(?P<am>上午|凌晨|清晨|早上|午前|오전|\ba\.?m\.?|\boo))\s*$"
)
_LOG_TIME = re.compile(r"(\d{4}):(?=\d\d:\d\d:\d\d)")  # 02/Mar/2026:15:04:05, as servers log it
_UNIT_AFTER = re.compile(r"\s*(?:uhr|hrs?|hs?|ч|น|hod|hodin|godz)\b\.?")

# The ways to write a time of day, the plainest first.
_CLOCKS = (
    # 15:04, 15:04:05.678. An offset is no time; only times have seconds.
    re.compile(
        r"(?<![\d:])(?:(?<![+-])|(?=\d\d:\d\d:\d\d))(?P<hour>\d{1,2}):(?P<minute>\d{1,2})(?::(?P<second>\d{1,2}))?"
        r"(?:[.,:]\d+)?(?!\d)"
    ),
    # 15h04, 15時04分05秒, 15 Uhr
    re.compile(
        rf"(?<!\d)(?P<hour>\d{{1,2}})\s?(?:{_HOURS})(?:\s?(?P<minute>\d{{1,2}})\s?(?:{_MINUTES})\s?"
        rf"(?:(?P<second>\d{{1,2}})\s?(?:{_SECONDS}))?|(?P<minute_2>\d\d|\s\d\d(?!\s?[^\W\d_]))(?!\d))?(?=z\b|\W|\d|_|$)"
    ),
    # 3 pm
    re.compile(rf"(?<![\d:.])(?P<hour>\d{{1,2}})(?=\s?(?:{_PM}|{_AM})\b)"),
    # 15.04, 15.04.05
    re.compile(r"(?<=[\st])(?P<hour>\d{1,2})\.(?P<minute>\d\d)(?:\.(?P<second>\d\d))?(?:,\d+)?(?![.\d])"),
    # 1504, 150405; but not the second year of "2 March 2026, 2027" or "2026-03-02 - 2026-03-05"
    re.compile(
        r"(?:(?<=\dt)|(?:(?<=\d\s)|(?<=\d, )|(?<=\d - ))(?!(?:19|20)\d\d(?:$|\s(?:19|20)\d\d|-\d\d-)))"
        r"(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?(?=\s|[z+-]|$)"
    ),
    # 2026-11-30T15Z, 30 Nov 2026 15 +0100
    re.compile(r"(?<=\d[\st])(?P<hour>\d\d)(?=z|\s?[+-]\d\d:?\d\d\b)"),
)


def find_clocks(text: str) -> Iterator[tuple[Clock, str]]:
    """Each way to read a time of day out of the text, with the rest of the text. The last one is without a time."""
    text, comment_zone = _take_comments(_abbreviate_zones(text))
    text = _LOG_TIME.sub(r"\1 ", text)
    for pattern in _CLOCKS:
        for match in reversed(list(pattern.finditer(text))):  # a year before may look like 20:24
            clock, rest = _read_clock(text, match)
            if _YEAR.fullmatch(match[0]) and not _YEAR.search(rest):
                continue
            if clock.hour <= 24 and clock.minute < 60 and clock.second <= 60:
                yield replace(clock, zone=clock.zone or comment_zone), rest
    yield Clock(zone=comment_zone), text


def _read_clock(text: str, match: re.Match[str]) -> tuple[Clock, str]:
    """The time of day at `match`, with what belongs to it around, and the rest of the text."""
    before, end = text[: match.start()], match.end()
    half = _HALF_AFTER.match(text, end)
    if half is not None:
        end = half.end()
    elif (half := _HALF_BEFORE.search(before)) is not None:
        before = before[: half.start()]
    if (unit := _UNIT_AFTER.match(text, end)) is not None:
        end = unit.end()
    zone, end = read_zone(text, end)
    parts = match.groupdict()
    clock = Clock(
        _hour_of_day(int(parts["hour"]), half),
        int(parts.get("minute") or parts.get("minute_2") or 0),
        int(parts.get("second") or 0),
        zone,
    )
    return clock, f"{before} {text[end:]}".strip().removeprefix("- ")


def _hour_of_day(hour: int, half: re.Match[str] | None) -> int:
    """ "22:15 PM" is 22:15: some programs write PM behind the hour of a 24-hour clock."""
    if half is None or hour > 12:
        return hour
    return hour % 12 + (12 if half["pm"] else 0)


# ------------------------------------------------------------------------------------------------ time zones

_COMMENT = re.compile(r"\(([^()]*+)\)|\[([^\[\]]*+)\]|\([^()]*+$")
_YEAR = re.compile(r"(?:19|20)\d\d")
_TIME = re.compile(r"\d:\d")
_GO_MONOTONIC = re.compile(r"\sm=[+-]\d+\.\d+$")
_HOURS_MINUTES = r"(?P<hours>\d{1,2})(?::(?P<minutes>\d{0,2})(?::00)?|(?P<minutes_2>\d\d))?(?!\d)"
_OFFSET = re.compile(rf"[\s:]*[+-]*(?P<sign>[+-]){_HOURS_MINUTES}")
# "GMT + 2", but not "GMT - 6 May"
_NAMED_OFFSET = re.compile(rf"\s*(?P<sign>[+-])(?:\s+(?=[\d:]+(?!\s*[^\W\d_])))?{_HOURS_MINUTES}")
_LONG_NAMES = re.compile(r"\b(eastern|central|mountain|pacific)(?: (standard|daylight))? time\b")
_NO_OFFSET = re.compile(r"\s00(?::?00)?$")
_ZONE_NAME = re.compile(
    r"[\s,]*(?P<name>[a-z]{3}\d[a-z]{3}|[a-zа-я]+(?:[/_+-][a-z0-9][a-z0-9_+-]*+)*+)(?![^\W\d_])"
)
_UNKNOWN_ZONE = re.compile(r"\s*[a-z]{2,5}(?=$|\s\d{4}$)")
_MAX_OFFSET_MINUTES = 24 * 60


def read_zone(text: str, start: int) -> tuple[tzinfo | None, int]:
    """The zone that the text states at `start`, and where it ends. Texts often state it twice ("+0100 CET"): then the
    offset counts."""
    offset: tzinfo | None = None
    named: tzinfo | None = None
    end = start
    while True:
        pattern = _NAMED_OFFSET if named is not None else _OFFSET
        if (match := pattern.match(text, end)) is not None:
            offset = offset or _offset_zone(match)
        elif (match := _NO_OFFSET.match(text, end)) is not None:
            offset = offset or UTC
        elif (match := _ZONE_NAME.match(text, end)) is not None and (zone := _split_zone(match["name"])):
            named = named or zone[0]
            end = match.start("name") + zone[1]
            continue
        else:
            break
        end = match.end()
    if offset is None and named is None and (match := _UNKNOWN_ZONE.match(text, end)):
        word = match[0].strip()
        if month_number(word) is None:
            return None, match.end()
    return offset or named, end


def _offset_zone(match: re.Match[str]) -> tzinfo:
    minutes = int(match["hours"]) * 60 + int(match["minutes"] or match["minutes_2"] or 0)
    if minutes >= _MAX_OFFSET_MINUTES:
        return UTC
    return timezone(timedelta(minutes=minutes if match["sign"] == "+" else -minutes))


def _split_zone(name: str) -> tuple[tzinfo, int] | None:
    """The zone at the beginning of the text, and the length of its name: the whole ("etc/gmt+2"), or the name before
    an offset ("gmt-5")."""
    if (zone := named_zone(name)) is not None:
        return zone, len(name)
    head = re.split("[+-]", name, maxsplit=1)[0]
    zone = named_zone(head) if head != name else None
    return (zone, len(head)) if zone is not None else None


def named_zone(name: str) -> tzinfo | None:
    """The zone of an abbreviation or an IANA name, in any case."""
    minutes = ZONES.get(name.upper())
    if minutes is not None:
        return timezone(timedelta(minutes=minutes))
    if (local := LOCAL_ZONES.get(name.upper())) is not None:
        return ZoneInfo(local)
    # The names without a slash are old ones, and some of them are words: "Turkey", "Navajo".
    if re.search(r"[/\d]", name) and (full_name := _iana_names().get(name)) is not None:
        return ZoneInfo(full_name)
    return None


def _abbreviate_zones(text: str) -> str:
    """The text with the abbreviations of zones for their long names ("Eastern Standard Time")."""
    return (
        _LONG_NAMES.sub(lambda match: match[1][0] + (match[2] or "")[:1] + "t", text)
        if "time" in text
        else text
    )


@cache
def _iana_names() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones()}


def _take_comments(text: str) -> tuple[str, tzinfo | None]:
    """The text without its comments (RFC 822 §3.4.3), and the zone that one of them names."""
    text = _GO_MONOTONIC.sub("", text)
    zone: tzinfo | None = None
    while (match := _COMMENT.search(text)) is not None:
        comment = match[1] or match[2] or ""
        comment_zone, end = read_zone(comment, 0)
        zone = zone or comment_zone
        time = comment if _TIME.search(comment, end) else ""
        text = f"{text[: match.start()]} {time} {text[match.end() :]}"
    return text.strip(), zone
