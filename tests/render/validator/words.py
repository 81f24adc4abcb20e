"""When the W3C's feed validator takes a text for damaged, for undeclared HTML, or HTML for unsafe."""

# ruff: noqa: SIM905 - lists of words are read as words

from __future__ import annotations

import re
from collections.abc import Iterator
from html.entities import name2codepoint
from html.parser import HTMLParser

from feeds.model import PRINTABLE

_END_TAG = re.compile(r"</\w+>")
_REFERENCE = re.compile(r"&(#?\w+)")
_OPENING = re.compile(r"&#[x0-9]|<[/a-zA-Z]")
_DOUBLY_ENCODED = re.compile("[\u00c2\u00c3][\u0080-\u00bf]")
_LOST = re.compile(f"[^\t\n{PRINTABLE}]|\ufffd")
_SCHEME = re.compile(r"\w+:")
_ELEMENTS = frozenset(
    (
        "a abbr address article aside audio b bdi blockquote br caption cite code col colgroup data dd del details "
        "dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hgroup hr i img ins kbd li mark nav ol p "
        "picture pre q rp rt ruby s samp section small source span strong sub summary sup table tbody td tfoot th "
        "thead time tr u ul var video wbr"
    ).split()
)
"""Of those that it takes for safe, what a body of ours may hold. `bdo` and `controls` are none of them."""
_ATTRIBUTES = frozenset(
    (
        "abbr alt cite colspan datetime dir headers height href hreflang id lang loop media muted open poster "
        "preload rel reversed rowspan scope sizes span src srcset start title type value width"
    ).split()
)
_ADDRESSES = frozenset({"href", "src", "poster", "cite"})


def bad_words(text: str) -> str:
    """What was lost in somebody's decoding (BadCharacters)."""
    if found := _LOST.search(text):
        return found[0]
    if found := _DOUBLY_ENCODED.search(text):
        try:
            text.encode("iso-8859-1").decode("utf-8")
        except UnicodeError:
            return ""
        return found[0]
    return ""


def looks_like_html(text: str, *, guarded: bool, rss: bool) -> bool:
    """`guarded`: its line says a character by number, which the RSS profile takes for a sign of care."""
    if _END_TAG.search(text):
        return True
    if guarded:
        return False
    named = (one in name2codepoint or one == "apos" or not one.isalpha() for one in _REFERENCE.findall(text))
    return any(named) or (rss and _OPENING.search(text) is not None)  # `rss`: its profile is stricter


class _Look(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _ELEMENTS:
            self.found.append(("SecurityRisk", tag))
        for name, value in attrs:
            if name not in _ATTRIBUTES:
                self.found.append(("SecurityRiskAttr", f"{tag} {name}"))
            if name in _ADDRESSES and not _SCHEME.match((value or "").strip()):
                self.found.append(("ContainsRelRef", value or ""))

    def handle_comment(self, data: str) -> None:
        self.found.append(("SecurityRisk", "a comment"))


def unsafe_html(html: str) -> Iterator[tuple[str, str]]:
    """(rule, what)"""
    look = _Look()
    look.feed(html)
    look.close()
    yield from look.found
