"""Rewrites links: absolute URLs without tracking, links to other programs, and links within the page.

A link to "#notes" leads to that place of the article's page. The element with that id keeps it: a reader program that
recognizes the article's URL can scroll to it.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from feeds.model import Url
from feeds.normalize.app_links import app_url
from feeds.normalize.canonical import canonical_form
from feeds.normalize.rewrite.context import Handler, RewriteContext
from feeds.normalize.rewrite.embed_pages import page_of
from feeds.normalize.rewrite.helper_links import text_for
from feeds.normalize.tree import Element
from feeds.normalize.url import absolute_url, clean_url

MAX_ID_CHARS = 200

_NO_BASE = "https://n.invalid/"

# A link without words that the script of a service replaces by a post: Twitter, Pinterest, Embedly
_EMBED_CLASS = re.compile(r"\bembed|twitter-|iframely|instagram-media|tiktok|reddit", re.I)
_MAILTO = re.compile(r"mailto:[^\s<>\"'@?]+@[\w.-]+", re.I)


def keep_targets(body: Element, page: str) -> None:
    """Removes every id but those that a link of the body to `page` points to, and of equal ids all but the first."""
    page = page.partition("#")[0]
    key = canonical_form(Url(page)) if page else ""
    names = {
        unquote(fragment)
        for link in body.iter("a")
        for url, mark, fragment in (link.get("href", "").partition("#"),)
        if mark and fragment and page and (url == page or (key and canonical_form(Url(url)) == key))
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
    url = absolute_url(value, base=context.base) or _url_with_host(value)
    if url is not None:
        element.set("href", clean_url(url))
        if not len(element) and not (element.text or "").strip() and _is_embed(element):
            page = page_of(url) or url
            element.text = text_for(
                page, element.get("title"), element.get("aria-label"), is_page=page != url
            )
    elif (uri := app_url(value)) is not None:
        element.set("href", uri)
    elif match := _MAILTO.match(value.strip()):
        element.set("href", match[0])
    else:
        del element.attrib["href"]


def _url_with_host(value: str) -> Url | None:
    """The URL of a link that names its host and no scheme, for a body whose relative links refer to nothing."""
    url = absolute_url(value, base=_NO_BASE)
    return url if url is not None and not url.startswith(_NO_BASE) else None


def _is_embed(link: Element) -> bool:
    parent = link.getparent()
    classes = (link.get("class"), parent.get("class") if parent is not None else None)
    return link.get("data-pin-do") is not None or any(_EMBED_CLASS.search(value or "") for value in classes)


HANDLERS: dict[str, Handler] = {"a": _rewrite_link}
