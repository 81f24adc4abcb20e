"""Compares an element of a feed's body with the published entry: as itself, as a link, as text, on purpose, or not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from feeds.model import Article, Body
from feeds.normalize.beacons import is_beacon
from feeds.normalize.rewrite.hidden import is_hidden

Element = Any  # html5lib gives elements of xml.etree
KINDS = (
    "iframe", "object", "embed", "amp-*", "math", "svg", "pre", "table", "img", "video", "audio", "noscript",
    "in-page link", "in-page target", "checkbox", "h1-h6", "li", "blockquote", "code",
)  # fmt: skip
_NEVER_ITSELF = frozenset({"iframe", "object", "embed", "noscript"})
_URL_ATTRIBUTES = frozenset({"src", "href", "data", "data-src", "data-lazy-src", "poster"})
_INVISIBLE = frozenset({"script", "style", "template", "head", "title", "noscript"})
WORD = re.compile(r"\w+")


@dataclass(slots=True)
class Published:
    """What an entry shows: the elements of its HTML, its words and the URLs it links or shows.

    `tags`, `sites`, `boxes` and `drawings` are used up: two elements that went in need two that came out.
    """

    tags: Counter[str]
    boxes: int
    drawings: int  # links that stand for a drawing, or for several side by side
    sites: Counter[str]
    links: list[str]
    pictures: list[str]
    words: Counter[str]
    ids: set[str]
    text: str


def parse_body(body: Body) -> Element:
    html5lib = import_module("html5lib")
    return html5lib.parse(body.value, namespaceHTMLElements=False, scripting=False)


def published_of(article: Article, base: str) -> Published:
    tree = parse_body(Body(value=f"{article.html}\n{article.summary}"))
    text = " ".join((article.title, *visible_texts(tree), *article.credits))
    links = [urljoin(base, element.get("href")) for element in tree.iter("a") if element.get("href")]
    links += [media.url for media in article.media]
    pictures = [element.get("src", "") for element in tree.iter("img")]
    candidates = " ".join(
        element.get("srcset", "") for element in tree.iter() if isinstance(element.tag, str)
    )
    pictures += candidates.replace(",", " ").split()
    return Published(
        tags=Counter(local_name(element.tag) for element in tree.iter() if isinstance(element.tag, str)),
        boxes=sum(text.count(box) for box in "☐☑☒"),
        drawings=text.count("[SVG]"),
        sites=Counter(_site(link) for link in dict.fromkeys(links)),
        links=links,
        pictures=pictures
        + [media.url for media in article.media]
        + ([article.image] if article.image else []),
        words=Counter(WORD.findall(text.lower())),
        ids={value for element in tree.iter() if (value := element.get("id"))},
        text=text,
    )


def visible_texts(element: Element) -> Iterator[str]:
    if isinstance(element.tag, str) and local_name(element.tag) not in _INVISIBLE:
        yield element.text or ""
        for child in element:
            yield from visible_texts(child)
            yield child.tail or ""


def local_name(tag: str) -> str:
    return tag.rpartition("}")[2].lower()


def kinds_of(element: Element, targets: set[str]) -> Iterator[str]:
    tag = local_name(element.tag)
    if tag in KINDS:
        yield tag
    elif tag.startswith("amp-"):
        yield "amp-*"
    elif re.fullmatch(r"h[1-6]", tag):
        yield "h1-h6"
    elif tag == "input" and element.get("type", "").lower() == "checkbox":
        yield "checkbox"
    elif is_in_page(element):
        yield "in-page link"
    if (element.get("id") or element.get("name")) in targets:
        yield "in-page target"


def is_in_page(element: Element) -> bool:
    return (
        local_name(element.tag) == "a"
        and len(element.get("href") or "") > 1
        and element.get("href")[0] == "#"
    )


def outcome_of(kind: str, element: Element, base: str, published: Published) -> str:
    """One of OUTCOMES."""
    if kind == "in-page target":
        name = element.get("id") or element.get("name") or ""
        return "itself" if any(known.endswith(name) for known in published.ids) else "vanished"
    if kind == "in-page link":
        fragment = element.get("href")[1:]
        if any(unquote(urlsplit(link).fragment).endswith(unquote(fragment)) for link in published.links):
            return "itself"
        return _as_text(element, base, published)
    if kind == "checkbox":
        published.boxes -= 1
        return "text" if published.boxes >= 0 else "vanished"
    if kind == "img":
        return _picture_outcome(element, base, published)
    tag = local_name(element.tag)
    if kind not in _NEVER_ITSELF and published.tags[tag]:
        published.tags[tag] -= 1
        return "itself"
    for site in _sites(element, base):
        if published.sites[site] > 0:
            published.sites[site] -= 1
            return "link"
    if kind in ("object", "embed") and _is_shown_as_picture(element, base, published):
        return "link"
    if kind in ("noscript", "iframe") and _is_pixel(element):
        return "by purpose"
    return _as_text(element, base, published)


def is_in_hidden_part(element: Element, parents: dict[Element, Element]) -> bool:
    """Whether the element or one around it is hidden or a share box: `normalize.rewrite.hidden`."""
    part: Element | None = element
    while part is not None and not (isinstance(part.tag, str) and is_hidden(part)):
        part = parents.get(part)
    return part is not None


def drawing_outcome(svg: Element, parents: dict[Element, Element], published: Published) -> str:
    """ "text" if its words are published, "link" if a link stands for it or for the drawings right before it."""
    words = _words_of_drawing(svg)
    if words and sum(1 for word in words if published.words[word]) * 10 >= len(words) * 9:
        return "text"
    siblings = [child for child in parents[svg] if isinstance(child.tag, str)]
    at = siblings.index(svg)
    previous = siblings[at - 1] if at else None
    if previous is not None and local_name(previous.tag) == "svg" and not (previous.tail or "").strip():
        return "link" if "[SVG]" in published.text else "vanished"
    published.drawings -= 1
    return "link" if published.drawings >= 0 else "vanished"


def _words_of_drawing(svg: Element) -> list[str]:
    """Without the numbers along an axis, which are dropped on purpose."""
    texts = (" ".join(part.itertext()) for part in svg.iter() if local_name(part.tag) == "text")
    return [word for text in texts if any(map(str.isalpha, text)) for word in WORD.findall(text.lower())]


def _is_shown_as_picture(element: Element, base: str, published: Published) -> bool:
    url = urljoin(base, element.get("data") or element.get("src") or "")
    return _picture_name(url) in {_picture_name(picture) for picture in published.pictures} - {""}


def _picture_outcome(element: Element, base: str, published: Published) -> str:
    names = {_picture_name(urljoin(base, value)) for value in _picture_urls(element)} - {""}
    if names & {_picture_name(picture) for picture in published.pictures}:
        return "itself"
    if names & {_picture_name(link) for link in published.links}:
        return "link"
    alt = WORD.findall((element.get("alt") or "").lower())
    if alt and all(published.words[word] for word in alt):
        return "text"
    if (alt_text := (element.get("alt") or "").strip()) and alt_text in published.text:
        return "text"
    if any(is_beacon(urljoin(base, value)) for value in _picture_urls(element)) or _is_pixel(element):
        return "by purpose"
    return "vanished"


def _picture_urls(element: Element) -> Iterator[str]:
    for name, value in element.attrib.items():
        if not isinstance(name, str) or not value:
            continue
        if "srcset" in name:
            yield from (part.split()[0] for part in value.split(",") if part.split())
        elif name == "src" or (name.startswith("data-") and "/" in value and " " not in value.strip()):
            yield value.strip()


def _picture_name(url: str) -> str:
    """The URL without its query, percent-decoded, for comparison; "" for a data URI."""
    parts = urlsplit(url)
    return unquote(parts.netloc + parts.path).lower() if parts.scheme in ("http", "https") else ""


def _is_pixel(element: Element) -> bool:
    return any(
        (child.get("width") or "9").strip("px ") in ("0", "1")
        and (child.get("height") or "9").strip("px ") in ("0", "1")
        for child in element.iter()
        if isinstance(child.tag, str)
    )


def _sites(element: Element, base: str) -> Iterator[str]:
    """The sites of the URLs in an element's attributes, the element's own first."""
    for part in element.iter():
        for name, value in part.attrib.items() if isinstance(part.tag, str) else ():
            is_url = name in _URL_ATTRIBUTES or ("//" in value and "xmlns" not in name)
            if is_url and (site := _site(urljoin(base, value.strip()))):
                yield site


def _site(url: str) -> str:
    """The last two labels of the host: the player's host and the page's differ in the others."""
    try:
        host = urlsplit(url.strip()).hostname or ""
    except ValueError:
        return ""
    return ".".join(host.replace("youtube-nocookie", "youtube").split(".")[-2:])


def _as_text(element: Element, base: str, published: Published) -> str:
    if local_name(element.tag) == "math":
        return _formula_outcome(element, published)
    words = WORD.findall("".join(element.itertext()).lower())
    stated = words or WORD.findall((element.get("title") or element.get("alttext") or "").lower())
    if not stated:
        return "vanished" if any(_sites(element, base)) else "by purpose"  # an empty element shows nothing
    found = sum(1 for word in stated if published.words[word])
    return "text" if found * 10 >= len(stated) * 9 else "vanished"


def _formula_outcome(math: Element, published: Published) -> str:
    """A formula is text if its letters stand in the text in a row: those of its symbols, or those of its TeX."""
    text = _letters(published.text)
    parts = [part for part in math.iter() if isinstance(part.tag, str)]
    tex = [part.text or "" for part in parts if local_name(part.tag) == "annotation"]
    symbols = "".join(
        part.text or "" for part in parts if local_name(part.tag) in ("mi", "mn", "mo", "mtext", "ms")
    )
    stated = {
        _letters(form) for form in (symbols, *tex, math.get("alttext") or "", "".join(math.itertext()))
    } - {""}
    return "text" if not stated or any(form in text for form in stated) else "vanished"


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
