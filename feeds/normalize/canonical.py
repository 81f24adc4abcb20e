"""The form of a URL in which two addresses of one page are equal. It is compared, never opened or shown."""

from __future__ import annotations

import re
from functools import lru_cache

from feeds.model import Url
from feeds.normalize.url import absolute, clean

_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_ESCAPE = re.compile("%([0-9A-Fa-f]{2})")
_SLASHES = re.compile("/{2,}")
# Index pages and AMP variants: no path ends in both at once
_TAIL = re.compile(
    r"(?:/index\.(?:s?html?|php|aspx?|jsp)|/default\.(?:html?|aspx?)|/amp|\.amp(?:\.html)?|/amp\.html)$", re.I
)
_AMP_QUERY = re.compile(r"(?:amp|amp=(?:1|true|yes|amp)?|output(?:type)?=amp|isamp=(?:1|true))$", re.I)
# Hosts that serve the same paths to telephones, to AMP, or merely with www
_LAYOUT_HOSTS = frozenset({"www", "m", "mobile", "amp", "touch"})
# Wikipedia and its sisters put it in the middle: en.m.wikipedia.org
_INNER_MOBILE = re.compile(r"^([a-z-]+)\.m\.(?=(?:wikipedia|wiktionary|wikinews|wikiquote|wikivoyage)\.org$)")


def canonical(url: str) -> str:
    """`host/path?query`, folded: scheme, www, mobile and AMP variants, default ports, trailing slash, index
    pages, order of parameters, percent-encoding, tracking.

    "" for a bare home page, which identifies nothing, and for what is no http(s) URL. The fragment goes,
    except a route (`#!/…`, `#/…`).
    """
    folded = ""
    for _ in range(8):  # decoding may uncover another redirector or parameter; each round makes it shorter
        made = absolute(url)
        if made is None:
            return ""
        previous, folded = folded, _folded(clean(made))
        if folded == previous or not folded:
            break
        url = "https://" + folded
    return folded


def _folded(url: Url) -> str:
    rest, _, fragment = url.partition("://")[2].partition("#")
    stem, _, query = rest.partition("?")
    host, _, path = stem.partition("/")
    path = "/" + _decoded(path)
    if "//" in path:
        path = _SLASHES.sub("/", path)
    if "/." in path:
        path = "/" + (absolute("http://x.x" + path) or "").partition("://")[2].partition("/")[2]
    path = path.rstrip("/")
    while found := _TAIL.search(path):
        path = path[: found.start()].rstrip("/")
    if path.startswith("/amp/"):
        path = path.removeprefix("/amp")
    parts = sorted(
        part
        for part in map(_decoded, query.replace("+", "%20").split("&"))
        if part and not _AMP_QUERY.match(part)
    )
    route = "#" + _decoded(fragment) if fragment.startswith(("!", "/")) and len(fragment) > 1 else ""
    if not path and not parts and not route:
        return ""
    return _folded_host(host) + path + ("?" + "&".join(parts) if parts else "") + route


@lru_cache(maxsize=1024)
def _folded_host(host: str) -> str:
    host = _INNER_MOBILE.sub(r"\1.", host.removesuffix(":80").removesuffix(":443").rstrip("."))
    labels = host.split(".")
    while len(labels) > 2 and labels[0] in _LAYOUT_HOSTS:
        del labels[0]
    return ".".join(labels)


def _decoded(value: str) -> str:
    """Only what needs no escape is decoded (RFC 3986 §6.2.2.2)."""
    if "%" not in value:
        return value
    return _ESCAPE.sub(_one, value)


def _one(match: re.Match[str]) -> str:
    char = chr(int(match[1], 16))
    return char if char in _UNRESERVED else match[0].upper()
