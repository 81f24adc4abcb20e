"""Writes the links that stand for embeds and beside players, as soon as the rest of the body is rewritten.

A link is left out where the body has it already, so that a body does not grow when another program, or this one,
reads it again from the output.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from urllib.parse import unquote

from lxml import etree

from feeds.model import Url
from feeds.normalize.canonical import canonical_form
from feeds.normalize.rewrite.context import HelperLink, RewriteContext
from feeds.normalize.rewrite.embed_pages import page_of
from feeds.normalize.text import one_line, remove_unpublishable_chars
from feeds.normalize.tree import BLOCKS, Element, is_dropped, mark_dropped
from feeds.normalize.url import absolute_url

_MAX_LINKS_BESIDE = 30  # compared for one embed
_MAX_ELEMENTS_BESIDE = 100  # searched for links, in a neighbour or in the paragraph
_MAX_DROPPED_BESIDE = 4  # dropped elements that are passed on the way to a neighbour
_MAX_WORDS_BESIDE_CHARS = 40  # that a neighbour may have outside its link
_MAX_SHOWN_URL_CHARS = 80
_WRAPPERS = frozenset({"div", "figure", "p", "span", "noscript", "section"})
_DOCUMENT = re.compile(
    r"/([^/]+\.(?:pdf|epub|docx?|pptx?|xlsx?|od[tps]|csv|zip|txt|swf|mp3|m4a|ogg|mp4|webm|mov))$", re.I
)


def first_line(texts: Iterable[str | None]) -> str:
    """The first of the texts that has words, on one line; "" if there is none."""
    return next((line for text in texts if text and (line := one_line(text))), "")


def text_for(url: Url, *stated: str | None, is_page: bool = False) -> str:
    """The text of a link: the first of the stated titles that has words, else the name of a document, else the host.

    `is_page`: the URL is that of a page which the table of players knows, and short enough to be shown.
    """
    if line := first_line(stated):
        return line
    path = url.partition("#")[0].partition("?")[0]
    if match := _DOCUMENT.search(path):
        return one_line(unquote(match[1]))
    shown = url.partition("://")[2].removeprefix("www.").rstrip("/")
    return shown if is_page and len(shown) <= _MAX_SHOWN_URL_CHARS else shown.partition("/")[0]


def write_helper_links(body: Element, context: RewriteContext) -> None:
    """Call this after `remove_dropped`, and call `remove_dropped` again. Changes `body` in place.

    The link of an embed stands in its place, unless the same link stands beside it. That of a player follows it,
    unless the body has it anywhere: output that is read again must not grow.
    """
    helpers = [
        (helper, outer)
        for helper in context.helper_links
        if (outer := _outermost_link(helper.element, body)) is not None
    ]
    for helper, outer in helpers:
        if not helper.after:
            _write_in_place(helper, outer)
    players = [helper for helper, _ in helpers if helper.after]
    present = {link.get("href") for link in body.iter("a")} if players else set()
    for helper in players:
        if helper.url not in present:
            present.add(helper.url)
            _insert_after(helper.element, helper)


def _write_in_place(helper: HelperLink, outer: Element) -> None:
    if _stands_beside(helper, outer):
        mark_dropped(_with_wrappers(helper.element))
    elif outer is not helper.element:  # no link in a link
        _insert_after(outer, helper)
        if _holds_nothing_else(outer, helper.element):
            helper.element.text = helper.text
        else:
            mark_dropped(helper.element)
    else:
        helper.element.tag = "a"
        helper.element.set("href", helper.url)
        helper.element.text = helper.text
        part_from_neighbours(helper.element)


def _outermost_link(element: Element, body: Element) -> Element | None:
    """The outermost `a` around `element`, or `element`; None if it was in a part of `body` that is dropped."""
    outer = element
    for ancestor in element.iterancestors():
        if ancestor is body:
            return outer
        if ancestor.tag == "a":
            outer = ancestor
    return None


def _stands_beside(helper: HelperLink, outer: Element) -> bool:
    """Whether the paragraph around the link, or the element before or after it, has a link to the same page."""
    key = _comparison_key(helper.url)
    return any(
        link is not helper.element and _comparison_key(link.get("href") or "") == key
        for link in islice(_links_beside(outer), _MAX_LINKS_BESIDE)
    )


def _with_wrappers(element: Element) -> Element:
    """The element, or the outermost `div`, `figure` and so on around it that holds nothing else."""
    parent = element.getparent()
    while parent is not None and parent.tag in _WRAPPERS and _holds_nothing_else(parent, element):
        element, parent = parent, parent.getparent()
    return element


def _links_beside(element: Element) -> Iterator[Element]:
    element = _with_wrappers(element)
    parent = element.getparent()
    for preceding in (True, False):
        siblings = element.itersiblings(preceding=preceding)
        neighbour = next(
            (sibling for sibling in islice(siblings, _MAX_DROPPED_BESIDE) if not _is_blank(sibling)), None
        )
        if neighbour is not None and _is_mostly_links(neighbour):
            yield from _links_in(neighbour)
    if parent is not None and parent.tag in {"p", "li", "td", "dd", "figure", "span"}:
        yield from _links_in(parent)


def _links_in(element: Element) -> Iterator[Element]:
    return (child for child in islice(element.iter("*"), _MAX_ELEMENTS_BESIDE) if child.tag == "a")


def _is_mostly_links(element: Element) -> bool:
    """Whether the element is a link, or a line such as "Watch it on YouTube". A link in prose is not enough."""
    if element.tag == "a":
        return True
    words = sum(len(text.strip()) for text in islice(element.itertext(), _MAX_LINKS_BESIDE))
    in_links = sum(
        len("".join(link.itertext()).strip()) for link in islice(element.iter("a"), _MAX_LINKS_BESIDE)
    )
    return words - in_links <= _MAX_WORDS_BESIDE_CHARS


def _holds_nothing_else(parent: Element, child: Element) -> bool:
    children = list(islice(parent, _MAX_DROPPED_BESIDE))
    return (
        len(children) < _MAX_DROPPED_BESIDE
        and not (parent.text or "").strip()
        and all((other is child or _is_blank(other)) and not (other.tail or "").strip() for other in children)
    )


def _is_blank(element: Element) -> bool:
    return element.tag == "br" or is_dropped(element)


def _comparison_key(url: str) -> str:
    absolute = absolute_url(url)
    if absolute is None:
        return ""
    page = page_of(absolute) or absolute
    return canonical_form(page) or page


def _insert_after(element: Element, helper: HelperLink) -> None:
    link = etree.Element("a", href=helper.url)
    link.text = helper.text
    tail, element.tail = element.tail, None
    element.addnext(link)  # takes the same time wherever the element is, unlike `insert`
    link.tail, element.tail = remove_unpublishable_chars(tail or ""), " "


def part_from_neighbours(link: Element) -> None:
    """Adds the spaces without which an inline element would join the words around it, as a frame does not."""
    before, after, parent = link.getprevious(), link.getnext(), link.getparent()
    text = remove_unpublishable_chars((parent.text if before is None else before.tail) or "")
    if text[-1:].isalnum() or text[-1:] in tuple(".,:;!?") or (not text and _is_inline(before)):
        text += " "
    if before is None:
        parent.text = text
    else:
        before.tail = text
    tail = remove_unpublishable_chars(link.tail or "")
    if tail[:1].isalnum() or (not tail and _is_inline(after)):
        link.tail = " " + tail


def _is_inline(element: Element | None) -> bool:
    return element is not None and element.tag not in BLOCKS and element.tag not in {"br", "hr"}
