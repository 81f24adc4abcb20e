"""Parses a web page without a feed into a Document, with CSS selectors for its items."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from cssselect import SelectorError
from lxml import etree
from lxml.cssselect import CSSSelector

from feeds.errors import Malformed, NotAFeed, TooCostly
from feeds.model import Body, Document, Extract, Feed, Item, Link, Media, Person, StatedDate
from feeds.parse import limits
from feeds.parse.html_tree import document_base, parse_page
from feeds.parse.selector import split_selector
from feeds.parse.values import Element, is_http_url, parse_iso_date, resolve_url

MAX_PAGE_BYTES = 10 << 20

_DEFAULT_ATTRIBUTES = {"link": "href", "image": "src"}


class _CssSelector:
    """A selector of the configuration, see `split_selector`. Raises Malformed."""

    def __init__(self, source: str, name: str, selector: str) -> None:
        css, attribute = split_selector(selector)
        self.attribute = attribute or _DEFAULT_ATTRIBUTES.get(name, "")
        self.wanted = bool(selector.strip())
        try:
            self.select = CSSSelector(css, translator="html") if css else lambda item: [item]
        except (SelectorError, etree.LxmlError) as error:
            raise Malformed(source, f"extract.{name}: {selector!r} is not a CSS selector: {error}") from error

    def nodes(self, item: Element) -> list[Element]:
        return list(self.select(item)) if self.wanted else []

    def text(self, item: Element) -> str:
        """The attribute, or the text, of the first node in which it is not empty."""
        for node in self.nodes(item):
            value = (
                node.get(self.attribute) or "" if self.attribute else " ".join(node.text_content().split())
            )
            if value.strip():
                return str(value.strip())
        return ""

    def html(self, item: Element) -> str:
        """The HTML inside all of the nodes."""
        if self.attribute:
            return self.text(item)
        return "\n".join(_inner_html(node) for node in self.nodes(item))


def parse(source: str, body: bytes, extract: Extract, *, url: str, content_type: str = "") -> Document:
    """The page's items, in its order. Raises NotAFeed for other documents, TooCostly for too large a page, and
    Malformed for an invalid selector or if no item is found."""
    if len(body) > MAX_PAGE_BYTES:
        raise TooCostly(source, f"the page has {len(body)} bytes, more than {MAX_PAGE_BYTES}")
    selectors = {
        name: _CssSelector(source, name, getattr(extract, name))
        for name in ("item", "title", "link", "date", "text", "image", "author")
    }
    root = parse_page(body, content_type)
    if root is None:
        raise NotAFeed(source, "it is not a page")
    base = document_base(root, url)
    nodes = selectors["item"].nodes(root)
    if not nodes:
        raise Malformed(source, f"nothing on the page matches {extract.item!r}")
    items: list[Item] = []
    skipped: list[str] = []
    for number, node in enumerate(nodes[: limits.MAX_READ_ITEMS], 1):
        item = _item(node, selectors, base)
        if item:
            items.append(item)
        else:
            skipped.append(f"item {number}: it has neither a title nor a link")
    if not items:
        raise Malformed(
            source, f"{len(nodes)} places match {extract.item!r}, but none has a title or a link in it"
        )
    return limits.bounded_document(_feed(root, url, base), items, skipped)


def _feed(root: Element, url: str, base: str) -> Feed:
    title = root.find(".//title")
    links = tuple(_links(root, base))
    return Feed(
        format="page",
        title=" ".join(title.text_content().split()) if title is not None else "",
        link=url,
        self_url=next((href for rel, href in links if rel == "self"), ""),
        hubs=tuple(href for rel, href in links if rel == "hub"),
        language=root.get("lang") or "",
    )


def _links(root: Element, base: str) -> Iterator[tuple[str, str]]:
    """(relation, URL) of the links in the head. Those in the body may come from visitors (WebSub §8.1)."""
    for link in root.iterfind("head/link"):
        href = resolve_url(link.get("href") or "", base=base)
        for relation in (link.get("rel") or "").lower().split():
            if is_http_url(href):
                yield relation, href


def _item(node: Element, selectors: dict[str, _CssSelector], base: str) -> Item | None:
    link = resolve_url(selectors["link"].text(node), base=base)
    link = link if is_http_url(link) else ""
    title, author = selectors["title"].text(node), selectors["author"].text(node)
    if not (title or link):
        return None
    html, image = selectors["text"].html(node), resolve_url(selectors["image"].text(node), base=base)
    return Item(
        guid=link,
        guid_is_link=bool(link),
        title=_body(title, "text", base),
        links=(Link(href=link),) if link else (),
        content=_body(html, "html", base),
        authors=(Person(name=author),) if author else (),
        published=parse_iso_date(selectors["date"].text(node)) if selectors["date"].wanted else StatedDate(),
        media=(Media(url=image, medium="image", role="content"),) if is_http_url(image) else (),
    )


def _body(value: str, kind: Literal["text", "html"], base: str) -> Body | None:
    return Body(value=value, type=kind, base=base) if value else None


def _inner_html(node: Element) -> str:
    parts = [node.text or "", *(etree.tostring(child, encoding="unicode", method="html") for child in node)]
    return "".join(parts).strip()
