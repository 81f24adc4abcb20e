"""Texts that make a careless regular expression slow: made from the expression itself, and from markup.

Each text is given as a start, a unit to repeat and an end, so that it can be grown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

MARKUP = (
    " ",
    "\n",
    "\t \n",
    "\x00",
    "<",
    ">",
    "&",
    '"',
    "'",
    "=",
    "/",
    ":",
    ";",
    ",",
    ".",
    "-",
    "%",
    "#",
    "@",
    "\\",
    "[",
    "(",
    "a",
    "0",
    "é",
    "字",
    "a ",
    "1,",
    "a@",
    "a.",
    "<a ",
    "<a>",
    "</a>",
    "<a b=",
    '<a b="',
    "<a b='c' ",
    ' b="c"',
    " b=c",
    "<!--",
    "-->",
    "<!",
    "<?",
    "<?xml ",
    "<![CDATA[",
    "]]>",
    "<script>",
    "<script",
    "</script",
    "<p><br/>",
    "&#",
    "&amp;",
    "&lt;a&gt;",
    "&a",
    "https://a/",
    "data:",
    "charset=",
    "<!ENTITY a ",
    ", <a>; rel=",
    '; a="',
    "a=b; ",
    '\\"',
    "(a) - ",
    "AFP, ",
)
"""Units for every pattern: white space, brackets, references, tags, attributes, URLs, lists of credits."""


_REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)


@dataclass(frozen=True, slots=True)
class Growing:
    """A text that can be made in any size: `start`, then `unit` repeated, then `end`."""

    start: str
    unit: str
    end: str = ""

    def text(self, chars: int) -> str:
        return self.start + self.unit * max(1, chars // len(self.unit)) + self.end

    def __str__(self) -> str:
        return " + ".join(
            part
            for part in (
                repr(self.start[:60]) if self.start else "",
                f"{self.unit[:60]!r} × n",
                repr(self.end[:60]) if self.end else "",
            )
            if part
        )


def hostile_texts(pattern: re.Pattern[Any]) -> list[Growing]:
    """Texts for one pattern: markup, and what its repeats and the parts before them match."""
    written = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    tree = _parser.parse(
        written,
        pattern.flags & ~re.UNICODE | re.ASCII if isinstance(pattern.pattern, bytes) else pattern.flags,
    )
    whole = _example(tree)
    growing = [Growing("", unit) for unit in (*MARKUP, whole)]
    for start, unit in _repeats(tree, ""):
        # The repeat runs to the end and fails; each place before it is a start from which the repeat runs.
        growing += [Growing(start, unit, end) for end in ("", "\x00", whole)]
        growing += [Growing("", start), Growing("", start + unit), Growing(start + unit, start)]
    return [one for one in dict.fromkeys(growing) if one.unit]


def _repeats(tree: Any, before: str) -> Iterator[tuple[str, str]]:
    """(what the pattern matches before a repeat, what is repeated), at each depth."""
    start = before
    for kind, value in tree:
        if kind in _REPEATS:
            _, most, part = value
            if most > 8:
                yield from ((start, unit) for unit in _examples(part))
            yield from _repeats(part, start)
        elif kind is op.SUBPATTERN:
            yield from _repeats(value[3], start)
        elif kind is op.ATOMIC_GROUP:
            yield from _repeats(value, start)
        elif kind is op.BRANCH:
            for branch in value[1]:
                yield from _repeats(branch, start)
        start += _example([(kind, value)])


def _examples(part: Any) -> list[str]:
    """Texts that the repeated part matches: if it is one class of characters, different ones of it."""
    if len(part) > 1 or part[0][0] is not op.IN:
        return [_example(part)]
    matches = re.compile("[" + "".join(map(_written, part[0][1])) + "]", re.S).match
    return [char for char in "a0 -<.=" if matches(char)][:4] or [_example(part)]


def _example(tree: Any) -> str:
    """A text that the parsed pattern matches, apart from assertions."""
    return "".join(map(_node_example, tree))


def _node_example(node: tuple[Any, Any]) -> str:
    kind, value = node
    if kind is op.LITERAL:
        return chr(value)
    if kind is op.NOT_LITERAL:
        return "b" if chr(value) == "a" else "a"
    if kind is op.ANY:
        return "a"
    if kind is op.IN:
        return _class_example(value)
    if kind in _REPEATS:
        least, most, part = value
        return str(_example(part) * max(least, min(most, 1)))
    if kind is op.SUBPATTERN:
        return _example(value[3])
    if kind is op.ATOMIC_GROUP:
        return _example(value)
    if kind is op.BRANCH:
        return _example(value[1][0])
    return ""  # assertions, anchors, references to groups


_CATEGORIES = {
    op.CATEGORY_SPACE: " ",
    op.CATEGORY_WORD: "a",
    op.CATEGORY_DIGIT: "0",
    op.CATEGORY_NOT_SPACE: "a",
    op.CATEGORY_NOT_WORD: "-",
    op.CATEGORY_NOT_DIGIT: "a",
}


def _class_example(members: Any) -> str:
    if members[0][0] is op.NEGATE:
        excluded = re.compile("[" + "".join(map(_written, members[1:])) + "]", re.S)
        return next((char for char in "a1 -<\x01字" if not excluded.match(char)), "")
    kind, value = members[0]
    if kind is op.LITERAL:
        return chr(value)
    return chr(value[0]) if kind is op.RANGE else _CATEGORIES[value]


def _written(member: tuple[Any, Any]) -> str:
    kind, value = member
    if kind is op.NEGATE:
        return "^"
    if kind is op.LITERAL:
        return re.escape(chr(value))
    if kind is op.RANGE:
        return f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}"
    return {
        op.CATEGORY_SPACE: r"\s",
        op.CATEGORY_WORD: r"\w",
        op.CATEGORY_DIGIT: r"\d",
        op.CATEGORY_NOT_SPACE: r"\S",
        op.CATEGORY_NOT_WORD: r"\W",
        op.CATEGORY_NOT_DIGIT: r"\D",
    }[value]
