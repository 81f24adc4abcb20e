"""Turns Chinese numerals in a date into digits: "二〇二六年三月十二日" → "2026年3月12日"."""

from __future__ import annotations

import re

_UNITS = "年月日号號時时點点分秒"
_NUMERAL = re.compile(rf"[〇零一二三四五六七八九十廿卅]+(?=[{_UNITS}])|元(?=年)")
_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_TENS = {"十": "1", "廿": "2", "卅": "3"}


def with_digits(text: str) -> str:
    """The text with digits for the numerals before a unit. "元年" is the first year of an era."""
    return text if text.isascii() else _NUMERAL.sub(_to_digits, text)


def _to_digits(match: re.Match[str]) -> str:
    numeral = match[0]
    if numeral == "元":
        return "1"
    for sign, tens in _TENS.items():
        before, found, after = numeral.partition(sign)
        if found:
            return (before or tens).translate(_DIGITS) + (after or "〇").translate(_DIGITS)
    return numeral.translate(_DIGITS)
