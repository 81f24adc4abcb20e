"""Texts, addresses and dates, made of an element exactly as feedparser makes them."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from xml.sax.saxutils import escape

from feedparser.datetimes import _parse_date
from feedparser.html import _cp1252
from feedparser.urls import _urljoin, make_safe_absolute_uri

from feeds.parse.fast.names import HANDLED, Odd, attributes
from feeds.parse.reference.handlers import VOID_ENDS, Strict

_XHTML = "{http://www.w3.org/1999/xhtml}"
_TYPES = {
    "text": "text/plain",
    "plain": "text/plain",
    "text/plain": "text/plain",
    "html": "text/html",
    "text/html": "text/html",
    "xhtml": "application/xhtml+xml",
    "application/xhtml+xml": "application/xhtml+xml",
}
_INLINE = re.compile(r"[A-Za-z][A-Za-z0-9]*", re.ASCII)
# Their end tags mean something to feedparser, or their beginnings do.
_NOT_INLINE = frozenset({"body", "svg", "math"})
_PLAIN_URL = re.compile(
    r"https?://[a-z0-9.-]+(?::[0-9]+)?/[\w.~!$&'()*+,=:@%/-]*(?:\?[\w.~!$&'()*+,=:@%/?-]+)?", re.ASCII
)
_MARKUP = re.compile(r"[<&]")
_C1 = re.compile("[\x80-\x9f]")

_MONTHS = {name: n for n, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)}  # noqa: SIM905
_MAIL = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), ([0-3]\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d)"
    r" (?:GMT|([+-])(\d\d)(\d\d))",
    re.ASCII,
)
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:Z|([+-])(\d\d):(\d\d))", re.ASCII)


def bare(element: Any) -> str:
    """The text of an element that holds nothing else."""
    if len(element):
        raise Odd(f"elements in {element.tag}")
    text: str | None = element.text
    return text.strip() if text else ""


def mended(text: str) -> str:
    """UTF-8 that was taken for Latin-1, and the controls that are windows-1252."""
    if text.isascii():
        return text
    with suppress(UnicodeError):
        text = text.encode("iso-8859-1").decode("utf-8")
    return text.translate(_cp1252) if _C1.search(text) else text


def said(element: Any) -> str:
    return mended(bare(element))


def address(base: str, url: str) -> str:
    """`url` seen from `base`. Most are whole, and plainly so."""
    return url if _PLAIN_URL.fullmatch(url) and _is_plain(base) else str(_urljoin(base, url))


@lru_cache(maxsize=64)
def _is_plain(base: str) -> bool:
    return _PLAIN_URL.fullmatch(base) is not None


def spoken(attrs: dict[str, str], inherited: str | None) -> str | None:
    """The language in force in an element."""
    language = attrs.get("xml:lang", attrs.get("lang"))
    return inherited if language is None else language or None


def based(attrs: dict[str, str], base: str) -> str:
    """What relative addresses in an element refer to."""
    stated = attrs.get("xml:base", attrs.get("base"))
    return base if stated is None else rebased(stated, base)


def rebased(stated: str, base: str) -> str:
    stated = stated or base
    return str(make_safe_absolute_uri(base, stated) or base) if base else str(_urljoin(base, stated))


def construct(element: Any, usual: str, *, atom: bool, language: str | None, base: str) -> dict[str, Any]:
    """A text construct: value, type, language, base."""
    attrs = attributes(element)
    kind = _TYPES.get(attrs.get("type", usual))
    if kind is None or "mode" in attrs or "src" in attrs:
        raise Odd(f"content of the type {attrs.get('type')}")
    if kind == "application/xhtml+xml":
        if not atom:
            raise Odd("XHTML in RSS")
        value = _inline(element)
    elif len(element):
        kind, value = "application/xhtml+xml", _unescaped(element)
    else:
        value = bare(element)
        if kind == "text/plain" and not atom and _MARKUP.search(value) and Strict.looks_like_html(value):
            kind = "text/html"
    language = spoken(attrs, language)
    return {
        "type": kind,
        "language": language.replace("_", "-") if language else None,
        "base": based(attrs, base),
        "value": mended(value),
    }


def _inline(element: Any) -> str:
    """XHTML as it stands, without the one div around it."""
    pieces: list[str] = []
    if element.text:
        pieces.append(escape(element.text))
    for child in element:
        _write(child, pieces)
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


def _unescaped(element: Any) -> str:
    """Markup that is not escaped as it should be: XHTML from the first element on, to feedparser."""
    if element[0].tag.rpartition("}")[2].lower() == "div":
        raise Odd("an unescaped <div>")  # of which it leaves out the start, and not the end
    pieces: list[str] = [element.text or ""]
    for child in element:
        _write(child, pieces)
    return "".join(pieces).strip()


def _write(element: Any, pieces: list[str]) -> None:
    local = element.tag.removeprefix(_XHTML).lower()
    handled = local in HANDLED and not element.tag.startswith(_XHTML)
    if not _INLINE.fullmatch(local) or local in _NOT_INLINE or handled:
        raise Odd(f"{element.tag} in XHTML")
    written = "".join(
        f' {name}="{escape(value, {chr(34): "&quot;"})}"' for name, value in attributes(element).items()
    )
    pieces.append(f"<{local}{written}>")
    if element.text:
        pieces.append(escape(element.text))
    for child in element:
        _write(child, pieces)
    if (end := f"</{local}>") not in VOID_ENDS:
        pieces.append(end)
    if element.tail:
        pieces.append(escape(element.tail))


@lru_cache(maxsize=256)
def date(raw: str) -> Any:
    """feedparser's nine numbers; the two usual forms are read at once."""
    try:
        if found := _MAIL.fullmatch(raw):
            day, month, year = int(found[1]), _MONTHS[found[2]], int(found[3])
        elif found := _ISO.fullmatch(raw):
            year, month, day = int(found[1]), int(found[2]), int(found[3])
        else:
            return _parse_date(raw)
        moment = datetime(year, month, day, int(found[4]), int(found[5]), int(found[6]))  # noqa: DTZ001
        if found[7]:
            offset = timedelta(hours=int(found[8]), minutes=int(found[9]))
            moment = moment - offset if found[7] == "+" else moment + offset
    except (ValueError, KeyError, OverflowError):
        return _parse_date(raw)
    return moment.utctimetuple()
