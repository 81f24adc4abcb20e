"""Rewrites audio and video elements of the article's own files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from lxml import etree

from feeds.model import Url
from feeds.normalize.rewrite.context import Handler, HelperLink, RewriteContext
from feeds.normalize.rewrite.embed_pages import page_of
from feeds.normalize.rewrite.fallback import become_link, fallback_of, keep_fallback
from feeds.normalize.rewrite.helper_links import text_for
from feeds.normalize.rewrite.urls import rewrite_url
from feeds.normalize.text import one_line
from feeds.normalize.tree import Element
from feeds.normalize.url import absolute_url, clean_url

# Attributes whose URL a script puts into `src`
_LAZY_SOURCES = (
    "data-src", "data-lazy-src", "data-video-src", "data-audio-src", "data-mp4", "data-webm", "data-mp3", "data-source",
    "data-video", "data-audio", "data-video-url", "data-url", "data-litespeed-src", "data-hls", "data-m3u8",
)  # fmt: skip
_LAZY_POSTERS = ("data-poster", "data-lazy-poster", "data-thumb", "data-thumbnail")
_NO_FILE = re.compile(r"\s*(?:data:|blob:|about:|javascript:|#|$)", re.I)


def _rewrite_player(element: Element, context: RewriteContext) -> None:
    """Adds a link to the first file after a player, because not every feed reader shows players.

    The link replaces `controls`, which validators report as a risk (SecurityRiskAttr), and the fallback content.
    """
    _rewrite_poster(element, context)
    files = list(element.iter("source"))
    for holder in (element, *files):
        _use_lazy_source(holder)
    urls = _file_urls((element, *files), context)
    if (first_url := next(urls, None)) is None:
        _show_without_file(element, context)
        return
    title = one_line(element.get("title") or "") or one_line(element.get("aria-label") or "")
    if (
        page := page_of(first_url)
    ) is not None:  # players of WordPress and Video.js play YouTube's videos, too
        become_link(element, page, text_for(page, title, is_page=True), context)
        return
    if element.get("src") is not None:
        rewrite_url(element, "src", context.base)
    element.text = None
    element[:] = files
    for file in files:  # an HTML parser that does not know `source` nests each in the one before
        file.text = file.tail = None
        del file[:]
    element.set("preload", "none")
    if next(element.iterancestors("a"), None) is None:
        text = title or _file_name(first_url)
        context.helper_links.append(HelperLink(element, clean_url(first_url), text, after=True))


def _use_lazy_source(holder: Element) -> None:
    if _NO_FILE.match(holder.get("src") or "") and (
        lazy := next(
            (value for name in _LAZY_SOURCES if not _NO_FILE.match(value := holder.get(name) or "")), ""
        )
    ):
        holder.set("src", lazy)


def _rewrite_poster(element: Element, context: RewriteContext) -> None:
    if not element.get("poster") and (
        lazy := next((value for name in _LAZY_POSTERS if (value := element.get(name))), "")
    ):
        element.set("poster", lazy)
    rewrite_url(element, "poster", context.base)


def _file_urls(holders: tuple[Element, ...], context: RewriteContext) -> Iterator[Url]:
    for holder in holders:
        url = absolute_url(holder.get("src") or "", base=context.base)
        if url is not None:
            yield url


def _show_without_file(element: Element, context: RewriteContext) -> None:
    """The picture shown before a video starts, and the words inside, are what is left of a player without a file."""
    poster, title = element.get("poster"), element.get("title")
    account, video = element.get("data-account") or "", element.get("data-video-id") or ""
    if account.isalnum() and video:  # Brightcove's player
        player = absolute_url(
            f"https://players.brightcove.net/{account}/default_default/index.html?videoId={video}"
        )
        if player is not None:
            become_link(element, player, text_for(player, title), context)
            return
    etree.strip_tags(element, "source", "track")  # parsers that do not know them close them around the words
    if poster is None:
        keep_fallback(element, fallback_of(element, context))
        return
    fallback = fallback_of(element, context)
    if fallback.words or fallback.leads or fallback.has_picture:
        keep_fallback(element, fallback)
        image = element.makeelement("img", src=poster)
        image.tail, element.text = element.text, None
        element.insert(0, image)
    else:
        element.text = None
        del element[:]
        element.tag = "img"
        element.attrib.clear()
        element.set("src", poster)
        if title:
            element.set("alt", title)


def _file_name(url: Url) -> str:
    parts = urlsplit(url)
    return one_line(unquote(parts.path).rpartition("/")[2]) or parts.netloc


HANDLERS: dict[str, Handler] = {"audio": _rewrite_player, "video": _rewrite_player}
