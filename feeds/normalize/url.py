"""URLs: made absolute or dropped, freed of tracking, folded for comparison. Nothing here asks the network.

    href --absolute--> Url --clean--> what is shown --canonical--> what is compared

A `Url` is a URI in ASCII (RFC 3986): RSS asks for one, and a host in punycode cannot pose as another. Names
of hosts follow UTS 46, as browsers do.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote, unquote, unquote_plus, urljoin, urlsplit

import idna

from feeds.model import Url
from feeds.normalize import tracking

MAX_URL = 4096  # characters; longer ones break readers and servers (RFC 9110 §4.1 asks for 8000)

_SAFE = r"A-Za-z0-9\-._~!$&'()*+,;=:@/"
_PERCENT = "%[0-9A-Fa-f]{2}"
_PATH, _QUERY = (f"[{safe}]*(?:{_PERCENT}[{safe}]*)*" for safe in (_SAFE, _SAFE + "?"))
# What nearly every URL looks like; it needs no work.
_PLAIN = re.compile(
    r"https?://[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+"
    rf"/{_PATH}(?:\?(?!\#|$){_QUERY})?(?:\#(?!$){_QUERY})?"
)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_STRIPPED = "".join(map(chr, range(0x21)))  # C0 controls and space, at both ends (URL standard)
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*\.?")
_HOST_V6 = re.compile(r"\[[0-9a-f:.]+\]")
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_PATH_SAFE = "%/:@!$&'()*+,;=-._~"
_TRACKING_PREFIXES = tuple(tracking.PREFIXES)
_DEFAULT_PORTS = {"http": "80", "https": "443"}


def absolute(href: str, base: str = "") -> Url | None:
    """What a browser would open for `href` on the page `base`; None where that is not http or https.

    Userinfo is taken off. A reference to a place in the page itself ("#notes") is None: the page is not here.
    """
    if len(href) > MAX_URL:
        return None
    if "/." not in href and _PLAIN.fullmatch(href):
        return Url(href)
    return _resolved(href, base)


@lru_cache(maxsize=1024)  # the same picture stands in src and srcset, the same link in every item
def _resolved(href: str, base: str) -> Url | None:
    href = href.strip(_STRIPPED).translate({0x09: None, 0x0A: None, 0x0D: None})
    if not href or href.startswith("#"):
        return None
    stem, mark, rest = _cut(href, "?#")
    href = stem.replace("\\", "/") + mark + rest
    if match := _SCHEME.match(href):
        if match[1].lower() not in _DEFAULT_PORTS:
            return None
        href = f"{match[1].lower()}://{href[match.end() :].lstrip('/')}"
    else:
        if not base.lower().startswith(("http://", "https://")):
            return None
        if href.startswith("//"):
            href = "//" + href.lstrip("/")
        try:
            href = urljoin(base, href)
        except ValueError:  # "Invalid IPv6 URL"
            return None
    return _rebuilt(href)


def _rebuilt(url: str) -> Url | None:
    scheme, _, rest = url.partition("://")
    authority, mark, tail = _cut(rest, "/?#")
    host, _, port = _split_port(authority.rpartition("@")[2])
    host = _host(host)
    if not host or (port and (not port.isascii() or not port.isdigit() or int(port) > 65535)):
        return None
    if port and port != _DEFAULT_PORTS[scheme]:
        host = f"{host}:{int(port)}"
    tail, _, fragment = (mark + tail).partition("#")
    path, _, query = tail.partition("?")
    if "/." in path:
        path = urlsplit(urljoin("http://x/", "http://x" + path)).path
    path = _quoted(path or "/", _PATH_SAFE)
    made = f"{scheme}://{host}{path}"
    if query:
        made += "?" + _quoted(query, _PATH_SAFE + "?")
    if fragment:
        made += "#" + _quoted(fragment, _PATH_SAFE + "?")
    return Url(made) if len(made) <= MAX_URL else None


def _cut(value: str, marks: str) -> tuple[str, str, str]:
    """`value` at the first of `marks`: what stands before, the mark, what stands after."""
    at = -1
    for mark in marks:
        place = value.find(mark)
        if place >= 0 and (at < 0 or place < at):
            at = place
    return (value, "", "") if at < 0 else (value[:at], value[at], value[at + 1 :])


def _split_port(authority: str) -> tuple[str, str, str]:
    if authority.startswith("["):
        host, bracket, port = authority.partition("]")
        return host + bracket, ":", port.removeprefix(":")
    return authority.partition(":")


def _host(host: str) -> str:
    host = unquote(host).lower() if "%" in host else host.lower()
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True, std3_rules=True).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            return ""
    return host if _HOST.fullmatch(host) or _HOST_V6.fullmatch(host) else ""


def _quoted(value: str, safe: str) -> str:
    return quote(_BAD_PERCENT.sub("%25", value), safe=safe, errors="replace")


def origin(url: str) -> str:
    """The host of an absolute `Url`, without port."""
    return _split_port(url.partition("://")[2].partition("/")[0])[0]


def clean(url: Url) -> Url:
    """The same page without redirector and without tracking; what is left keeps its order."""
    while (target := _unwrapped(url)) is not None:
        url = target
    url = _without_session(url)
    if "?" not in url and "#" not in url:
        return url
    rest, _, fragment = url.partition("#")
    stem, _, query = rest.partition("?")
    if query:
        hosted = _hosted(origin(stem))
        query = "&".join(part for part in query.split("&") if part and not _is_tracking(part, hosted))
    if fragment and tracking.FRAGMENT.match(fragment):
        fragment = ""
    return Url(stem + (query and "?" + query) + (fragment and "#" + fragment))


def _is_tracking(part: str, hosted: frozenset[str]) -> bool:
    name, _, value = part.partition("=")
    name = (unquote_plus(name) if "%" in name else name).lower()
    if name in tracking.NAMES or name in hosted or name.startswith(_TRACKING_PREFIXES):
        return True
    return name in tracking.ORIGIN_NAMES and tracking.ORIGIN_VALUE.match(value) is not None


def _hosted(host: str) -> frozenset[str]:
    while host:
        if host in tracking.HOSTED:
            return tracking.HOSTED[host]
        host = host.partition(".")[2]
    return frozenset()


def _without_session(url: Url) -> Url:
    if ";" not in url:
        return url
    stem, mark, rest = _cut(url, "?#")
    at = stem.lower().find(";jsessionid=")
    return url if at < 0 else Url(stem[:at] + mark + rest)


def _unwrapped(url: Url) -> Url | None:
    """The page behind a redirector that does nothing but redirect, or behind an AMP cache."""
    host = origin(url).removeprefix("www.")
    redirector = tracking.REDIRECTORS.get(host)
    if redirector is None and not host.startswith("google.") and not host.endswith("cdn.ampproject.org"):
        return None
    stem, _, query = url.partition("#")[0].partition("?")
    path = unquote(_cut(stem.partition("://")[2], "/")[2])
    if redirector is None:
        if host.endswith("cdn.ampproject.org"):
            return _from_amp(path)
        if tracking.GOOGLE.fullmatch(host) is None:
            return None
        if path.startswith("amp/"):
            return _from_amp("c/" + path.removeprefix("amp/"))
        redirector = {"/url": ("q", "url")}
    names = redirector.get("/" + path, ())
    for part in query.split("&") if names else ():
        name, _, value = part.partition("=")
        if name in names and unquote_plus(value).lower().startswith(("http://", "https://")):
            return absolute(unquote_plus(value))
    return None


def _from_amp(path: str) -> Url | None:
    """`c/s/example.org/story` → https://example.org/story; without the `s`, http."""
    kind, _, rest = path.partition("/")
    if kind not in {"c", "v", "i"} or not rest:
        return None
    if rest.startswith("s/"):
        return absolute("https://" + rest.removeprefix("s/"))
    return absolute("http://" + rest) if "." in rest.partition("/")[0] else None
