"""Reads the parts of a URL, and shows URLs and hosts in messages without their secrets. Pure."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}
_UNSAFE_HOST_CHARS = re.compile(r"[^A-Za-z0-9.:\[\]_-]")

UrlOrigin = tuple[str, str, int | None]
"""(scheme, host, port)"""


def origin(url: str) -> UrlOrigin:
    """The origin of a URL (RFC 6454); ("", "", None) for a text without one, which equals no URL's origin."""
    try:
        parts = urlsplit(url)
        scheme, host = parts.scheme.lower(), parts.hostname or ""
        return scheme, host, parts.port or DEFAULT_PORTS.get(scheme)
    except ValueError:
        return "", "", None


def userinfo(url: str) -> tuple[str, str] | None:
    """(user, password) in the URL, unquoted; None if one of them is missing or both are empty."""
    parts = urlsplit(url)
    if parts.username is None or parts.password is None:
        return None
    user, password = unquote(parts.username), unquote(parts.password)
    return (user, password) if user or password else None


def safe_url(url: str) -> str:
    """The part of a URL that is safe to show: the host, and the port if unusual. A path may be a secret."""
    scheme, host, port = origin(url)
    unusual = port and port != DEFAULT_PORTS.get(scheme)
    return safe_host(host) + (f":{port}" if unusual else "")


def safe_host(host: str) -> str:
    """A host, safe to show in a message: a redirect may contain any characters."""
    return _UNSAFE_HOST_CHARS.sub("?", f"[{host}]" if ":" in host else host)[:100] or "the server"
