"""Parses what an HTML parser leaves as text: the content of frames, which browsers that know frames never read.

Also mends elements without content, such as `embed`, around which libxml2 closes what follows them.
"""

from __future__ import annotations

import base64
import re

from feeds.normalize.rewrite.embed_pages import page_of
from feeds.normalize.tree import Element, parse_fragment
from feeds.normalize.url import absolute_url

MAX_DEFERRED_CHARS = 20_000

_RAW = ("iframe", "noframes", "noembed")
_VOID = ("embed", "bgsound", "keygen")
_MAX_FRAMES_IN_FRAMES = 3
_MAX_FRAMES = 500  # with content, in a body; that of further ones is left out
_BASE64 = re.compile(r"[A-Za-z0-9+/\s]{40,}+={0,2}")


def parse_raw_content(body: Element) -> None:
    """Changes `body` in place. Frames in frames are read three deep."""
    for script in list(body.iter("script")):
        _show_deferred_markup(script)
    for element in list(body.iter(*_VOID)):
        _move_content_behind(element)
    unread = list(body.iter(*_RAW))
    for _ in range(_MAX_FRAMES_IN_FRAMES):
        found: list[Element] = []
        for number, element in enumerate(unread):
            if number < _MAX_FRAMES:
                found += _parse_content(element)
            else:
                element.text = None
        if not found:
            return
        unread = found
    for element in unread:
        element.text = None


def _parse_content(element: Element) -> list[Element]:
    """Replaces the text of the element by elements. Returns those of them that have to be read in turn."""
    html = element.get("srcdoc") or element.text or ""
    if element.get("srcdoc"):
        element.set("srcdoc", "")  # says that the content is the page, and not a fallback
    element.text = None
    if not html.strip():
        return []
    found = replace_content(element, html)
    for link in element.iter("a"):
        # A page that looks like a player often links to the player itself.
        url = absolute_url(link.get("href") or "")
        if url and "embed" in url and (page := page_of(url)):
            link.set("href", page)
    return found


def _show_deferred_markup(script: Element) -> None:
    """Shows a frame that a consent tool keeps in a script of another type, as HTML or in base64, until it may load."""
    text = (script.text or "").strip()
    if "javascript" in (script.get("type") or "javascript") or len(text) > MAX_DEFERRED_CHARS:
        return
    if _BASE64.fullmatch(text):
        try:
            text = base64.b64decode(text).decode()
        except ValueError:
            return
    if "<iframe" in text:
        script.tag = "span"
        script.attrib.clear()
        replace_content(script, text)


def replace_content(element: Element, html: str) -> list[Element]:
    """Makes the parsed `html` the content of the element. Returns the elements in it whose content is still text."""
    fragment = parse_fragment(html)
    for void in list(fragment.iter(*_VOID)):
        _move_content_behind(void)
    found = list(fragment.iter(*_RAW))
    element.text = fragment.text
    element[:] = list(fragment)
    return found


def _move_content_behind(element: Element) -> None:
    children, tails = list(element), [element.text, *(child.tail for child in element)]
    if not (children or element.text):
        return
    tails[-1] = (tails[-1] or "") + (element.tail or "")
    element.text = None
    place = element
    for child in children:
        place.tail = child.tail = None
        place.addnext(child)  # takes the same time wherever the element is, unlike `insert`
        place = child
    for place, tail in zip((element, *children), tails, strict=True):
        place.tail = tail
