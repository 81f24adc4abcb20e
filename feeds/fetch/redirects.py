"""Prepares URLs for a request and follows redirects from one to the next. Pure.

requests does not follow the redirects, because it reads and decompresses the whole body of a redirect, and sends our
validators and headers on to other hosts.
"""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urljoin, urlsplit, urlunsplit

import requests

from feeds.errors import BadStatus, Blocked, Unreachable
from feeds.model.urls import DEFAULT_PORTS, safe_url

MAX_REDIRECTS = 10
PERMANENT_STATUSES = frozenset({301, 308})
METHOD_PRESERVING_STATUSES = frozenset({307, 308})  # RFC 9110 §15.4.8, §15.4.9
REDIRECT_STATUSES = PERMANENT_STATUSES | {302, 303, 307}


class RedirectChain:
    """The URLs of one fetch. `url` is the current one, without userinfo and fragment.

    `moved_to`: where the permanent redirects (301, 308) at the beginning of the chain lead; "" if it begins with none.
    """

    def __init__(self, source: str, url: str) -> None:
        self.moved_to = ""
        self._source = source
        self._is_permanent_so_far = True
        self.url = self._prepared_url(url, "its URL")
        self._seen = {self.url}

    def follow(self, status: int, location: str) -> None:
        """Continue at the Location of an answer with this status.

        Raises Unreachable or Blocked if it is not a usable URL, BadStatus for a loop or too many redirects.
        """
        came_from = safe_url(self.url)
        self.url = self._prepared_url(
            _decode_location(location.strip()), f"what {came_from} redirects to", base=self.url
        )
        self._is_permanent_so_far = self._is_permanent_so_far and status in PERMANENT_STATUSES
        if self._is_permanent_so_far:
            self.moved_to = self.url
        if self.url in self._seen:
            problem = f"{came_from} redirects in a loop; it may require a cookie"
            raise BadStatus(self._source, problem, status=status)
        if len(self._seen) > MAX_REDIRECTS:
            raise BadStatus(self._source, f"{came_from}: more than {MAX_REDIRECTS} redirects", status=status)
        self._seen.add(self.url)

    def _prepared_url(self, url: str, what: str, base: str = "") -> str:
        """`url` as it is requested: absolute, quoted, the host in ASCII, without userinfo and fragment."""
        try:
            scheme, prepared = _prepare(urljoin(base, url))
        except ValueError:  # from requests and urllib3 as well; they quote the URL, so they are not shown
            raise Unreachable(self._source, f"{what} is not a valid URL") from None
        if scheme not in DEFAULT_PORTS:
            raise Blocked(self._source, f"{what} is neither an http:// nor an https:// URL")
        return prepared


@lru_cache(maxsize=2048)  # the same URLs are requested again and again, and prepared twice in each fetch
def _prepare(url: str) -> tuple[str, str]:
    """(scheme, URL as it is sent). Raises ValueError."""
    request = requests.PreparedRequest()
    request.prepare_url(url, None)
    parts = urlsplit(request.url or "")
    return parts.scheme, urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment=""))


def _decode_location(location: str) -> str:
    """The Location as text: http.client reads headers as Latin-1, but unquoted ones are UTF-8 (RFC 3987 §3.1)."""
    try:
        return location.encode("latin-1").decode()
    except UnicodeError:
        return location
