"""Drops the second copy of a picture that a body shows twice in two sizes or formats.

Only what content systems print twice: copies side by side, of which a page's style shows one, and a lead picture in
front of a body that has it too. A picture that an author shows again further on stays.
"""

from __future__ import annotations

import re
from itertools import pairwise

from feeds.normalize.picture_url import picture_key, width_in_url
from feeds.normalize.rewrite.implied_images import shows_nothing
from feeds.normalize.tree import Element, is_dropped, mark_dropped

_MIN_BODY_WIDTH_PIXELS = (
    600  # a narrower copy in the body is a detail, or a thumbnail of a box below the article
)
_LEAD_CLASS = re.compile(
    r"(?:^|\s)(?:wp-post-image|webfeedsFeaturedVisual|featured[\w-]*|attachment-[\w-]+)(?:\s|$)"
)
_PIXELS = re.compile(r"\s*(\d{1,5})\s*(?:px\s*)?")


def drop_repeated_pictures(body: Element) -> None:
    """Changes `body` in place. Its URLs must be absolute."""
    images = [image for image in body.iter("img") if image.get("src")]
    if len(images) < 2:
        return
    keys = [picture_key(image.get("src")) for image in images]
    for (first, first_key), (second, second_key) in pairwise(zip(images, keys, strict=True)):
        if first_key == second_key and _are_twins(first, second) and _next_image(first) is second:
            smaller, larger = (first, second) if _width(first) < _width(second) else (second, first)
            _drop(smaller, larger)
    if keys[0] in keys[1:]:
        _drop_repeated_lead(body, images[0], images[keys.index(keys[0], 1)])


def _are_twins(first: Element, second: Element) -> bool:
    """Whether one of two copies is there for other displays. Two formats side by side may be what the text is about."""
    return "picture" in (first.getparent().tag, second.getparent().tag) or _differ_in_size(first, second)


def _differ_in_size(first: Element, second: Element) -> bool:
    urls = (first.get("src"), second.get("src"))
    return urls[0] != urls[1] and any(width_in_url(url) is not None for url in urls)


def _next_image(image: Element) -> Element | None:
    """The image that follows without anything between, in a `picture` or a `span` too."""
    place = _outermost(image)
    if (place.tail or "").strip():
        return None
    following = place.getnext()
    while following is not None and following.tag == "span" and _is_empty(following):
        following = following.getnext()
    while (
        following is not None and following.tag in {"picture", "span"} and not (following.text or "").strip()
    ):
        following = next((child for child in following if child.tag != "source"), None)
    return following


def _is_empty(element: Element) -> bool:
    return not (len(element) or (element.text or "").strip() or (element.tail or "").strip())


def _outermost(image: Element) -> Element:
    place, parent = image, image.getparent()
    while parent.tag in {"picture", "span"} and not (place.tail or "").strip() and place.getnext() is None:
        place, parent = parent, parent.getparent()
    return place


def _width(image: Element) -> float:
    """The width in pixels that the image states; without one, it is the original."""
    match = _PIXELS.fullmatch(image.get("width") or "")
    return width_in_url(image.get("src")) or (int(match[1]) if match else float("inf"))


def _drop_repeated_lead(body: Element, lead: Element, copy: Element) -> None:
    """Drops a lead image before all text, if its copy in the body is large enough to be read, or not smaller."""
    if is_dropped(lead) or is_dropped(copy) or not _is_inserted_lead(body, lead):
        return
    if not _LEAD_CLASS.search(lead.get("class") or "") and not _differ_in_size(lead, copy):
        return
    if _width(copy) >= min(_MIN_BODY_WIDTH_PIXELS, _width(lead)):
        _drop(lead, copy)


def _is_inserted_lead(body: Element, image: Element) -> bool:
    """Whether nothing stands before the image, and no caption beside it."""
    place = image
    while place is not body:
        parent = place.getparent()
        if parent.tag != "picture" and (place.getprevious() is not None or (parent.text or "").strip()):
            return False
        if parent.tag == "figure" and not shows_nothing(parent):
            return False
        place = parent
    return True


def _drop(image: Element, copy: Element) -> None:
    """Drops an image, and the elements that hold nothing else. What it says of the picture goes to the copy."""
    for name in ("alt", "title"):
        if not (copy.get(name) or "").strip() and (value := image.get(name)):
            copy.set(name, value)
    place, parent = image, image.getparent()
    while parent.tag in {"picture", "span", "a", "p", "figure"} and not _holds_more(parent, place):
        place, parent = parent, parent.getparent()
    mark_dropped(place)


def _holds_more(parent: Element, place: Element) -> bool:
    has_text = bool((parent.text or "").strip()) or bool((place.tail or "").strip())
    return has_text or any(child is not place and child.tag != "source" for child in parent)
