"""Chooses the URL that relative URLs of an item refer to.

The URL of the document is the last choice for RSS: a FeedBurner or mirrored copy of a feed, or a file, is not where
its relative links lead. RSS has no rule; readers use the item's page, and authors test with readers. Atom has a rule
for links (RFC 4287 §2: xml:base, else the document), which is followed where the document is on the site it is about.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from feeds.model import Body, Feed, Item, Url
from feeds.normalize.url import absolute_url, url_host

# Services that serve copies of feeds, or feeds made from pages. No page of a publisher is on their hosts.
_FEED_SERVICE = re.compile(
    r"(?:.*\.)?(?:feedburner\.com|feedproxy\.google\.com|feedblitz\.com|feedpress\.(?:me|com|it)|rapidfeeds\.com"
    r"|rss\.app|fetchrss\.com|politepol\.com|feed43\.com|rsshub\.app|morss\.it|siftrss\.com|feedrinse\.com)"
)


@dataclass(frozen=True, slots=True)
class Bases:
    """`document`: the base of the item's links. `item`: the base of its bodies. `page`: the item's page; "" if none."""

    document: str
    item: str
    page: str = ""

    def of(self, body: Body) -> str:
        """The base of a body: its xml:base, else that of the item."""
        return (absolute_url(body.base, base=self.document) if body.base else None) or self.item


def document_base(url: str, feed: Feed) -> str:
    """The base of the links of all items. `url`: the document's; that of a file is not a base. "" if there is none."""
    stated = [absolute_url(candidate) for candidate in (url, feed.link, feed.self_url)]
    document, page, self_url = (base if base and _is_public(base) else None for base in stated)
    if feed.format == "page" or (
        feed.format.startswith("atom") and document and (page is None or _same_site(document, page))
    ):
        return document or ""
    if candidate := page or self_url or document:
        return candidate
    return next((base for base in stated if base and not _FEED_SERVICE.fullmatch(url_host(base))), "")


def item_bases(item: Item, page: Url | None, document: str) -> Bases:
    """The bases of an item. `page`: the URL that it links to. `document`: by `document_base`.

    A link that leads to another site may be what the item is about. If its guid is a permalink on the site of the
    feed, that is the page whose text the item has.
    """
    base = page or document
    permalink = absolute_url(item.guid) if item.guid_is_link else None
    if page and permalink and document and not _same_site(page, document) and _same_site(permalink, document):
        base = permalink
    return Bases(document, base, page or "")


def _same_site(first: str, second: str) -> bool:
    """Whether two URLs have the same host, or one a subdomain of the other's."""
    one, other = (url_host(Url(url)).removeprefix("www.") for url in (first, second))
    return one == other or one.endswith("." + other) or other.endswith("." + one)


def _is_public(url: Url) -> bool:
    """False for http://localhost:1313/, which generators leave in channels, and for services such as FeedBurner."""
    host = url_host(url)
    return ("." in host or ":" in host) and _FEED_SERVICE.fullmatch(host) is None
