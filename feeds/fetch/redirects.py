"""Where a fetch goes: URLs made fit to be asked for, and the redirects from one to the next. Pure.

Followed here and not by requests, which reads and unpacks a redirect's body whole, and carries validators and
headers of ours to other hosts.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urljoin, urlsplit, urlunsplit

import requests
from requests.utils import get_auth_from_url

from feeds.errors import BadStatus, Blocked, Unreachable

MAX_REDIRECTS = 10
PERMANENT_STATUSES = frozenset({301, 308})
METHOD_PRESERVING_STATUSES = frozenset(
    {307, 308}
)  # the method and the body stay what they were (RFC 9110 §15.4.8, §15.4.9)
REDIRECT_STATUSES = PERMANENT_STATUSES | {302, 303, 307}

_DEFAULT_PORTS = {"http": 80, "https": 443}
_UNFIT = re.compile(r"[^A-Za-z0-9.:\[\]_-]")

Origin = tuple[str, str, int | None]


class RedirectChain:
    """The URLs that one fetch went through. `url` is the present one, without userinfo and fragment.

    `moved_to`: where the unbroken chain of 301/308 led that the trail began with; "" where there was none.
    """

    def __init__(self, source: str, url: str) -> None:
        self.moved_to = ""
        self._source = source
        self._permanent = True
        self.url = self._fit(url, "its URL")
        self._seen = {self.url}

    def follow(self, status: int, location: str) -> None:
        """Go on to where an answer `status` points.

        Raises Unreachable or Blocked where that cannot be asked, BadStatus for a circle or a trail too long.
        """
        came_from = safe_url(self.url)
        self.url = self._fit(_text(location.strip()), f"what {came_from} redirects to", base=self.url)
        self._permanent = self._permanent and status in PERMANENT_STATUSES
        if self._permanent:
            self.moved_to = self.url
        if self.url in self._seen:
            problem = f"{came_from} redirects in a circle; perhaps it insists on a cookie"
            raise BadStatus(self._source, problem, status=status)
        if len(self._seen) > MAX_REDIRECTS:
            raise BadStatus(self._source, f"{came_from}: more than {MAX_REDIRECTS} redirects", status=status)
        self._seen.add(self.url)

    def _fit(self, url: str, what: str, base: str = "") -> str:
        """`url` as it will be asked for: absolute, quoted, the host in ASCII, no userinfo, no fragment."""
        try:
            scheme, fit = _prepared(urljoin(base, url))
        except ValueError:  # requests' and urllib3's errors are ValueErrors too, and quote the URL: not shown
            raise Unreachable(self._source, f"{what} is not a URL") from None
        if scheme not in _DEFAULT_PORTS:
            raise Blocked(self._source, f"{what} is neither http:// nor https://")
        return fit


@lru_cache(maxsize=2048)  # the same URLs are asked for as long as the process lives, twice in each fetch
def _prepared(url: str) -> tuple[str, str]:
    """The scheme, and the URL as it is sent. Raises ValueError."""
    request = requests.PreparedRequest()
    request.prepare_url(url, None)
    parts = urlsplit(request.url or "")
    return parts.scheme, urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment=""))


def _text(location: str) -> str:
    """http.client reads headers as Latin-1; what was sent raw is UTF-8 (RFC 3987 §3.1)."""
    try:
        return location.encode("latin-1").decode()
    except UnicodeError:
        return location


def origin(url: str) -> Origin:
    """(scheme, host, port) of RFC 6454; ("", "", None) for what has none, which is like no URL's origin."""
    try:
        parts = urlsplit(url)
        scheme, host = parts.scheme.lower(), parts.hostname or ""
        return scheme, host, parts.port or _DEFAULT_PORTS.get(scheme)
    except ValueError:
        return "", "", None


def userinfo(url: str) -> tuple[str, str] | None:
    """(user, password) as the URL carries them, unquoted."""
    user, password = get_auth_from_url(url)
    return (user, password) if user or password else None


def safe_url(url: str) -> str:
    """The host, and its port if unusual: as much of a URL as may be shown. A path may be a secret."""
    scheme, host, port = origin(url)
    unusual = port and port != _DEFAULT_PORTS.get(scheme)
    return safe_host(host) + (f":{port}" if unusual else "")


def safe_host(host: str) -> str:
    """A host as it may stand in a message: a redirect may name whatever it likes."""
    return _UNFIT.sub("?", f"[{host}]" if ":" in host else host)[:100] or "the server"
