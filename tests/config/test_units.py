from __future__ import annotations

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.config import units


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("60m", 3_600),
        ("24h", 86_400),
        ("3d", 259_200),
        ("2w", 1_209_600),
        ("1h30m", 5_400),
        ("1h 30m", 5_400),
        (" 5 m ", 300),
        ("PT1H", 3_600),
        ("P1DT12H", 129_600),
        ("P2W", 1_209_600),
        ("PT90S", 90),
    ],
)
def test_a_duration_is_parsed(text: str, seconds: int) -> None:
    assert units.duration(text) == timedelta(seconds=seconds)
    assert re.fullmatch(units.DURATION_PATTERN, text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "60",
        "m",
        "often",
        "1.5h",
        "-1h",
        "1h30",
        "0s",
        "P",
        "PT",
        "P1Y",
        "1y",
        "٣d",
        "40000d",
        "9" * 13 + "s",
    ],
)
def test_an_invalid_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a duration"):
        units.duration(text)


@given(st.integers(min_value=1, max_value=int(units.MAX_DURATION.total_seconds())))
def test_a_formatted_duration_parses_back(seconds: int) -> None:
    text = units.duration_text(timedelta(seconds=seconds))
    assert units.duration(text) == timedelta(seconds=seconds)
    assert re.fullmatch(units.DURATION_PATTERN, text)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("20MB", 20_000_000),
        ("512KiB", 524_288),
        ("512 kib", 524_288),
        ("1kB", 1_000),
        ("7B", 7),
        ("2GiB", 2 << 30),
    ],
)
def test_a_size_is_parsed(text: str, size: int) -> None:
    assert units.size(text) == size
    assert re.fullmatch(units.SIZE_PATTERN, text)


@pytest.mark.parametrize("text", ["", "20", "MB", "20 parsecs", "-1MB", "1.5MB", "0MB", "٣MB"])
def test_an_invalid_size_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="size"):
        units.size(text)


@given(st.integers(min_value=1, max_value=10**15 - 1))
def test_a_formatted_size_parses_back(size: int) -> None:
    text = units.size_text(size)
    assert units.size(text) == size
    assert re.fullmatch(units.SIZE_PATTERN, text)
