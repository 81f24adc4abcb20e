"""Rewrites a body's tree in one pass: absolute URLs, real URLs for lazy images, no scripts, no tracking pixels.

This does not make the result safe. `html.sanitize` does, after the rewrite.
"""

# ruff: noqa: SIM905 - lists of words are read as words

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

from lxml import etree

from feeds.model import Url
from feeds.normalize.text import one_line, remove_unpublishable_chars
from feeds.normalize.tracking import is_beacon
from feeds.normalize.tree import Element, mark_dropped, remove_dropped
from feeds.normalize.url import absolute_url, clean_url

# Elements removed with their content
DROPPED_TAGS = frozenset(
    (
        "script style template svg math object embed applet frame frameset noframes noembed xmp plaintext "
        "canvas dialog input button select textarea option optgroup datalist meta link base title head map "
        "area param menuitem"
    ).split()
)
# Obsolete or interactive element → the nearest allowed element
RENAMED_TAGS = {
    "center": "div", "form": "div", "fieldset": "div", "legend": "div", "main": "div", "label": "span",
    "font": "span", "big": "span", "nobr": "span", "listing": "pre", "dir": "ul", "menu": "ul",
    "strike": "s", "tt": "code", "acronym": "abbr",
    "bdo": "span",
}  # fmt: skip
# Elements that a parser reopens in every block until they are closed. It reopens at most three of a kind
# (HTML §13.2.4.3, "Noah's Ark clause"), but elements with different attributes count as different kinds, so there
# is no limit. Their attributes are therefore removed.
FORMATTING_TAGS = frozenset(("b big code em font i nobr s small strike strong tt u").split())
# Classes of the share and related-posts boxes that plugins add below an article
WIDGET_CLASSES = frozenset(
    {"feedflare", "sharedaddy", "jp-relatedposts", "addtoany_share_save_container", "mc4wp-form"}
)

MAX_SRCSET_CHARS = 8192  # a dozen candidates with long URLs need half of that

_LAZY_SOURCES = (
    "data-src",
    "data-lazy-src",
    "data-original",
    "data-lazy",
    "data-orig-file",
    "data-hi-res-src",
)
_LAZY_SRCSETS = ("data-srcset", "data-lazy-srcset", "data-original-set")
_PLACEHOLDER = re.compile(
    r"^\s*(?:data:|about:)|(?:^|[/_.-])(?:blank|placeholder|spacer|transparent|lazy\w*|loading|grey|gray|1x1)[^/]*$",
    re.I,
)
_HIDDEN_STYLE = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.I)
_TINY_STYLE = re.compile(r"(?:^|;)\s*(?:width|height)\s*:\s*[01](?:px)?\s*(?:;|$)", re.I)
_CANDIDATE = re.compile(r"[\s,]*+(\S*[^\s,])(?:,|\s+([^,]*))?")
_DESCRIPTOR = re.compile(r"\d+(?:\.\d+)?[wx](?:\s+\d+h)?")
_MAILTO = re.compile(r"mailto:[^\s<>\"'@?]+@[\w.-]+", re.I)

# URL of an embedded player → URL of the page that shows the same
_EMBEDS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"https?://(?:www\.)?youtube(?:-nocookie)?\.com/embed/([\w-]{11})"), "https://www.youtube.com/watch?v={}"),
    (re.compile(r"https?://player\.vimeo\.com/video/(\d+)"), "https://vimeo.com/{}"),
    (re.compile(r"https?://(?:www\.)?dailymotion\.com/embed/video/(\w+)"), "https://www.dailymotion.com/video/{}"),
    (re.compile(r"https?://open\.spotify\.com/embed(?:-podcast)?/(\w+/\w+)"), "https://open.spotify.com/{}"),
)  # fmt: skip


def rewrite(body: Element, base: str) -> None:
    """Changes `body` in place. Relative URLs refer to `base`."""
    for element in list(body.iter("*")):
        tag = element.tag
        if tag in DROPPED_TAGS:
            mark_dropped(element)
            continue
        if tag in RENAMED_TAGS:
            element.tag = tag = RENAMED_TAGS[tag]
        if tag == "noscript":
            _rewrite_noscript(element)
        if not element.attrib and tag not in _MEDIA_CONTAINERS:
            if tag in _NEEDS_URL:
                mark_dropped(element)
            continue
        if _is_hidden(element):
            mark_dropped(element)
        elif tag in FORMATTING_TAGS:
            element.attrib.clear()
        elif (handle := _HANDLERS.get(tag)) is not None:
            handle(element, base)
    remove_dropped(body)


def _is_hidden(element: Element) -> bool:
    style = element.get("style")
    if style is not None and _HIDDEN_STYLE.search(style):
        return True
    classes = element.get("class")
    if classes is not None and not WIDGET_CLASSES.isdisjoint(classes.split()):
        return True
    return element.get("hidden") is not None


def normalize_srcset(value: str, base: str) -> str:
    """The candidates of a srcset whose URL can be made absolute (HTML §4.8.4.2.1); "" if there is none."""
    if len(value) > MAX_SRCSET_CHARS:
        return ""
    candidates = []
    for stated_url, descriptor in _CANDIDATE.findall(value.strip(" ,")):
        url = absolute_url(stated_url, base=base)
        if url is not None:
            # A comma at the end of the URL would end the candidate.
            url = Url(url.rstrip(","))
            candidates.append(
                f"{url} {descriptor.strip()}" if _DESCRIPTOR.fullmatch(descriptor.strip()) else url
            )
    return ", ".join(candidates)


