"""Media RSS: the media: elements of an item. `reference/mediarss.py` explains what each caption applies to."""

from __future__ import annotations

from feeds.model import Rating
from feeds.parse.fast.metadata import handle_category
from feeds.parse.fast.names import HANDLED_ELEMENTS, Unsupported, attributes
from feeds.parse.fast.text import bare_text, clean_text
from feeds.parse.fast.walker import STORED_AS_TEXT, Action, Target, Walker
from feeds.parse.reference.mediarss import RATING_FIELD, add_rating, rating_of, rating_of_adult
from feeds.parse.values import Element

_CATEGORY_SCHEME = "http://search.yahoo.com/mrss/category_schema"


def handle_media_category(walker: Walker, element: Element, target: Target) -> None:
    handle_category(walker, element, target, _CATEGORY_SCHEME)


def handle_media_group(walker: Walker, element: Element, target: Target) -> None:
    target.group_captions = {}
    if target.extras is not None:
        target.extras.group_captions.append(target.group_captions)
    _handle_children(walker, element, target)
    target.group_captions = None


def handle_media_content(walker: Walker, element: Element, target: Target) -> None:
    if target.open_media is not None:
        raise Unsupported("media:content in media:content")
    target.open_media = walker.resolved_attributes(element)
    if target.extras is not None:
        if target.group_captions is not None:
            target.open_media["group"] = str(len(target.extras.group_captions))
        target.extras.media.append(target.open_media)
    _handle_children(walker, element, target)
    target.open_media = None


def _handle_children(walker: Walker, element: Element, target: Target) -> None:
    for child in element:
        name = walker.names.of(child)
        handled = name in HANDLED_ELEMENTS and not name.startswith("media_")
        if name == "media_group" or handled or name in STORED_AS_TEXT:
            raise Unsupported(f"<{name}> in a group of media")
        walker.handle(child, name, target)


def handle_media_title(walker: Walker, element: Element, target: Target) -> None:
    _add_caption("title", clean_text(element), target)


def handle_media_description(walker: Walker, element: Element, target: Target) -> None:
    _add_caption("description type", attributes(element).get("type", ""), target)
    _add_caption("description", clean_text(element), target)


def handle_media_thumbnail(walker: Walker, element: Element, target: Target) -> None:
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


def handle_media_credit(walker: Walker, element: Element, target: Target) -> None:
    credit = clean_text(element)
    if target.extras is not None:
        target.extras.credits.append(credit)


def handle_media_player(walker: Walker, element: Element, target: Target) -> None:
    attrs = walker.resolved_attributes(element)
    bare_text(element)
    if target.extras is not None:
        target.extras.player_urls.append(attrs.get("url", ""))


def handle_media_keywords(walker: Walker, element: Element, target: Target) -> None:
    text = clean_text(element)
    if target.extras is not None:
        target.extras.keywords += text.split(",")


def handle_media_rating(walker: Walker, element: Element, target: Target) -> None:
    scheme = attributes(element).get("scheme", "")
    _add_rating(rating_of(clean_text(element), scheme), target)


def handle_media_adult(walker: Walker, element: Element, target: Target) -> None:
    _add_rating(rating_of_adult(clean_text(element)), target)


def _add_rating(value: Rating, target: Target) -> None:
    if target.open_media is not None:
        add_rating(target.open_media, value)
    elif target.group_captions is not None:
        add_rating(target.group_captions, value)
    elif target.extras is not None:
        add_rating(target.extras.captions, value)
    else:
        add_rating(target.fields, value, RATING_FIELD)


def handle_featured_image(walker: Walker, element: Element, target: Target) -> None:
    attrs = walker.resolved_attributes(element)
    bare_text(element)
    if attrs.get("url") and target.extras is not None:
        target.extras.media.append({**attrs, "medium": "image"})


def handle_media_copyright(walker: Walker, element: Element, target: Target) -> None:
    target.fields["media_copyright"] = clean_text(element)


def handle_media_license(walker: Walker, element: Element, target: Target) -> None:
    attrs = walker.resolved_attributes(element, "href")
    bare_text(element)
    if target.extras is not None:
        target.extras.license_urls.append(attrs.get("href", ""))


MEDIARSS_ELEMENTS: dict[str, Action] = {
    "media_category": handle_media_category,
    "media_keywords": handle_media_keywords,
    "media_group": handle_media_group,
    "media_content": handle_media_content,
    "media_title": handle_media_title,
    "media_description": handle_media_description,
    "media_thumbnail": handle_media_thumbnail,
    "media_credit": handle_media_credit,
    "media_player": handle_media_player,
    "media_license": handle_media_license,
    "media_copyright": handle_media_copyright,
    "media_rating": handle_media_rating,
    "media_adult": handle_media_adult,
    "webfeeds_featuredimage": handle_featured_image,
}
