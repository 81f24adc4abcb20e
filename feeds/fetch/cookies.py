"""The cookies of one fetch: what its redirects set is sent on along the same chain, and forgotten at its end.

Journals lead through a login host, and anti-bot gates set a cookie and lead back; without the cookie they do so for
ever. Nothing is stored: a cookie that outlives the fetch would let a server recognise us.
"""

from __future__ import annotations

from http.cookiejar import Cookie, CookieJar, DefaultCookiePolicy
from typing import Any

import requests
import urllib3
from requests.cookies import extract_cookies_to_jar, get_cookie_header

from feeds.fetch.domains import is_public_suffix
from feeds.fetch.redirects import CookieSet

MAX_COOKIES = 50  # of one chain, as many as RFC 6265 §6.1 asks for
MAX_COOKIE_CHARS = 4096  # name and value together (RFC 6265bis §5.7)


class _Policy(DefaultCookiePolicy):
    """The rules of RFC 6265 for domain, path and Secure. In addition: no domain that others share (§5.3, step 5), a
    Secure cookie is set over https only, and the promises of a name are kept (RFC 6265bis §4.1.3)."""

    def __init__(self) -> None:
        super().__init__(
            secure_protocols=("https",), strict_ns_domain=DefaultCookiePolicy.DomainStrictNonDomain
        )

    def set_ok(self, cookie: Cookie, request: Any) -> bool:
        domain = cookie.domain.lstrip(".")
        if cookie.domain_specified and (is_public_suffix(domain) or domain.replace(".", "").isdigit()):
            return False
        if len(cookie.name) + len(cookie.value or "") > MAX_COOKIE_CHARS:
            return False
        is_encrypted = request.type == "https"
        if cookie.secure and not is_encrypted:
            return False
        if cookie.name.startswith("__Host-") and (cookie.domain_specified or cookie.path != "/"):
            return False
        if cookie.name.startswith(("__Secure-", "__Host-")) and not cookie.secure:
            return False
        return bool(super().set_ok(cookie, request))


class ChainCookies:
    """The cookies of one chain of redirects."""

    def __init__(self) -> None:
        self._jar = CookieJar(_Policy())

    def read(self, url: str, raw: urllib3.HTTPResponse) -> None:
        """Take the cookies that the answer from `url` sets."""
        if "set-cookie" in raw.headers:
            extract_cookies_to_jar(self._jar, _request(url), raw)  # type: ignore[no-untyped-call]
            for cookie in list(self._jar)[MAX_COOKIES:]:
                self._jar.clear(cookie.domain, cookie.path, cookie.name)

    def header(self, url: str, configured: str = "") -> str:
        """The Cookie header of a request for `url`; "" for none. `configured`: the user's own cookies for this origin,
        of which the server may have set another value meanwhile."""
        received = get_cookie_header(self._jar, _request(url)) if len(self._jar) else None  # type: ignore[no-untyped-call]
        if not received or not configured:
            return received or configured
        names = {_name(pair) for pair in received.split(";")}
        kept = [pair.strip() for pair in configured.split(";") if pair.strip() and _name(pair) not in names]
        return "; ".join((*kept, received))

    def values(self) -> CookieSet:
        return frozenset((c.domain, c.path, c.name, c.value or "") for c in self._jar)


def _request(url: str) -> requests.PreparedRequest:
    request = requests.PreparedRequest()
    request.url, request.headers = url, requests.structures.CaseInsensitiveDict()
    return request


def _name(pair: str) -> str:
    return pair.partition("=")[0].strip()
