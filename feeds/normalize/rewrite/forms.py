"""Rewrites forms: their words stay, and what only acts on the page (a subscribe button, a text field) is dropped."""

from __future__ import annotations

import re

from feeds.normalize.rewrite.context import Handler, RewriteContext
from feeds.normalize.text import one_line
from feeds.normalize.tree import Element, mark_dropped

# Buttons beside content that act on it: copy the code, share, close, the next picture
_ACTION = re.compile(
    r"copy|clipboard|share|close|dismiss|prev|next|print|scroll|zoom|play|pause|mute|expand|toggle-?theme|submit|subscri"
    r"|reaction|upvote|bookmark|\blike\b",
    re.I,
)
_TEXT_FIELDS = frozenset({"text", "url", "email", "tel", "number", "date", "time", "month"})
_KEPT_IN_BUTTON = ("a", "img", "picture", "video", "audio", "iframe", "amp-img")


def _rewrite_button(button: Element, _context: RewriteContext) -> None:
    """Keeps a picture, a link, and words that belong to the text: the name of a tab, the heading of a closed part."""
    if next(button.iter(*_KEPT_IN_BUTTON), None) is not None or _is_in(button, "a"):
        button.tag = "span"
    elif _is_control(button) or not any(map(str.isalnum, "".join(button.itertext()))):
        mark_dropped(button)
    else:
        button.tag = "span"
    button.attrib.clear()


def _is_control(button: Element) -> bool:
    return button.get("type") in {"submit", "reset"} or _sends(button) or acts_on_page(button)


def acts_on_page(button: Element) -> bool:
    """Whether names and texts say that the element does something with what is shown, such as to copy it."""
    stated = (button.get(name) or "" for name in ("class", "id", "title", "aria-label", "name", "onclick"))
    return (
        _ACTION.search(" ".join(stated)) is not None
        or _ACTION.fullmatch(one_line("".join(button.itertext()))) is not None
    )


def _rewrite_form(form: Element, _context: RewriteContext) -> None:
    form.tag = "div"
    form.attrib.clear()
    form.set("action", "")  # tells its controls that they belong to a form


def _sends(element: Element) -> bool:
    """Whether the element belongs to a form. Forms come before their controls in the walk."""
    return any(ancestor.get("action") is not None for ancestor in element.iterancestors())


def _is_in(element: Element, tag: str) -> bool:
    return next(element.iterancestors(tag), None) is not None


def _rewrite_select(select: Element, _context: RewriteContext) -> None:
    """A choice in a text, of languages or versions, becomes its options in one line."""
    options = [line for option in select.iter("option", "optgroup") if (line := _option_text(option))]
    if _sends(select) or not options:
        mark_dropped(select)
        return
    _become_text(select, " / ".join(options))


def _option_text(option: Element) -> str:
    return one_line(option.get("label") or option.text or "")


def _rewrite_textarea(area: Element, _context: RewriteContext) -> None:
    """Text to copy, or a program to try: shown as it is."""
    text = area.text or ""
    if _sends(area) or not text.strip():
        mark_dropped(area)
        return
    _become_text(area, text)
    area.tag = "pre"


def _rewrite_input(field: Element, _context: RewriteContext) -> None:
    """A field with a text, outside of a form, shows it: an address to copy, the result of a calculation."""
    text = one_line(field.get("value") or "")
    is_text = (field.get("type") or "text").lower() in _TEXT_FIELDS
    if not text or not is_text or _sends(field):
        mark_dropped(field)
        return
    _become_text(field, text)


def _rewrite_meter(meter: Element, _context: RewriteContext) -> None:
    """A bar without words inside becomes its value: `7/10`, `70 %`."""
    if one_line("".join(meter.itertext())) or not (value := one_line(meter.get("value") or "")):
        return
    limit = one_line(meter.get("max") or "")
    _become_text(meter, f"{value}/{limit}" if limit else value)


def _become_text(element: Element, text: str) -> None:
    element.tag = "span"
    element.attrib.clear()
    del element[:]
    element.text = text


HANDLERS: dict[str, Handler] = {
    "form": _rewrite_form,
    "amp-form": _rewrite_form,
    "button": _rewrite_button,
    "select": _rewrite_select,
    "textarea": _rewrite_textarea,
    "input": _rewrite_input,
    "meter": _rewrite_meter,
    "progress": _rewrite_meter,
}
