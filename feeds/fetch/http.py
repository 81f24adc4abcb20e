"""Retriever of http and https: one conditional GET with its redirects. Also sends the POST of a form to a hub."""

from __future__ import annotations

import logging
import socket
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

import requests
import urllib3
from requests.structures import CaseInsensitiveDict
from requests.utils import get_netrc_auth

from feeds.clock import Clock
from feeds.errors import BadAnswer, BadStatus, Blocked, FetchError
from feeds.fetch.adapters import Adapters
from feeds.fetch.connection import StaleConnection
from feeds.fetch.cookies import ChainCookies
from feeds.fetch.decoding import ACCEPT_ENCODING, BodyTooLarge, CorruptBody, decode
from feeds.fetch.error_text import translate_errors
from feeds.fetch.fetch_budget import FetchBudget, Lookup
from feeds.fetch.pacing import HostPacer, host_of
from feeds.fetch.proxy import proxy_for
from feeds.fetch.redirects import (
    METHOD_PRESERVING_STATUSES,
    REDIRECT_STATUSES,
    RedirectChain,
)
from feeds.fetch.retrievers import FetchContext
from feeds.fetch.status import error_for_status
from feeds.fetch.validators import conditional_headers, from_document, from_not_modified
from feeds.model import Fetched, Kind, Response, Source, Unchanged, Validators
from feeds.model.urls import UrlOrigin, origin, safe_url, userinfo

# urllib3's warnings quote whole URLs, which may hold secrets. Errors are raised as FetchError.
logging.getLogger("urllib3").setLevel(logging.CRITICAL)

DOCUMENT_STATUSES = frozenset({200, 203, 226})  # 226: new entries only, the others are not removed (RFC 3229)
_READ_BYTES = 64 << 10  # at a time
_MAX_HEADER_CHARS = 8192  # longer values are ignored
_NO_HEADERS: Mapping[str, str] = {}

