"""Rewrites a body's tree in one pass: absolute URLs, real URLs for lazy images, no scripts, no tracking pixels.

This does not make the result safe. `html.sanitize` does, after the rewrite.
"""

# ruff: noqa: SIM905 - lists of words are read as words

from __future__ import annotations

import re

from feeds.normalize.rewrite import embeds, links, pictures, players, scripts, urls
from feeds.normalize.rewrite.context import Handler, RewriteContext
from feeds.normalize.tree import Element, mark_dropped, remove_dropped

# Elements removed with their content
DROPPED_TAGS = frozenset(
    (
        "script style template svg math object embed applet frame frameset noframes noembed xmp plaintext "
        "canvas dialog input button select textarea option optgroup datalist meta link base title head map "
        "area param menuitem"
    ).split()
)
# Obsolete or interactive element → the nearest allowed element
RENAMED_TAGS = {
    "center": "div", "form": "div", "fieldset": "div", "legend": "div", "main": "div", "label": "span",
    "font": "span", "big": "span", "nobr": "span", "listing": "pre", "dir": "ul", "menu": "ul",
    "strike": "s", "tt": "code", "acronym": "abbr",
    "bdo": "span",
}  # fmt: skip
# Elements that a parser reopens in every block until they are closed. It reopens at most three of a kind
# (HTML §13.2.4.3, "Noah's Ark clause"), but elements with different attributes count as different kinds, so there
# is no limit. Their attributes are therefore removed.
FORMATTING_TAGS = frozenset(("b big code em font i nobr s small strike strong tt u").split())
# Classes of the share and related-posts boxes that plugins add below an article
WIDGET_CLASSES = frozenset(
    {"feedflare", "sharedaddy", "jp-relatedposts", "addtoany_share_save_container", "mc4wp-form"}
)

_HIDDEN_STYLE = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.I)

_HANDLERS: dict[str, Handler] = {
    **links.HANDLERS,
    **pictures.HANDLERS,
    **players.HANDLERS,
    **embeds.HANDLERS,
    **scripts.HANDLERS,
    **urls.HANDLERS,
}
_NEEDS_URL = frozenset({"img", "source", "iframe"})
# Elements that are handled even if they have no attributes, because their content matters
_WITHOUT_ATTRIBUTES = frozenset({"audio", "video", "noscript"})


def rewrite(body: Element, context: RewriteContext) -> None:
    """Changes `body` in place."""
    for element in list(body.iter("*")):
        tag = element.tag
        if tag in DROPPED_TAGS:
            mark_dropped(element)
            continue
        if tag in RENAMED_TAGS:
            element.tag = tag = RENAMED_TAGS[tag]
        if not element.attrib and tag not in _WITHOUT_ATTRIBUTES:
            if tag in _NEEDS_URL:
                mark_dropped(element)
            continue
        if _is_hidden(element):
            mark_dropped(element)
        elif tag in FORMATTING_TAGS:
            element.attrib.clear()
        elif (handle := _HANDLERS.get(tag)) is not None:
            handle(element, context)
    remove_dropped(body)


def _is_hidden(element: Element) -> bool:
    style = element.get("style")
    if style is not None and _HIDDEN_STYLE.search(style):
        return True
    classes = element.get("class")
    if classes is not None and not WIDGET_CLASSES.isdisjoint(classes.split()):
        return True
    return element.get("hidden") is not None
