"""Decides how the text of an element is read: as text, HTML or XHTML, whatever its `type` attribute says.

Atom defines three types, and media types (RFC 4287 §4.1.3.1). Feeds have many more: "CDATA", "markdown", "string", "".
"""

from __future__ import annotations

import re
from typing import Literal

TEXT, HTML, XHTML = "text/plain", "text/html", "application/xhtml+xml"
UNDEFINED = "text/undefined"  # the text itself shows whether it is HTML

_MEDIA = re.compile(r"(?:image|audio|video|font|model|application|multipart|message)/")
_XML = re.compile(r"[/+]xml$")
_HTML = re.compile(
    r"</?(?:a|abbr|b|blockquote|br|code|dd|div|dl|dt|em|figure|h[1-6]|hr|i|iframe|img|li|ol|p|pre|s|small|span|strong"
    r"|sub|sup|table|td|th|tr|u|ul|video)(?:\s[^<>]*)?/?>|&(?:[A-Za-z]{2,8}|#[0-9]{2,6}|#x[0-9A-Fa-f]{2,5});",
    re.IGNORECASE,
)
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")


def text_type(stated: str) -> str:
    """The media type as which to read an element: one of the constants above, another text type, or that of a file."""
    media_type = stated.partition(";")[0].strip().lower()
    if media_type in ("text", "plain", TEXT):
        return TEXT
    if "html" in media_type:
        return XHTML if "xhtml" in media_type else HTML
    # XML of other vocabularies is read like markup that should have been escaped: its tags stay, to be sanitized.
    if _XML.search(media_type) or not (_MEDIA.match(media_type) or media_type.startswith("text/")):
        return UNDEFINED
    return media_type


def is_file(media_type: str) -> bool:
    """Whether a value of this type is a file in Base64 (RFC 4287 §4.1.3.3), such as an image."""
    return bool(_MEDIA.match(media_type)) and media_type != XHTML


def is_readable(media_type: str, value: str) -> bool:
    """Whether the value is text. A file is, if feedparser could decode it."""
    return not is_file(media_type) or not _BASE64.fullmatch(value)


def kind_of(media_type: str, value: str) -> Literal["text", "html"]:
    if media_type in (HTML, XHTML):
        return "html"
    if media_type.startswith("text/") and media_type != UNDEFINED:
        return "text"
    return "html" if _HTML.search(value) else "text"
