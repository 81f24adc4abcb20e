"""Chooses between a lazily loaded image and its copy in the `noscript` beside it, before the body is rewritten.

A picture must stay once: as the image that a script would have loaded, or as the copy if the image has no URL.
"""

from __future__ import annotations

from collections.abc import Iterator

from feeds.normalize.picture_url import is_low_quality, picture_key
from feeds.normalize.rewrite.context import RewriteContext
from feeds.normalize.rewrite.implied_images import shows_nothing
from feeds.normalize.rewrite.lazy_images import find_real_source, is_stand_in
from feeds.normalize.rewrite.pictures import is_counter, srcset_of_source
from feeds.normalize.tree import Element, mark_dropped, parse_fragment
from feeds.normalize.url import absolute_url

_MAX_SKIPPED = 3  # empty elements between an image and its copy
_BLOCK_TAGS = ("figure", "div", "p", "section")


def resolve_noscript_images(body: Element, context: RewriteContext) -> None:
    """Drops each `noscript` whose pictures the body has anyway, and makes the others ordinary elements.

    Changes `body` in place. A `noscript` without a picture is not touched.
    """
    noscripts = list(body.iter("noscript"))
    if not noscripts:
        return
    for noscript in noscripts:
        _parse_escaped_image(noscript)
    known_keys: set[str] | None = None
    for noscript in noscripts:
        copies = _copies(noscript, context)
        if not copies:
            continue
        neighbour = _neighbour(noscript)
        if len(copies) == 1 and neighbour is not None:
            if _can_be_shown(neighbour, context):
                _complete(neighbour, copies[0])
                mark_dropped(noscript)
                continue
            _complete(copies[0], neighbour)
            _drop_image(neighbour)
        else:
            if known_keys is None:
                known_keys = set(_keys_outside_noscript(body, context))
            if known_keys.issuperset(_key(copy, context) for copy in copies):
                mark_dropped(noscript)
                continue
        noscript.tag = "div" if next(noscript.iter(*_BLOCK_TAGS), None) is not None else "span"
        noscript.attrib.clear()


def _parse_escaped_image(noscript: Element) -> None:
    """An image whose markup is text, because it was escaped once more than the rest, becomes an element."""
    text = noscript.text or ""
    if len(noscript) or "<img" not in text.lower():
        return
    fragment = parse_fragment(text)
    noscript.text = fragment.text
    noscript[:] = list(fragment)


def _copies(noscript: Element, context: RewriteContext) -> list[Element]:
    """The images of a `noscript`; counters are dropped."""
    copies = []
    for image in noscript.iter("img"):
        find_real_source(image)
        if is_counter(image, absolute_url(image.get("src") or "", base=context.base) or ""):
            mark_dropped(image)
        else:
            copies.append(image)
    return copies


def _neighbour(noscript: Element) -> Element | None:
    """The image beside a `noscript`, without text between; also in an element that holds nothing else."""
    place = noscript
    for _ in range(2):
        for beside in (_previous(place), _next(place)):
            if beside is not None:
                return beside
        place = place.getparent()
        if place is None or place.tag == "body":
            return None
    return None


def _previous(place: Element) -> Element | None:
    element = place.getprevious()
    for _ in range(_MAX_SKIPPED):
        if element is None or (element.tail or "").strip():
            return None
        if (image := _only_image(element)) is not None or not shows_nothing(element):
            return image
        element = element.getprevious()
    return None


def _next(place: Element) -> Element | None:
    for _ in range(_MAX_SKIPPED):
        if (place.tail or "").strip() or (place := place.getnext()) is None:
            return None
        if (image := _only_image(place)) is not None or not shows_nothing(place):
            return image
    return None


def _only_image(element: Element) -> Element | None:
    """The image that `element` is or holds, if it holds only one and no text."""
    if element.tag == "noscript" or not shows_nothing(element):
        return None
    images = _images_outside_noscript(element)
    image = next(images, None)
    return image if next(images, None) is None else None


def _images_outside_noscript(element: Element) -> Iterator[Element]:
    for image in element.iter("img"):
        if next(image.iterancestors("noscript"), None) is None:
            yield image


def _can_be_shown(image: Element, context: RewriteContext) -> bool:
    """Whether the image has a URL, of its own or of a `source` beside it, that is not that of a stand-in."""
    was_lazy = find_real_source(image)
    url = absolute_url(image.get("src") or "", base=context.base)
    if image.get("srcset") or (url and not is_stand_in(url) and (was_lazy or not is_low_quality(url))):
        return True
    picture = next(image.iterancestors("picture"), None)
    return picture is not None and any(
        not is_stand_in(srcset_of_source(source)) for source in picture.iter("source")
    )


def _complete(image: Element, copy: Element) -> None:
    """Gives `image` the texts and the size of `copy` that it has not itself."""
    for name in ("alt", "title", "width", "height"):
        if not (image.get(name) or "").strip() and (value := copy.get(name)):
            image.set(name, value)


def _drop_image(image: Element) -> None:
    picture = next(image.iterancestors("picture"), None)
    if picture is not None and next(picture.iter("noscript"), None) is None:
        mark_dropped(picture)
    else:
        mark_dropped(image)


def _keys_outside_noscript(body: Element, context: RewriteContext) -> Iterator[str]:
    for image in _images_outside_noscript(body):
        find_real_source(image)
        yield _key(image, context)


def _key(image: Element, context: RewriteContext) -> str:
    url = absolute_url(image.get("src") or "", base=context.base)
    return picture_key(url) if url else ""
