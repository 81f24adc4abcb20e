"""Elements that describe a feed or an item: categories, the feed's image, GeoRSS shapes, hours and days to skip."""

from __future__ import annotations

from typing import Any

from feedparser.namespaces import georss

from feeds.parse.fast.names import Unsupported, attributes
from feeds.parse.fast.text import bare_text, clean_text, fix_mojibake, resolve_like_feedparser
from feeds.parse.fast.walker import Action, Target, Walker
from feeds.parse.limits import MAX_LIST_LENGTH
from feeds.parse.values import Element

_SHAPE_PARSERS = {
    "georss_point": georss._parse_georss_point,
    "georss_line": georss._parse_georss_line,
    "georss_polygon": georss._parse_georss_polygon,
    "georss_box": georss._parse_georss_box,
}


def handle_category(walker: Walker, element: Element, target: Target, scheme: str | None = None) -> None:
    attrs = attributes(element) if element.attrib else {}
    scheme = attrs.get("scheme", scheme or attrs.get("domain"))
    tags = target.fields.setdefault("tags", [])
    add_tag(tags, attrs.get("term"), scheme, attrs.get("label"))
    if text := clean_text(element):
        if tags and not tags[-1]["term"]:
            tags[-1]["term"] = text
        else:
            add_tag(tags, text, None, None)


def add_tag(tags: list[dict[str, Any]], term: str | None, scheme: str | None, label: str | None) -> None:
    """Append the tag unless it is empty, already there, or one too many."""
    if len(tags) < MAX_LIST_LENGTH and (term or scheme or label):
        tag = {"term": term, "scheme": scheme, "label": label}
        if tag not in tags:
            tags.append(tag)


def handle_generator(walker: Walker, element: Element, target: Target) -> None:
    target.fields["generator"] = clean_text(element)


def handle_image(walker: Walker, element: Element, target: Target) -> None:
    if target.extras is not None:
        raise Unsupported("an image of an item")
    fields = target.fields.setdefault("image", {})
    target.has_title = False
    for child in element:
        name = walker.names.of(child)
        if name not in ("title", "link", "url", "description", "width", "height") or child.attrib:
            raise Unsupported(f"<{name}> in <image>")
        text = bare_text(child)
        if name == "url":
            fields["href"] = fix_mojibake(resolve_like_feedparser(text, base=walker.base) if text else "")


def handle_textinput(walker: Walker, element: Element, target: Target) -> None:
    if target.extras is not None:
        raise Unsupported("a text input of an item")
    target.has_title = False
    for child in element:
        if walker.names.of(child) not in ("title", "link", "description", "name") or child.attrib:
            raise Unsupported("other elements in <textinput>")
        bare_text(child)


def handle_shape(walker: Walker, element: Element, target: Target) -> None:
    target.fields["where"] = _SHAPE_PARSERS[walker.names.of(element)](bare_text(element)) or {}


def handle_items(walker: Walker, element: Element, target: Target) -> None:
    """RSS 1.0's table of contents, which is not used."""
    if target.extras is not None or element.attrib:
        raise Unsupported("<items> in an item")
    for child in element:
        walker.ignore(child, walker.names.of(child))


def handle_skip_hours(walker: Walker, element: Element, target: Target) -> None:
    _skipped(walker, element, target, "hour", walker.skip_hours)


def handle_skip_days(walker: Walker, element: Element, target: Target) -> None:
    _skipped(walker, element, target, "day", walker.skip_days)


def _skipped(walker: Walker, element: Element, target: Target, name: str, values: list[str]) -> None:
    if target.extras is not None or element.attrib:
        raise Unsupported("hours or days to skip in an item")
    for child in element:
        if walker.names.of(child) != name or child.attrib:
            raise Unsupported(f"an element other than <{name}>")
        values.append(clean_text(child))


METADATA_ELEMENTS: dict[str, Action] = {
    **dict.fromkeys(("category", "keywords", "dc_subject"), handle_category),
    "generator": handle_generator,
    "image": handle_image,
    "textinput": handle_textinput,
    **dict.fromkeys(_SHAPE_PARSERS, handle_shape),
    "items": handle_items,
    "skiphours": handle_skip_hours,
    "skipdays": handle_skip_days,
}
