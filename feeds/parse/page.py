"""A page without a feed, and CSS selectors that say where its items stand → Document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from cssselect import SelectorError
from lxml import etree
from lxml.cssselect import CSSSelector

from feeds.errors import Malformed, NotAFeed, TooCostly
from feeds.model import Body, Document, Extract, Feed, Item, Link, Media, Person, Stated
from feeds.parse import limits, tree
from feeds.parse.parts import absolute, is_web, iso

SIZE = 10 << 20  # bytes

_DEFAULT_ATTRIBUTES = {"link": "href", "image": "src"}


class _Part:
    """One selector of the configuration: `css@attribute`, either of which may be missing."""

    def __init__(self, source: str, name: str, written: str) -> None:
        css, _, attribute = written.partition("@") if "[" not in written else _split_last(written)
        self.attribute = attribute.strip() or _DEFAULT_ATTRIBUTES.get(name, "")
        self.wanted = bool(written.strip())
        try:
            self.select = CSSSelector(css.strip(), translator="html") if css.strip() else lambda item: [item]
        except (SelectorError, etree.LxmlError) as error:
            raise Malformed(source, f"extract.{name}: {written!r} is not a CSS selector: {error}") from error

    def nodes(self, item: Any) -> list[Any]:
        return list(self.select(item)) if self.wanted else []

    def text(self, item: Any) -> str:
        """The attribute, or the words, of the first node that has any."""
        for node in self.nodes(item):
            value = (
                node.get(self.attribute) or "" if self.attribute else " ".join(node.text_content().split())
            )
            if value.strip():
                return str(value.strip())
        return ""

    def html(self, item: Any) -> str:
        """What stands inside all of the nodes."""
        if self.attribute:
            return self.text(item)
        return "\n".join(_inside(node) for node in self.nodes(item))


def read(source: str, body: bytes, extract: Extract, *, url: str, content_type: str = "") -> Document:
    """The page's items, in its order. Raises NotAFeed for what is no page, TooCostly for one too large,
    Malformed for a wrong selector and where nothing is found."""
    if len(body) > SIZE:
        raise TooCostly(source, f"the page has {len(body)} bytes, more than {SIZE}")
    parts = {
        name: _Part(source, name, getattr(extract, name))
        for name in ("item", "title", "link", "date", "text", "image", "author")
    }
    root = tree.read(body, content_type)
    if root is None:
        raise NotAFeed(source, "it is not a page")
    base = tree.base_of(root, url)
    found = parts["item"].nodes(root)
    if not found:
        raise Malformed(source, f"nothing on the page matches {extract.item!r}")
    items: list[Item] = []
    skipped: list[str] = []
    for at, node in enumerate(found[: limits.ITEMS], 1):
        item = _item(node, parts, base)
        if item:
            items.append(item)
        else:
            skipped.append(f"item {at}: it has neither a title nor a link")
    if not items:
        raise Malformed(
            source, f"{len(found)} places match {extract.item!r}, but none has a title or a link in it"
        )
    return limits.document(_feed(root, url, base), items, skipped)


def _feed(root: Any, url: str, base: str) -> Feed:
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


def _links(root: Any, base: str) -> Iterator[tuple[str, str]]:
    """(relation, URL) of the links in the head; those in the body may be a visitor's (WebSub §8.1)."""
    for link in root.iterfind("head/link"):
        href = absolute(base, link.get("href") or "")
        for relation in (link.get("rel") or "").lower().split():
            if is_web(href):
                yield relation, href


def _item(node: Any, parts: dict[str, _Part], base: str) -> Item | None:
    link = absolute(base, parts["link"].text(node))
    link = link if is_web(link) else ""
    title, author = parts["title"].text(node), parts["author"].text(node)
    if not (title or link):
        return None
    html, image = parts["text"].html(node), absolute(base, parts["image"].text(node))
    return Item(
        guid=link,
        guid_is_link=bool(link),
        title=_body(title, "text", base),
        links=(Link(href=link),) if link else (),
        content=_body(html, "html", base),
        authors=(Person(name=author),) if author else (),
        published=iso(parts["date"].text(node)) if parts["date"].wanted else Stated(),
        media=(Media(url=image, medium="image", role="content"),) if is_web(image) else (),
    )


def _body(value: str, kind: Literal["text", "html"], base: str) -> Body | None:
    return Body(value=value, type=kind, base=base) if value else None


def _split_last(written: str) -> tuple[str, str, str]:
    """At the last @ behind the last bracket: an attribute's value may hold one."""
    close = written.rfind("]") + 1
    css, at, attribute = written[close:].partition("@")
    return written[:close] + css, at, attribute


def _inside(node: Any) -> str:
    parts = [node.text or "", *(etree.tostring(child, encoding="unicode", method="html") for child in node)]
    return "".join(parts).strip()
