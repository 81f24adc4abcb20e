"""Rewrites links: absolute URLs without tracking, and mail addresses without parameters."""

from __future__ import annotations

import re

from feeds.normalize.rewrite.context import Handler, RewriteContext
from feeds.normalize.tree import Element
from feeds.normalize.url import absolute_url, clean_url

_MAILTO = re.compile(r"mailto:[^\s<>\"'@?]+@[\w.-]+", re.I)


def _rewrite_link(element: Element, context: RewriteContext) -> None:
    value = element.get("href")
    if value is None:
        return
    url = absolute_url(value, base=context.base)
    if url is not None:
        url = clean_url(url)
        if url != value:
            element.set("href", url)
    elif match := _MAILTO.match(value.strip()):
        element.set("href", match[0])
    else:
        del element.attrib["href"]


HANDLERS: dict[str, Handler] = {"a": _rewrite_link}
