"""Makes the URLs in attributes absolute."""

from __future__ import annotations

from feeds.model import Url
from feeds.normalize.rewrite.context import Handler, RewriteContext
from feeds.normalize.tree import Element
from feeds.normalize.url import absolute_url


def rewrite_url(element: Element, name: str, base: str) -> Url | None:
    """Makes the URL in an attribute absolute, or removes the attribute. Returns the URL, if any."""
    value = element.get(name)
    if value is None:
        return None
    url = absolute_url(value, base=base)
    if url is None:
        del element.attrib[name]
    elif url != value:
        element.set(name, url)
    return url


def _rewrite_cite(element: Element, context: RewriteContext) -> None:
    rewrite_url(element, "cite", context.base)


HANDLERS: dict[str, Handler] = dict.fromkeys(("blockquote", "q", "ins", "del"), _rewrite_cite)