_ACCEPT: dict[Kind, str] = {
    "feed": "application/atom+xml, application/rss+xml, application/rdf+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, text/html;q=0.5, */*;q=0.1",
    "page": "text/html, application/xhtml+xml, */*;q=0.1",
    "opml": "text/x-opml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1",
}
_KEPT_HEADERS = (
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


class EmptyDocument(BadAnswer):
    """The body has no bytes."""


def retrieve(context: FetchContext, source: Source, url: str, validators: Validators) -> Fetched:
    """The retriever (see `feeds.fetch.retrievers`)."""
    return context.http.get(source, url, validators)


class HttpClient:
    """Sends requests, from any number of threads. The arguments are those of `Fetcher`."""

    def __init__(
        self,
        clock: Clock,
        user_agent: str,
        max_pooled_hosts: int,
        pacing: HostPacer,
        *,
        ca_file: Path | None = None,
        extra_ca: Path | None = None,
        lookup: Lookup = socket.getaddrinfo,
    ) -> None:
        self._clock = clock
        self._user_agent = user_agent
        self._pacing = pacing
        self._adapters = Adapters(max_pooled_hosts, ca_file, extra_ca)
        self._lookup = lookup

    def get(self, source: Source, url: str, validators: Validators) -> Fetched:
        """The document at `url`, or `Unchanged`. Raises FetchError and nothing else."""
        chain = RedirectChain(source.id, url)
        budget = FetchBudget(source, self._clock.monotonic, self._lookup)
        with budget.activate():
            return self._follow_redirects(source, chain, validators, budget)

    def post(self, source: Source, url: str, form: bytes) -> None:
        """POST `form` (urlencoded) for `source`; return when the answer is a 2xx, whose body is not read. A 307 or
        308 is followed by the same POST, but not from https to http. Raises FetchError.

        The form is sent twice if a kept connection turns out to be dead, so it must be harmless to repeat.
        """
        chain = RedirectChain(source.id, url)
        budget = FetchBudget(source, self._clock.monotonic, self._lookup)
        with budget.activate():
            is_accepted = False
            while not is_accepted:
                # The pacing learns from the error that leaves its block how the request ended.
                with self._turn(source, chain, budget):
                    is_accepted = self._post_once(source, chain, form)

    def probe(self, source: Source, url: str) -> None:
        """Connect to the host of `url` (or the source's proxy), with TLS for https, and send no request. Raises
        FetchError."""
        budget = FetchBudget(source, self._clock.monotonic, self._lookup)
        with budget.activate(), translate_errors(source, RedirectChain(source.id, url)):
            proxy = proxy_for(source, url)
            is_own_host = host_of(url) == host_of(source.url)
            self._adapters.get(source, url, proxy, own_host=is_own_host).open_connection(url, proxy).close()

    @contextmanager
    def _turn(self, source: Source, chain: RedirectChain, budget: FetchBudget) -> Iterator[None]:
        """A turn at the host of the chain's URL, for one request."""
        with (
            self._pacing.turn(source.id, host_of(chain.url)) as waited,
            translate_errors(source, chain),
        ):
            budget.extend_deadline(waited)
            yield

    def _post_once(self, source: Source, chain: RedirectChain, form: bytes) -> bool:
        """Whether the form was accepted. If not, the answer was a redirect, and `chain` has followed it."""
        headers = CaseInsensitiveDict(
            {
                "User-Agent": source.access.user_agent or self._user_agent,
                "Accept": "*/*",
                "Content-Type": "application/x-www-form-urlencoded",
                "Content-Length": str(len(form)),
            }
        )
        raw = self._send(source, chain.url, headers, form)
        try:
            location = raw.headers.get("location")
            if raw.status in METHOD_PRESERVING_STATUSES and location:
                was_encrypted = chain.url.startswith("https:")
                chain.follow(raw.status, location)
                if was_encrypted and not chain.url.startswith("https:"):
                    raise Blocked(
                        source.id, "it redirects from https to http, which would expose the form's secret"
                    )
                return False
            if HTTPStatus.OK <= raw.status < HTTPStatus.MULTIPLE_CHOICES:
                return True
            raise error_for_status(source.id, safe_url(chain.url), raw.status, raw.headers, self._clock.now())
        finally:
            _release(raw)

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._adapters.close()

    def _follow_redirects(
        self, source: Source, chain: RedirectChain, validators: Validators, budget: FetchBudget
    ) -> Fetched:
        secrets, source_origin = _secret_headers(source), _source_origin(source)
        cookies = ChainCookies()
        while True:
            # One turn for each hop: the next one may be at another host.
            with self._turn(source, chain, budget):
                conditional = conditional_headers(validators, chain.url)
                is_own_origin = origin(chain.url) == source_origin
                headers = self._headers(source, secrets if is_own_origin else {})
                if "If-None-Match" in conditional and source.kind == "feed":
                    headers["A-IM"] = "feed"  # ask for the new entries only (RFC 3229 §10.5.3)
                if cookie := cookies.header(chain.url, headers.get("Cookie", "")):
                    headers["Cookie"] = cookie
                raw = self._send(source, chain.url, headers, conditional=conditional)
                try:
                    location = raw.headers.get("location")
                    if raw.status in REDIRECT_STATUSES and location:
                        cookies.read(chain.url, raw)
                        chain.follow(raw.status, location, cookies.values())
                    elif raw.status in DOCUMENT_STATUSES:
                        return self._document(source, chain, raw, budget)
                    elif raw.status == HTTPStatus.NOT_MODIFIED and conditional:
                        return self._unchanged(chain, raw, validators, budget)
                    else:
                        raise self._failure(source, chain, raw, withheld=bool(secrets) and not is_own_origin)
                finally:
                    _release(raw)

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
        conditional: Mapping[str, str] = _NO_HEADERS,
    ) -> urllib3.HTTPResponse:
        """Send one GET, or one POST if there is a form. The body of the response is unread."""
        request = requests.PreparedRequest()
        request.method, request.url, request.body = "GET" if form is None else "POST", url, form
        request.prepare_headers(headers)
        # Added after prepare_headers, which refuses values that begin with what Python calls white space, such as
        # 0xA0. HTTP allows them (obs-text, RFC 9110 §5.5), and a server's own ETag must not make its source fail.
        request.headers.update(conditional)
        proxy, is_own_host = proxy_for(source, url), host_of(url) == host_of(source.url)
        adapter = self._adapters.get(source, url, proxy, own_host=is_own_host)
        options: dict[str, Any] = {
            "stream": True,
            "proxies": {"http": proxy, "https": proxy} if proxy else {},
            "verify": source.access.tls.verify or not is_own_host,
        }
        try:
            response = adapter.send(request, **options)
        except StaleConnection:  # sent once more, on a new connection (RFC 9110 §9.2.2)
            response = adapter.send(request, **options)
        raw: urllib3.HTTPResponse = response.raw
        return raw

    def _document(
        self, source: Source, chain: RedirectChain, raw: urllib3.HTTPResponse, budget: FetchBudget
    ) -> Response:
        return Response(
            body=_read_body(source, raw, budget),
            url=chain.url,
            status=raw.status,
            headers=_kept_headers(raw.headers),
            validators=from_document(raw.headers, chain.url),
            moved_to=chain.moved_to,
            seconds=budget.elapsed_seconds,
            wire_bytes=budget.received_bytes,
        )

    def _unchanged(
        self, chain: RedirectChain, raw: urllib3.HTTPResponse, sent: Validators, budget: FetchBudget
    ) -> Unchanged:
        return Unchanged(
            url=chain.url,
            headers=_kept_headers(raw.headers),
            validators=from_not_modified(raw.headers, sent),
            moved_to=chain.moved_to,
            seconds=budget.elapsed_seconds,
            wire_bytes=budget.received_bytes,
        )

    def _failure(
        self, source: Source, chain: RedirectChain, raw: urllib3.HTTPResponse, *, withheld: bool
    ) -> FetchError:
        where = safe_url(chain.url)
        if raw.status == HTTPStatus.NOT_MODIFIED:
            problem = f"{where} answered 304 Not Modified to an unconditional request"
            return BadStatus(source.id, problem, status=raw.status)
        if raw.status in REDIRECT_STATUSES:
            return BadStatus(
                source.id, f"{where} redirects without saying where to (no Location)", status=raw.status
            )
        if withheld and raw.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            where += " (another origin, so the credentials were not sent)"
        return error_for_status(source.id, where, raw.status, raw.headers, self._clock.now())


