"""Rewrites the boxes of check lists, which no feed reader shows, into signs: ☑ and ☐."""

from __future__ import annotations

import re

from lxml import etree

from feeds.normalize.text import remove_unpublishable_chars
from feeds.normalize.tree import Element, is_dropped, mark_dropped, replace_by_text

CHECKED, UNCHECKED = "\u2611", "\u2610"

_FIND = etree.XPath(
    "descendant::*[self::input[@type='checkbox' or @type='CHECKBOX'] or self::en-todo or @role='checkbox'"
    " or self::li[@data-checked or @data-list] or contains(@class, 'checkbox-o')"
    " or ((self::i or self::span) and contains(@class, '-square') and ancestor::li)]"
)
# Boxes that open a menu, a part of the page or a note in the margin
_TOGGLE = re.compile(
    r"toggle|margin|menu|nav|accordion|collaps|expand|spoiler|theme|sidenote|hamburger", re.I
)
# Boxes of icon fonts: Font Awesome, Bootstrap Icons
_ICON = re.compile(r"(?:.*\s)?(?:fa|bi|icon|glyphicon)-(check-)?square(?:-o|-fill)?(?:\s.*)?")
_PLACES = ("li", "td", "th", "dd", "dt", "label")
_STATED = {"checked": CHECKED, "true": CHECKED, "unchecked": UNCHECKED, "false": UNCHECKED}


def has_checklists(source: str) -> bool:
    """Whether there may be a box in this HTML."""
    return any(
        word in source for word in ("checkbox", "CHECKBOX", "data-checked", "data-list", "en-todo", "-square")
    )


def rewrite_checklists(body: Element) -> None:
    """Changes `body` in place, before its other elements are rewritten."""
    for element in _FIND(body):
        if is_dropped(element) or element.getparent() is None:
            continue
        if element.tag == "li":
            _mark_item(element)
        elif "-square" in (classes := element.get("class") or ""):
            icon = _ICON.fullmatch(classes)
            if icon is not None and not len(element) and not (element.text or "").strip():
                _become_sign(element, CHECKED if icon[1] else UNCHECKED)
        elif not _is_box(element):
            mark_dropped(element)
        elif element.tag in {"input", "en-todo"} or not "".join(element.itertext()).strip():
            _become_sign(element, CHECKED if _is_checked(element) else UNCHECKED)


def _is_box(element: Element) -> bool:
    """Whether it is the box of a list, and not a control of the page or a question of a form."""
    stated = " ".join(value for name in ("class", "id", "name") if (value := element.get(name)))
    if _TOGGLE.search(stated) or next(element.iterancestors("form"), None) is not None:
        return False
    return (
        element.tag != "input"
        or element.get("disabled") is not None
        or next(element.iterancestors(*_PLACES), None) is not None
    )


def _is_checked(element: Element) -> bool:
    if element.tag == "input":
        return element.get("checked") is not None
    stated = element.get("aria-checked") or element.get("checked")
    return stated == "true" or (stated is None and "checkbox-on" in (element.get("class") or "").split())


def _become_sign(element: Element, sign: str) -> None:
    del element[:]
    if not (element.tail or " ")[:1].isspace() or (element.tail is None and element.getnext() is not None):
        element.tail = remove_unpublishable_chars(f" {element.tail or ''}")
    replace_by_text(element, sign)


def _mark_item(item: Element) -> None:
    """An item whose state is only an attribute, as Quill writes it."""
    sign = _STATED.get(item.get("data-checked") or item.get("data-list") or "")
    if sign is None or next(item.iter("input"), None) is not None:
        return
    item.text = remove_unpublishable_chars(f"{sign} {(item.text or '').lstrip()}")
