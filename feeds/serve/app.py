"""The WSGI application: routes, the headers that all responses share, and the error pages.

No response contains what a client sent: not the URL, not the Host header, not the message of a library.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from io import BytesIO
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import structlog
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound, RequestedRangeNotSatisfiable
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from feeds.publish.http_headers import cache_control
from feeds.serve.cross_origin import allow_reading, is_public, preflight_response
from feeds.serve.favicon import FAVICON_NAME, favicon_response
from feeds.serve.files import PAGE, FileCache, Representation

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

View = Callable[..., Response]
"""(request, **parts of the URL) → response. A route has a view as its endpoint."""

MIN_WRAPPED_BYTES = 4 << 10
"""Responses of this size and more are given to the server as a file, which it sends without a copy and without a
thread. In pieces, a thread would have to wait for a client that does not read."""

DEFAULT_MAX_AGE = timedelta(minutes=30)
"""Freshness lifetime of a response unless the caller says another: half of the default polling interval."""

log = structlog.get_logger("feeds")

_ERROR_PAGES = {
    404: ("Not found", "There is nothing at this address."),
    405: ("Not allowed", "This address can only be read."),
    416: ("No such range", "The file does not reach that far."),
    421: ("Another name", "This server does not answer for that host name. Its own is set by site.base_url."),
    500: ("Error", "Something went wrong here. It has been written to the log."),
}


def create_app(
    directory: Path,
    *,
    max_age: timedelta = DEFAULT_MAX_AGE,
    hosts: Collection[str] | None = None,
    routes: Sequence[Rule] = (),
    links: Mapping[str, str] | None = None,
    cross_origin: bool = True,
) -> App:
    """An application that serves the files of `directory`, and the additional `routes`, whose endpoints are views.

    `hosts`: the host names it answers to, besides localhost and IP addresses; None: any name. `links`: file name →
    its Link header (RFC 8288). `cross_origin`: whether pages of other sites may read public outputs.
    """
    return App(FileCache(directory), max_age, hosts, routes, links or {}, cross_origin=cross_origin)


class App:
    """A WSGI callable; see `create_app`."""

    def __init__(
        self,
        files: FileCache,
        max_age: timedelta,
        hosts: Collection[str] | None,
        routes: Sequence[Rule],
        links: Mapping[str, str],
        *,
        cross_origin: bool = True,
    ) -> None:
        self._files = files
        self._links = links
        self._cross_origin = cross_origin
        self._max_age = max_age
        self._hosts = None if hosts is None else frozenset(host.casefold() for host in hosts)
        # No redirects to normalize slashes: werkzeug would write the client's Host into them.
        self._urls = Map(
            [
                *routes,
                Rule("/", endpoint=self._file, defaults={"name": "index.html"}, methods=["GET"]),
                Rule("/", endpoint=self._options, defaults={"name": "index.html"}, methods=["OPTIONS"]),
                Rule("/<path:name>", endpoint=self._file, methods=["GET"]),
                Rule("/<path:name>", endpoint=self._options, methods=["OPTIONS"]),
            ],
            merge_slashes=False,
            strict_slashes=False,
            redirect_defaults=False,
        )

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        response = self._respond(request)
        response.headers.setdefault("Content-Security-Policy", PAGE.policy)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        chunks = response(environ, start_response)
        wrap: Callable[[BytesIO], Iterable[bytes]] | None = environ.get("wsgi.file_wrapper")
        if wrap is None or not response.is_sequence:
            return chunks
        body = b"".join(chunks)  # the same object, because there is one chunk; BytesIO shares it too
        return wrap(BytesIO(body)) if len(body) >= MIN_WRAPPED_BYTES else [body]

    def _respond(self, request: Request) -> Response:
        try:
            if not self._is_own_host(_host(request.environ)):
                return _error(421)
            view, parts = self._urls.bind("localhost").match(request.path, request.method)
            response: Response = view(request, **parts)
        except HTTPException as error:
            return _error(error.code or 500, error)
        except Exception as error:
            log.exception("request.failed", error=f"{type(error).__name__}: {error}")
            return _error(500)
        return response

    def _is_own_host(self, host: str | None) -> bool:
        # DNS rebinding: the owner of a web page can let its host name resolve to 127.0.0.1, and the page then reads
        # what is served here. But the browser sends that host name.
        if self._hosts is None or host is None:
            return True
        name = host.casefold().rstrip(".")
        return name == "localhost" or name in self._hosts or _is_address(name)

    def _file(self, request: Request, name: str) -> Response:
        representation = self._files.get(name)
        if representation is None and name == FAVICON_NAME:
            return favicon_response()
        if representation is None:
            raise NotFound
        response = self._send(request, representation)
        response.headers["Cache-Control"] = cache_control(name, self._max_age)
        if name in self._links:
            response.headers["Link"] = self._links[name]
        if representation.private:
            response.headers["X-Robots-Tag"] = "noindex, nofollow"
        if self._cross_origin and is_public(name):
            allow_reading(response)
        return response

    def _options(self, request: Request, name: str) -> Response:
        if not self._cross_origin or not is_public(name) or self._files.get(name) is None:
            raise MethodNotAllowed(["GET", "HEAD"])
        return preflight_response(request)

    @staticmethod
    def _send(request: Request, representation: Representation) -> Response:
        """RFC 9110 §13.2.2: If-None-Match, else If-Modified-Since; then a range, unless the response is a 304."""
        wants_range = _wants_range(request)
        coding = "" if wants_range else _coding(request, representation)
        body = representation.encoded[coding] if coding else representation.body
        response = Response(body, content_type=representation.media.type)
        response.set_etag(representation.etag_of(coding))
        response.last_modified = representation.modified
        response.headers["Accept-Ranges"] = "bytes"
        response.headers["Content-Security-Policy"] = representation.media.policy
        if representation.encoded:
            response.headers["Vary"] = "Accept-Encoding"
        if coding:
            response.headers["Content-Encoding"] = coding
        response.make_conditional(request)
        if wants_range and response.status_code == 200:
            response.make_conditional(request, accept_ranges=True, complete_length=len(body))
        return response


def _wants_range(request: Request) -> bool:
    """Whether a GET asks for one range of bytes. Any other Range may be ignored (§14.2)."""
    requested = request.range
    return (
        request.method == "GET"
        and requested is not None
        and requested.units == "bytes"
        and len(requested.ranges) == 1
    )


def _coding(request: Request, representation: Representation) -> str:
    """The content coding that the client prefers, the smallest of equally preferred ones; "" for none."""
    accepted = request.accept_encodings
    identity = accepted["identity"] if "identity" in accepted.values() else 0
    acceptable = [
        coding for coding in representation.encoded if accepted[coding] > 0 and accepted[coding] >= identity
    ]
    return max(acceptable, key=lambda coding: accepted[coding], default="")


def _host(environ: WSGIEnvironment) -> str | None:
    """The requested host name without its port; None if the request names none, "" if it is malformed."""
    target = environ.get("REQUEST_URI", "")
    try:
        # The absolute form takes precedence over Host (RFC 9112 §3.2.2).
        if "://" in target.partition("?")[0]:
            return urlsplit(target).hostname or ""
        host = environ.get("HTTP_HOST")
        return None if host is None else urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _error(code: int, error: HTTPException | None = None) -> Response:
    title, text = _ERROR_PAGES.get(code, ("Error", "This request cannot be answered."))
    page = (
        f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f'<h1>{title}</h1>\n<p>{text}</p>\n<p><a href="/">All feeds</a></p>\n</html>\n'
    )
    response = Response(page, status=code, content_type=PAGE.type)
    response.headers["Cache-Control"] = "no-store"
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))  # RFC 9110 §15.5.6
    if isinstance(error, RequestedRangeNotSatisfiable):
        response.headers["Content-Range"] = f"bytes */{error.length}"
    return response
