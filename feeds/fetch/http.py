"""The fetcher: one conditional GET, its redirects, and the document or the reason why there is none."""

from __future__ import annotations

import logging
import socket
from base64 import b64encode
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

import requests
import urllib3
from requests.structures import CaseInsensitiveDict
from requests.utils import get_environ_proxies, get_netrc_auth, select_proxy

from feeds.clock import Clock
from feeds.errors import BadStatus, Blocked, FetchError, Unreachable
from feeds.fetch import file
from feeds.fetch.connection import Adapter, Stale, blocked, numeric
from feeds.fetch.decoding import ACCEPT_ENCODING, Broken, Overflow, decode
from feeds.fetch.error_text import translated
from feeds.fetch.fetch_budget import Allowance, Lookup
from feeds.fetch.guard import own_name, refusal
from feeds.fetch.pacing import Pacing, host_of
from feeds.fetch.redirects import REDIRECTS, REPEATED, Origin, Trail, origin, place, userinfo
from feeds.fetch.status import failure
from feeds.fetch.validators import conditions, of_document, of_unchanged
from feeds.model import Fetched, Kind, Response, Source, Unchanged, Validators

# urllib3 warns with whole URLs, tokens and all; whatever matters leaves here as a FetchError.
logging.getLogger("urllib3").setLevel(logging.CRITICAL)

DOCUMENTS = frozenset(
    {200, 203, 226}
)  # 226 (RFC 3229): the entries that are new; nothing is taken as removed
_CHUNK = 64 << 10  # bytes read at a time
_LONGEST_HEADER = 8192  # characters; longer ones mean nothing to us
_NOTHING: Mapping[str, str] = {}

_ACCEPT: dict[Kind, str] = {
    "feed": "application/atom+xml, application/rss+xml, application/rdf+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, text/html;q=0.5, */*;q=0.1",
    "page": "text/html, application/xhtml+xml, */*;q=0.1",
    "opml": "text/x-opml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1",
}
_KEPT = (
    "age",
    "cache-control",
    "content-language",
    "content-type",
    "date",
    "etag",
    "expires",
    "last-modified",
    "link",
    "retry-after",
)


