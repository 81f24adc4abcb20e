"""Which feeds a page names: RSS autodiscovery, and where there is none, links that look like feeds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from feeds.parse import tree
from feeds.parse.parts import absolute, is_web

SIZE = 2 << 20  # bytes of the page that are looked at
MOST = 20  # candidates
GUESSES = 5  # of them, links that merely look like feeds

# The better tested a format is among publishers, the earlier.
_WORTH = {
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
    "application/json": 2,  # JSON Feed 1.0; also what every WordPress names its API by
}
_JSON_API = re.compile(r"/wp-json/|oembed", re.IGNORECASE)
_COMMENTS = re.compile(r"comment|kommentar|commentaire|comentario|комментари|комментарі", re.IGNORECASE)
_LOOKS = re.compile(
    r"(?:/(?:feed|rss|atom)/?|\.(?:rss|atom|rdf)|/(?:rss|feed|atom|index)\.xml|/feed\.json)(?:\?[^#]*)?$",
    re.IGNORECASE,
)


def candidates(html: bytes, url: str) -> tuple[str, ...]:
    """Absolute http(s) URLs of the feeds that the page at `url` names, best first; comments come last.

    Never raises for anything in the page.
    """
    root = tree.read(html[:SIZE])
    if root is None:
        return ()
    base = tree.base_of(root, url)
    ranked = sorted(_named(root, base), key=lambda found: found[0])
    urls = [found for _, found in ranked] or list(_guessed(root, base))
    return tuple(dict.fromkeys(found for found in urls if found != url))[:MOST]


def _named(root: Any, base: str) -> Iterator[tuple[tuple[bool, int], str]]:
    for link in root.iter("link"):
        rel = (link.get("rel") or "").lower().split()
        kind = (link.get("type") or "").partition(";")[0].strip().lower()
        href = absolute(base, link.get("href") or "")
        is_feed = "alternate" in rel and "stylesheet" not in rel and kind in _WORTH
        if not (is_feed or "feed" in rel) or not is_web(href) or _JSON_API.search(href):
            continue
        is_comments = bool(_COMMENTS.search(f"{link.get('title') or ''} {href}"))
        yield (is_comments, _WORTH.get(kind, 2)), href


def _guessed(root: Any, base: str) -> Iterator[str]:
    found: dict[str, bool] = {}
    for link in root.iter("a"):
        href = absolute(base, link.get("href") or "").partition("#")[0]
        if href not in found and is_web(href) and _LOOKS.search(href):
            found[href] = bool(_COMMENTS.search(href))
            if len(found) == GUESSES:
                break
    yield from sorted(found, key=found.__getitem__)