def _release(raw: urllib3.HTTPResponse) -> None:
    """Give the connection back, to be used again, if the answer has no body or was read to the end; else close it."""
    if raw.length_remaining == 0:
        raw.drain_conn()
    raw.close()


def _source_origin(source: Source) -> UrlOrigin:
    """The source's own origin, in the form of a `RedirectChain`. That of a source outside the web equals no other."""
    return origin(RedirectChain(source.id, source.url).url if source.scheme.is_web else "")


def _secret_headers(source: Source) -> dict[str, str]:
    """The header fields that are sent to the source's own origin only (RFC 9110 §15.4)."""
    login = userinfo(source.url)
    if login is None and source.access.trust_env:
        login = get_netrc_auth(source.url)
    secrets = {}
    if login:
        secrets["Authorization"] = "Basic " + b64encode(":".join(login).encode()).decode()  # RFC 7617
    return secrets | dict(source.access.headers)


def _read_body(source: Source, raw: urllib3.HTTPResponse, budget: FetchBudget) -> bytes:
    """The decompressed body. Raises TooLarge, TooSlow, BadAnswer, EmptyDocument."""
    headers = raw.headers
    if headers.get("transfer-encoding", "chunked").strip().lower() not in {"chunked", "identity"}:
        raise BadAnswer(
            source.id, "the server uses a Transfer-Encoding that was not requested", status=raw.status
        )
    budget.check_size(raw.length_remaining or 0)
    chunks = iter(lambda: raw.read(_READ_BYTES, decode_content=False), b"")
    limit = source.access.max_decoded_bytes
    try:
        body = b"".join(decode(chunks, headers.get("content-encoding", ""), limit, budget.remaining_seconds))
    except CorruptBody as error:
        raise BadAnswer(source.id, str(error), status=raw.status) from error
    except BodyTooLarge as error:
        raise budget.too_large(limit, "when unpacked") from error
    if not body:
        raise EmptyDocument(source.id, "the document is empty", status=raw.status)
    return body


def _kept_headers(headers: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    fields = ((name, headers.get(name, "")) for name in _KEPT_HEADERS)
    return tuple((name, value) for name, value in fields if value and len(value) <= _MAX_HEADER_CHARS)
