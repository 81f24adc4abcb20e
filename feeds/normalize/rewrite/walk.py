"""Rewrites a body's tree in one pass: absolute URLs, real URLs for lazy images, no scripts, no tracking pixels.

This does not make the result safe. `html.sanitize` does, after the rewrite.
"""

# ruff: noqa: SIM905 - lists of words are read as words

from __future__ import annotations

from feeds.normalize.rewrite import (
    custom_elements,
    drawings,
    embeds,
    forms,
    links,
    pictures,
    players,
    script_embeds,
    scripts,
    urls,
)
from feeds.normalize.rewrite.checklists import has_checklists, rewrite_checklists
from feeds.normalize.rewrite.code import has_code, rewrite_code
from feeds.normalize.rewrite.context import Handler, RewriteContext
from feeds.normalize.rewrite.facades import rewrite_facades
from feeds.normalize.rewrite.helper_links import write_helper_links
from feeds.normalize.rewrite.hidden import is_hidden
from feeds.normalize.rewrite.implied_images import insert_implied_images
from feeds.normalize.rewrite.lazy_images import waits_for_script
from feeds.normalize.rewrite.mathematics import has_formulas, rewrite_formulas
from feeds.normalize.rewrite.noscript_images import resolve_noscript_images
from feeds.normalize.rewrite.raw_content import parse_raw_content
from feeds.normalize.rewrite.repeated_pictures import drop_repeated_pictures
from feeds.normalize.rewrite.tables import rename_orphan_cells
from feeds.normalize.tree import Element, mark_dropped, remove_dropped

# Elements removed with their content
DROPPED_TAGS = frozenset(("style option optgroup datalist meta link base title head param menuitem").split())
# Obsolete or interactive element → the nearest allowed element
RENAMED_TAGS = {
    "center": "div", "dialog": "div", "frameset": "div", "marquee": "div",
    "fieldset": "div", "legend": "div", "main": "div", "label": "span",
    "font": "span", "big": "span", "nobr": "span", "blink": "span", "listing": "pre", "xmp": "pre", "plaintext": "pre",
    "dir": "ul", "menu": "ul",
    "strike": "s", "tt": "code", "acronym": "abbr",
    "bdo": "span",
}  # fmt: skip
# Elements that a parser reopens in every block until they are closed. It reopens at most three of a kind
# (HTML §13.2.4.3, "Noah's Ark clause"), but elements with different attributes count as different kinds, so there
# is no limit. Their attributes are therefore removed.
FORMATTING_TAGS = frozenset(("b big code em font i nobr s small strike strong tt u").split())

_HANDLERS: dict[str, Handler] = {
    **links.HANDLERS,
    **pictures.HANDLERS,
    **players.HANDLERS,
    **embeds.HANDLERS,
    **custom_elements.HANDLERS,
    **drawings.HANDLERS,
    **forms.HANDLERS,
    **script_embeds.HANDLERS,
    **scripts.HANDLERS,
    **urls.HANDLERS,
}
_NEEDS_URL = frozenset({"img", "source"})
# Elements that are handled even if they have no attributes, because their content matters
_WITHOUT_ATTRIBUTES = frozenset(
    {
        "audio",
        "video",
        "noscript",
        "picture",
        *embeds.HANDLERS,
        *custom_elements.HANDLERS,
        *drawings.HANDLERS,
        *forms.HANDLERS,
        *script_embeds.HANDLERS,
    }
)


def rewrite(body: Element, context: RewriteContext, source: str) -> None:
    """Changes `body` in place. `source`: its HTML, in which rare kinds of elements are looked for before the tree."""
    rename_orphan_cells(body)
    if has_formulas(source):
        rewrite_formulas(body)
    if has_code(source):
        rewrite_code(body)
    if has_checklists(source):
        rewrite_checklists(body)
    parse_raw_content(body)
    rewrite_facades(body, context)
    custom_elements.rewrite_custom_players(body, context)
    insert_implied_images(body)
    resolve_noscript_images(body, context)
    for element in list(body.iter("*")):
        tag = element.tag
        if element.getparent() is None:  # already removed
            continue
        if tag in DROPPED_TAGS:
            mark_dropped(element)
            continue
        if tag in RENAMED_TAGS:
            element.tag = tag = RENAMED_TAGS[tag]
        if not element.attrib and tag not in _WITHOUT_ATTRIBUTES:
            if tag in _NEEDS_URL:
                mark_dropped(element)
            continue
        if is_hidden(element) and not (tag == "img" and waits_for_script(element)):
            mark_dropped(element)
        elif tag in FORMATTING_TAGS:
            element.attrib.clear()
        elif (handle := _HANDLERS.get(tag)) is not None:
            handle(element, context)
        elif custom_elements.is_custom(tag):
            custom_elements.rewrite_custom(element, context)
    remove_dropped(body)
    if context.helper_links:
        write_helper_links(body, context)
    drop_repeated_pictures(body)
    remove_dropped(body)
    links.keep_targets(body, context.page)
