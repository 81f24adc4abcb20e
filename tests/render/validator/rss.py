"""RSS 2.0 and the RSS Advisory Board's profile."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from feeds.render.feedgen_extension import NAMESPACES
from tests.render.validator.check import EMAIL, MIME, RFC822, RFC3339, URI, WEB, Check, Finding, name_of

PLAYABLE = (".m4a", ".mp3", ".mov", ".mp4", ".m4v", ".pdf", ".epub")


class Rss(Check):
    LINK = f"{{{NAMESPACES['atom']}}}link"
    ONCE = frozenset(
        {
            *(
                "title",
                "link",
                "description",
                "content:encoded",
                "guid",
                "pubDate",
                "author",
                "enclosure",
                "source",
            ),
            *("comments", "dc:language", "dc:rights", "slash:comments", "wfw:commentRss", "language", "ttl"),
            *("lastBuildDate", "generator", "docs", "thr:total", "itunes:summary", "itunes:image"),
        }
    )
    KNOWN = ONCE | {
        "category",
        "atom:link",
        "atom:updated",
        "item",
        "dc:creator",
        "dc:contributor",
        "fh:archive",
    }

    def document(self) -> Iterator[Finding]:
        [channel] = self.root
        for name in ("title", "link", "description"):
            if not (channel.findtext(name) or "").strip():
                yield Finding("MissingElement", "channel", name)
        yield from self.children(channel, "channel")
        if all(link.get("rel") != "self" for link in channel.iterfind(self.LINK)):
            yield Finding("MissingAtomSelfLink", "channel")
        yield from self.show(channel, channel.findtext("language"))
        items = list(channel.iterfind("item"))
        if items and name_of(channel[-1]) != "item":
            yield Finding("MisplacedItem", "channel", name_of(channel[-1]))
        for item in items:
            yield from self.item(item)
        yield from self.once([item.findtext("guid") or "" for item in items], "DuplicateValue")

    def item(self, item: Any) -> Iterator[Finding]:
        names = [name_of(child) for child in item]
        if "guid" not in names:
            yield Finding("MissingGuid", "item")
        if not {"title", "description"} & set(names):
            yield Finding("ItemMustContainTitleOrDescription", "item")
        if "author" in names and "dc:creator" in names:
            yield Finding("DuplicateItemSemantics", "item", "author")
        if "content:encoded" in names and "description" not in names[: names.index("content:encoded")]:
            yield Finding("NeedDescriptionBeforeContent", "item")
        yield from self.children(item, "item")
        enclosure = item.find("enclosure")
        episode = any(name.startswith("itunes:") for name in names)
        if enclosure is not None and episode and not enclosure.get("url").endswith(PLAYABLE):
            yield Finding("UnsupportedItunesFormat", "item", enclosure.get("url"))

    def children(self, holder: Any, where: str) -> Iterator[Finding]:
        names = Counter(name_of(child) for child in holder)
        for name, count in names.items():
            if count > 1 and name in self.ONCE:
                yield Finding("DuplicateElement", where, name)
            if ":" not in name and name not in self.KNOWN:
                yield Finding("UndefinedElement", where, name)
        for child in holder:
            yield from self.child(child, name_of(child), where)

    def child(self, child: Any, name: str, where: str) -> Iterator[Finding]:
        value = child.text or ""
        match name:
            case "title" | "category":
                yield from self.blank(child)
                yield from self.text(child)
            case "source" | "dc:rights" | "dc:source":
                yield from self.text(child)
            case "description" if where == "channel":
                yield from self.text(child)
            case "description" | "content:encoded":
                yield from self.html(child)
            case "link" | "comments" | "docs":
                yield from self.link_to(name, value)
            case "pubDate" | "lastBuildDate":
                yield from self.date(child, RFC822, parsedate_to_datetime)
            case "atom:updated":
                yield from self.date(child, RFC3339, datetime.fromisoformat)
            case "language" | "dc:language":
                yield from self.language(name, value)
            case "ttl" if not (value.isdigit() and int(value)):
                yield Finding("InvalidPositiveInteger", name, value)
            case "author" if not re.fullmatch(rf"{EMAIL.pattern} \([^()<>\",]+\)", value, re.I | re.A):
                yield Finding("InvalidContact", name, value)
            case "guid":
                yield from self.guid(child, value)
            case "enclosure":
                yield from self.enclosure(child)
            case "atom:link":
                yield from self.atom_link(child, where)
        if name == "source":
            yield from self.link_to(name, child.get("url", ""))

    def guid(self, guid: Any, value: str) -> Iterator[Finding]:
        if guid.get("isPermaLink", "true") != "false":
            yield from self.link_to("guid", value)
            if not value.startswith("http"):
                yield Finding("InvalidPermalink", "guid", value)
        elif len(value) < 9 and value.isdigit():
            yield Finding("NotSufficientlyUnique", "guid", value)

    def enclosure(self, enclosure: Any) -> Iterator[Finding]:
        if not enclosure.get("length", "").isdigit():
            yield Finding("InvalidIntegerAttribute", "enclosure", enclosure.get("length", ""))
        if not MIME.fullmatch(enclosure.get("type", "")):
            yield Finding("InvalidMIMEAttribute", "enclosure", enclosure.get("type", ""))
        url = enclosure.get("url", "")
        if not (WEB.fullmatch(url) and URI.fullmatch(url)):
            yield Finding("InvalidURLAttribute", "enclosure", url)
