"""The canonical form of a URL: equal for all URLs of the same page. Used to compare, never to open or show."""

from __future__ import annotations

import re
from functools import lru_cache

from feeds.model import Url
from feeds.normalize.url import absolute_url, clean_url

_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PERCENT_ESCAPE = re.compile("%([0-9A-Fa-f]{2})")
_REPEATED_SLASHES = re.compile("/{2,}")
# Index pages, AMP variants and print versions at the end of a path
_VARIANT_PATH = re.compile(
    r"(?:/index\.(?:s?html?|php|aspx?|jsp)|/default\.(?:html?|aspx?)"
    r"|[/.](?:amp|print|printable|print-?version)(?:\.html?)?)$",
    re.I,
)
_VARIANT_QUERY = re.compile(
    r"(?:amp|print|isamp|printable|print_?version|printer_?friendly)(?:=(?:1|true|yes|y|on|amp|print)?)?$"
    r"|(?:output|outputtype|view|mode|layout|format|version|service|display)=(?:amp|print|printable|print-?version)$",
    re.I,
)
# First host labels of mobile, AMP and www variants, which serve the same paths
_LAYOUT_HOSTS = frozenset({"www", "m", "mobile", "amp", "touch"})
# Wikimedia sites have the mobile label in the middle: en.m.wikipedia.org
_INNER_MOBILE = re.compile(r"^([a-z-]+)\.m\.(?=(?:wikipedia|wiktionary|wikinews|wikiquote|wikivoyage)\.org$)")


# Fragments that name no part: the article itself, or the comments below it
_WHOLE_PAGE = re.compile(
    r"(?:top|start|main|content|article|more(?:-\d+)?|read-?more|comments|respond|reply|disqus_thread)", re.I
)


def canonical_form(url: str) -> str:
    """Returns `host/path?query`, or "" for a bare home page (it identifies no article) and for other than http(s).

    These differences disappear: scheme, www, mobile, AMP and print variants, default ports, trailing slash, index
    pages, order of parameters, percent-encoding, tracking, fragment (unless it is a route: `#!/…`, `#/…`).
    """
    result = ""
    for _ in range(8):  # decoding may uncover another redirector or parameter; each round shortens the URL
        resolved = absolute_url(url)
        if resolved is None:
            return ""
        previous, result = result, _canonical_once(clean_url(resolved))
        if result == previous or not result:
            break
        url = "https://" + result
    return result


def canonical_part(url: Url) -> str:
    """The canonical form of a cleaned URL with its fragment, for items that are parts of one page ("changes#v1.2").

    "" if the URL has no fragment, or one that names no part, or a route, which `canonical_form` keeps. The home page,
    whose canonical form is "", counts as a page here.
    """
    stem, _, fragment = url.partition("#")
    page = canonical_form(url)
    if not fragment or "#" in page or _WHOLE_PAGE.fullmatch(fragment):
        return ""
    page = page or _canonical_host(stem.partition("://")[2].partition("/")[0])
    return f"{page}#{_decode_unreserved(fragment)}"


def _canonical_once(url: Url) -> str:
    rest, _, fragment = url.partition("://")[2].partition("#")
    stem, _, query = rest.partition("?")
    host, _, path = stem.partition("/")
    path = "/" + _decode_unreserved(path)
    if "//" in path:
        path = _REPEATED_SLASHES.sub("/", path)
    if "/." in path:
        path = "/" + (absolute_url("http://x.x" + path) or "").partition("://")[2].partition("/")[2]
    path = path.rstrip("/")
    while suffix := _VARIANT_PATH.search(path):
        path = path[: suffix.start()].rstrip("/")
    if path.startswith(("/amp/", "/print/")):
        path = path[path.index("/", 1) :]
    parts = sorted(
        part
        for part in map(_decode_unreserved, query.replace("+", "%20").split("&"))
        if part and not _VARIANT_QUERY.match(part)
    )
    route = (
        "#" + _decode_unreserved(fragment) if fragment.startswith(("!", "/")) and len(fragment) > 1 else ""
    )
    if not path and not parts and not route:
        return ""
    return _canonical_host(host) + path + ("?" + "&".join(parts) if parts else "") + route


@lru_cache(maxsize=1024)
def _canonical_host(host: str) -> str:
    host = _INNER_MOBILE.sub(r"\1.", host.removesuffix(":80").removesuffix(":443").rstrip("."))
    labels = host.split(".")
    while len(labels) > 2 and labels[0] in _LAYOUT_HOSTS:
        del labels[0]
    return ".".join(labels)


def _decode_unreserved(value: str) -> str:
    """Decodes only the escapes of unreserved characters (RFC 3986 §6.2.2.2)."""
    if "%" not in value:
        return value
    return _PERCENT_ESCAPE.sub(_decode_escape, value)


def _decode_escape(match: re.Match[str]) -> str:
    char = chr(int(match[1], 16))
    return char if char in _UNRESERVED else match[0].upper()
