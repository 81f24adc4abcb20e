"""Rewrites what stands in place of a script: the content of `noscript`."""

from __future__ import annotations

from feeds.normalize.rewrite.context import Handler, RewriteContext
from feeds.normalize.tree import Element, mark_dropped


def _rewrite_noscript(element: Element, _context: RewriteContext) -> None:
    """Keeps a lazily loaded image, unless the element before is its placeholder, which now has the real URL."""
    before = element.getprevious()
    if element.find(".//img") is None or (before is not None and before.tag in {"img", "picture"}):
        mark_dropped(element)
    else:
        element.tag = "span"


HANDLERS: dict[str, Handler] = {"noscript": _rewrite_noscript}
