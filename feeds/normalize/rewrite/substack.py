"""Rewrites Substack's embeds, of which its feeds hold only the data: a JSON object in the attribute `data-attrs`."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

from lxml import etree

from feeds.model import Url
from feeds.normalize.picture_url import IMAGE_FILE
from feeds.normalize.rewrite.context import RewriteContext
from feeds.normalize.rewrite.embed_pages import page_of
from feeds.normalize.rewrite.fallback import become_link, fallback_of
from feeds.normalize.rewrite.helper_links import text_for
from feeds.normalize.text import one_line
from feeds.normalize.tree import Element
from feeds.normalize.url import absolute_url

MAX_JSON_CHARS = 50_000  # a quoted post has some 3,000
MAX_GALLERY_PICTURES = 20  # Substack allows nine

_TEXTS = ("full_text", "title", "text", "caption", "label", "name", "description")
_AUTHORS = ("username", "author", "author_name", "authorHandle")
_URLS = ("url", "targetUrl", "canonicalUrl", "canonical_url", "href", "src")
_BUTTON = re.compile(r"subscri|button|share|install|referral|\bpaywall", re.I)
_ON_THE_PAGE = re.compile(r"native-(?:video|audio)-embed|poll-embed|-embed\b")
_YOUTUBE_ID = re.compile(r"[\w-]{11}", re.A)


def rewrite_substack(element: Element, context: RewriteContext) -> bool:
    """Shows what the data of an element without content says. Returns whether it is an embed."""
    attributes = _attributes_of(element)
    kind = f"{element.get('class') or ''} {element.get('data-component-name') or ''}"
    fallback = fallback_of(element, context)
    if not attributes or fallback.leads or fallback.words or fallback.has_picture or _BUTTON.search(kind):
        return False
    if pictures := _gallery(attributes):
        element[:] = [etree.Element("img", src=url) for url in pictures]
        return True
    url = _url_in(attributes)
    if url is None:
        on_page = absolute_url(context.page) if context.page and _ON_THE_PAGE.search(kind) else None
        if on_page is None:
            return False
        become_link(element, on_page, text_for(on_page, _first(attributes, _TEXTS)), context)
        return True
    if IMAGE_FILE.search(url):
        element[:] = [etree.Element("img", src=url, alt=_first(attributes, ("alt", "title")))]
        return True
    page = page_of(url) or url
    note = attributes.get("comment")
    if isinstance(note, dict):  # a note, or a comment below an article
        attributes = {"text": note.get("body"), "author": note.get("name")}
    words = _first(attributes, _TEXTS)
    author = _first(attributes, _AUTHORS)
    become_link(element, page, text_for(page, words, is_page=page != url), context)
    if words and author and author not in words:
        element.tail = f" — {author} {element.tail or ''}"
    return True


def title_in_data(element: Element) -> str:
    """The title of a player that Substack states only in its data; "" if there is none."""
    return _first(_attributes_of(element), ("title", "label"))


def _attributes_of(element: Element) -> dict[str, Any]:
    stated = element.get("data-attrs") or ""
    if not stated.startswith("{") or len(stated) > MAX_JSON_CHARS:
        return {}
    try:
        attributes = json.loads(stated)
    except (ValueError, RecursionError):
        return {}
    return attributes if isinstance(attributes, dict) else {}


def _first(attributes: dict[str, Any], names: tuple[str, ...]) -> str:
    values = (attributes.get(name) for name in names)
    return next((line for value in values if isinstance(value, str) and (line := one_line(value))), "")


def _gallery(attributes: dict[str, Any]) -> list[Url]:
    gallery = attributes.get("gallery")
    images = gallery.get("images") if isinstance(gallery, dict) else None
    if not isinstance(images, list):
        return []
    sources = (image.get("src") for image in images[:MAX_GALLERY_PICTURES] if isinstance(image, dict))
    return [url for src in sources if isinstance(src, str) and (url := absolute_url(src)) is not None]


def _url_in(attributes: dict[str, Any]) -> Url | None:
    for name in _URLS:
        if isinstance(value := attributes.get(name), str) and (url := absolute_url(value)) is not None:
            return url
    video = str(attributes.get("videoId") or "")
    if _YOUTUBE_ID.fullmatch(video):
        return absolute_url(f"https://www.youtube.com/embed/{video}?start={_quoted(attributes, 'startTime')}")
    if video.isdigit():
        return absolute_url(f"https://player.vimeo.com/video/{video}?h={_quoted(attributes, 'videoKey')}")
    if post := _quoted(attributes, "instagram_id"):
        return absolute_url(f"https://www.instagram.com/p/{post}/")
    author, post = _quoted(attributes, "authorDid"), _quoted(attributes, "postId")
    return absolute_url(f"https://bsky.app/profile/{author}/post/{post}") if author and post else None


def _quoted(attributes: dict[str, Any], name: str) -> str:
    return quote(str(attributes.get(name) or ""), safe=":")
