"""Reads texts, URLs and dates from an element, with exactly the results of feedparser."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from xml.sax.saxutils import escape

from feedparser.datetimes import _parse_date
from feedparser.html import _cp1252
from feedparser.urls import _urljoin, make_safe_absolute_uri

from feeds.parse.content_types import HTML, TEXT, XHTML, is_file, text_type
from feeds.parse.fast.names import HANDLED_ELEMENTS, Unsupported, attributes
from feeds.parse.reference.handlers import VOID_END_TAGS, StrictParser
from feeds.parse.values import Element

_XHTML = "{http://www.w3.org/1999/xhtml}"
_INLINE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*", re.ASCII)
# feedparser gives these a meaning, at their start or their end tag.
_NOT_INLINE_NAMES = frozenset({"body", "svg", "math"})
_PLAIN_URL = re.compile(
    r"https?://[a-z0-9.-]+(?::[0-9]+)?/[\w.~!$&'()*+,=:@%/-]*(?:\?[\w.~!$&'()*+,=:@%/?-]+)?", re.ASCII
)
_MARKUP = re.compile(r"[<&]")
_C1 = re.compile("[\x80-\x9f]")

_MONTHS = {name: n for n, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)}  # noqa: SIM905
_RFC5322_DATE = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), ([0-3]\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d)"
    r" (?:GMT|([+-])(\d\d)(\d\d))",
    re.ASCII,
)
_RFC3339_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:Z|([+-])(\d\d):(\d\d))", re.ASCII)


def bare_text(element: Element) -> str:
    """The text of an element, stripped. Raises Unsupported if it has child elements."""
    if len(element):
        raise Unsupported(f"elements in {element.tag}")
    text: str | None = element.text
    return text.strip() if text else ""


def fix_mojibake(text: str) -> str:
    """The text, with the characters of windows-1252 for C1 controls."""
    return text.translate(_cp1252) if _C1.search(text) else text


def clean_text(element: Element) -> str:
    """The text of an element without child elements, stripped and repaired."""
    return fix_mojibake(bare_text(element))


def resolve_like_feedparser(url: str, *, base: str) -> str:
    """The absolute URL, as feedparser resolves it. Most URLs are absolute and plain, and are returned at once."""
    return url if _PLAIN_URL.fullmatch(url) and _is_plain_url(base) else str(_urljoin(base, url))


@lru_cache(maxsize=64)
def _is_plain_url(base: str) -> bool:
    return _PLAIN_URL.fullmatch(base) is not None


def effective_language(attrs: dict[str, str], inherited: str | None) -> str | None:
    """The language in force in an element."""
    language = attrs.get("xml:lang", attrs.get("lang"))
    return inherited if language is None else language or None


def effective_base(attrs: dict[str, str], base: str) -> str:
    """The base URL in force in an element."""
    stated = attrs.get("xml:base", attrs.get("base"))
    return base if stated is None else resolve_base(stated, base)


def resolve_base(stated: str, base: str) -> str:
    stated = stated or base
    return str(make_safe_absolute_uri(base, stated) or base) if base else str(_urljoin(base, stated))


def text_construct(
    element: Element, default_type: str, *, atom: bool, language: str | None, base: str
) -> dict[str, Any]:
    """An element as feedparser's detail: a dictionary of value, type, language and base.

    `default_type`: the media type of an element without a `type`. `language` and `base`: those in force around it.
    """
    attrs = attributes(element)
    media_type = text_type(attrs["type"]) if "type" in attrs else default_type
    if is_file(media_type) or "mode" in attrs or "src" in attrs:
        raise Unsupported(f"the content type {attrs.get('type')}")
    if media_type == XHTML:
        if not atom:
            raise Unsupported("XHTML in RSS")
        value = _xhtml_markup(element)
    elif len(element):
        media_type, value = XHTML, _unescaped_markup(element)
    else:
        value = bare_text(element)
        if media_type == TEXT and not atom and _MARKUP.search(value) and StrictParser.looks_like_html(value):
            media_type = HTML
    language = effective_language(attrs, language)
    return {
        "type": media_type,
        "language": language.replace("_", "-") if language else None,
        "base": effective_base(attrs, base),
        "value": fix_mojibake(value),
    }


def _xhtml_markup(element: Element) -> str:
    """Serialize the XHTML in the element, without the single div that may enclose it."""
    pieces: list[str] = []
    if element.text:
        pieces.append(escape(element.text))
    for child in element:
        _append_markup(child, pieces)
    while len(pieces) > 1 and not pieces[-1].strip():
        del pieces[-1]
    while len(pieces) > 1 and not pieces[0].strip():
        del pieces[0]
    if pieces and (pieces[0] == "<div>" or pieces[0].startswith("<div ")) and pieces[-1] == "</div>":
        depth = 0
        for piece in pieces[:-1]:
            if piece.startswith("</"):
                depth -= 1
                if depth == 0:
                    break
            elif piece.startswith("<") and not piece.endswith("/>"):
                depth += 1
        else:
            pieces = pieces[1:-1]
    return "".join(pieces).strip()


def _unescaped_markup(element: Element) -> str:
    """Serialize markup that should have been escaped. feedparser takes it for XHTML from its first element on."""
    if element[0].tag.rpartition("}")[2].lower() == "div":
        raise Unsupported("an unescaped <div>")  # feedparser drops its start tag and keeps its end tag
    pieces: list[str] = [element.text or ""]
    for child in element:
        _append_markup(child, pieces)
    return "".join(pieces).strip()


def _append_markup(element: Element, pieces: list[str]) -> None:
    name = element.tag.removeprefix(_XHTML).lower()
    handled = name in HANDLED_ELEMENTS and not element.tag.startswith(_XHTML)
    if not _INLINE_NAME.fullmatch(name) or name in _NOT_INLINE_NAMES or handled:
        raise Unsupported(f"{element.tag} in XHTML")
    attrs = "".join(
        f' {attr}="{escape(value, {chr(34): "&quot;"})}"' for attr, value in attributes(element).items()
    )
    pieces.append(f"<{name}{attrs}>")
    if element.text:
        pieces.append(escape(element.text))
    for child in element:
        _append_markup(child, pieces)
    if (end_tag := f"</{name}>") not in VOID_END_TAGS:
        pieces.append(end_tag)
    if element.tail:
        pieces.append(escape(element.tail))


@lru_cache(maxsize=256)
def parse_date(raw: str) -> Any:
    """The date in UTC as a struct_time, as feedparser reads it; None where it cannot.

    The two usual forms, RFC 5322's and RFC 3339's, are read here, and all others by feedparser.
    """
    try:
        if match := _RFC5322_DATE.fullmatch(raw):
            day, month, year = int(match[1]), _MONTHS[match[2]], int(match[3])
        elif match := _RFC3339_DATE.fullmatch(raw):
            year, month, day = int(match[1]), int(match[2]), int(match[3])
        else:
            return _parse_date(raw)
        moment = datetime(year, month, day, int(match[4]), int(match[5]), int(match[6]))  # noqa: DTZ001
        if match[7]:
            offset = timedelta(hours=int(match[8]), minutes=int(match[9]))
            moment = moment - offset if match[7] == "+" else moment + offset
    except (ValueError, KeyError, OverflowError):
        return _parse_date(raw)
    return moment.utctimetuple()
