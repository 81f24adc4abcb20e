"""Every regular expression that meets foreign text takes linear time, for texts made to slow it down.

Python's engine backtracks: a repeat that can match in two ways takes quadratic or exponential time. Use possessive
quantifiers (`a*+`), atomic groups (`(?>…)`), a lookbehind that lets a match begin only where a run begins, or a loop
with `str.find`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.growth.atomic_captures import has_atomic_capture
from tests.growth.cpu_growth import growth_problem
from tests.growth.hostile_text import Growing, hostile_texts
from tests.growth.patterns import Found, find_patterns, functions_that_hide_patterns, modules

pytestmark = pytest.mark.measured

SIZE = 8_000  # characters; growth is measured up to four times as many

LIMITED = {
    "feeds.rules.": 300,  # read what a user wrote
    "feeds.normalize.credits.dateline.": 120,  # `dateline._MAX_DATELINE_CHARS`
    "feeds.normalize.credits.": 300,  # `remove.MAX_LINE_CHARS`; test_functions.py checks the limit
    "feeds.normalize.date": 100,  # `dates.MAX_DATE_CHARS`; tests/normalize/test_date_forms.py checks the limit
}
"""Modules that cut a text before their patterns see it, and its greatest length."""

COLLAPSED = "feeds.normalize.credits.promo_lines."
"""The patterns of this module see one line, without runs of white space (`text.one_line`)."""

PATTERNS = find_patterns()


def size_for(name: str) -> int:
    return next((limit for prefix, limit in LIMITED.items() if name.startswith(prefix)), 4 * SIZE) // 4


def apply(pattern: re.Pattern[Any], method: str) -> Callable[[Any], object]:
    if method in ("sub", "subn"):
        return lambda text: getattr(pattern, method)(lambda match: match[0][:0], text)
    if method == "finditer":
        return lambda text: sum(1 for _ in pattern.finditer(text))
    return getattr(pattern, method)  # type: ignore[no-any-return]


def texts(name: str, pattern: re.Pattern[Any], growing: Growing) -> Callable[[int], str | bytes]:
    if name.startswith(COLLAPSED):
        return lambda chars: " ".join(growing.text(chars).split())
    if isinstance(pattern.pattern, str):
        return growing.text
    return lambda chars: growing.text(chars).encode("utf-8", "replace")


def problems(found: Found) -> Iterator[str]:
    for growing in hostile_texts(found.pattern):
        for method in sorted(found.methods):
            make = texts(found.name, found.pattern, growing)
            size = size_for(found.name)
            if problem := growth_problem(apply(found.pattern, method), make, size):
                yield f"{found.name}.{method}({growing}): {problem}"


@pytest.mark.parametrize("module", sorted({found.name.rpartition(".")[0] for found in PATTERNS}))
def test_the_patterns_of_a_module_take_linear_time(module: str) -> None:
    for found in PATTERNS:
        if found.name.rpartition(".")[0] == module:
            problem = next(problems(found), "")
            assert not problem, f"{problem}\n{found.pattern.pattern[:500]!r}"


def test_no_pattern_captures_within_an_atomic_group_or_a_possessive_repeat() -> None:
    # CPython 3.11 raises SystemError for some texts: "The span of capturing group is wrong" (gh-101955).
    found = [found.name for found in PATTERNS if has_atomic_capture(found.pattern)]
    assert found == []


@pytest.mark.parametrize(
    ("pattern", "is_captured"),
    [
        (r"(?>a|(b))", True),
        (r"(?:x(b)?)*+", True),
        (r"(?=(?>(b)))", True),
        (r"(a*+)(?>b)(?P<c>d)*", False),
    ],
)
def test_the_test_finds_captures_in_atomic_groups(pattern: str, *, is_captured: bool) -> None:
    assert has_atomic_capture(re.compile(pattern)) is is_captured


def test_patterns_are_found_in_globals_containers_cached_functions_and_calls() -> None:
    names = " ".join(found.name for found in PATTERNS)
    assert len(PATTERNS) > 150
    for name in (
        "feeds.parse.hubs._LINK",  # a global
        "feeds.parse.delta._FORMATS",  # in a tuple of tuples
        "feeds.normalize.credits.dateline._patterns",  # the result of a cached function
        "feeds.normalize.credits.promo_lines._promo_pattern",  # the same, with an argument
        "re_sub",  # the argument of a call
    ):
        assert name in names


def test_no_pattern_is_made_where_it_cannot_be_found() -> None:
    exempt = {
        "feeds.rules.pattern.check_replacement",  # written by users: feeds.rules.search bounds them
        "feeds.rules.pattern.replace_in",  # words of users, without any operator
        "feeds.parse.guess_charset._share_of_common_letters",  # one class of characters, repeated
    }
    assert {name for module in modules() for name in functions_that_hide_patterns(module)} == exempt


@pytest.mark.parametrize(
    ("pattern", "is_linear"),
    [
        (r"\s+$", False),
        (r"(?<!\s)\s++$", True),
        (r"<[^>]*>", False),
        (r"<[^<>]*+>", True),
        (r"<!--.*?-->", False),
        (r"(a|aa)+$", False),
        (r"(?:\s*,\s*)+x", False),
        (r"\w+@\w+", False),
        (r"\w", True),
    ],
)
def test_the_test_tells_linear_from_other_growth(pattern: str, *, is_linear: bool) -> None:
    found = Found("example.PATTERN", re.compile(pattern, re.S), frozenset({"search"}))
    assert (next(problems(found), "") == "") is is_linear
