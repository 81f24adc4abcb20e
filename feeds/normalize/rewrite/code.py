"""Rewrites listings of code: one `pre` with line ends, as the author wrote it.

Highlighters write a line as a `div`, a list item or a row of a table, and number the lines in a cell or a `span` beside
them. The lines stay, the numbers go: they are not part of the code, and without styles they stand in the middle of it.
"""

# ruff: noqa: SIM905 - lists of words are read as words

from __future__ import annotations

import re

from lxml import etree

from feeds.normalize.text import remove_unpublishable_chars
from feeds.normalize.tree import Element, is_dropped, mark_dropped, unwrap

_FIND = etree.XPath(
    "descendant::*[self::table or self::pre or self::div[contains(concat(' ', @class, ' '), ' mermaid ')"
    " or contains(@class, 'crayon-plain-wrap')]]"
)
_WORDS = ("<pre", "<PRE", "<table", "<TABLE", "mermaid", "&lt;pre", "&lt;table")
_NUMBER_CLASSES = frozenset(
    (
        "blob-num crayon-num crayon-nums gl gutter hljs-ln-n hljs-ln-numbers js-line-number line-number line-numbers "
        "line_numbers lineno linenos linenr linenumber linenodiv ln lnt lnum rouge-gutter"
    ).split()
)
_NUMBERED = ("span", "td", "th", "div", "a", "pre", "code", "em", "i")
_LINE_BLOCKS = frozenset("div p li ol ul section article figure".split())
_NUMBERS = re.compile(r"[\s\d.:|•·]*+")
_CODE = ("pre", "code", "samp")


def has_code(source: str) -> bool:
    """Whether there may be a listing in this HTML."""
    return any(word in source for word in _WORDS)


def rewrite_code(body: Element) -> None:
    """Changes `body` in place, before its other elements are rewritten."""
    found = _FIND(body)
    for element in found:
        if element.tag == "table":
            _become_listing(element)
        elif "crayon-plain-wrap" in (element.get("class") or ""):
            mark_dropped(element)  # the code once more, to be copied; the page hides it
        elif element.tag == "div" and not len(element):
            element.tag = "pre"  # the source of a diagram, which Mermaid would draw
    for element in found:
        if element.tag == "pre" and next(element.iterancestors("pre"), None) is None:
            _tidy(element)


def _become_listing(table: Element) -> None:
    """Turns a table of line numbers and code into a `pre`, or lines of the one around it."""
    if next(table.iter(*_CODE), None) is None and not _NUMBER_CLASSES.intersection(
        _classes_of_first_cell(table)
    ):
        return
    rows = [list(row.iterchildren("td", "th")) for row in table.iter("tr")]
    if not rows or any(len(cells) < 2 or not all(map(_holds_numbers, cells[:-1])) for cells in rows):
        return
    if not all(_NUMBER_CLASSES.intersection(_classes(cells[0])) for cells in rows) and not (
        len(rows) == 1 and _counts(rows[0][0])
    ):
        return  # a table whose first column is a number
    table.tag = "pre" if next(table.iterancestors("pre"), None) is None else "span"
    table.attrib.clear()
    table.text = None
    table[:] = [cells[-1] for cells in rows]
    for cell in table:
        for inner in list(cell.iter("pre")):
            unwrap(inner)
        cell.tag = "div"  # a line, or all of them
        cell.attrib.clear()
        cell.tail = None


def _classes(element: Element) -> list[str]:
    return (element.get("class") or "").split()


def _classes_of_first_cell(table: Element) -> list[str]:
    cell = next(table.iter("td", "th"), None)
    return [] if cell is None else _classes(cell)


def _holds_numbers(cell: Element) -> bool:
    """Whether there are only numbers in it, or a script or a style would write them."""
    text = "".join(cell.itertext())
    return _NUMBERS.fullmatch(text) is not None and (
        bool(text.strip())
        or cell.get("data-line-number") is not None
        or bool(_NUMBER_CLASSES & set(_classes(cell)))
    )


def _counts(cell: Element) -> bool:
    """Whether its numbers are those of lines, each the one before plus one, and not only one number of a table."""
    numbers = [int(digits) for digits in " ".join(cell.itertext()).split() if digits.isdecimal()]
    is_listing = len(numbers) > 1 or cell.find(".//pre") is not None
    return is_listing and numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def _tidy(pre: Element) -> None:
    for part in list(pre.iter(*_NUMBERED)):
        if part is not pre and _NUMBER_CLASSES.intersection(_classes(part)) and _holds_numbers(part):
            mark_dropped(part)
    _unwrap_blocks(pre)


def unwrap_blocks_in_listings(body: Element) -> None:
    """Turns the blocks within each `pre` into lines. Call this after the other elements are rewritten: some become
    a `pre`, or a block within one."""
    for pre in body.iter("pre"):
        if next(pre.iterancestors("pre"), None) is None:
            _unwrap_blocks(pre)


def _unwrap_blocks(pre: Element) -> None:
    if next(pre.iter(*_LINE_BLOCKS), None) is not None and next(pre.iter("table"), None) is None:
        _Lines().write(pre)


class _Lines:
    """Turns the blocks within a `pre` into lines that end with a line end."""

    def __init__(self) -> None:
        self._last = ""  # the last character
        self._must_break = False  # before the next text

    def write(self, pre: Element) -> None:
        started: dict[Element, int] = {}
        chars = 0
        blocks = []
        for event, element in etree.iterwalk(pre, events=("start", "end")):
            if event == "start":
                if element.tag in _LINE_BLOCKS:
                    blocks.append(element)
                    started[element] = chars
                    self._must_break = self._must_break or self._last not in {"", "\n"}
                elif element.tag == "br" and not self._must_break:
                    self._last, chars = "\n", chars + 1
                if element.text and not is_dropped(element):
                    element.text = self._next(element.text)
                    chars += len(element.text)
            else:
                if element.tag in _LINE_BLOCKS:
                    if started[element] == chars and not len(element) and self._last:
                        element.text, self._last, chars = "\n", "\n", chars + 1  # an empty line
                    else:
                        self._must_break = self._last not in {"", "\n"}
                if element is not pre and element.tail:
                    element.tail = self._next(element.tail)
                    chars += len(element.tail)
        for block in blocks:
            unwrap(block)

    def _next(self, text: str) -> str:
        text = remove_unpublishable_chars(text)
        if self._must_break and text.lstrip(" \t")[:1] != "\n":
            text = f"\n{text}"
        self._must_break = False
        self._last = text[-1:]
        return text


def remove_first_line_ends(body: Element) -> None:
    """A parser drops a line end right after `<pre>`, so each program that reads the body would drop one more."""
    for pre in body.iter("pre"):
        if pre.text:
            pre.text = remove_unpublishable_chars(pre.text).lstrip("\r\n")
