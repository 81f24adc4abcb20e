"""Elements that describe a feed or an item: categories, the feed's image, GeoRSS shapes, hours and days to skip."""

from __future__ import annotations

from typing import Any

from feedparser.namespaces import georss

from feeds.parse.fast.names import Unsupported, attributes
from feeds.parse.fast.text import bare_text, clean_text, fix_mojibake, resolve_url
from feeds.parse.fast.walker import Action, Target, Walker
from feeds.parse.limits import MAX_LIST_LENGTH

_SHAPE_PARSERS = {
    "georss_point": georss._parse_georss_point,
    "georss_line": georss._parse_georss_line,
    "georss_polygon": georss._parse_georss_polygon,
    "georss_box": georss._parse_georss_box,
}


def category(walker: Walker, element: Any, target: Target, scheme: str | None = None) -> None:
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


def image(walker: Walker, element: Any, target: Target) -> None:
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
            fields["href"] = fix_mojibake(resolve_url(walker.base, text) if text else "")


def textinput(walker: Walker, element: Any, target: Target) -> None:
    if target.extras is not None:
        raise Unsupported("a text input of an item")
    target.has_title = False
    for child in element:
        if walker.names.of(child) not in ("title", "link", "description", "name") or child.attrib:
            raise Unsupported("other elements in <textinput>")
        bare_text(child)


def shape(walker: Walker, element: Any, target: Target) -> None:
    target.fields["where"] = _SHAPE_PARSERS[walker.names.of(element)](bare_text(element)) or {}


def items(walker: Walker, element: Any, target: Target) -> None:
    """RSS 1.0's table of contents, which is not used."""
    if target.extras is not None or element.attrib:
        raise Unsupported("<items> in an item")
    for child in element:
        walker.ignore(child, walker.names.of(child))


def skip_hours(walker: Walker, element: Any, target: Target) -> None:
    _skipped(walker, element, target, "hour", walker.skip_hours)


def skip_days(walker: Walker, element: Any, target: Target) -> None:
    _skipped(walker, element, target, "day", walker.skip_days)


def _skipped(walker: Walker, element: Any, target: Target, name: str, values: list[str]) -> None:
    if target.extras is not None or element.attrib:
        raise Unsupported("hours or days to skip in an item")
    for child in element:
        if walker.names.of(child) != name or child.attrib:
            raise Unsupported(f"an element other than <{name}>")
        values.append(clean_text(child))


METADATA_ELEMENTS: dict[str, Action] = {
    **dict.fromkeys(("category", "keywords", "dc_subject"), category),
    "image": image,
    "textinput": textinput,
    **dict.fromkeys(_SHAPE_PARSERS, shape),
    "items": items,
    "skiphours": skip_hours,
    "skipdays": skip_days,
}
