"""Media RSS: the media: elements of an item. `reference/mediarss.py` explains what each caption applies to."""

from __future__ import annotations

from typing import Any

from feeds.parse.fast.metadata import category
from feeds.parse.fast.names import HANDLED_ELEMENTS, Unsupported, attributes
from feeds.parse.fast.text import bare_text, clean_text
from feeds.parse.fast.walker import STORED_AS_TEXT, Action, Target, Walker

_CATEGORY_SCHEME = "http://search.yahoo.com/mrss/category_schema"


def media_category(walker: Walker, element: Any, target: Target) -> None:
    category(walker, element, target, _CATEGORY_SCHEME)


def media_group(walker: Walker, element: Any, target: Target) -> None:
    target.group_captions = {}
    if target.extras is not None:
        target.extras.group_captions.append(target.group_captions)
    _handle_children(walker, element, target)
    target.group_captions = None


def media_content(walker: Walker, element: Any, target: Target) -> None:
    if target.open_media is not None:
        raise Unsupported("media:content in media:content")
    target.open_media = walker.resolved_attributes(element)
    if target.extras is not None:
        if target.group_captions is not None:
            target.open_media["group"] = str(len(target.extras.group_captions))
        target.extras.media.append(target.open_media)
    _handle_children(walker, element, target)
    target.open_media = None


def _handle_children(walker: Walker, element: Any, target: Target) -> None:
    for child in element:
        name = walker.names.of(child)
        handled = name in HANDLED_ELEMENTS and not name.startswith("media_")
        if name == "media_group" or handled or name in STORED_AS_TEXT:
            raise Unsupported(f"<{name}> in a group of media")
        walker.handle(child, name, target)


def media_title(walker: Walker, element: Any, target: Target) -> None:
    _add_caption("title", clean_text(element), target)


def media_description(walker: Walker, element: Any, target: Target) -> None:
    _add_caption("description type", attributes(element).get("type", ""), target)
    _add_caption("description", clean_text(element), target)


def media_thumbnail(walker: Walker, element: Any, target: Target) -> None:
    attrs = walker.resolved_attributes(element)
    bare_text(element)
    if target.open_media is not None and target.open_media.get("url"):
        _add_caption("thumbnail", attrs.get("url", ""), target)
    elif target.extras is not None:
        target.extras.thumbnails.append(attrs)


def _add_caption(name: str, value: str, target: Target) -> None:
    if not value:
        return
    if target.open_media is not None:
        target.open_media.setdefault(name, value)
    elif target.group_captions is not None:
        target.group_captions.setdefault(name, value)
    elif target.extras is not None:
        target.extras.captions.setdefault(name, value)


def media_credit(walker: Walker, element: Any, target: Target) -> None:
    credit = clean_text(element)
    if target.extras is not None:
        target.extras.credits.append(credit)


def media_player(walker: Walker, element: Any, target: Target) -> None:
    attrs = walker.resolved_attributes(element)
    bare_text(element)
    if target.extras is not None:
        target.extras.player_urls.append(attrs.get("url", ""))


def media_keywords(walker: Walker, element: Any, target: Target) -> None:
    text = clean_text(element)
    if target.extras is not None:
        target.extras.keywords += text.split(",")


def media_copyright(walker: Walker, element: Any, target: Target) -> None:
    target.fields["media_copyright"] = clean_text(element)


def media_license(walker: Walker, element: Any, target: Target) -> None:
    attrs = walker.resolved_attributes(element, "href")
    bare_text(element)
    if target.extras is not None:
        target.extras.license_urls.append(attrs.get("href", ""))


MEDIARSS_ELEMENTS: dict[str, Action] = {
    "media_category": media_category,
    "media_keywords": media_keywords,
    "media_group": media_group,
    "media_content": media_content,
    "media_title": media_title,
    "media_description": media_description,
    "media_thumbnail": media_thumbnail,
    "media_credit": media_credit,
    "media_player": media_player,
    "media_license": media_license,
    "media_copyright": media_copyright,
}
