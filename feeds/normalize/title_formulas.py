"""Writes the MathML in titles and other short fields as text. Journals have it in most of their titles."""

from __future__ import annotations

import re

from lxml import etree

from feeds.normalize.math_text import formula_text, linear_text

_START = re.compile(r"<(?:[a-z]+:)?math[\s>]", re.I)
_END = re.compile(r"</(?:[a-z]+:)?math\s*>", re.I)
_PREFIX = re.compile(r"(</?)[a-z]+:(?=[a-z])", re.I)
_PARSER = etree.HTMLParser(remove_comments=True, remove_pis=True, no_network=True, collect_ids=False)


def replace_formulas(text: str) -> str:
    """`text` with each `math` element that ends replaced by the formula on one line."""
    pieces: list[str] = []
    at = 0
    while (start := _START.search(text, at)) and (end := _END.search(text, start.end())):
        pieces += [text[at : start.start()], _formula(text[start.start() : end.end()])]
        at = end.end()
    return "".join((*pieces, text[at:]))


def _formula(markup: str) -> str:
    try:
        root = etree.fromstring("<html><body>" + _PREFIX.sub(r"\1", markup) + "</body></html>", _PARSER)
    except (etree.LxmlError, ValueError):
        return ""
    math = root.find(".//math") if root is not None else None
    if math is None:
        return ""
    return (linear_text(math) or formula_text(math)).replace("<", "&lt;")
