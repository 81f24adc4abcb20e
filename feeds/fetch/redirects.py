"""Prepares URLs for a request and follows redirects from one to the next. Pure.

requests does not follow the redirects, because it reads and decompresses the whole body of a redirect, and sends our
validators and headers on to other hosts.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urljoin, urlsplit, urlunsplit

import requests

from feeds.errors import BadStatus, Blocked, FetchError
from feeds.model.urls import DEFAULT_PORTS, safe_url

MAX_REDIRECTS = 10
MAX_VISITS = 3
"""How often one chain may lead to the same URL, each time with other cookies. A login host or an anti-bot gate sets a
cookie and leads back to where the chain began."""

PERMANENT_STATUSES = frozenset({301, 308})
METHOD_PRESERVING_STATUSES = frozenset({307, 308})  # RFC 9110 §15.4.8, §15.4.9
_HOST = re.compile(
    r"(?=.{1,254}$)[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*+\.?"
)  # such as no template leaves
REDIRECT_STATUSES = PERMANENT_STATUSES | {302, 303, 307}


CookieSet = frozenset[tuple[str, str, str, str]]
"""(domain, path, name, value) of each cookie."""


class RedirectChain:
    """The URLs of one fetch. `url` is the current one, without userinfo and fragment.

    `moved_to`: where the permanent redirects (301, 308) at the beginning of the chain lead; "" if it begins with none.
    """

    def __init__(self, source: str, url: str) -> None:
        self.moved_to = ""
        self._source = source
        self._is_permanent_so_far = True
        self.url = self._prepared_url(url, "its URL", Blocked(source, "its URL is not a valid URL"))
        self._requests: list[tuple[str, CookieSet]] = [(self.url, frozenset())]

    def follow(self, status: int, location: str, cookies: CookieSet = frozenset()) -> None:
        """Continue at the Location of an answer with this status. `cookies`: what the chain has set so far.

        Raises BadStatus if it is no URL, for a loop or too many redirects; Blocked if it is not of the web. The URL's
        owner makes these mistakes, so none of them counts against the host.
        """
        came_from = safe_url(self.url)
        target = f"what {came_from} redirects to"
        invalid = BadStatus(self._source, f"{target} is not a valid URL", status=status)
        self.url = self._prepared_url(_decode_location(location.strip()), target, invalid, base=self.url)
        self._is_permanent_so_far = self._is_permanent_so_far and status in PERMANENT_STATUSES
        if self._is_permanent_so_far:
            # A gate that sets a cookie and leads back has moved nothing.
            self.moved_to = self.url if self.url != self._requests[0][0] else ""
        visits = sum(url == self.url for url, _ in self._requests)
        if (self.url, cookies) in self._requests or visits >= MAX_VISITS:
            problem = f"{came_from} redirects in a loop; it may require a cookie from a login"
            raise BadStatus(self._source, problem, status=status)
        if len(self._requests) > MAX_REDIRECTS:
            raise BadStatus(self._source, f"{came_from}: more than {MAX_REDIRECTS} redirects", status=status)
        self._requests.append((self.url, cookies))

    def _prepared_url(self, url: str, what: str, invalid: FetchError, base: str = "") -> str:
        """`url` as it is requested: absolute, quoted, the host in ASCII, without userinfo and fragment.

        Raises `invalid` if it is no URL."""
        try:
            scheme, prepared = _prepare(urljoin(base, url))
        except ValueError:  # from requests and urllib3 as well; they quote the URL, so they are not shown
            raise invalid from None
        if scheme not in DEFAULT_PORTS:
            raise Blocked(self._source, f"{what} is neither an http:// nor an https:// URL")
        return prepared


@lru_cache(maxsize=2048)  # the same URLs are requested again and again, and prepared twice in each fetch
def _prepare(url: str) -> tuple[str, str]:
    """(scheme, URL as it is sent). Raises ValueError."""
    request = requests.PreparedRequest()
    request.prepare_url(url, None)
    parts = urlsplit(request.url or "")
    host = parts.hostname or ""
    if parts.scheme in DEFAULT_PORTS and ":" not in host and not _HOST.fullmatch(host):
        raise ValueError("no host name")
    return parts.scheme, urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment=""))


def _decode_location(location: str) -> str:
    """The Location as text: http.client reads headers as Latin-1, but unquoted ones are UTF-8 (RFC 3987 §3.1)."""
    try:
        return location.encode("latin-1").decode()
    except UnicodeError:
        return location
