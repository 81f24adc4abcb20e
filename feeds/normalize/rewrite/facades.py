"""Rewrites what a script turns into a player: an element with the player's URL, id or markup in an attribute.

Plugins for lazy loading and for consent, page builders and editors write embeds in this form: WP Rocket, Litespeed,
Elementor, Borlabs, CKEditor, Squarespace, Substack, Flourish, NPR's pym. The element becomes what the embed itself
would become.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from feeds.model import Url
from feeds.normalize.rewrite.context import RewriteContext
from feeds.normalize.rewrite.embed_pages import page_of
from feeds.normalize.rewrite.embeds import replace_embed
from feeds.normalize.rewrite.fallback import Fallback, become_link, fallback_of
from feeds.normalize.rewrite.helper_links import text_for
from feeds.normalize.rewrite.hidden import is_hidden
from feeds.normalize.rewrite.raw_content import replace_content
from feeds.normalize.rewrite.service_ids import ATTRIBUTES as ID_ATTRIBUTES
from feeds.normalize.rewrite.service_ids import page_by_id
from feeds.normalize.rewrite.substack import MAX_JSON_CHARS, rewrite_substack
from feeds.normalize.tree import Element
from feeds.normalize.url import absolute_url

_MAX_WORDS_CHARS = 300  # a facade has the title of the video and the label of a button
_MAX_URLS_IN_JSON = 20

_TAGS = ("div", "span", "figure", "section", "p", "blockquote", "article", "center", "button", "li")
# Attributes for the URL of an embed, and attributes for any URL
_EMBED_ATTRIBUTES = (
    "data-oembed-url", "data-embed-url", "data-embed-src", "data-pym-src", "data-iframe-src", "data-iframe-url",
    "data-iframely-url", "data-instgrm-permalink", "data-text-post-permalink", "data-video-url", "data-yt-url",
)  # fmt: skip
_URL_ATTRIBUTES = ("data-src", "data-url", "data-href", "data-lazy-src")
_YOUTUBE_IDS = (
    "data-youtube-id", "data-youtube", "data-yt-id", "data-ytid", "data-videoid", "data-video-id", "data-video_id",
    "data-plyr-embed-id", "data-embed-id", "data-id", "data-video",
)  # fmt: skip
_MARKUP = ("data-html", "data-embed-html", "data-embed-code", "data-iframe", "data-lazy-html")
_JSON = (
    "data-settings",
    "data-setup",
    "data-options",
    "data-config",
    "data-props",
    "data-block-json",
    "data-params",
)
_ATTRIBUTES = frozenset(
    (
        *_EMBED_ATTRIBUTES,
        *_URL_ATTRIBUTES,
        *_YOUTUBE_IDS,
        *_MARKUP,
        *_JSON,
        *ID_ATTRIBUTES,
        "data-attrs",
        "data-tweet-id",
    )
)
_TITLES = ("title", "data-title", "aria-label", "data-alt")
_KIND_ATTRIBUTES = ("class", "id", "data-provider", "data-plyr-provider", "data-type")

_EMBED_CLASS = re.compile(
    r"embed|player|video|iframe|youtube|vimeo|widget|pym|fb-(?:post|video)|lazy-?frame", re.I
)
_YOUTUBE_ID = re.compile(r"[\w-]{11}", re.A)
_FLOURISH_ID = re.compile(r"\w+/\d+", re.A)
_ASSET = re.compile(r"[^?#]*\.(?:jpe?g|png|gif|webp|avif|svg|js|css|json)(?:[?#]|$)", re.I)
_DOCUMENT = re.compile(r"[^?#]*\.(?:pdf|epub|docx?|pptx?|xlsx?|od[tps])(?:[?#]|$)", re.I)
_URL_IN_JSON = re.compile(r"https?://[^\s\"'<>\\]+", re.I)
_BARE_URL = re.compile(r"\s*(https?://[^\s<>\"']+)\s*", re.I)


def rewrite_facades(body: Element, context: RewriteContext) -> None:
    """Changes `body` in place, before its other elements are rewritten."""
    # Measured: an XPath over these names takes ten times as long.
    for element in [element for element in body.iter(*_TAGS) if _may_be_facade(element)]:
        if is_hidden(element) or rewrite_substack(element, context):
            continue
        fallback = fallback_of(element, context)
        if fallback.leads or len(fallback.words) > _MAX_WORDS_CHARS:
            continue
        if match := _BARE_URL.fullmatch(element.text or ""):
            _link_bare_url(element, match[1], context)
        elif markup := next((value for name in _MARKUP if (value := element.get(name))), ""):
            _show_markup(element, markup, fallback)
        elif (url := next(_player_urls(element, fallback, context), None)) is not None:
            titles = (element.get(name) for name in _TITLES)
            replace_embed(element, url, context, *titles)


def _may_be_facade(element: Element) -> bool:
    names = element.keys()
    if not names:
        return False
    if not _ATTRIBUTES.isdisjoint(names):
        return True
    if not len(element) and not (element.text or "").strip() and any(_states_url(element)):
        return True
    # WordPress writes the URL of a page that it could not embed; TikTok and others quote the page.
    return (
        "class" in names
        and "embed" in element.get("class")
        and ("cite" in names or "://" in (element.text or "") or "wistia_async_" in element.get("class"))
    )


def _states_url(element: Element) -> Iterator[str]:
    """The values of all data attributes that hold a URL."""
    return (value for name, value in element.items() if name.startswith("data-") and "//" in value[:8])


def _link_bare_url(element: Element, stated: str, context: RewriteContext) -> None:
    url = absolute_url(stated)
    if url is not None and not len(element):
        page = page_of(url) or url
        become_link(element, page, text_for(page, stated), context)


def _show_markup(element: Element, markup: str, fallback: Fallback) -> None:
    """Adds the elements of an attribute that holds the HTML of the player."""
    if "%3c" in markup[:8].lower():
        markup = unquote(markup)
    if "<" in markup and not fallback.has_picture:
        replace_content(element, markup)


def _player_urls(element: Element, fallback: Fallback, context: RewriteContext) -> Iterator[Url]:
    """The URLs of the players that the attributes of the element state, the most certain first."""
    kind = " ".join(value for name in _KIND_ATTRIBUTES if (value := element.get(name))).lower()
    source = element.get("data-src") or ""
    if "flourish" in kind and _FLOURISH_ID.fullmatch(source):
        yield Url(f"https://flo.uri.sh/{source}/embed")
    is_embed = _EMBED_CLASS.search(kind) is not None
    for names, is_certain in ((_EMBED_ATTRIBUTES, True), (_URL_ATTRIBUTES, is_embed)):
        for url in (_absolute(element.get(name) or "", context) for name in names):
            if url is not None and not _ASSET.match(url) and (is_certain or page_of(url) is not None):
                yield url
    id_ = next((value for name in _YOUTUBE_IDS if (value := element.get(name))), "")
    if _YOUTUBE_ID.fullmatch(id_) and ("youtube" in kind or "lyte" in kind or "yt" in kind.split()):
        yield Url(f"https://www.youtube.com/embed/{id_}")
    if id_.isdecimal() and id_.isascii() and "vimeo" in kind:
        yield Url(f"https://player.vimeo.com/video/{id_}")
    tweet = element.get("data-tweet-id") or ""
    if tweet.isdecimal() and tweet.isascii():
        yield Url(f"https://x.com/i/status/{tweet}")
    if (page := page_by_id(element)) is not None:
        yield page
    if not fallback.words:
        for url in (_absolute(value, context) for value in _states_url(element)):
            if url is not None and (page_of(url) is not None or _DOCUMENT.match(url)):
                yield url
        yield from _players_in_json(element)
        if is_embed and (cited := absolute_url(element.get("cite") or "")) is not None:
            yield cited


def _absolute(value: str, context: RewriteContext) -> Url | None:
    """The URL in a script's attribute. One without a host is more often a part of an interface than a page."""
    if value[:7].lower() in {"http%3a", "https%3"}:
        value = unquote(value)
    return absolute_url(value, base=context.base or "https://n.invalid/") if "//" in value else None


def _players_in_json(element: Element) -> Iterator[Url]:
    for name in _JSON:
        value = element.get(name) or ""
        if "://" not in value.replace("\\/", "/") or len(value) > MAX_JSON_CHARS:
            continue
        for number, match in enumerate(_URL_IN_JSON.finditer(value.replace("\\/", "/"))):
            url = absolute_url(match[0])
            if url is not None and page_of(url) is not None:
                yield url
            if number == _MAX_URLS_IN_JSON:
                break
