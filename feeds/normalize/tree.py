"""HTML → a tree to work on, of bounded depth and size, whatever came in.

nh3 makes the result safe; this makes it cheap. Measured: 488 KB of nested `<div>` takes nh3 more than 20 s,
40,000 attributes on one element libxml2 1.5 s. What is over a limit becomes plain text, and so loses no word.
"""

# ruff: noqa: SIM905 - lists of words are read as words

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from feeds.normalize.text import references, xml_chars

Element = Any  # lxml has no types of its own

MAX_HTML = 500_000  # characters; the longest real article bodies have some 300,000
MAX_TEXT = 500_000  # characters of what is left of a body over a limit
MAX_DEPTH = 100  # real bodies stay under 40; libxml2 stops, in silence, at 255

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
# atomic and matches do not overlap, so the time is linear in the length of the body: an alternative that can be tried
# again inside a repetition takes exponential time on an <img> of ten attributes.
_TAG_PART = r"(?>[\s/]++|=\s*+(?>\"[^\"]*+\"|'[^']*+'|[^\s<>]++|)|[^\s/<>=]++|<)"
_START_TAG = re.compile(rf"<[A-Za-z][^\s/<>]*+({_TAG_PART}{{400}})?{_TAG_PART}*+")
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n\s*")
# A whole body that was escaped once too often: it begins with a tag and ends with one.
_ESCAPED_MARKUP = re.compile(
    r"\s*&lt;(?:p|div|br|a|b|i|em|strong|span|img|ul|ol|h[1-6]|table|figure|blockquote)\b", re.I
)
_ESCAPED_END = re.compile(r"&gt;\s*$")


def read(html: str) -> Element:
    """The `body` of an HTML fragment. Never raises; without a tag in it, blank lines part its paragraphs."""
    html = xml_chars(html)
    if "<" not in html:
        html = html[:MAX_TEXT]
        if not (_ESCAPED_MARKUP.match(html) and _ESCAPED_END.search(html)):
            return from_text(references(html), breaks=False)
        html = references(html)
    if len(html) > MAX_HTML:
        html = _DATA_URI.sub("", html)
    if len(html) > MAX_HTML or (len(html) > 16_000 and _has_many_attributes(html)):
        return from_text(_without_tags(html))
    body = _parsed(html)
    if body is None or (html.count("<") > MAX_DEPTH and _too_deep(body)):
        return from_text(_without_tags(html))
    return body


def from_text(text: str, *, breaks: bool = True) -> Element:
    """Plain text as a tree: a blank line parts paragraphs; a line's end is one too, if `breaks`."""
    body = etree.Element("body")
    paragraphs = [part for part in _BLANK_LINE.split(xml_chars(text).strip()) if part]
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


def _parsed(html: str) -> Element | None:
    if "<!" in html or ("</" in html and ("body" in (low := html.lower()) or "html" in low)):
        html = _DOCUMENT_TAG.sub("", html)  # libxml2 drops whatever follows the first </body>
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
    """The words, in linear time, for markup that is too costly to read."""
    pieces: list[str] = []
    at, hidden, size = 0, "", 0
    for match in _TAG.finditer(html):
        if not hidden:
            pieces.append(html[at : match.start()])
            size += match.start() - at
        name = match[2].lower()
        if name in {"script", "style"}:
            hidden = "" if match[1] else name
        elif name in BLOCKS or name == "br":
            pieces.append("\n\n" if name != "br" else "\n")
        at = match.end()
        if size > MAX_TEXT:
            break
    if not hidden:
        pieces.append(html[at:])
    return references("".join(pieces)[:MAX_TEXT]).strip()


def drop(element: Element) -> None:
    """Marks `element` for `sweep`. Taking it out at once would join the texts around it, again and again."""
    element.tag = _DROPPED


def is_dropped(element: Element) -> bool:
    return bool(element.tag == _DROPPED)


def sweep(body: Element) -> None:
    """Takes out what was dropped, with all that is in it, and leaves what follows it."""
    etree.strip_elements(body, _DROPPED, with_tail=False)