class Fetcher:
    """Fetches for every source, from any number of threads.

    `directory`: below it lie the files that sources may name. `user_agent`: as sent, `name/version (+URL)`.
    `pool`: how many hosts' connections are kept. `authorities`: a PEM file in place of Mozilla's list.
    `lookup`: how names become addresses, with the signature of `socket.getaddrinfo`. `pacing`: whose turn it is.
    """

    def __init__(
        self,
        directory: Path,
        clock: Clock,
        user_agent: str,
        pool: int,
        *,
        authorities: Path | None = None,
        lookup: Lookup = socket.getaddrinfo,
        pacing: Pacing | None = None,
    ) -> None:
        self._directory = directory
        self._clock = clock
        self._user_agent = user_agent
        self._adapter = Adapter(pool, authorities)
        self._lookup = lookup
        self.pacing = pacing or Pacing(clock)

    def fetch(self, source: Source, url: str, validators: Validators) -> Fetched:
        """GET `url` on behalf of `source`, conditional where `url` (or where it leads) issued `validators`.

        A file (a path below the directory, without "://") is read only where it is the source's own URL: no feed
        and no list may lead to one. Raises FetchError, and nothing else.
        """
        if "://" not in url:
            if url != source.url:
                raise Blocked(source.id, "a document from elsewhere leads to a file of this machine")
            return file.read(source, url, validators, self._directory, self._clock.monotonic)
        trail = Trail(source.id, url)
        allowance = Allowance(source, self._clock.monotonic, self._lookup)
        with allowance.in_force(), translated(source, trail):
            return self._follow(source, trail, validators, allowance)

    def post(self, source: Source, url: str, form: bytes) -> None:
        """POST `form` (urlencoded) on behalf of `source`; returns once the answer is a 2xx, of which no body is
        read. 307 and 308 are followed by the same POST, but not from https to http. Raises FetchError.

        Sent twice where a kept connection turns out to be dead: use it for what may be said twice.
        """
        trail = Trail(source.id, url)
        allowance = Allowance(source, self._clock.monotonic, self._lookup)
        with allowance.in_force(), translated(source, trail):
            taken = False
            while not taken:
                with self.pacing.turn(source.id, host_of(trail.url)) as waited:
                    allowance.extend(waited)
                    taken = self._posted(source, trail, form)

    def _posted(self, source: Source, trail: Trail, form: bytes) -> bool:
        """Whether it was taken; otherwise the trail has gone on."""
        headers = CaseInsensitiveDict(
            {
                "User-Agent": source.access.user_agent or self._user_agent,
                "Accept": "*/*",
                "Content-Type": "application/x-www-form-urlencoded",
                "Content-Length": str(len(form)),
            }
        )
        raw = self._send(source, trail.url, headers, form)
        try:
            location = raw.headers.get("location")
            if raw.status in REPEATED and location:
                secret = trail.url.startswith("https:")
                trail.follow(raw.status, location)
                if secret and not trail.url.startswith("https:"):
                    raise Blocked(source.id, "it redirects from https to http, where a secret would be heard")
                return False
            if HTTPStatus.OK <= raw.status < HTTPStatus.MULTIPLE_CHOICES:
                return True
            raise failure(source.id, place(trail.url), raw.status, raw.headers, self._clock.now())
        finally:
            raw.close()

    def close(self) -> None:
        """Close the connections that are kept."""
        self._adapter.close()

    def _follow(self, source: Source, trail: Trail, validators: Validators, allowance: Allowance) -> Fetched:
        secrets, home = _secrets(source), _home(source)
        while True:
            # The turn ends with the answer: the next hop may be another host's.
            with self.pacing.turn(source.id, host_of(trail.url)) as waited:
                allowance.extend(waited)
                conditional = conditions(validators, trail.url)
                at_home = origin(trail.url) == home
                headers = self._headers(source, secrets if at_home else {})
                if "If-None-Match" in conditional and source.kind == "feed":
                    headers["A-IM"] = (
                        "feed"  # only the entries that are new since then will do (RFC 3229 §10.5.3)
                    )
                raw = self._send(source, trail.url, headers, conditional=conditional)
                try:
                    location = raw.headers.get("location")
                    if raw.status in REDIRECTS and location:
                        trail.follow(raw.status, location)
                    elif raw.status in DOCUMENTS:
                        return self._document(source, trail, raw, allowance)
                    elif raw.status == HTTPStatus.NOT_MODIFIED and conditional:
                        return self._unchanged(trail, raw, validators, allowance)
                    else:
                        raise self._failure(source, trail, raw, withheld=bool(secrets) and not at_home)
                finally:
                    raw.close()  # what was not read to its end cannot be kept, and is not worth reading

    def _headers(self, source: Source, secrets: Mapping[str, str]) -> CaseInsensitiveDict[str]:
        headers = CaseInsensitiveDict(
            {
                "User-Agent": source.access.user_agent or self._user_agent,
                "Accept": _ACCEPT[source.kind],
                "Accept-Encoding": ACCEPT_ENCODING,
            }
        )
        headers.update(secrets)
        return headers

    def _send(
        self,
        source: Source,
        url: str,
        headers: CaseInsensitiveDict[str],
        form: bytes | None = None,
        *,
        conditional: Mapping[str, str] = _NOTHING,
    ) -> urllib3.HTTPResponse:
        """One GET, or the POST of a form → urllib3's response, its body unread."""
        request = requests.PreparedRequest()
        request.method, request.url, request.body = "GET" if form is None else "POST", url, form
        request.prepare_headers(headers)
        # Not judged: requests refuses values that begin with what Python calls white space, such as 0xA0; HTTP
        # has them (obs-text, RFC 9110 §5.5), and a server's own ETag must not be the end of its source.
        request.headers.update(conditional)
        proxy = _proxy(source, url)
        options: dict[str, Any] = {
            "stream": True,
            "proxies": {"http": proxy, "https": proxy} if proxy else {},
        }
        try:
            response = self._adapter.send(request, **options)
        except Stale:  # either may be sent again (RFC 9110 §9.2.2); the connection is a new one
            response = self._adapter.send(request, **options)
        raw: urllib3.HTTPResponse = response.raw
        return raw

    def _document(
        self, source: Source, trail: Trail, raw: urllib3.HTTPResponse, allowance: Allowance
    ) -> Response:
        return Response(
            body=_body(source, raw, allowance),
            url=trail.url,
            status=raw.status,
            headers=_kept(raw.headers),
            validators=of_document(raw.headers, trail.url),
            moved_to=trail.moved_to,
            seconds=allowance.used,
            wire_bytes=allowance.received,
        )

    def _unchanged(
        self, trail: Trail, raw: urllib3.HTTPResponse, sent: Validators, allowance: Allowance
    ) -> Unchanged:
        if not raw.chunked:  # a 304 has no body, yet http.client waits for chunks where the header names them
            raw.drain_conn()
        return Unchanged(
            url=trail.url,
            headers=_kept(raw.headers),
            validators=of_unchanged(raw.headers, sent),
            moved_to=trail.moved_to,
            seconds=allowance.used,
            wire_bytes=allowance.received,
        )

    def _failure(
        self, source: Source, trail: Trail, raw: urllib3.HTTPResponse, *, withheld: bool
    ) -> FetchError:
        where = place(trail.url)
        if raw.status == HTTPStatus.NOT_MODIFIED:
            problem = f"{where} answered 304 Not Modified to a request without conditions"
            return BadStatus(source.id, problem, status=raw.status)
        if raw.status in REDIRECTS:
            return BadStatus(source.id, f"{where} redirects, and does not say where to", status=raw.status)
        if withheld and raw.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            where += " (another origin, so the credentials were not sent)"
        return failure(source.id, where, raw.status, raw.headers, self._clock.now())


