"""The lines of a body: what stands between two breaks, with the places in the tree that it stands in.

Text is read off the lines, and what is cut from a line is cut from the tree: so html and text agree.
"""

# ruff: noqa: SIM905 - lists of words are read as words

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from feeds.model import Text
from feeds.normalize.text import fold
from feeds.normalize.tree import BLOCKS, Element, drop, is_dropped, sweep

_KEPT_EMPTY = frozenset(("img picture source video audio br hr td th col colgroup wbr").split())


@dataclass(slots=True, eq=False)
class Line:
    """A run of pieces: (element, whether it is its tail, the words)."""

    block: Element  # the block that it stands in
    pieces: list[tuple[Element, bool, str]] = field(default_factory=list)
    _text: Text | None = None

    @property
    def raw(self) -> str:
        return "".join(words for _, _, words in self.pieces)

    @property
    def text(self) -> Text:
        if self._text is None:
            self._text = fold(self.raw)
        return self._text

    def cut(self, start: int, end: int) -> None:
        """Takes the characters `raw[start:end]` out of the tree."""
        self._text = None
        at = 0
        for index, (element, is_tail, words) in enumerate(self.pieces):
            left, right = max(start - at, 0), min(end - at, len(words))
            if left < right:
                kept = words[:left] + words[right:]
                if is_tail:
                    element.tail = kept
                else:
                    element.text = kept
                self.pieces[index] = (element, is_tail, kept)
            at += len(words)

    def clear(self) -> None:
        self.cut(0, len(self.raw))

    def links(self) -> tuple[list[Element], bool]:
        """The links in the line, and whether all its words, beyond separators, stand in links."""
        found: dict[Element, None] = {}
        only = True
        for element, is_tail, words in self.pieces:
            link = _enclosing(element.getparent() if is_tail else element, "a")
            if link is not None:
                found[link] = None
            elif any(character.isalnum() for character in words):
                only = False
        return list(found), only and bool(found)

    def within(self, tags: frozenset[str]) -> bool:
        """Does it stand in one of these elements?"""
        element = self.block
        while element is not None:
            if element.tag in tags:
                return True
            element = element.getparent()
        return False


def lines_of(body: Element) -> list[Line]:
    """Every line with words in it, in the order of reading."""
    return [line for line in _runs(body) if any(words.strip() for _, _, words in line.pieces)]


def text_of(lines: list[Line]) -> Text:
    """The words, paragraphs parted by line feeds."""
    return Text("\n".join(words for line in lines if (words := line.text)))


def _runs(body: Element) -> Iterator[Line]:
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
        done, inner = element, block
        element, children, block = stack.pop()
        if inner is not block:
            yield line
            line = Line(block)
        if done.tail:
            line.pieces.append((done, True, done.tail))
    yield line


def prune(body: Element) -> None:
    """Takes out what cutting has left empty: elements without words or pictures, and breaks at the end."""
    for element in reversed(list(body.iter("*"))):
        if element is body or element.tag in _KEPT_EMPTY or (element.text or "").strip():
            continue
        if all(is_dropped(child) and not (child.tail or "").strip() for child in element):
            drop(element)
    sweep(body)
    while (last := _last_leaf(body)) is not None and last.tag in {"br", "hr"}:
        last.getparent().remove(last)


def _last_leaf(element: Element) -> Element | None:
    """What stands at the very end; None where that is words."""
    # Not len(): it counts every child.
    while (last := next(element.iterchildren(reversed=True), None)) is not None:
        element = last
        if (element.tail or "").strip():
            return None
    return None if (element.text or "").strip() else element


def _enclosing(element: Element | None, tag: str) -> Element | None:
    while element is not None and element.tag != tag:
        element = element.getparent()
    return element
