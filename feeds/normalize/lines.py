"""The text of a body as lines, each with the places in the tree that hold its characters.

The plain text is read from the lines, and a cut in a line is made in the tree, so HTML and text always agree.
"""

# ruff: noqa: SIM905 - lists of words are read as words

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from feeds.model import Text
from feeds.normalize.math_text import pictured_formula
from feeds.normalize.text import one_line
from feeds.normalize.tree import BLOCKS, Element, is_dropped, mark_dropped, remove_dropped

_KEPT_EMPTY = frozenset(("img picture source video audio br hr td th col colgroup wbr").split())


@dataclass(slots=True, eq=False)
class Line:
    """The text between two breaks. A piece is (element, whether the text is its tail, the text).

    The text of a picture, a formula, is one piece, which is cut as a whole or not at all.
    """

    block: Element  # the innermost block element around the line
    pieces: list[tuple[Element, bool, str]] = field(default_factory=list)
    _text: Text | None = None

    @property
    def raw(self) -> str:
        """The characters as they are in the tree. `cut` takes offsets into this string."""
        return "".join(part for _, _, part in self.pieces)

    @property
    def text(self) -> Text:
        if self._text is None:
            self._text = _code_lines(self.raw) if self.block.tag == "pre" else one_line(self.raw)
        return self._text

    def cut(self, start: int, end: int) -> None:
        """Removes the characters `raw[start:end]` from the tree."""
        self._text = None
        at = 0
        for index, (element, is_tail, part) in enumerate(self.pieces):
            left, right = max(start - at, 0), min(end - at, len(part))
            if left < right:
                rest = part[:left] + part[right:]
                if is_tail:
                    element.tail = rest
                elif element.tag == "img":
                    rest = part if rest else ""
                    if not rest:
                        mark_dropped(element)
                else:
                    element.text = rest
                self.pieces[index] = (element, is_tail, rest)
            at += len(part)

    def clear(self) -> None:
        self.cut(0, len(self.raw))

    def links(self) -> tuple[list[Element], bool]:
        """Returns the `a` elements of the line, and whether all its letters and digits are inside them."""
        links: dict[Element, None] = {}
        only_links = True
        for element, is_tail, part in self.pieces:
            link = _closest(element.getparent() if is_tail else element, "a")
            if link is not None:
                links[link] = None
            elif any(character.isalnum() for character in part):
                only_links = False
        return list(links), only_links and bool(links)

    def within(self, tags: frozenset[str]) -> bool:
        """Whether the line's block, or an element around it, has one of these tags."""
        element = self.block
        while element is not None:
            if element.tag in tags:
                return True
            element = element.getparent()
        return False


def lines_of(body: Element) -> list[Line]:
    """The lines that are not blank, in reading order."""
    return [line for line in _all_lines(body) if any(part.strip() for _, _, part in line.pieces)]


def text_of(lines: list[Line]) -> Text:
    r"""The plain text of the lines, separated by "\n"; empty ones left out."""
    return Text("\n".join(text for line in lines if (text := line.text)))


def _all_lines(body: Element) -> Iterator[Line]:
    stack: list[tuple[Element, Iterator[Element], Element]] = []
    line = Line(body)
    if body.text:
        line.pieces.append((body, False, body.text))
    element, children, block = body, iter(body), body
    while True:
        child = next(children, None)
        if child is not None:
            stack.append((element, children, block))
            element, children = child, iter(child)
            tag = child.tag
            if tag == "img" and (formula := pictured_formula(child)):
                line.pieces.append((child, False, formula))
            if tag in BLOCKS:
                block = child
                yield line
                line = Line(block)
            elif tag == "br":
                yield line
                line = Line(block)
            if child.text:
                line.pieces.append((child, False, child.text))
            continue
        if not stack:
            break
        finished, inner_block = element, block
        element, children, block = stack.pop()
        if inner_block is not block:
            yield line
            line = Line(block)
        if finished.tail:
            line.pieces.append((finished, True, finished.tail))
    yield line


def prune(body: Element) -> None:
    """Removes the elements that cuts have left without text or pictures, and breaks at the end of the body."""
    for element in reversed(list(body.iter("*"))):
        if element is body or element.tag in _KEPT_EMPTY or (element.text or "").strip():
            continue
        if all(is_dropped(child) and not (child.tail or "").strip() for child in element):
            mark_dropped(element)
    remove_dropped(body)
    while (last := _last_element(body)) is not None and last.tag in {"br", "hr"}:
        last.getparent().remove(last)


def _last_element(element: Element) -> Element | None:
    """The innermost last element; None if text follows it or is in it."""
    # Not len(): it counts every child.
    while (last := next(element.iterchildren(reversed=True), None)) is not None:
        element = last
        if (element.tail or "").strip():
            return None
    return None if (element.text or "").strip() else element


def _code_lines(text: str) -> Text:
    """The lines of preformatted text, without indentation; blank ones left out."""
    return Text("\n".join(line for stated in text.split("\n") if (line := one_line(stated))))


def _closest(element: Element | None, tag: str) -> Element | None:
    """`element` or its closest ancestor with this tag; None if there is none."""
    while element is not None and element.tag != tag:
        element = element.getparent()
    return element
