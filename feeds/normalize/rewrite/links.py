"""Rewrites links: absolute URLs without tracking, links to other programs, and links within the page.

A link to "#notes" leads to that place of the article's page. The element with that id keeps it: a reader program that
recognizes the article's URL can scroll to it.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from feeds.normalize.app_links import app_url
from feeds.normalize.rewrite.context import Handler, RewriteContext
from feeds.normalize.tree import Element
from feeds.normalize.url import absolute_url, clean_url

MAX_ID_CHARS = 200

_MAILTO = re.compile(r"mailto:[^\s<>\"'@?]+@[\w.-]+", re.I)


def keep_targets(body: Element, page: str) -> None:
    """Removes every id but those that a link of the body to `page` points to, and of equal ids all but the first."""
    page = page.partition("#")[0]
    names = {
        unquote(fragment)
        for link in body.iter("a")
        for url, mark, fragment in (link.get("href", "").partition("#"),)
        if mark and fragment and page and url == page
    }
    for element in body.iter("*"):
        stated = element.attrib.pop("id", None)
        name = element.attrib.pop("name", None) if element.tag == "a" else None
        for target in (stated, name):
            if target in names and len(target) <= MAX_ID_CHARS and not any(map(str.isspace, target)):
                names.remove(target)
                element.set("id", target)
                break


def _rewrite_link(element: Element, context: RewriteContext) -> None:
    value = element.get("href")
    if value is None:
        return
    fragment = value.strip()
    if fragment.startswith("#"):
        # "#" alone and "#!" are buttons of a script
        is_place = len(fragment) > 1 and fragment[1] != "!"
        value = context.page.partition("#")[0] + fragment if context.page and is_place else ""
    url = absolute_url(value, base=context.base)
    if url is not None:
        element.set("href", clean_url(url))
    elif (uri := app_url(value)) is not None:
        element.set("href", uri)
    elif match := _MAILTO.match(value.strip()):
        element.set("href", match[0])
    else:
        del element.attrib["href"]


HANDLERS: dict[str, Handler] = {"a": _rewrite_link}
