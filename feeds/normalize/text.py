"""Plain text: what may stand in a document at all, and the words in a title."""

from __future__ import annotations

import html
import re
import unicodedata

from feeds.model import PRINTABLE, Body, Text

MAX_FIELD = 10_000  # characters of a title, a name, a notice: more is no title

_NOT_PRINTABLE = re.compile(rf"[^\t\n\r{PRINTABLE}]")
# Bytes of windows-1252 read as Latin-1 arrive as C1 controls; HTML repairs `&#146;` in the same way.
_C1 = {code: bytes([code]).decode("windows-1252", "ignore") or None for code in range(0x80, 0xA0)}
# Soft hyphens, byte order marks, and the overrides that show words in another order than they stand.
_INVISIBLE = re.compile("[\u00ad\ufeff\u2060\u200b\u202d\u202e]")

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
_UNSEEN = re.compile(r"<(script|style)\b[^<>]*>.*?</\1\s*>|<!--.*?-->|<!\[CDATA\[|\]\]>", re.I | re.S)

_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’»)\]]*\s+|(?<=[。！？।])")
# One word has about two characters of Han and kana, four or five of the scripts of south-east Asia.
_DENSE = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ffff]")
_UNSPACED = re.compile("[\u0e00-\u0e7f\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff]")
_WORD = re.compile(r"\w+(?:['’.\-]\w+)*")


def xml_chars(value: str) -> str:
    """`value` without the characters that XML forbids. For URLs and markup, whose other characters stay."""
    if _NOT_PRINTABLE.search(value) is None:
        return value
    return _NOT_PRINTABLE.sub("", value.translate(_C1))


def printable(value: str) -> str:
    """`value` without the characters that XML forbids, composed (NFC), so that equal words compare equal."""
    value = xml_chars(value)
    return value if value.isascii() else unicodedata.normalize("NFC", value)


def fold(value: str) -> Text:
    """One line: printable, every run of white space one space, nothing invisible."""
    value = " ".join(value.split())
    if not value.isprintable():  # quick, and stricter than what has to go
        value = " ".join(_INVISIBLE.sub("", xml_chars(value)).split())
    return Text(value if value.isascii() else unicodedata.normalize("NFC", value))


def references(value: str) -> str:
    """Resolves character references that are complete: `&copy=2` in a URL is none."""
    if "&" not in value:
        return value
    return _REFERENCE.sub(lambda match: html.unescape(match[0]), value)


def plain(value: str, *, markup: bool = True) -> Text:
    """The words of a short field.

    `markup`: the field is HTML, so known elements are taken out; otherwise only elements that stand in pairs,
    because "How to use <b>" is a title. Names that HTML does not know are words in both: "Q&A <live>".
    References are resolved twice: many feeds escape twice.
    """
    if not value:
        return Text("")
    value = value[:MAX_FIELD]
    if "<" in value:
        value = _strip(value) if markup else _strip_pairs(value)
    for _ in range(2):
        resolved = references(value)
        if resolved == value:
            break
        value = _strip_pairs(resolved) if "<" in resolved else resolved
    return fold(value)


def _strip(value: str) -> str:
    return _INLINE_TAG.sub("", _BREAK_TAG.sub(" ", _UNSEEN.sub("", value)))


def _strip_pairs(value: str) -> str:
    previous = ""
    while value != previous:
        previous, value = value, _PAIRED_TAG.sub(r"\2", value)
    return _SINGLE_BREAK.sub(" ", value)


def title(body: Body | None) -> Text:
    """The words of a title; "" for a missing or a blank one."""
    return plain(body.value, markup=body.type == "html") if body else Text("")


def headline(text: str, limit: int = 100) -> Text:
    """A title for what has none: its first sentence, cut at a word if it has more than `limit` characters."""
    first = fold(_SENTENCE_END.split(text.strip()[: 4 * limit].split("\n")[0], maxsplit=1)[0])
    if len(first) <= limit:
        return first
    cut = first[: limit - 1]
    at = cut.rfind(" ")
    return Text((cut[:at] if at > limit // 2 else cut).rstrip(" ,;:–—-") + "…")


def words(text: str) -> int:
    """How many words, about: counted where the script parts them, estimated where it does not."""
    if text.isascii():
        return len(_WORD.findall(text))
    dense, unspaced = len(_DENSE.findall(text)), len(_UNSPACED.findall(text))
    spaced = len(_WORD.findall(_UNSPACED.sub(" ", _DENSE.sub(" ", text)) if dense or unspaced else text))
    return spaced + (dense + 1) // 2 + (unspaced + 4) // 5
