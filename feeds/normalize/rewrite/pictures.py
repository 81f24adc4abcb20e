"""Rewrites pictures: the real URL of a lazily loaded image, absolute candidates, text for emoji, no tracking pixels."""

from __future__ import annotations

import re

from feeds.normalize.beacons import is_beacon, resembles_beacon
from feeds.normalize.picture_url import is_low_quality
from feeds.normalize.repair_html import CUT_DATA_URI
from feeds.normalize.rewrite.context import Handler, RewriteContext
from feeds.normalize.rewrite.emoji import emoji_text
from feeds.normalize.rewrite.helper_links import part_from_neighbours
from feeds.normalize.rewrite.lazy_images import LAZY_SRCSETS, find_real_source, is_real_source
from feeds.normalize.rewrite.srcset import Candidate, best_candidate, format_srcset, parse_srcset
from feeds.normalize.rewrite.urls import rewrite_url
from feeds.normalize.text import one_line
from feeds.normalize.tree import Element, mark_dropped, replace_by_text

_DIMENSION = re.compile(r"\s*+(\d{1,5})(?:\.\d*+)?\s*+(?:px\s*+)?", re.I)
_STYLE_DIMENSION = re.compile(
    r"(?:^|;)\s*(?:width|height)\s*:\s*(\d{1,5})(?:\.\d*)?(?:px)?\s*(?=[;!]|$)", re.I
)
_OPEN_PLACE = re.compile(r"\{|<[%?]|%7B%7B|^\s*+(?:undefined|null|none|false|\[object \w++\])\s*+$", re.I)
_PLACEHOLDER = "[Image]"
_MAX_STAND_IN_CHARS = 4000  # blurred stand-ins have up to 2,000; a plot has more than 10,000
_STRETCHED_STYLE = re.compile(r"min-(?:width|height)|padding", re.I)


def rewrite_image(image: Element, context: RewriteContext) -> None:
    """Makes the image one that every reader can show, or its text, or drops it if it only counts readers."""
    find_real_source(image)
    if (image.get("alt") or "").startswith("__wf_reserved"):  # Webflow's mark for "no text"
        image.set("alt", "")
    if src := image.get("src"):
        _repair_source(image, src)
    if text := emoji_text(image):
        replace_by_text(image, text)
        return
    stated = image.get("src") or ""
    url: str | None = rewrite_url(image, "src", context.base)
    best = best_candidate(_rewrite_srcset(image, context.base))
    if best is not None and (url is None or (is_low_quality(url) and not is_low_quality(best.url))):
        url = best.url
        image.set("src", url)
    if url is None:
        _replace_by_description(image, stated, context)
    elif is_counter(image, url):
        mark_dropped(image)
    else:
        _keep_valid_size(image)


def _repair_source(image: Element, src: str) -> None:
    """Removes the place that a template left open, and what a URL that was escaped once too often has too much."""
    if _OPEN_PLACE.search(src):
        del image.attrib["src"]
    elif "&amp;" in src or src.startswith(('"', '\\"')):
        image.set("src", src.strip('\\" ').replace("&amp;", "&"))


def _rewrite_srcset(element: Element, base: str) -> list[Candidate]:
    value = element.get("srcset")
    if value is None:
        return []
    candidates = parse_srcset(value, base)
    if candidates:
        element.set("srcset", format_srcset(candidates))
    else:
        del element.attrib["srcset"]
    return candidates


def _replace_by_description(image: Element, src: str, context: RewriteContext) -> None:
    """A picture that cannot be shown becomes its `alt`, else its `title`, else a link to the page if `src` holds it."""
    is_decoration = image.get("aria-hidden") == "true" or image.get("role") == "presentation"
    text = "" if is_decoration else one_line(image.get("alt") or "") or one_line(image.get("title") or "")
    if text:
        replace_by_text(image, text)
    elif is_decoration or not _holds_picture(src):
        mark_dropped(image)
    elif not context.page or next(image.iterancestors("a"), None) is not None:
        replace_by_text(image, _PLACEHOLDER)
    else:
        image.tag = "a"
        image.attrib.clear()
        image.set("href", context.page)
        image.text = _PLACEHOLDER
        part_from_neighbours(image)


