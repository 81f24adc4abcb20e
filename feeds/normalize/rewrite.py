"""One pass over a body's tree: every address absolute or gone, lazy images awake, what watches or runs gone.

Nothing here makes the result safe; `html.sanitize` does, after every rewrite.
"""

# ruff: noqa: SIM905 - lists of words are read as words

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

from lxml import etree

from feeds.model import Url
from feeds.normalize import tracking
from feeds.normalize.text import fold, xml_chars
from feeds.normalize.tree import Element, drop, sweep
from feeds.normalize.url import absolute, clean, origin

# Gone with all that is in them
DROPPED = frozenset(
    (
        "script style template svg math object embed applet frame frameset noframes noembed xmp plaintext "
        "canvas dialog input button select textarea option optgroup datalist meta link base title head map "
        "area param menuitem"
    ).split()
)
# Known to older pages; shown as the nearest element that is left
RENAMED = {
    "center": "div", "form": "div", "fieldset": "div", "legend": "div", "main": "div", "label": "span",
    "font": "span", "big": "span", "nobr": "span", "listing": "pre", "dir": "ul", "menu": "ul",
    "strike": "s", "tt": "code", "acronym": "abbr",
    "bdo": "span",
}  # fmt: skip
# Elements that a parser opens anew in every block until they are closed. Without attributes it does so for
# three of a name at most (HTML §13.2.4.3, "Noah's Ark"); with them, without end.
FORMATTING = frozenset(("b big code em font i nobr s small strike strong tt u").split())
# Boxes that plugins put below an article
WIDGETS = frozenset(
    {"feedflare", "sharedaddy", "jp-relatedposts", "addtoany_share_save_container", "mc4wp-form"}
)

MAX_SRCSET = 8192  # characters; a dozen candidates with long addresses need half of that

_LAZY_SOURCES = (
    "data-src",
    "data-lazy-src",
    "data-original",
    "data-lazy",
    "data-orig-file",
    "data-hi-res-src",
)
_LAZY_SETS = ("data-srcset", "data-lazy-srcset", "data-original-set")
_PLACEHOLDER = re.compile(
    r"^\s*(?:data:|about:)|(?:^|[/_.-])(?:blank|placeholder|spacer|transparent|lazy\w*|loading|grey|gray|1x1)[^/]*$",
    re.I,
)
_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.I)
_POINT = re.compile(r"(?:^|;)\s*(?:width|height)\s*:\s*[01](?:px)?\s*(?:;|$)", re.I)
_CANDIDATE = re.compile(r"[\s,]*+(\S*[^\s,])(?:,|\s+([^,]*))?")
_DESCRIPTOR = re.compile(r"\d+(?:\.\d+)?[wx](?:\s+\d+h)?")
_MAIL = re.compile(r"mailto:[^\s<>\"'@?]+@[\w.-]+", re.I)

# Players that cannot be shown here → the page that shows the same
_PLAYERS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"https?://(?:www\.)?youtube(?:-nocookie)?\.com/embed/([\w-]{11})"), "https://www.youtube.com/watch?v={}"),
    (re.compile(r"https?://player\.vimeo\.com/video/(\d+)"), "https://vimeo.com/{}"),
    (re.compile(r"https?://(?:www\.)?dailymotion\.com/embed/video/(\w+)"), "https://www.dailymotion.com/video/{}"),
    (re.compile(r"https?://open\.spotify\.com/embed(?:-podcast)?/(\w+/\w+)"), "https://open.spotify.com/{}"),
)  # fmt: skip


def rewrite(body: Element, base: str) -> None:
    """Works on `body` in place; `base` is what relative addresses refer to."""
    for element in list(body.iter("*")):
        tag = element.tag
        if tag in DROPPED:
            drop(element)
            continue
        if tag in RENAMED:
            element.tag = tag = RENAMED[tag]
        if tag == "noscript":
            _noscript(element)
        if not element.attrib and tag not in _HOLDERS:
            if tag in _NEEDS_ADDRESS:
                drop(element)
            continue
        if _is_unseen(element):
            drop(element)
        elif tag in FORMATTING:
            element.attrib.clear()
        elif (handle := _HANDLERS.get(tag)) is not None:
            handle(element, base)
    sweep(body)


def _is_unseen(element: Element) -> bool:
    style = element.get("style")
    if style is not None and _HIDDEN.search(style):
        return True
    kind = element.get("class")
    return (kind is not None and not WIDGETS.isdisjoint(kind.split())) or element.get("hidden") is not None


def srcset(value: str, base: str) -> str:
    """The candidates of a srcset whose address can be made absolute (HTML §4.8.4.2.1)."""
    if len(value) > MAX_SRCSET:
        return ""
    kept = []
    for address, descriptor in _CANDIDATE.findall(value.strip(" ,")):
        url = absolute(address, base)
        if url is not None:
            # A comma at either end of an address would end the candidate.
            url = Url(url.rstrip(","))
            kept.append(f"{url} {descriptor.strip()}" if _DESCRIPTOR.fullmatch(descriptor.strip()) else url)
    return ", ".join(kept)


