"""Rewrites inline drawings: an SVG becomes its words, because the drawing itself cannot be published.

SVG is a language for programs (scripts, links, styles, external files), and many feed readers refuse an image in a
`data:` URL. What stays of a drawing:

- its label: `aria-label`, `title` and `desc`,
- HTML in `foreignObject` (the boxes of Mermaid), images and links,
- without a label, the first of its words (`text`), but not the numbers along an axis,
- of a large drawing with nothing of that, a link to the article, "[SVG]".

An icon vanishes. In a link without a text it becomes the link's title, else its host.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from feeds.model import Text
from feeds.normalize.rewrite.context import Handler, RewriteContext
from feeds.normalize.rewrite.helper_links import part_from_neighbours
from feeds.normalize.text import one_line, remove_unpublishable_chars
from feeds.normalize.tree import BLOCKS, Element, is_dropped, mark_dropped
from feeds.normalize.url import url_host

MAX_WORDS_CHARS = 1_000  # of the words in a diagram without a label; a flame graph has thousands
MIN_DRAWING_PIXELS = 100
MAX_ICON_PIXELS = 48

_ICON_CLASS = re.compile(
    r"icon|\bfa-|\bbi-|octicon|feather|lucide|sprite|emoji|logo|arrow|chevron|caret|divider", re.I
)
_PLACEHOLDER = "[SVG]"
_MAX_SIDE_BY_SIDE = 30
_MAX_PARTS_OF_LINK = 20
_SHOWN = frozenset({"img", "picture", "video"})
_NOT_SHOWN = ("defs", "symbol", "metadata", "clippath", "mask", "marker", "pattern", "style", "script")
_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)(px|em|rem|ex|pt)?\s*$")
_PIXELS = {"em": 16.0, "rem": 16.0, "ex": 8.0, "pt": 1.33}
# Programs that draw name themselves, and Sketch its layers.
_TOOL = re.compile(r"(?:created|generated|drawn|made|exported)\s+(?:with|using|by|in|from)\b", re.I)


def _rewrite_svg(svg: Element, context: RewriteContext) -> None:
    if svg.getparent() is None or next(svg.iterancestors("svg"), None) is not None:
        return  # already removed, or a part of another drawing
    for part in list(svg.iter(*_NOT_SHOWN)):
        mark_dropped(part)
    is_decoration = svg.get("aria-hidden") == "true" or svg.get("role") in {"presentation", "none"}
    label = "" if is_decoration else _label(svg)
    link = next(svg.iterancestors("a"), None)
    contents = list(_contents(svg, in_link=link is not None))
    words = "" if label or is_decoration else _words(svg)
    is_large = not is_decoration and _is_large(svg)
    has_blocks = any(part.tag in BLOCKS for content in contents for part in content.iter())
    svg.tag = "div" if has_blocks and link is None else "span"
    svg.attrib.clear()
    drawn = list(svg)
    svg[:] = contents
    _append_dropped(svg, drawn)
    svg.text = None
    if link is not None and not contents and _has_words(link, svg):
        mark_dropped(svg)
    elif text := label or words:
        svg.text = remove_unpublishable_chars(f"{text} " if contents else text)
    elif link is not None and not contents:
        svg.text = _name_of_link(link) or None
    elif is_large and not contents:
        _link_to_page(svg, context)
    if not contents and not svg.text:
        mark_dropped(svg)
    elif link is None:
        part_from_neighbours(svg)


def _label(svg: Element) -> str:
    stated = one_line(svg.get("aria-label") or "")
    title = one_line(svg.findtext("title") or "")
    description = one_line(svg.findtext("desc") or "")
    if _TOOL.match(description):
        title = description = Text("")
    if not (stated or title) and (ids := (svg.get("aria-labelledby") or "").split()):
        named = (part for part in svg.iter("title", "desc", "text") if part.get("id") in ids)
        title = one_line(" ".join("".join(part.itertext()) for part in named))
    parts = dict.fromkeys(part for part in (stated or title, description) if part)
    return ". ".join(part.rstrip(".") for part in parts) if len(parts) > 1 else "".join(parts)


def _contents(svg: Element, *, in_link: bool) -> Iterator[Element]:
    """The elements inside that can be published, as HTML. The walk reaches them later."""
    within: set[Element] = set()
    for part in list(svg.iter("foreignobject", "image", "a")):
        if not within.isdisjoint(part.iterancestors()) or any(map(is_dropped, part.iterancestors())):
            continue
        href = remove_unpublishable_chars(part.get("href") or part.get("xlink:href") or "")
        if part.tag == "foreignobject":
            part.tag = "div" if any(child.tag in BLOCKS for child in part.iterdescendants()) else "span"
            part.attrib.clear()
            part.tail = " "
            within.add(part)
            yield part
        elif part.tag == "image" and href.startswith(("http://", "https://", "/")) and not in_link:
            part.tag = "img"
            _keep_only(part, src=href)
            yield part
        elif part.tag == "a" and href and (words := _words(part)) and not in_link:
            _keep_only(part, href=href)
            part.text = words
            yield part


def _keep_only(element: Element, **attributes: str) -> None:
    drawn = list(element)
    del element[:]
    _append_dropped(element, drawn)
    element.text, element.tail = None, " "
    element.attrib.clear()
    element.attrib.update(attributes)


def _append_dropped(element: Element, parts: list[Element]) -> None:
    """Appends parts that are not published. They stay in the tree, because the walk reaches what is in them."""
    for part in parts:
        if part.getparent() is None:
            mark_dropped(part)
            part.tail = None
            element.append(part)


def _words(svg: Element) -> str:
    words: list[str] = []
    chars = 0
    for text in svg.iter("text"):
        if any(map(is_dropped, text.iterancestors())):
            continue
        line = one_line(" ".join(text.itertext()))
        if any(map(str.isalpha, line)):  # not the numbers along an axis
            words.append(line)
            chars += len(line)
        if chars > MAX_WORDS_CHARS:
            words.append("…")
            break
    return " · ".join(words)


def _is_large(svg: Element) -> bool:
    """Whether it is too large for an icon, or its author says that it is a picture."""
    if _ICON_CLASS.search(svg.get("class") or ""):
        return False
    if svg.get("preserveaspectratio") == "none" and next(svg.iter("text"), None) is None:
        return False  # a wave between two parts of a page
    sizes = [_pixels(svg.get(name) or "") for name in ("width", "height")]
    if any(size is not None and size <= MAX_ICON_PIXELS for size in sizes):
        return False
    if svg.get("role") == "img" or next(svg.iterancestors("figure"), None) is not None:
        return True
    box = (svg.get("viewbox") or "").replace(",", " ").split()
    sizes += [_pixels(size) for size in box[2:4]]
    return any(size is not None and size >= MIN_DRAWING_PIXELS for size in sizes)


def _pixels(stated: str) -> float | None:
    match = _SIZE.match(stated)
    return float(match[1]) * _PIXELS.get(match[2], 1.0) if match else None


def _has_words(link: Element, svg: Element) -> bool:
    """Whether the link has words or a picture beside the drawing."""
    drawn = set(islice(svg.iter(), _MAX_PARTS_OF_LINK))
    return any(
        (part not in drawn and (part.tag in _SHOWN or (part.text or "").strip()))
        or (part is not link and (part is svg or part not in drawn) and (part.tail or "").strip())
        for part in islice(link.iter(), _MAX_PARTS_OF_LINK)
    )


def _name_of_link(link: Element) -> str:
    """The text for a link that has nothing but an icon. A link within the page is the mark beside a heading."""
    href = link.get("href") or ""
    if "#" in href or link.get("aria-hidden") == "true":
        return ""
    stated = (one_line(link.get(name) or "") for name in ("aria-label", "title"))
    return next((text for text in stated if text), url_host(href) if "://" in href else "")


def _link_to_page(svg: Element, context: RewriteContext) -> None:
    for previous in islice(svg.itersiblings(preceding=True), _MAX_SIDE_BY_SIDE):
        if (previous.tail or "").strip():
            break
        if previous.text == _PLACEHOLDER:
            return  # one stands for several drawings side by side
        if not is_dropped(previous):
            break
    svg.text = _PLACEHOLDER
    if context.page:
        svg.tag = "a"
        svg.set("href", context.page)


def _rewrite_canvas(canvas: Element, _context: RewriteContext) -> None:
    """What a script draws is not there. Its label stays, or the content for programs without scripts."""
    label = one_line(canvas.get("aria-label") or "")
    canvas.tag = "span"
    canvas.attrib.clear()
    if (
        label
        and not any(text.strip() for text in canvas.itertext())
        and next(canvas.iter("img"), None) is None
    ):
        canvas.text = remove_unpublishable_chars(label)


HANDLERS: dict[str, Handler] = {"svg": _rewrite_svg, "canvas": _rewrite_canvas}
