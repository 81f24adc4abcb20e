"""Parts texts for which nh3 takes quadratic time: 2.8 s for a text with 400,000 times "&" (measured with nh3 0.3.8)."""

from __future__ import annotations

from lxml import etree

from feeds.normalize.text import remove_unpublishable_chars
from feeds.normalize.tree import Element

MAX_REFERENCES = 20_000  # "&" and no-break spaces in one body, before its texts are looked at
MAX_REFERENCES_OF_TEXT = 5_000


def part_long_texts(body: Element, html: str) -> bool:
    """Parts texts with thousands of references by comments, which nh3 removes. Returns whether there are any.

    `html`: `body`, serialized. An attribute with so many references is removed.
    """
    if html.count("&amp;") + html.count("\xa0") <= MAX_REFERENCES:
        return False
    for element in list(body.iter("*")):
        for name, value in list(element.attrib.items()):
            if _references(value) > MAX_REFERENCES_OF_TEXT:
                del element.attrib[name]
        if element.text and _references(element.text) > MAX_REFERENCES_OF_TEXT:
            parts = _parts(element.text)
            element.text = parts[0]
            element[:0] = [_comment(part) for part in parts[1:]]
        if element is not body and element.tail and _references(element.tail) > MAX_REFERENCES_OF_TEXT:
            parts = _parts(element.tail)
            element.tail = parts[0]
            parent = element.getparent()
            at = parent.index(element) + 1
            parent[at:at] = [_comment(part) for part in parts[1:]]
    return True


def _references(text: str) -> int:
    return text.count("&") + text.count("\xa0")


def _parts(text: str) -> list[str]:
    text = remove_unpublishable_chars(text)
    return [text[at : at + MAX_REFERENCES_OF_TEXT] for at in range(0, len(text), MAX_REFERENCES_OF_TEXT)]


def _comment(tail: str) -> Element:
    comment = etree.Comment("")
    comment.tail = tail
    return comment
