"""Plain text: removes characters that must not be published, and extracts the text of titles and other short fields."""

from __future__ import annotations

import html
import re
import unicodedata

from feeds.model import PRINTABLE, Body, Text
from feeds.normalize.repair_html import repair_html
from feeds.normalize.title_formulas import replace_formulas

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
_PAIRED = f"{_INLINE}|p|div"
# One that may be of a pair, or a "<" or ">" of anything else
_PAIRED_TAG = re.compile(rf"<(?P<start>{_PAIRED})(?:\s[^<>]*+)?>|</(?P<end>{_PAIRED})\s*+>|[<>]", re.I)
_IMAGE_TAG = re.compile(r"<img\s[^<>]*>", re.I)
_ALT = re.compile(r"""\balt\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.I)
_SINGLE_BREAK = re.compile(r"<br\s*/?>", re.I)
_BREAK_IN_WORD = re.compile(r"(?<=\w)<wbr\s*+/?>(?=\w)", re.I)
_RAW_TEXT_NAMES = "script|style|title|textarea|iframe|noscript|template|xmp|plaintext"
_RAW_TEXT_TAG = re.compile(rf"<({_RAW_TEXT_NAMES})>", re.I)
_RAW_TEXT_END = re.compile(rf"</({_RAW_TEXT_NAMES})\b", re.I)
_INVISIBLE_START = re.compile(r"<(?:(script|style|svg)\b[^<>]*+>|(!--))|<!\[CDATA\[|\]\]>", re.I)
_INVISIBLE_ENDS = {
    "!--": re.compile("-->"),
    **{name: re.compile(rf"</{name}\s*+>", re.I) for name in ("script", "style", "svg")},
}


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
        value = _strip_tags(replace_formulas(value)) if markup else _strip_tag_pairs(replace_formulas(value))
    for _ in range(2):
        resolved = resolve_references(value)
        if resolved == value:
            break
        value = _strip_tag_pairs(replace_formulas(resolved)) if "<" in resolved else resolved
    return one_line(value)


def _strip_tags(value: str) -> str:
    value = repair_html(_escape_tags_without_end(value))
    value = _IMAGE_TAG.sub(_alternative_text, _without_invisible_markup(value))
    return _INLINE_TAG.sub("", _BREAK_TAG.sub(" ", value))


def _escape_tags_without_end(value: str) -> str:
    """Makes a word of `<script>` and the like without end tag: a browser takes the rest of the title for a script."""
    if _RAW_TEXT_TAG.search(value) is None:
        return value
    last_ends = {tag[1].lower(): tag.start() for tag in _RAW_TEXT_END.finditer(value)}
    return _RAW_TEXT_TAG.sub(
        lambda tag: tag[0] if last_ends.get(tag[1].lower(), -1) > tag.start() else f"&lt;{tag[0][1:]}", value
    )


def _without_invisible_markup(value: str) -> str:
    """Without comments, and scripts and the like that have an end. Of CDATA, only the marks are removed."""
    pieces: list[str] = []
    at = searched = 0
    unclosed: set[str] = set()  # what has no end in the rest of the text
    while start := _INVISIBLE_START.search(value, searched):
        name = (start[1] or start[2] or "").lower()
        end: re.Match[str] | None = start
        if name:
            end = None if name in unclosed else _INVISIBLE_ENDS[name].search(value, start.end())
        if end is None:
            unclosed.add(name)
            searched = start.start() + 1
            continue
        pieces.append(value[at : start.start()])
        at = searched = end.end()
    return "".join((*pieces, value[at:]))


def _strip_tag_pairs(value: str) -> str:
    """Without the start tags that have an end tag, with nothing but text and such pairs between them."""
    pieces: list[str] = []
    # (name, its place in `pieces`); the name is "" for anything else with a "<" or ">"
    open_tags: list[tuple[str, int]] = []
    at = 0
    for tag in _PAIRED_TAG.finditer(value):
        pieces += (value[at : tag.start()], tag[0])
        at = tag.end()
        name = (tag["end"] or "").lower()
        if name and open_tags and open_tags[-1][0] == name:
            pieces[open_tags.pop()[1]] = pieces[-1] = ""
        else:
            open_tags.append(((tag["start"] or "").lower(), len(pieces) - 1))
    value = "".join((*pieces, value[at:]))
    value = _BREAK_IN_WORD.sub("", _IMAGE_TAG.sub(_alternative_text, value))
    without_breaks = _SINGLE_BREAK.sub(" ", value)
    # In "How <br> and <p> differ" the tags are the topic.
    return value if _BREAK_TAG.search(without_breaks) else without_breaks


def _alternative_text(image: re.Match[str]) -> str:
    alt = _ALT.search(image[0])
    return f" {alt[1] or alt[2] or ''} " if alt else " "


def title_text(body: Body | None) -> Text:
    """The plain text of a title; "" if it is missing or blank."""
    return plain_text(body.value, markup=body.type == "html") if body else Text("")