def _holds_picture(src: str) -> bool:
    """Whether it is a `data:` URI too long for a stand-in: a plot of a notebook. `repair_html` cuts long ones."""
    return src == CUT_DATA_URI or (src.startswith("data:image/") and len(src) > _MAX_STAND_IN_CHARS)


def is_counter(image: Element, url: str) -> bool:
    """Whether the image is a tracking pixel: by a known URL, by its size, or by its name if nothing describes it."""
    sizes = [size for size in _stated_size(image) if size is not None]
    is_described = bool(f"{image.get('alt', '')}{image.get('title', '')}{image.get('srcset', '')}".strip())
    if sizes and max(sizes) <= 1 and (len(sizes) == 2 or not is_described):
        return True
    may_be_empty = not is_described and max(sizes, default=0) <= 3
    return resembles_beacon(url) if may_be_empty else is_beacon(url)


def _stated_size(image: Element) -> tuple[int | None, int | None]:
    """Width and height in pixels, as the style states them, else the attributes; None for what neither states.

    A style that states one of them as 0 or 1 hides the image, so the other counts as the same.
    """
    style = image.get("style") or ""
    if style and not _STRETCHED_STYLE.search(style):
        styled = [int(match[1]) for match in _STYLE_DIMENSION.finditer(style)]
        if styled and min(styled) <= 1:
            return min(styled), min(styled)
    return _pixels(image.get("width")), _pixels(image.get("height"))


def _pixels(value: str | None) -> int | None:
    match = _DIMENSION.fullmatch(value) if value else None
    return int(match[1]) if match else None


def _keep_valid_size(image: Element) -> None:
    """Removes a width or height that is no number of pixels."""
    for name in ("width", "height"):
        if (value := image.get(name)) is None:
            continue
        pixels = _pixels(value)
        if pixels:
            image.set(name, str(pixels))
        else:
            del image.attrib[name]


def rewrite_picture(picture: Element, context: RewriteContext) -> None:
    """Gives a picture element an image that readers without `picture` show, if it has none with a URL."""
    _flatten_sources(picture)
    image = next(picture.iter("img"), None)
    if image is not None:
        find_real_source(image)
        if image.get("srcset") or is_real_source(image.get("src") or ""):
            return
    for source in reversed(picture.findall("source")):  # the last is the one in the most common format
        stated = srcset_of_source(source) or source.get("src") or source.get("data-src") or ""
        best = best_candidate(parse_srcset(stated, context.base))
        if best is None:
            continue
        if image is None:
            image = picture.makeelement("img")
            picture.append(image)
        image.set("src", best.url)
        return


def _flatten_sources(picture: Element) -> None:
    """An HTML parser that does not know `source` nests what follows in it."""
    for source in list(picture.iter("source")):
        if len(source):
            source[-1].tail = (source[-1].tail or "") + (source.tail or "")
            text, source.text, source.tail = source.text, None, None
            for child in reversed(source):
                source.addnext(child)
            source.tail = text


def srcset_of_source(source: Element) -> str:
    """The real srcset of a `source`, also one that waits for a script."""
    stated = source.get("srcset") or ""
    lazy = next((value for name in LAZY_SRCSETS if (value := source.get(name))), "")
    return lazy or stated


def rewrite_source(source: Element, context: RewriteContext) -> None:
    if srcset := srcset_of_source(source):
        source.set("srcset", srcset)
    if not source.get("src") and (lazy := source.get("data-src")):
        source.set("src", lazy)
    url = rewrite_url(source, "src", context.base)
    if not _rewrite_srcset(source, context.base) and url is None:
        mark_dropped(source)


HANDLERS: dict[str, Handler] = {"img": rewrite_image, "picture": rewrite_picture, "source": rewrite_source}
