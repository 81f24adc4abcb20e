"""Turns plain text into a tree: paragraphs, line breaks and links for the URLs in it.

RSS descriptions without a tag are written as plain text: podcast notes, microblogs, changelogs. Their line ends are
kept, except in prose that a program wrapped at a column.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from lxml import etree

from feeds.normalize.text import remove_unpublishable_chars
from feeds.normalize.url import absolute_url

Element = Any  # lxml has no type annotations

# Columns at which programs and people wrap prose
MIN_WRAP_COLUMN = 50
MAX_WRAP_COLUMN = 120

_BLANK_LINE = re.compile(r"\n[ \t\r]*+\n\s*+")
# In text without spaces between words, a URL begins behind any letter of Chinese, Japanese or Korean, and ends
# before their punctuation, and before a letter of theirs that follows a letter of ASCII.
_CJK = "\u1100-\u11ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f"
_URL = re.compile(
    r"(?<![A-Za-z0-9_])(?:https?://|www\.(?=[A-Za-z0-9-]++\.[A-Za-z]))"
    rf"(?:(?![\s<>\"“”«»\u2014\u3000-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65])(?!(?<=[A-Za-z0-9])[{_CJK}]).)++",
    re.I,
)
_AFTER_URL = ".,;:!?'’*_…"  # punctuation of the sentence around a URL
_BRACKETS = {")": "(", "]": "[", "}": "{"}


def tree_from_text(text: str) -> Element:
    """A `body` element. Blank lines part paragraphs; other line ends are breaks, except in wrapped prose."""
    body = etree.Element("body")
    text = remove_unpublishable_chars(text).strip()
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    paragraphs = [part for part in _BLANK_LINE.split(text) if part]
    lines_of_paragraphs = [_unwrapped_lines(paragraph) for paragraph in paragraphs]
    if len(lines_of_paragraphs) == 1 and len(lines_of_paragraphs[0]) == 1:
        _append_text(body, lines_of_paragraphs[0][0])
        return body
    for lines in lines_of_paragraphs:
        element = etree.SubElement(body, "p")
        for number, line in enumerate(lines):
            if number:
                etree.SubElement(element, "br")
            _append_text(element, line)
    return body


def _unwrapped_lines(paragraph: str) -> list[str]:
    """The lines of a paragraph; one line if they are wrapped prose."""
    lines = [stripped for line in paragraph.split("\n") if (stripped := line.strip())]
    return [" ".join(lines)] if len(lines) > 1 and _is_wrapped(lines) else lines


def _is_wrapped(lines: list[str]) -> bool:
    """Whether a program broke the lines at a column: none but the last had room for the first word of the next, and
    at least half of them go on in lower case, as lines of a list or a poem do not.
    """
    column = max(map(len, lines))
    if not MIN_WRAP_COLUMN <= column <= MAX_WRAP_COLUMN:
        return False
    following = lines[1:]
    had_room = (
        len(line) + 1 + len(after.split(None, 1)[0]) <= column
        for line, after in zip(lines, following, strict=False)
    )
    return 2 * sum(line[0].islower() for line in following) >= len(following) and not any(had_room)


def _append_text(element: Element, text: str) -> None:
    """Adds `text` at the end of `element`, its URLs as links."""
    last = next(element.iterchildren(reversed=True), None)  # not len(): it counts every child
    for part, url in _parts(text):
        if url:
            last = etree.SubElement(element, "a", href=url)
            last.text = part
        elif last is None:
            element.text = (element.text or "") + part
        else:
            last.tail = (last.tail or "") + part


def _parts(text: str) -> Iterable[tuple[str, str]]:
    """The parts of a text and the URL that each is; "" for those that are none."""
    at = 0
    for match in _URL.finditer(text):
        stated = _without_punctuation(match[0])
        href = stated if "://" in stated else f"https://{stated}"
        if (url := absolute_url(href)) is None:
            continue
        if match.start() > at:
            yield text[at : match.start()], ""
        yield stated, url
        at = match.start() + len(stated)
    if at < len(text):
        yield text[at:], ""


def _without_punctuation(url: str) -> str:
    """The URL without the punctuation of the sentence: a bracket belongs to it only if it has the opening one."""
    unbalanced = {close: url.count(close) - url.count(opening) for close, opening in _BRACKETS.items()}
    end = len(url)
    while end:
        last = url[end - 1]
        if unbalanced.get(last, 0) > 0:
            unbalanced[last] -= 1
        elif last not in _AFTER_URL:
            break
        end -= 1
    return url[:end]
