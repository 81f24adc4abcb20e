"""Finds the feeds of a page: by RSS autodiscovery, or if that finds none, by links that look like feeds."""

from __future__ import annotations

import re
from collections.abc import Iterator

from feeds.parse.html_tree import document_base, parse_page
from feeds.parse.values import Element, is_http_url, resolve_url

MAX_PAGE_BYTES = 2 << 20  # of the page that are parsed
MAX_CANDIDATES = 20
MAX_GUESSES = 5  # candidates that only look like feeds

# Lower is better: formats that publishers test better come first.
_TYPE_RANK = {
    "application/atom+xml": 0,
    "application/rss+xml": 0,
    "application/feed+json": 1,
    "application/rdf+xml": 1,
    "application/x.atom+xml": 1,
    "application/x-atom+xml": 1,
    "application/x-rss+xml": 1,
    "text/rss+xml": 1,
    "application/xml": 2,
    "text/xml": 2,
    "application/json": 2,  # JSON Feed 1.0; WordPress gives this type to the link to its API too
}
_JSON_API = re.compile(r"/wp-json/|oembed", re.IGNORECASE)
_COMMENTS = re.compile(r"comment|kommentar|commentaire|comentario|комментари|комментарі", re.IGNORECASE)
_LOOKS_LIKE_FEED = re.compile(
    r"(?:/(?:feed|rss|atom)/?|\.(?:rss|atom|rdf)|/(?:rss|feed|atom|index)\.xml|/feed\.json)(?:\?[^#]*)?$",
    re.IGNORECASE,
)


def feed_candidates(html: bytes, url: str, content_type: str = "") -> tuple[str, ...]:
    """Absolute http(s) URLs of the feeds of the page at `url`, best first; feeds of comments come last.

    Never raises, whatever the page contains.
    """
    root = parse_page(html[:MAX_PAGE_BYTES], content_type)
    if root is None:
        return ()
    base = document_base(root, url)
    ranked = sorted(_declared(root, base), key=lambda pair: pair[0])
    hrefs = [href for _, href in ranked] or list(_guessed(root, base))
    return tuple(dict.fromkeys(href for href in hrefs if href != url))[:MAX_CANDIDATES]


def _declared(root: Element, base: str) -> Iterator[tuple[tuple[bool, int], str]]:
    """(rank, URL) of the feeds in the page's `<link>` elements."""
    for link in root.iter("link"):
        rel = (link.get("rel") or "").lower().split()
        media_type = (link.get("type") or "").partition(";")[0].strip().lower()
        href = resolve_url(link.get("href") or "", base=base)
        is_feed = "alternate" in rel and "stylesheet" not in rel and media_type in _TYPE_RANK
        if not (is_feed or "feed" in rel) or not is_http_url(href) or _JSON_API.search(href):
            continue
        is_comments = bool(_COMMENTS.search(f"{link.get('title') or ''} {href}"))
        yield (is_comments, _TYPE_RANK.get(media_type, 2)), href


def _guessed(root: Element, base: str) -> Iterator[str]:
    """The URLs in `<a>` elements that look like feeds."""
    is_comments: dict[str, bool] = {}
    for link in root.iter("a"):
        href = resolve_url(link.get("href") or "", base=base).partition("#")[0]
        if href not in is_comments and is_http_url(href) and _LOOKS_LIKE_FEED.search(href):
            is_comments[href] = bool(_COMMENTS.search(href))
            if len(is_comments) == MAX_GUESSES:
                break
    yield from sorted(is_comments, key=is_comments.__getitem__)
