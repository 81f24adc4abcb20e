"""What the elements mean that hang on an item or a feed: categories, pictures, media, places, hours."""

from __future__ import annotations

from typing import Any

from feedparser.namespaces import georss

from feeds.parse.fast.names import HANDLED, Odd, attributes
from feeds.parse.fast.text import address, bare, mended, said
from feeds.parse.fast.walk import STORED, Action, Place, Walk, only_space
from feeds.parse.limits import MANY

_ITUNES = "http://www.itunes.com/"
_MEDIA_CATEGORIES = "http://search.yahoo.com/mrss/category_schema"
_SHAPES = {
    "georss_point": georss._parse_georss_point,
    "georss_line": georss._parse_georss_line,
    "georss_polygon": georss._parse_georss_polygon,
    "georss_box": georss._parse_georss_box,
}


def category(walk: Walk, element: Any, place: Place, scheme: str | None = None) -> None:
    attrs = attributes(element) if element.attrib else {}
    scheme = attrs.get("scheme", scheme or attrs.get("domain"))
    tags = place.fields.setdefault("tags", [])
    _add_tag(tags, attrs.get("term"), scheme, attrs.get("label"))
    if text := said(element):
        if tags and not tags[-1]["term"]:
            tags[-1]["term"] = text
        else:
            _add_tag(tags, text, None, None)


def media_category(walk: Walk, element: Any, place: Place) -> None:
    category(walk, element, place, _MEDIA_CATEGORIES)


def itunes_category(walk: Walk, element: Any, place: Place) -> None:
    tags = place.fields.setdefault("tags", [])
    _add_tag(tags, attributes(element).get("text"), _ITUNES, None)
    only_space(element)
    for child in element:
        if walk.names.of(child) != "itunes_category":
            raise Odd("more in a category")
        itunes_category(walk, child, place)


def itunes_keywords(walk: Walk, element: Any, place: Place) -> None:
    """feedparser has no handler for their start: where there are attributes, it keeps those and not the words."""
    words = said(element)
    if element.attrib:
        return
    tags = place.fields.setdefault("tags", [])
    for term in words.split(","):
        if term.strip():
            _add_tag(tags, term.strip(), _ITUNES, None)


def image(walk: Walk, element: Any, place: Place) -> None:
    if place.extra is not None:
        raise Odd("an image of an item")
    held = place.fields.setdefault("image", {})
    place.titled = False
    for child in element:
        name = walk.names.of(child)
        if name not in ("title", "link", "url", "description", "width", "height") or child.attrib:
            raise Odd("more in an image")
        text = bare(child)
        if name == "url":
            held["href"] = mended(address(walk.base, text) if text else "")


def textinput(walk: Walk, element: Any, place: Place) -> None:
    if place.extra is not None:
        raise Odd("a text input of an item")
    place.titled = False
    for child in element:
        if walk.names.of(child) not in ("title", "link", "description", "name") or child.attrib:
            raise Odd("more in a text input")
        bare(child)


def itunes_image(walk: Walk, element: Any, place: Place) -> None:
    attrs = walk.absolute(element, "href", "url")
    bare(element)
    if href := attrs.get("href") or attrs.get("url"):
        place.fields["image"] = {"href": href}


def media_group(walk: Walk, element: Any, place: Place) -> None:
    place.group = {}
    if place.extra is not None:
        place.extra.groups.append(place.group)
    _inside(walk, element, place)
    place.group = None


def _inside(walk: Walk, element: Any, place: Place) -> None:
    for child in element:
        name = walk.names.of(child)
        if name == "media_group" or (name in HANDLED and not name.startswith("media_")) or name in STORED:
            raise Odd(f"<{name}> in a group of media")
        walk.take(child, name, place)


def media_content(walk: Walk, element: Any, place: Place) -> None:
    if place.medium is not None:
        raise Odd("media in media")
    place.medium = walk.absolute(element)
    if place.extra is not None:
        if place.group is not None:
            place.medium["group"] = str(len(place.extra.groups))
        place.extra.media.append(place.medium)
    _inside(walk, element, place)
    place.medium = None


