"""Detects the kind of a document from its first bytes. Media types are wrong too often to be trusted."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from typing import Literal

from feeds.parse.encoding import ascii_head

DocumentKind = Literal["empty", "json", "feed", "opml", "html", "markup", "other"]

_HEAD_CHARS = 64 << 10
_PROLOGUE = re.compile(
    r"\s*+(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*+(?:\[[^\]]*+\])?[^>]*+>)", re.DOTALL | re.IGNORECASE
)
_ROOT = re.compile(r"\s*<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
_HTML_DOCTYPE = re.compile(r"<!doctype\s+html", re.IGNORECASE)
_FEED_ROOT = re.compile(r"<(?:rss|feed|rdf:RDF|channel)\b")
_EBCDIC = b"\x4c\x6f\xa7\x94"  # "<?xm" in EBCDIC
_KIND_BY_ROOT: dict[str, DocumentKind] = {
    "rss": "feed",
    "feed": "feed",
    "rdf": "feed",
    "channel": "feed",
    "opml": "opml",
    "html": "html",
    "head": "html",
    "body": "html",
}


def sniff(body: bytes, content_type: str = "") -> DocumentKind:
    """The kind of the document. "markup" may still be a feed, after text that does not belong there."""
    head = ascii_head(body, _HEAD_CHARS)
    if not head:
        return "other" if body.strip(b"\0 \t\r\n" + BOM_UTF8) else "empty"
    if head[0] in "{[":
        return "json"
    at = 0
    while match := _PROLOGUE.match(head, at):
        at = match.end()
    root = _ROOT.match(head, at)
    kind = _KIND_BY_ROOT.get(root[1].lower()) if root else None
    if kind:
        return kind
    if _FEED_ROOT.search(head) or body.startswith(_EBCDIC):
        return "markup"
    if "html" in content_type.lower() or _HTML_DOCTYPE.search(head, 0, at):
        return "html"
    return "markup" if "<" in head else "other"
