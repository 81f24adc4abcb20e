"""What kind of document this is, by its beginning. Media types are wrong too often to be asked first."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from typing import Literal

from feeds.parse.encoding import text_of

Kind = Literal["empty", "json", "feed", "opml", "html", "markup", "other"]

_HEAD = 64 << 10
_PROLOGUE = re.compile(
    r"\s*(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[[^\]]*\])?[^>]*>)", re.DOTALL | re.IGNORECASE
)
_ROOT = re.compile(r"\s*<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
_HTML_DOCTYPE = re.compile(r"<!doctype\s+html", re.IGNORECASE)
_FEED_LATER = re.compile(r"<(?:rss|feed|rdf:RDF|channel)\b")
_EBCDIC = b"\x4c\x6f\xa7\x94"  # "<?xm"
_ROOTS: dict[str, Kind] = {
    "rss": "feed",
    "feed": "feed",
    "rdf": "feed",
    "channel": "feed",
    "opml": "opml",
    "html": "html",
    "head": "html",
    "body": "html",
}


def sniff(body: bytes, content_type: str = "") -> Kind:
    """What to read it as. "markup" may still be a feed, behind something that does not belong there."""
    head = text_of(body, _HEAD)
    if not head:
        return "other" if body.strip(b"\0 \t\r\n" + BOM_UTF8) else "empty"
    if head[0] in "{[":
        return "json"
    at = 0
    while found := _PROLOGUE.match(head, at):
        at = found.end()
    root = _ROOT.match(head, at)
    kind = _ROOTS.get(root[1].lower()) if root else None
    if kind:
        return kind
    if _FEED_LATER.search(head) or body.startswith(_EBCDIC):
        return "markup"
    if "html" in content_type.lower() or _HTML_DOCTYPE.search(head, 0, at):
        return "html"
    return "markup" if "<" in head else "other"