def is_beacon(url: str) -> bool:
    return tracking.BEACON.match(url.partition("://")[2]) is not None


def _address(element: Element, name: str, base: str) -> Url | None:
    """Makes the attribute absolute, or takes it off."""
    value = element.get(name)
    if value is None:
        return None
    url = absolute(value, base)
    if url is None:
        del element.attrib[name]
    elif url != value:
        element.set(name, url)
    return url


def _candidates(element: Element, base: str) -> str:
    value = element.get("srcset")
    if value is None:
        return ""
    made = srcset(value, base)
    if made:
        element.set("srcset", made)
    else:
        del element.attrib["srcset"]
    return made


def _link(element: Element, base: str) -> None:
    value = element.get("href")
    if value is None:
        return
    url = absolute(value, base)
    if url is not None:
        url = clean(url)
        if url != value:
            element.set("href", url)
    elif match := _MAIL.match(value.strip()):
        element.set("href", match[0])
    else:
        del element.attrib["href"]


def _image(element: Element, base: str) -> None:
    source = element.get("src")
    if source is None or _PLACEHOLDER.search(source):
        lazy = next((value for name in _LAZY_SOURCES if (value := element.get(name))), "")
        lazy_set = next((value for name in _LAZY_SETS if (value := element.get(name))), "")
        if lazy or lazy_set:
            element.attrib.pop("src", None)
        if lazy:
            element.set("src", lazy)
        if lazy_set:
            element.set("srcset", lazy_set)
    url = _address(element, "src", base)
    made = _candidates(element, base)
    if url is None and made:
        element.set("src", made.split(", ")[0].split(" ")[0])
    elif url is None or is_beacon(url) or _is_point(element):
        drop(element)


def _is_point(element: Element) -> bool:
    if element.get("width", "").strip() in {"0", "1", "1px"} and element.get("height", "").strip() in {
        "0",
        "1",
        "1px",
    }:
        return True
    style = element.get("style")
    return style is not None and len(_POINT.findall(style)) > 0


def _source(element: Element, base: str) -> None:
    if (lazy := element.get("data-srcset")) and not element.get("srcset"):
        element.set("srcset", lazy)
    if _address(element, "src", base) is None and not _candidates(element, base):
        drop(element)


def _player(element: Element, base: str) -> None:
    """A player, and beside it a link to its first file: not every reader of feeds shows a player.

    The link stands in for `controls`, which validators take for a risk (SecurityRiskAttr), and for what is said to
    those who cannot play it.
    """
    _address(element, "poster", base)
    files = list(element.iter("source"))
    addresses = (one.get("src", "") for one in (element, *files))
    first = next((url for one in addresses if (url := absolute(one, base)) is not None), None)
    if first is None:
        drop(element)
        return
    _address(element, "src", base)
    element.text = None
    element[:] = files
    for one in files:  # each in the one before, to a parser that does not know them
        one.text = one.tail = None
        del one[:]
    element.set("preload", "none")
    if (parent := element.getparent()) is not None and next(element.iterancestors("a"), None) is None:
        link = etree.Element("a", href=first)
        link.text = fold(element.get("title", "")) or _file_name(first)
        link.tail, element.tail = xml_chars(element.tail or ""), " "
        parent.insert(parent.index(element) + 1, link)


def _file_name(url: Url) -> str:
    parts = urlsplit(url)
    return fold(unquote(parts.path).rpartition("/")[2]) or parts.netloc


def _frame(element: Element, base: str) -> None:
    url = absolute(element.get("src") or element.get("data-src") or "", base) or ""
    page = next((form.format(match[1]) for form_re, form in _PLAYERS if (match := form_re.match(url))), "")
    title = element.get("title", "").strip()
    if not page:
        drop(element)
        return
    element.tag = "a"
    element.attrib.clear()
    element.set("href", page)
    element.text = title or page.partition("://")[2].removeprefix("www.")


def _noscript(element: Element) -> None:
    """An image that lazy loading put aside; a place-holder before it that was woken is the same image."""
    before = element.getprevious()
    if element.find(".//img") is None or (before is not None and before.tag in {"img", "picture"}):
        drop(element)
    else:
        element.tag = "span"


def _cited(element: Element, base: str) -> None:
    _address(element, "cite", base)


_HANDLERS: dict[str, Callable[[Element, str], None]] = {
    "a": _link, "img": _image, "source": _source, "video": _player, "audio": _player, "iframe": _frame,
    "blockquote": _cited, "q": _cited, "ins": _cited, "del": _cited,
}  # fmt: skip
_NEEDS_ADDRESS = frozenset({"img", "source", "iframe"})
_HOLDERS = frozenset({"audio", "video"})  # of sources that have addresses


def host(element: Element) -> str:
    """The host that a link leads to; "" for none."""
    return origin(element.get("href", ""))
