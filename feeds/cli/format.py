"""Numbers, times, durations and hints as the commands print them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches


def count_noun(number: int, noun: str) -> str:
    """1, "source" → "1 source"; 2, "entry" → "2 entries"."""
    return f"{number} {noun_for(number, noun)}"


def noun_for(number: int, noun: str) -> str:
    """1, "source" → "source"; 2, "entry" → "entries"."""
    if number == 1:
        return noun
    return f"{noun.removesuffix('y')}ies" if noun.endswith("y") else f"{noun}s"


def hint_for_unknown(name: str, names: Sequence[str]) -> str:
    """A sentence with the names that are similar to `name`: those that contain it, else those with a similar
    spelling."""
    similar = [known for known in names if name in known] or get_close_matches(name, names, n=5, cutoff=0.4)
    return f"Did you mean {', '.join(similar[:5])}?" if similar else "`feeds status` lists the ids."


def format_time(moment: datetime) -> str:
    """Such as "2026-07-20 09:00 UTC"."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def ago(moment: datetime | None, now: datetime) -> str:
    """Such as "12 min ago", or "never"."""
    return "never" if moment is None else f"{format_duration(now - moment)} ago"


def until(moment: datetime, now: datetime) -> str:
    """Such as "in 12 min", or "now", or "never"."""
    if moment <= now:
        return "now"
    return "never" if moment - now > timedelta(days=3650) else f"in {format_duration(moment - now)}"


def format_duration(length: timedelta) -> str:
    """In the largest unit of which there are two or more: "119 s", "3 min", "2 d"."""
    seconds = abs(length.total_seconds())
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
