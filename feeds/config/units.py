"""Parse and format durations (90s, 60m, 24h, 3d, 2w, 1h30m, PT1H) and sizes (20MB, 512KiB)."""

from __future__ import annotations

import re
from datetime import timedelta

_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_BYTES = {
    "B": 1,
    "kB": 10**3,
    "KiB": 1 << 10,
    "MB": 10**6,
    "MiB": 1 << 20,
    "GB": 10**9,
    "GiB": 1 << 30,
}
_BYTES_BY_FOLDED = {unit.casefold(): factor for unit, factor in _BYTES.items()}

_PART = re.compile(r"(\d{1,12})\s*([smhdw])\s*", re.ASCII)
_ISO = re.compile(  # ISO 8601-1 §5.5.2.4, without years and months, whose length varies
    r"P(?=[\dT])(?:(\d{1,12})W)?(?:(\d{1,12})D)?(?:T(?=\d)(?:(\d{1,12})H)?(?:(\d{1,12})M)?(?:(\d{1,12})S)?)?",
    re.ASCII,
)
_SIZE = re.compile(r"(\d{1,15})\s*([A-Za-z]+)", re.ASCII)

MAX_DURATION = timedelta(days=36_525)
"""A century: longer ones are mistakes, and dates must stay within the range of datetime."""

DURATION_PATTERN = r"^\s*((\d+\s*[smhdw]\s*)+|P[0-9WDTHMS]+)$"
SIZE_PATTERN = r"^\s*\d+\s*([kKmMgG][iI]?)?[bB]\s*$"


def duration(text: str) -> timedelta:
    """Parse '1h30m' into whole seconds above zero. Raises ValueError."""
    value = duration_or_zero(text)
    if not value:
        raise ValueError("is not a duration of at least one second")
    return value


def duration_or_zero(text: str) -> timedelta:
    """Like `duration`, but allows zero."""
    text = text.strip()
    if iso := _ISO.fullmatch(text):
        numbers = [int(number or 0) for number in iso.groups()]
        seconds = sum(number * _SECONDS[unit] for number, unit in zip(numbers, "wdhms", strict=True))
    elif text and not _PART.sub("", text):
        seconds = sum(int(number) * _SECONDS[unit] for number, unit in _PART.findall(text))
    else:
        raise ValueError("is not a duration")
    if seconds > MAX_DURATION.total_seconds():
        raise ValueError("is not a duration of at most a hundred years")
    return timedelta(seconds=seconds)


def duration_text(value: timedelta) -> str:
    """Format a timedelta in the largest unit that leaves a whole number; `duration` parses it back."""
    seconds = int(value.total_seconds())
    unit = next(unit for unit in "wdhms" if seconds % _SECONDS[unit] == 0)
    return f"{seconds // _SECONDS[unit]}{unit}"


def size(text: str) -> int:
    """Parse '20MB' into bytes above zero; kB, MB, GB are powers of 1,000, KiB, MiB, GiB of 1,024. Raises ValueError."""
    match = _SIZE.fullmatch(text.strip())
    factor = _BYTES_BY_FOLDED.get(match[2].casefold()) if match else None
    if match is None or factor is None:
        raise ValueError("is not a size")
    if not int(match[1]):
        raise ValueError("is not a size: it must be more than zero")
    return int(match[1]) * factor


def size_text(value: int) -> str:
    """Format bytes in the largest unit that leaves a whole number."""
    unit, factor = max(
        ((unit, factor) for unit, factor in _BYTES.items() if value % factor == 0), key=lambda pair: pair[1]
    )
    return f"{value // factor}{unit}"
