"""Finds the real URL of a lazily loaded image, which scripts put into `src` when the image scrolls into view."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from feeds.normalize.picture_url import IMAGE_FILE, is_low_quality, width_in_url
from feeds.normalize.rewrite.srcset import MAX_WIDTH_PIXELS
from feeds.normalize.tree import Element
from feeds.normalize.url import MAX_URL_CHARS

# Attributes whose URL a script puts into `src`: what is in `src` meanwhile is a stand-in.
_LAZY_SOURCES = (
    "data-src", "data-lazy-src", "data-original", "data-lazy", "data-ll-src", "data-cfsrc", "data-actualsrc",
    "data-echo", "data-lazyload", "data-lazyload-src", "data-lazy-original", "data-original-src", "data-src-original",
    "data-runner-src", "data-real-src", "data-realsrc", "data-img-src", "data-image-src", "data-defer-src",
    "data-delayed-url", "data-pagespeed-lazy-src", "data-wpfc-original-src", "data-ezsrc", "data-flickity-lazyload",
    "data-nitro-lazy-src", "data-lzl-src", "data-load-src", "data-progressive", "data-croporisrc", "lazy-src",
    "lazysrc", "lazyload-src", "loadsrc", "v-lazy", "data-opt-src", "nitro-lazy-src",
)  # fmt: skip
LAZY_SRCSETS = (
    "data-srcset", "data-lazy-srcset", "data-original-set", "data-ll-srcset", "data-lazyload-srcset", "data-src-set",
    "data-nitro-lazy-srcset", "data-ezsrcset", "lazy-srcset", "nitro-lazy-srcset", "data-brsrcset", "bv-data-srcset",
)  # fmt: skip
# Attributes with the URL of the picture in another size, or for another purpose. They count only without a `src`.
_OTHER_SOURCES = (
    "data-image", "data-large-file", "data-full-url", "data-full", "data-hi-res-src", "data-hires", "data-orig-file",
    "data-medium-file", "data-pin-media", "data-url", "data-zoom-image", "data-thumb", "original", "file", "data-attrs",
)  # fmt: skip
_SOURCE_NAMES, _SRCSET_NAMES = frozenset(_LAZY_SOURCES), frozenset(LAZY_SRCSETS)
_NO_PICTURE = re.compile(r"\s*(?:data:|about:|javascript:|blob:|file:|cid:|#|$)", re.I)
_STAND_IN_NAME = re.compile(
    r"(?:^|[_.-])(?:blank|placeholder|spacer|transparent|lazy\w*|loading|1x1)"
    r"|^(?:trans|loader|preload\w*|spinner|grey|gray|pixel|dummy|empty|clear|fallback|default|no-?image|lqip)\."
    r"|^[stbx]\.gif",
    re.I,
)
_WIDTHS = re.compile(r"\d{2,4}")
_WIDTH_PLACE = re.compile(r"\{\s*width\s*\}", re.I)


def find_real_source(image: Element) -> bool:
    """Puts the real URLs of an image into `src` and `srcset`. Returns whether they came from attributes of scripts.

    A `src` that is a URL stays unless one of the attributes holds a URL that scripts put in its place.
    """
    src, names = image.get("src") or "", image.keys()
    lazy_src = "" if _SOURCE_NAMES.isdisjoint(names) else _lazy_source(image, src)
    lazy_srcset = "" if _SRCSET_NAMES.isdisjoint(names) else _lazy_srcset(image)
    if not (lazy_src or lazy_srcset or image.get("srcset")) and is_stand_in(src):
        lazy_src = next(_other_sources(image), "")
    if not (lazy_src or lazy_srcset):
        return False
    image.attrib.pop("style", None)  # it may hide the image until it is loaded
    image.attrib.pop("hidden", None)
    if lazy_src:
        image.set("src", lazy_src)
        if is_low_quality(_absolute(src)):
            image.attrib.pop("srcset", None)  # of the stand-in
    elif is_stand_in(src) or is_low_quality(_absolute(src)):
        image.attrib.pop("src", None)
    if lazy_srcset:
        image.set("srcset", lazy_srcset)
    return True


def is_stand_in(src: str) -> bool:
    """Whether this is no picture, or by its name one that is shown while the real one loads."""
    if len(src) > MAX_URL_CHARS or _NO_PICTURE.match(src):
        return True
    return _STAND_IN_NAME.search(_path(src).rpartition("/")[2]) is not None


def waits_for_script(image: Element) -> bool:
    """Whether an image without a picture has the URL of one in an attribute. Such images may be hidden meanwhile."""
    return is_stand_in(image.get("src") or "") and bool(_lazy_source(image, "") or _lazy_srcset(image))


def image_file_in_attributes(element: Element) -> str:
    """The URL of an image file among the attributes of any element; "" if there is none."""
    lazy_src = _lazy_source(element, "")
    return lazy_src if IMAGE_FILE.search(lazy_src) else next(_other_sources(element), "")


def _lazy_source(image: Element, src: str) -> str:
    for name in _LAZY_SOURCES:
        if not (stated := image.get(name)):
            continue
        value = _with_width(image, stated.strip())
        if value == src or not _is_url(value):
            continue
        if is_stand_in(src):
            return value
        if is_stand_in(value):
            continue
        shown, lazy = width_in_url(_absolute(src)), width_in_url(_absolute(value))
        if shown is None or lazy is None or lazy > shown:
            return value
    return ""


def _lazy_srcset(image: Element) -> str:
    values = ((image.get(name) or "").strip() for name in LAZY_SRCSETS)
    return next((value for value in values if not _NO_PICTURE.match(value)), "")


def is_real_source(src: str) -> bool:
    """Whether the `src` is that of a picture to look at, and neither a stand-in nor a tiny or blurred copy."""
    return not is_stand_in(src) and not is_low_quality(_absolute(src))


def _is_url(value: str) -> bool:
    """Whether the value of a script's attribute is a URL and not a word such as "true"."""
    if len(value) > MAX_URL_CHARS or _NO_PICTURE.match(value) or value[0] in "{[":
        return False
    return "/" in value or IMAGE_FILE.search(value) is not None


def _path(url: str) -> str:
    return url.partition("#")[0].partition("?")[0].rstrip()


def _absolute(url: str) -> str:
    """The URL in a form that `picture_url` reads."""
    return url if "://" in url else f"http://host/{url.lstrip('/')}"


def _other_sources(image: Element) -> Iterator[str]:
    values = [image.get(name) or "" for name in _OTHER_SOURCES]
    values += [value for name, value in image.items() if name.startswith("data-") or name.endswith("-src")]
    for value in values:
        url = _url_in_json(value) if value.startswith("{") else value.strip()
        if _is_url(url) and IMAGE_FILE.search(url) and not re.search("[\"'<>\n]", url):
            yield url


def _url_in_json(value: str) -> str:
    """The `src` of the JSON in an attribute, as Substack writes it; "" if there is none."""
    try:
        fields = json.loads(value)
    except (ValueError, RecursionError):
        return ""
    source = (fields.get("src") or fields.get("url")) if isinstance(fields, dict) else None
    return source if isinstance(source, str) else ""


def _with_width(image: Element, value: str) -> str:
    """The URL with the best of the `data-widths` in place of `{width}`; "" if a place stays open."""
    if "{" not in value:
        return value
    widths = [int(width) for width in _WIDTHS.findall(image.get("data-widths") or "")]
    usable = [width for width in widths if width <= MAX_WIDTH_PIXELS] or sorted(widths)[:1]
    return _WIDTH_PLACE.sub(str(max(usable)), value) if usable and _WIDTH_PLACE.search(value) else ""
