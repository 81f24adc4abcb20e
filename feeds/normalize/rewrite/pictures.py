"""Rewrites pictures: the real URL of a lazily loaded image, absolute candidates, no tracking pixels."""

from __future__ import annotations

import re

from feeds.model import Url
from feeds.normalize.rewrite.context import Handler, RewriteContext
from feeds.normalize.rewrite.urls import rewrite_url
from feeds.normalize.tracking import is_beacon
from feeds.normalize.tree import Element, mark_dropped
from feeds.normalize.url import absolute_url

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
_TINY_STYLE = re.compile(r"(?:^|;)\s*(?:width|height)\s*:\s*[01](?:px)?\s*(?:;|$)", re.I)
_CANDIDATE = re.compile(r"[\s,]*+(\S*[^\s,])(?:,|\s+([^,]*))?")
_DESCRIPTOR = re.compile(r"\d+(?:\.\d+)?[wx](?:\s+\d+h)?")


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


def _rewrite_image(element: Element, context: RewriteContext) -> None:
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
    url = rewrite_url(element, "src", context.base)
    srcset = _rewrite_srcset(element, context.base)
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


def _rewrite_source(element: Element, context: RewriteContext) -> None:
    if (lazy := element.get("data-srcset")) and not element.get("srcset"):
        element.set("srcset", lazy)
    if rewrite_url(element, "src", context.base) is None and not _rewrite_srcset(element, context.base):
        mark_dropped(element)


HANDLERS: dict[str, Handler] = {"img": _rewrite_image, "source": _rewrite_source}
