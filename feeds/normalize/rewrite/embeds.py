"""Rewrites embedded documents and players of other sites: each becomes the content inside it, or a link."""

from __future__ import annotations

import re
from collections.abc import Iterator

from feeds.model import Url
from feeds.normalize.media import media_type_for
from feeds.normalize.rewrite import pictures, players
from feeds.normalize.rewrite.context import Handler, RewriteContext
from feeds.normalize.rewrite.embed_pages import page_of
from feeds.normalize.rewrite.fallback import (
    MAX_LINK_TEXT_CHARS,
    become_link,
    fallback_of,
    keep_fallback,
    put_link_before_content,
)
from feeds.normalize.rewrite.helper_links import first_line, text_for
from feeds.normalize.rewrite.hidden import has_no_size, is_unwanted_frame
from feeds.normalize.rewrite.substack import title_in_data
from feeds.normalize.tree import Element, mark_dropped
from feeds.normalize.url import absolute_url, clean_url

# Attributes for the URL of a frame that a script loads later, or after consent. Others have `src` in their names.
_LAZY_SOURCES = ("data-src", "data-lazy-src", "data-litespeed-src", "data-url", "data-href", "data-embed-url")
_NO_PAGE = re.compile(
    r"\s*(?:about:|data:|javascript:|blob:|#|$)|[^?#]*/(?:blank|empty|placeholder)\.html?$", re.I
)
_FILE_PARAMETERS = ("movie", "src", "url", "filename", "data")


def replace_embed(
    element: Element, url: Url | None, context: RewriteContext, *titles: str | None, media_type: str = ""
) -> None:
    """Replaces an embed of any kind. `url`: what it shows, if known. `titles`: texts for a link, the first one wins.

    What stands inside stays, if it has a link or another embed. A picture or a text gets a link to the page, and a
    short text becomes this link. With nothing inside, the link has the title, else the host.
    """
    fallback = fallback_of(element, context)
    if url is None:
        if not (fallback.words or fallback.leads or fallback.has_picture):
            element.text = first_line(titles)
            fallback = fallback_of(element, context)
        keep_fallback(element, fallback)
        return
    page = page_of(url)
    is_picture = media_type_for(url, media_type).startswith("image/")
    if (fallback.leads and not (page and fallback.is_only_a_url)) or (fallback.has_picture and is_picture):
        keep_fallback(element, fallback)
    elif (
        fallback.has_picture
        or (fallback.words and fallback.has_blocks)
        or len(fallback.words) > MAX_LINK_TEXT_CHARS
    ):
        keep_fallback(element, fallback)
        put_link_before_content(element, page or clean_url(url), _text(url, page, titles), context)
    else:
        texts = ("" if fallback.is_only_a_url else fallback.words, *titles)
        if page is not None or not _show_file(element, url, media_type, first_line(texts), context):
            become_link(element, page or clean_url(url), _text(url, page, texts), context)


def _text(url: Url, page: Url | None, titles: tuple[str | None, ...]) -> str:
    return text_for(page or url, *titles, is_page=page is not None)


def _show_file(element: Element, url: Url, media_type: str, title: str, context: RewriteContext) -> bool:
    """Turns an embedded picture, audio or video file into the element for it. Returns whether it is one."""
    kind = media_type_for(url, media_type).partition("/")[0]
    if kind not in {"image", "audio", "video"}:
        return False
    size = {name: value for name in ("width", "height") if (value := element.get(name, "")).isdigit()}
    element.text = None
    del element[:]
    element.attrib.clear()
    element.set("src", url)
    if title:
        element.set("alt" if kind == "image" else "title", title)
    element.tag = "img" if kind == "image" else kind
    if kind == "image":
        element.attrib.update(size)
        pictures.HANDLERS["img"](element, context)
    else:
        players.HANDLERS[kind](element, context)
    return True


def stated_urls(element: Element, context: RewriteContext) -> Iterator[Url]:
    """The URLs that the attributes of a frame state, the most likely first."""
    others = (name for name in element.attrib if "src" in name and name not in {"src", "srcdoc", "srcset"})
    for name in ("src", *_LAZY_SOURCES, *others):
        value = element.get(name) or ""
        base = context.base or ("https://n.invalid/" if value.startswith("//") else "")
        if not _NO_PAGE.match(value) and (url := absolute_url(value, base=base)) is not None:
            yield url


def _rewrite_frame(element: Element, context: RewriteContext) -> None:
    url = next(stated_urls(element, context), None)
    if not _is_shown(element, url):
        keep_fallback(element, fallback_of(element, context))
        return
    if element.get("srcdoc") is not None and (url is None or page_of(url) is None):
        content = fallback_of(element, context)
        if content.words or content.leads or content.has_picture:  # the frame shows its own content
            keep_fallback(element, content)
            return
    titles = (element.get("title"), element.get("aria-label"), title_in_data(element))
    replace_embed(element, url, context, *titles, media_type=element.get("type") or "")


def _is_shown(element: Element, url: Url | None) -> bool:
    return not has_no_size(element) and (url is None or not is_unwanted_frame(url))


def _rewrite_object(element: Element, context: RewriteContext) -> None:
    parameters = {
        param.get("name", "").lower(): param.get("value", "") for param in element.iterchildren("param")
    }
    stated = (element.get("data") or "", *(parameters.get(name, "") for name in _FILE_PARAMETERS))
    urls = (absolute_url(value, base=context.base) for value in stated if not _NO_PAGE.match(value))
    url = next((url for url in urls if url is not None), None)
    if not _is_shown(element, url):
        keep_fallback(element, fallback_of(element, context))
    else:
        titles = (element.get("title"), element.get("aria-label"), element.get("standby"))
        replace_embed(element, url, context, *titles, media_type=element.get("type") or "")


def _rewrite_alternative(element: Element, context: RewriteContext) -> None:
    """The content for programs without frames, plug-ins or drawing."""
    keep_fallback(element, fallback_of(element, context))


def _rewrite_area(area: Element, context: RewriteContext) -> None:
    """A part of a picture that is a link becomes a link of its own."""
    url = absolute_url(area.get("href") or "", base=context.base)
    if url is None:
        mark_dropped(area)
        return
    titles = (area.get("alt"), area.get("title"), area.get("aria-label"))
    become_link(area, clean_url(url), text_for(url, *titles), context)


HANDLERS: dict[str, Handler] = {
    **dict.fromkeys(("iframe", "frame", "embed", "portal", "fencedframe", "webview"), _rewrite_frame),
    "object": _rewrite_object,
    "applet": _rewrite_object,
    **dict.fromkeys(("noframes", "noembed", "canvas"), _rewrite_alternative),
    "area": _rewrite_area,
}
