"""Plain text: removes characters that must not be published, and extracts the text of titles and other short fields."""

from __future__ import annotations

import html
import re
import unicodedata

from feeds.model import PRINTABLE, Body, Text

MAX_FIELD_CHARS = 10_000  # a short field (title, name, rights notice) is cut here

_UNPUBLISHABLE = re.compile(rf"[^\t\n\r{PRINTABLE}]")
# Windows-1252 bytes that were decoded as Latin-1 are C1 controls. HTML repairs `&#146;` in the same way.
_C1_TO_WINDOWS_1252 = {
    code: bytes([code]).decode("windows-1252", "ignore") or None for code in range(0x80, 0xA0)
}
# Soft hyphens, byte order marks, zero-width characters, and overrides that display text in another order.
_INVISIBLE_CHARS = re.compile("[\u00ad\ufeff\u2060\u200b\u202d\u202e]")

_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_BREAKS = "br|p|div|li|ul|ol|h[1-6]|hr|tr|td|th|table|blockquote"
_INLINE = (
    "a|abbr|acronym|b|bdi|bdo|big|cite|code|del|dfn|em|font|i|img|ins|kbd|mark|nobr|q|rp|rt|ruby|s|samp|small"
    "|span|strike|strong|sub|sup|time|tt|u|var|wbr"
)
_BREAK_TAG = re.compile(rf"</?(?:{_BREAKS})(?:\s[^<>]*)?/?>", re.I)
_INLINE_TAG = re.compile(rf"</?(?:{_INLINE})(?:\s[^<>]*)?/?>", re.I)
_PAIRED_TAG = re.compile(rf"<({_INLINE}|p|div)(?:\s[^<>]*)?>([^<>]*)</\1\s*>", re.I)
_SINGLE_BREAK = re.compile(r"<br\s*/?>", re.I)
_INVISIBLE_MARKUP = re.compile(
    r"<(script|style)\b[^<>]*>.*?</\1\s*>|<!--.*?-->|<!\[CDATA\[|\]\]>", re.I | re.S
)


def remove_unpublishable_chars(value: str) -> str:
    """`value` with only the characters of `model.PRINTABLE`, tabs and line ends. For URLs and markup.

    Stricter than `parse.limits.remove_illegal_xml_chars`: it also repairs or removes C1 controls and removes
    noncharacters, which are errors in HTML. Call it after character references are resolved, as they may give any
    character.
    """
    if _UNPUBLISHABLE.search(value) is None:
        return value
    return _UNPUBLISHABLE.sub("", value.translate(_C1_TO_WINDOWS_1252))


def one_line(value: str) -> Text:
    """`value` on one line, in NFC: white space collapsed, unpublishable and invisible characters removed."""
    value = " ".join(value.split())
    if not value.isprintable():  # fast; stricter than necessary
        value = " ".join(_INVISIBLE_CHARS.sub("", remove_unpublishable_chars(value)).split())
    return Text(value if value.isascii() else unicodedata.normalize("NFC", value))


def resolve_references(value: str) -> str:
    """Resolves complete character references only. `&copy=2` in a URL has no semicolon and stays."""
    if "&" not in value:
        return value
    return _REFERENCE.sub(lambda match: html.unescape(match[0]), value)


def plain_text(value: str, *, markup: bool = True) -> Text:
    """The plain text of a short field, on one line.

    `markup`: the field is HTML, so known tags are removed; otherwise only start tags that have an end tag, because
    "How to use <b>" is a title. Unknown tags are text in both cases: "Q&A <live>". Character references are
    resolved twice, because many feeds escape twice.
    """
    if not value:
        return Text("")
    value = value[:MAX_FIELD_CHARS]
    if "<" in value:
        value = _strip_tags(value) if markup else _strip_tag_pairs(value)
    for _ in range(2):
        resolved = resolve_references(value)
        if resolved == value:
            break
        value = _strip_tag_pairs(resolved) if "<" in resolved else resolved
    return one_line(value)


def _strip_tags(value: str) -> str:
    return _INLINE_TAG.sub("", _BREAK_TAG.sub(" ", _INVISIBLE_MARKUP.sub("", value)))


def _strip_tag_pairs(value: str) -> str:
    previous = ""
    while value != previous:
        previous, value = value, _PAIRED_TAG.sub(r"\2", value)
    return _SINGLE_BREAK.sub(" ", value)


def title_text(body: Body | None) -> Text:
    """The plain text of a title; "" if it is missing or blank."""
    return plain_text(body.value, markup=body.type == "html") if body else Text("")
