"""Parses HTML of any quality into an lxml tree of bounded depth and size.

The limits bound the time of libxml2 and of nh3, which sanitizes the tree later. Measured: nh3 takes more than 20 s
for 488 KB of nested `<div>`, libxml2 1.5 s for 40,000 attributes on one element. HTML over a limit becomes plain
text, so that no word is lost.
"""

# ruff: noqa: SIM905 - lists of words are read as words

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from feeds.normalize.text import remove_unpublishable_chars, resolve_references

Element = Any  # lxml has no type annotations

MAX_HTML_CHARS = 500_000  # the longest real article bodies have some 300,000
MAX_TEXT_CHARS = 500_000  # the text kept of a body over a limit
MAX_DEPTH = 100  # real bodies stay under 40; libxml2 stops, in silence, at 255

PICTURE_TAGS = frozenset({"figure", "figcaption"})
BLOCKS = frozenset(
    (
        "address article aside blockquote body caption center col colgroup dd details dialog dir div dl dt "
        "fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr li listing main menu nav "
        "ol optgroup option p pre search section summary table tbody td tfoot th thead tr ul video audio"
    ).split()
)

_DROPPED = "feeds-dropped"
_PARSER = etree.HTMLParser(
    remove_comments=True,
    remove_pis=True,
    no_network=True,
    recover=True,
    default_doctype=False,
    collect_ids=False,
)
_DATA_URI = re.compile(r"data:[^\"'\s<>]{200,}")
_DOCUMENT_TAG = re.compile(r"<(?:/?(?:html|body|head)\b[^<>]*|!doctype[^<>]*)>", re.I)
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)[^<>]*>?")
# One element start tag up to its ">". Group 1 matches only if the tag has some 200 attributes or more. Groups are
# atomic and matches do not overlap, so the time is linear in the length of the body. An alternative that can be
# retried inside a repetition takes exponential time on an <img> with ten attributes.
_TAG_PART = r"(?>[\s/]++|=\s*+(?>\"[^\"]*+\"|'[^']*+'|[^\s<>]++|)|[^\s/<>=]++|<)"
_START_TAG = re.compile(rf"<[A-Za-z][^\s/<>]*+({_TAG_PART}{{400}})?{_TAG_PART}*+")
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n\s*")
# A whole body that was escaped once too often: it begins and ends with an escaped tag.
_ESCAPED_START = re.compile(
    r"\s*&lt;(?:p|div|br|a|b|i|em|strong|span|img|ul|ol|h[1-6]|table|figure|blockquote)\b", re.I
)
_ESCAPED_END = re.compile(r"&gt;\s*$")


def parse_fragment(html: str) -> Element:
    """Returns a `body` element. Never raises. In HTML without any tag, blank lines separate paragraphs."""
    html = remove_unpublishable_chars(html)
    if "<" not in html:
        html = html[:MAX_TEXT_CHARS]
        if not (_ESCAPED_START.match(html) and _ESCAPED_END.search(html)):
            return tree_from_text(resolve_references(html), breaks=False)
        html = resolve_references(html)
    if len(html) > MAX_HTML_CHARS:
        html = _DATA_URI.sub("", html)
    if len(html) > MAX_HTML_CHARS or (len(html) > 16_000 and _has_many_attributes(html)):
        return tree_from_text(_without_tags(html))
    body = _parse(html)
    if body is None or (html.count("<") > MAX_DEPTH and _too_deep(body)):
        return tree_from_text(_without_tags(html))
    return body


def tree_from_text(text: str, *, breaks: bool = True) -> Element:
    """A `body` element for plain text. Blank lines separate paragraphs; with `breaks`, a line end is a `br`."""
    body = etree.Element("body")
    paragraphs = [part for part in _BLANK_LINE.split(remove_unpublishable_chars(text).strip()) if part]
    if len(paragraphs) == 1 and not (breaks and "\n" in paragraphs[0]):
        body.text = paragraphs[0]
        return body
    for paragraph in paragraphs:
        element = etree.SubElement(body, "p")
        lines = paragraph.split("\n") if breaks else [paragraph]
        element.text = lines[0]
        for line in lines[1:]:
            etree.SubElement(element, "br").tail = line
    return body


def _parse(html: str) -> Element | None:
    if "<!" in html or ("</" in html and ("body" in (low := html.lower()) or "html" in low)):
        html = _DOCUMENT_TAG.sub("", html)  # libxml2 drops everything after the first </body>
    try:
        root = etree.fromstring(f"<html><body>{html}</body></html>", _PARSER)
    except (etree.LxmlError, ValueError):
        return None
    return root.find("body") if root is not None else None


def _has_many_attributes(html: str) -> bool:
    return any(tag.lastindex for tag in _START_TAG.finditer(html))


def _too_deep(body: Element) -> bool:
    level = [body]
    for _ in range(MAX_DEPTH):
        level = [child for element in level for child in element if len(child)]
        if not level:
            return False
    return True


def _without_tags(html: str) -> str:
    """The text of markup that is too costly to parse, in linear time."""
    pieces: list[str] = []
    at, in_script, chars = 0, False, 0
    for match in _TAG.finditer(html):
        if not in_script:
            pieces.append(html[at : match.start()])
            chars += match.start() - at
        name = match[2].lower()
        if name in {"script", "style"}:
            in_script = not match[1]
        elif name in BLOCKS or name == "br":
            pieces.append("\n\n" if name != "br" else "\n")
        at = match.end()
        if chars > MAX_TEXT_CHARS:
            break
    if not in_script:
        pieces.append(html[at:])
    return resolve_references("".join(pieces)[:MAX_TEXT_CHARS]).strip()


def mark_dropped(element: Element) -> None:
    """Marks `element` for `remove_dropped`. Removing elements one by one would join the texts around each of them."""
    element.tag = _DROPPED


def is_dropped(element: Element) -> bool:
    return bool(element.tag == _DROPPED)


def remove_dropped(body: Element) -> None:
    """Removes the marked elements with their content. The text after them stays."""
    etree.strip_elements(body, _DROPPED, with_tail=False)