def _caption(walk: Walk, name: str, value: str, place: Place) -> None:
    if not value:
        return
    if place.medium is not None:
        place.medium.setdefault(name, value)
    elif place.group is not None:
        place.group.setdefault(name, value)
    elif place.extra is not None:
        place.extra.captions.setdefault(name, value)


def media_title(walk: Walk, element: Any, place: Place) -> None:
    _caption(walk, "title", said(element), place)


def media_description(walk: Walk, element: Any, place: Place) -> None:
    _caption(walk, "description type", attributes(element).get("type", ""), place)
    _caption(walk, "description", said(element), place)


def media_thumbnail(walk: Walk, element: Any, place: Place) -> None:
    attrs = walk.absolute(element)
    bare(element)
    if place.medium is not None and place.medium.get("url"):
        _caption(walk, "thumbnail", attrs.get("url", ""), place)
    elif place.extra is not None:
        place.extra.thumbnails.append(attrs)


def media_credit(walk: Walk, element: Any, place: Place) -> None:
    text = said(element)
    if place.extra is not None:
        place.extra.credits.append(text)


def media_player(walk: Walk, element: Any, place: Place) -> None:
    attrs = walk.absolute(element)
    bare(element)
    if place.extra is not None:
        place.extra.players.append(attrs.get("url", ""))


def media_keywords(walk: Walk, element: Any, place: Place) -> None:
    text = said(element)
    if place.extra is not None:
        place.extra.keywords += text.split(",")


def media_copyright(walk: Walk, element: Any, place: Place) -> None:
    place.fields["media_copyright"] = said(element)


def media_license(walk: Walk, element: Any, place: Place) -> None:
    attrs = walk.absolute(element, "href")
    bare(element)
    if place.extra is not None:
        place.extra.licenses.append(attrs.get("href", ""))


def shape(walk: Walk, element: Any, place: Place) -> None:
    place.fields["where"] = _SHAPES[walk.names.of(element)](bare(element)) or {}


def items(walk: Walk, element: Any, place: Place) -> None:
    """RSS 1.0's table of contents."""
    if place.extra is not None or element.attrib:
        raise Odd("<items> in an item")
    for child in element:
        walk.ignored(child, walk.names.of(child))


def skip_hours(walk: Walk, element: Any, place: Place) -> None:
    _skipped(walk, element, place, "hour", walk.hours)


def skip_days(walk: Walk, element: Any, place: Place) -> None:
    _skipped(walk, element, place, "day", walk.days)


def _skipped(walk: Walk, element: Any, place: Place, name: str, found: list[str]) -> None:
    if place.extra is not None or element.attrib:
        raise Odd("hours or days of an item")
    for child in element:
        if walk.names.of(child) != name or child.attrib:
            raise Odd(f"no {name}")
        found.append(said(child))


def _add_tag(tags: list[dict[str, Any]], term: str | None, scheme: str | None, label: str | None) -> None:
    if len(tags) < MANY and (term or scheme or label):
        tag = {"term": term, "scheme": scheme, "label": label}
        if tag not in tags:
            tags.append(tag)


MEDIA: dict[str, Action] = {
    **dict.fromkeys(("category", "keywords", "dc_subject"), category),
    "media_category": media_category,
    "media_keywords": media_keywords,
    "itunes_category": itunes_category,
    "itunes_keywords": itunes_keywords,
    "image": image,
    "textinput": textinput,
    **dict.fromkeys(("itunes_image", "itunes_link"), itunes_image),
    "media_group": media_group,
    "media_content": media_content,
    "media_title": media_title,
    "media_description": media_description,
    "media_thumbnail": media_thumbnail,
    "media_credit": media_credit,
    "media_player": media_player,
    "media_license": media_license,
    "media_copyright": media_copyright,
    **dict.fromkeys(_SHAPES, shape),
    "items": items,
    "skiphours": skip_hours,
    "skipdays": skip_days,
}