def _rewrite_url(element: Element, name: str, base: str) -> Url | None:
    """Makes the URL in an attribute absolute, or removes the attribute. Returns the URL, if any."""
    value = element.get(name)
    if value is None:
        return None
    url = absolute_url(value, base=base)
    if url is None:
        del element.attrib[name]
    elif url != value:
        element.set(name, url)
    return url


def _rewrite_srcset(element: Element, base: str) -> str:
    value = element.get("srcset")
    if value is None:
        return ""
    srcset = normalize_srcset(value, base)
    if srcset:
        element.set("srcset", srcset)
    else:
        del element.attrib["srcset"]
    return srcset


def _rewrite_link(element: Element, base: str) -> None:
    value = element.get("href")
    if value is None:
        return
    url = absolute_url(value, base=base)
    if url is not None:
        url = clean_url(url)
        if url != value:
            element.set("href", url)
    elif match := _MAILTO.match(value.strip()):
        element.set("href", match[0])
    else:
        del element.attrib["href"]


def _rewrite_image(element: Element, base: str) -> None:
    src = element.get("src")
    if src is None or _PLACEHOLDER.search(src):
        lazy_src = next((value for name in _LAZY_SOURCES if (value := element.get(name))), "")
        lazy_srcset = next((value for name in _LAZY_SRCSETS if (value := element.get(name))), "")
        if lazy_src or lazy_srcset:
            element.attrib.pop("src", None)
        if lazy_src:
            element.set("src", lazy_src)
        if lazy_srcset:
            element.set("srcset", lazy_srcset)
    url = _rewrite_url(element, "src", base)
    srcset = _rewrite_srcset(element, base)
    if url is None and srcset:
        element.set("src", srcset.split(", ")[0].split(" ")[0])
    elif url is None or is_beacon(url) or _is_tiny(element):
        mark_dropped(element)


def _is_tiny(element: Element) -> bool:
    """Whether the attributes (both) or the style (either) state a size of at most one pixel: a tracking pixel."""
    if {element.get("width", "").strip(), element.get("height", "").strip()} <= {"0", "1", "1px"}:
        return True
    style = element.get("style")
    return style is not None and len(_TINY_STYLE.findall(style)) > 0


def _rewrite_source(element: Element, base: str) -> None:
    if (lazy := element.get("data-srcset")) and not element.get("srcset"):
        element.set("srcset", lazy)
    if _rewrite_url(element, "src", base) is None and not _rewrite_srcset(element, base):
        mark_dropped(element)


def _rewrite_player(element: Element, base: str) -> None:
    """Adds a link to the first file after a player, because not every feed reader shows players.

    The link replaces `controls`, which validators report as a risk (SecurityRiskAttr), and the fallback content.
    """
    _rewrite_url(element, "poster", base)
    files = list(element.iter("source"))
    stated = (holder.get("src", "") for holder in (element, *files))
    first_url = next((url for src in stated if (url := absolute_url(src, base=base)) is not None), None)
    if first_url is None:
        mark_dropped(element)
        return
    _rewrite_url(element, "src", base)
    element.text = None
    element[:] = files
    for file in files:  # an HTML parser that does not know `source` nests each in the one before
        file.text = file.tail = None
        del file[:]
    element.set("preload", "none")
    if (parent := element.getparent()) is not None and next(element.iterancestors("a"), None) is None:
        link = etree.Element("a", href=first_url)
        link.text = one_line(element.get("title", "")) or _file_name(first_url)
        link.tail, element.tail = remove_unpublishable_chars(element.tail or ""), " "
        parent.insert(parent.index(element) + 1, link)


def _file_name(url: Url) -> str:
    parts = urlsplit(url)
    return one_line(unquote(parts.path).rpartition("/")[2]) or parts.netloc


def _rewrite_frame(element: Element, base: str) -> None:
    url = absolute_url(element.get("src") or element.get("data-src") or "", base=base) or ""
    page = next(
        (template.format(match[1]) for pattern, template in _EMBEDS if (match := pattern.match(url))), ""
    )
    title = element.get("title", "").strip()
    if not page:
        mark_dropped(element)
        return
    element.tag = "a"
    element.attrib.clear()
    element.set("href", page)
    element.text = title or page.partition("://")[2].removeprefix("www.")


def _rewrite_noscript(element: Element) -> None:
    """Keeps a lazily loaded image, unless the element before is its placeholder, which now has the real URL."""
    before = element.getprevious()
    if element.find(".//img") is None or (before is not None and before.tag in {"img", "picture"}):
        mark_dropped(element)
    else:
        element.tag = "span"


def _rewrite_cite(element: Element, base: str) -> None:
    _rewrite_url(element, "cite", base)


_HANDLERS: dict[str, Callable[[Element, str], None]] = {
    "a": _rewrite_link, "img": _rewrite_image, "source": _rewrite_source, "iframe": _rewrite_frame,
    "video": _rewrite_player, "audio": _rewrite_player,
    "blockquote": _rewrite_cite, "q": _rewrite_cite, "ins": _rewrite_cite, "del": _rewrite_cite,
}  # fmt: skip
_NEEDS_URL = frozenset({"img", "source", "iframe"})
_MEDIA_CONTAINERS = frozenset({"audio", "video"})  # `source` children may hold the URL