def _home(source: Source) -> Origin:
    """The source's own origin, in the form in which a `Trail` has it. A file's is like no other."""
    return origin("" if source.is_file else Trail(source.id, source.url).url)


def _proxy(source: Source, url: str) -> str:
    """The one that the source names, or, if it says so, the environment's; "" otherwise."""
    access = source.access
    proxy: str = access.proxy
    if access.trust_env and not proxy:
        proxy = select_proxy(url, get_environ_proxies(url, no_proxy=None)) or ""
    if not proxy:
        return ""
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    if not proxy.startswith(("http://", "https://")):
        raise Unreachable(source.id, "its proxy is neither http:// nor https://")
    if not access.allow_private:
        # The proxy looks names up, and answers for them; an address that is written out is judged here, as is a
        # name that can only mean something in the proxy's own network.
        _, host, port = origin(url)
        written = numeric(host.rstrip("."), port or 0)
        kinds = [refusal(entry[4][0]) for entry in written] or [own_name(host)]
        if kind := next(filter(None, kinds), None):
            raise blocked(source.id, host, kind)
    return proxy


def _secrets(source: Source) -> dict[str, str]:
    """Header fields that only the source's own origin may see (RFC 9110 §15.4)."""
    found = userinfo(source.url)
    if found is None and source.access.trust_env:
        found = get_netrc_auth(source.url)
    secrets = {}
    if found:
        secrets["Authorization"] = "Basic " + b64encode(":".join(found).encode()).decode()  # RFC 7617
    return secrets | dict(source.access.headers)


def _body(source: Source, raw: urllib3.HTTPResponse, allowance: Allowance) -> bytes:
    """The body, unpacked. Raises TooLarge, TooSlow, Unreachable."""
    headers = raw.headers
    if headers.get("transfer-encoding", "chunked").strip().lower() not in {"chunked", "identity"}:
        raise Unreachable(source.id, "the document comes in a transfer encoding that was not asked for")
    allowance.expect(raw.length_remaining or 0)
    chunks = iter(lambda: raw.read(_CHUNK, decode_content=False), b"")
    limit = source.access.max_body
    try:
        body = b"".join(decode(chunks, headers.get("content-encoding", ""), limit, allowance.seconds))
    except Broken as error:
        raise Unreachable(source.id, str(error)) from error
    except Overflow as error:
        raise allowance.too_large(limit, "when unpacked") from error
    if not body:  # also what http.client makes of an answer that was cut off in its headers
        raise Unreachable(source.id, "the document is empty")
    return body


def _kept(headers: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    found = ((name, headers.get(name, "")) for name in _KEPT)
    return tuple((name, value) for name, value in found if value and len(value) <= _LONGEST_HEADER)
