"""Parses HTML of any quality into an lxml tree of bounded depth and size.

The limits bound the time and the memory of libxml2 and of nh3, which sanitizes the tree later. Measured: nh3 takes
more than 20 s for 488 KB of nested `<div>`; 5 MB of real bodies take 1.5 s and 200 MB, 5 MB of `<i>x</i>` 5 s and
480 MB. HTML over a limit becomes plain text, so that no word is lost.
"""

# ruff: noqa: SIM905 - lists of words are read as words

from __future__ import annotations

import re
from html import unescape
from typing import Any

from lxml import etree

from feeds.normalize.escaped_markup import unescape_markup
from feeds.normalize.fences import Part, fences_to_html, split_fences
from feeds.normalize.nesting import limit_nesting
from feeds.normalize.repair_html import repair_html
from feeds.normalize.text import remove_unpublishable_chars, resolve_references
from feeds.normalize.text_tree import tree_from_text

Element = Any  # lxml has no type annotations

MAX_HTML_CHARS = 6_000_000  # after `repair_html`; most real bodies have less than 300,000
MAX_TAGS = 400_000  # start and end tags; 5 MB of highlighted code have 170,000
MAX_STATED_TAGS = 800_000  # before `repair_html`, which looks at each; drawings have most of them
MAX_PARAGRAPHS = 50_000  # of a text
MAX_DEPTH = 100  # real bodies stay under 40; libxml2 stops, in silence, at 2,048

PICTURE_TAGS = frozenset({"figure", "figcaption"})
BLOCKS = frozenset(
    (
        "address article aside blockquote body caption center col colgroup dd details dialog dir div dl dt "
        "fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr li listing main menu nav "
        "ol optgroup option p pre search section summary table tbody td tfoot th thead tr ul video audio"
    ).split()
)

_DROPPED = "feeds-dropped"
_UNWRAPPED = (
    "feeds-unwrapped"  # `html.rewritten_tree` strips the tags that are not allowed, and keeps the content
)
_PARSER = etree.HTMLParser(
    remove_comments=True,
    remove_pis=True,
    no_network=True,
    recover=True,
    default_doctype=False,
    collect_ids=False,
    huge_tree=True,  # otherwise a text of more than 10 MB is lost, in silence
)
# References to control characters, surrogates and noncharacters
_ODD_REFERENCE = re.compile(
    r"&#(?:0*+(?:12[7-9]|1[345]\d|[12]\d|3[01]|\d)(?!\d)|6553[45]|5[5-7]\d{3}"
    r"|[xX]0*+(?:[017-9]?[0-9a-fA-F](?![0-9a-fA-F])|[dD][89a-fA-F][0-9a-fA-F]{2}|[fF]{3}[eEfF]));?"
)
_DOCUMENT_TAG = re.compile(r"<(?:/?(?:html|body|head)\b[^<>]*|!doctype[^<>]*)>", re.I)
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)[^<>]*>?")
_ANY_TAG = re.compile(r"<[A-Za-z/!?]")


def parse_fragment(html: str) -> Element:
    """Returns a `body` element. Never raises. HTML without any tag is read as plain text is."""
    html = unescape_markup(remove_unpublishable_chars(html))
    if "&#" in html:
        html = _ODD_REFERENCE.sub(_publishable, html)
    if html.count("<") > MAX_STATED_TAGS:
        return tree_from_text(_without_tags(html))
    parts = split_fences(html)
    repaired = [
        part if part.is_code or "<" not in part.text else Part(repair_html(part.text), False)
        for part in parts
    ]
    if all(part.is_code or _ANY_TAG.search(part.text) is None for part in repaired):
        return _tree_of_texts(repaired)
    if len(parts) == 1:
        return _parse_within_limits(repaired[0].text)
    return _parse_within_limits(repair_html(fences_to_html(parts)))


def _tree_of_texts(parts: list[Part]) -> Element:
    """A body in plain text, with code between fences."""
    if len(parts) == 1:
        return tree_from_text(resolve_references(parts[0].text))
    body = etree.Element("body")
    for part in parts:
        if part.is_code:
            pre = etree.SubElement(body, "pre")
            etree.SubElement(pre, "code").text = resolve_references(part.text)
            continue
        text = tree_from_text(resolve_references(part.text))
        if text.text:
            text.tag = "p"
            body.append(text)
        else:
            body.extend(list(text))
    return body


def _publishable(reference: re.Match[str]) -> str:
    """The character, or nothing. lxml raises an error where a control character is set in a tree."""
    return remove_unpublishable_chars(unescape(reference[0]))


def parse_sanitized(html: str) -> Element:
    """A `body` element for HTML that `html.sanitize` made. Like `parse_fragment`, but nothing is guessed: HTML without
    tags is one text, and escaped tags are text."""
    return _parse_within_limits(html)


def _parse_within_limits(html: str) -> Element:
    tags = html.count("<")
    if len(html) > MAX_HTML_CHARS or tags > MAX_TAGS:
        return tree_from_text(_without_tags(html))
    body = _parse(html)
    if body is not None and tags > MAX_DEPTH and _too_deep(body):
        body = _parse(limit_nesting(html))
    if body is None or (tags > MAX_DEPTH and _too_deep(body)):
        return tree_from_text(_without_tags(html))
    return body


def _parse(html: str) -> Element | None:
    if "<!" in html or ("</" in html and ("body" in (low := html.lower()) or "html" in low)):
        html = _DOCUMENT_TAG.sub("", html)  # libxml2 drops everything after the first </body>
    try:
        root = etree.fromstring(f"<html><body>{html}</body></html>", _PARSER)
    except (etree.LxmlError, ValueError):
        return None
    return root.find("body") if root is not None else None


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
    at, in_script = 0, False
    for match in _TAG.finditer(html):
        if not in_script:
            pieces.append(html[at : match.start()])
        name = match[2].lower()
        if name in {"script", "style"}:
            in_script = not match[1]
        elif name in BLOCKS or name == "br":
            pieces.append("\n\n" if name != "br" else "\n")
        at = match.end()
    if not in_script:
        pieces.append(html[at:])
    text = resolve_references("".join(pieces)).strip()
    return text if text.count("\n") <= 2 * MAX_PARAGRAPHS else " ".join(text.split())


def mark_dropped(element: Element) -> None:
    """Marks `element` for `remove_dropped`. Removing elements one by one would join the texts around each of them."""
    element.tag = _DROPPED


def unwrap(element: Element) -> None:
    """Removes `element`, but not its content."""
    element.tag = _UNWRAPPED
    element.attrib.clear()


def replace_by_text(element: Element, text: str) -> None:
    """Makes `element`, which must not have children, plain text. Words beside it are parted from it by a space."""
    previous = element.getprevious()
    if previous is None:
        before = element.getparent().text or ""
    else:
        before = previous.tail or ("" if previous.tag in BLOCKS else previous.text) or ""
    after = element.tail or ""
    unwrap(element)
    element.text = remove_unpublishable_chars(text)
    if before[-1:].isalnum() and text[:1].isalnum():
        element.text = " " + element.text
    if after[:1].isalnum() and text[-1:].isalnum():
        element.text += " "


def is_dropped(element: Element) -> bool:
    return bool(element.tag == _DROPPED)


def remove_dropped(body: Element) -> None:
    """Removes the marked elements with their content. The text after them stays."""
    etree.strip_elements(body, _DROPPED, with_tail=False)
