"""Makes URLs absolute and removes tracking from them. No network access.

    href --absolute_url--> Url --clean_url--> URL to publish --canonical_form--> URL to compare

A `Url` is an ASCII URI (RFC 3986): RSS requires one, and a host in punycode cannot pass for another. Host names
follow UTS 46, as in browsers.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote, unquote, unquote_plus

import idna

from feeds.model import Url
from feeds.normalize import tracking
from feeds.normalize.reference import resolve_reference, without_dot_segments, without_repeated_scheme

MAX_URL_CHARS = 4096  # longer URLs break feed readers and servers (RFC 9110 §4.1 recommends to support 8000)

_SAFE = r"A-Za-z0-9\-._~!$&'()*+,;=:@/"
_PERCENT = "%[0-9A-Fa-f]{2}"
_PATH, _QUERY = (f"[{safe}]*(?:{_PERCENT}[{safe}]*)*" for safe in (_SAFE, _SAFE + "?"))
# Nearly all URLs have this form. They need no further work.
_ORDINARY_URL = re.compile(
    r"https?://[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+"
    rf"/{_PATH}(?:\?(?!\#|$){_QUERY})?(?:\#(?!$){_QUERY})?"
)
_ORDINARY_PATH = re.compile(rf"/(?!/){_PATH}(?:\?(?!\#|$){_QUERY})?(?:\#(?!$){_QUERY})?")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
# C0 controls and space, stripped at both ends (WHATWG URL standard)
_STRIPPED = "".join(map(chr, range(0x21)))
_VALID_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*\.?")
_VALID_IPV6_HOST = re.compile(r"\[[0-9a-f:.]+\]")
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_PATH_SAFE = "%/:@!$&'()*+,;=-._~"
_DEFAULT_PORTS = {"http": "80", "https": "443"}


def absolute_url(href: str, *, base: str = "") -> Url | None:
    """The URL that a browser would open for `href` on the page `base`; None if that is not http or https.

    Userinfo is removed. A reference within the page ("#notes") gives None: the page is not part of the feed.
    """
    if len(href) > MAX_URL_CHARS:
        return None
    if "/." not in href and "/%2" not in href:
        if _ORDINARY_URL.fullmatch(href):
            return Url(href)
        if _ORDINARY_PATH.fullmatch(href) and (home := _resolve("/", base)) is not None:
            url = home + href[1:]
            return Url(url) if len(url) <= MAX_URL_CHARS else None
    return _resolve(href, base)


@lru_cache(maxsize=1024)  # pictures repeat in src and srcset, links in every item
def _resolve(href: str, base: str) -> Url | None:
    href = href.strip(_STRIPPED).translate({0x09: None, 0x0A: None, 0x0D: None})
    if not href or href.startswith("#"):
        return None
    stem, mark, rest = _split_at_first(href, "?#")
    href = stem.replace("\\", "/") + mark + rest
    if match := _SCHEME.match(href):
        if match[1].lower() not in _DEFAULT_PORTS:
            return None
        href = without_repeated_scheme(href)
        scheme, _, rest = href.partition(":")
        href = f"{scheme.lower()}://{rest.lstrip('/')}"
    else:
        if not base.lower().startswith(("http://", "https://")):
            if not href.startswith("//"):
                return None
            base = "https://n.invalid/"  # only its scheme is used
        href = resolve_reference(base, href)
    return _rebuild(href)


def _rebuild(url: str) -> Url | None:
    scheme, _, rest = url.partition("://")
    authority, mark, tail = _split_at_first(rest, "/?#")
    host, _, port = _split_port(authority.rpartition("@")[2])
    host = _normalize_host(host)
    if not host or (port and (not port.isascii() or not port.isdigit() or int(port) > 65535)):
        return None
    if port and port != _DEFAULT_PORTS[scheme]:
        host = f"{host}:{int(port)}"
    tail, _, fragment = (mark + tail).partition("#")
    path, _, query = tail.partition("?")
    if "/." in path or "/%2" in path:
        path = without_dot_segments(path)
    path = _quote(path or "/", _PATH_SAFE)
    result = f"{scheme}://{host}{path}"
    if query:
        result += "?" + _quote(query, _PATH_SAFE + "?")
    if fragment:
        result += "#" + _quote(fragment, _PATH_SAFE + "?")
    return Url(result) if len(result) <= MAX_URL_CHARS else None


def _split_at_first(value: str, marks: str) -> tuple[str, str, str]:
    """Splits at the first of the characters `marks`: (before, mark, after); (value, "", "") if there is none."""
    at = -1
    for mark in marks:
        found = value.find(mark)
        if found >= 0 and (at < 0 or found < at):
            at = found
    return (value, "", "") if at < 0 else (value[:at], value[at], value[at + 1 :])


def _split_port(authority: str) -> tuple[str, str, str]:
    if authority.startswith("["):
        host, bracket, port = authority.partition("]")
        return host + bracket, ":", port.removeprefix(":")
    return authority.partition(":")


def _normalize_host(host: str) -> str:
    host = unquote(host).lower() if "%" in host else host.lower()
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True, std3_rules=True).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            return ""
    return host if _VALID_HOST.fullmatch(host) or _VALID_IPV6_HOST.fullmatch(host) else ""


def _quote(value: str, safe: str) -> str:
    return quote(_BAD_PERCENT.sub("%25", value), safe=safe, errors="replace")


def url_host(url: str) -> str:
    """The host of an absolute `Url`, without the port; for look-ups in `tracking`, not a key of the state."""
    return _split_port(url.partition("://")[2].partition("/")[0])[0]


def clean_url(url: Url) -> Url:
    """The URL of the same page without redirector and tracking. The other parameters keep their order."""
    while (target := _redirect_target(url)) is not None:
        url = target
    url = _without_session(url)
    if "?" not in url and "#" not in url:
        return url
    rest, _, fragment = url.partition("#")
    stem, _, query = rest.partition("?")
    if query:
        host_parameters = _host_parameters(url_host(stem))
        query = "&".join(
            part for part in query.split("&") if part and not _is_tracking(part, host_parameters)
        )
    if fragment and tracking.TRACKING_FRAGMENT.match(fragment):
        fragment = ""
    return Url(stem + (query and "?" + query) + (fragment and "#" + fragment))


def _is_tracking(part: str, host_parameters: frozenset[str]) -> bool:
    name, _, value = part.partition("=")
    name = (unquote_plus(name) if "%" in name else name).lower()
    if (
        name in tracking.PARAMETER_NAMES
        or name in host_parameters
        or name.startswith(tracking.PARAMETER_PREFIXES)
    ):
        return True
    return name in tracking.REFERRER_NAMES and tracking.REFERRER_FEED_VALUE.match(value) is not None


def _host_parameters(host: str) -> frozenset[str]:
    while host:
        if host in tracking.PARAMETERS_BY_HOST:
            return tracking.PARAMETERS_BY_HOST[host]
        host = host.partition(".")[2]
    return frozenset()


def _without_session(url: Url) -> Url:
    if ";" not in url:
        return url
    stem, mark, rest = _split_at_first(url, "?#")
    at = stem.lower().find(";jsessionid=")
    return url if at < 0 else Url(stem[:at] + mark + rest)


def _redirect_target(url: Url) -> Url | None:
    """The target URL of a known redirector or AMP cache; None for other URLs."""
    host = url_host(url).removeprefix("www.")
    redirector = tracking.REDIRECTORS.get(host)
    if redirector is None and not host.startswith("google.") and not host.endswith("cdn.ampproject.org"):
        return None
    stem, _, query = url.partition("#")[0].partition("?")
    path = unquote(_split_at_first(stem.partition("://")[2], "/")[2])
    if redirector is None:
        if host.endswith("cdn.ampproject.org"):
            return _amp_target(path)
        if tracking.GOOGLE_HOST.fullmatch(host) is None:
            return None
        if path.startswith("amp/"):
            return _amp_target("c/" + path.removeprefix("amp/"))
        redirector = {"/url": ("q", "url")}
    names = redirector.get("/" + path, ())
    for part in query.split("&") if names else ():
        name, _, value = part.partition("=")
        if name in names and unquote_plus(value).lower().startswith(("http://", "https://")):
            return absolute_url(unquote_plus(value))
    return None


def _amp_target(path: str) -> Url | None:
    """Path of an AMP cache → original URL: `c/s/example.org/story` → https://example.org/story; http without `s`."""
    kind, _, rest = path.partition("/")
    if kind not in {"c", "v", "i"} or not rest:
        return None
    if rest.startswith("s/"):
        return absolute_url("https://" + rest.removeprefix("s/"))
    return absolute_url("http://" + rest) if "." in rest.partition("/")[0] else None
