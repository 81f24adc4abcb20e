"""The WSGI application: a table of routes, the headers that all answers share, the pages for errors.

Nothing that a client sent comes back to it: no answer contains the address, the Host or a library's message.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound, RequestedRangeNotSatisfiable
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from feeds.publish.sink import cache_control
from feeds.serve.files import PAGE, Files, Representation

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

View = Callable[..., Response]
"""(request, **parts of the address) → answer. Stands in a route as its endpoint."""

MAX_AGE = timedelta(minutes=30)
"""How long an answer counts as fresh where nothing else is known; half of the default polling interval."""

_log = logging.getLogger("feeds.serve")
_log.addHandler(logging.NullHandler())  # whoever runs the server says where the log goes

_SAID = {
    404: ("Not found", "There is nothing at this address."),
    405: ("Not allowed", "This address can only be read."),
    416: ("No such range", "The file does not reach that far."),
    421: ("Another name", "This server does not answer for that host name. Its own is set by site.base_url."),
    500: ("Error", "Something went wrong here. It has been written to the log."),
}


def app(
    directory: Path,
    *,
    max_age: timedelta = MAX_AGE,
    hosts: Collection[str] | None = None,
    routes: Sequence[Rule] = (),
    links: Mapping[str, str] | None = None,
) -> App:
    """The files of `directory`, and whatever `routes` add before them; each rule's endpoint is a `View`.

    `hosts`: the names it answers for, besides localhost and plain addresses; None: for every name. `links`: file →
    the Link header that it is sent with (RFC 8288).
    """
    return App(Files(directory), max_age, hosts, routes, links or {})


class App:
    """A WSGI callable. `app` makes it."""

    def __init__(
        self,
        files: Files,
        max_age: timedelta,
        hosts: Collection[str] | None,
        routes: Sequence[Rule],
        links: Mapping[str, str],
    ) -> None:
        self._files = files
        self._links = links
        self._max_age = max_age
        self._hosts = None if hosts is None else frozenset(host.casefold() for host in hosts)
        # No redirects for the sake of slashes: werkzeug would write the client's Host into them.
        self._urls = Map(
            [
                *routes,
                Rule("/", endpoint=self._file, defaults={"name": "index.html"}, methods=["GET"]),
                Rule("/<path:name>", endpoint=self._file, methods=["GET"]),
            ],
            merge_slashes=False,
            strict_slashes=False,
            redirect_defaults=False,
        )

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        response = self._answer(request)
        response.headers.setdefault("Content-Security-Policy", PAGE.policy)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        try:
            if not self._answers_for(_host(request.environ)):
                return _error(421)
            view, parts = self._urls.bind("localhost").match(request.path, request.method)
            response: Response = view(request, **parts)
        except HTTPException as error:
            return _error(error.code or 500, error)
        except Exception:
            _log.exception("an answer could not be made")
            return _error(500)
        return response

    def _answers_for(self, host: str | None) -> bool:
        # A page elsewhere could have its own name resolve to 127.0.0.1 and then read what is served here (DNS
        # rebinding). It cannot make a browser send another name than its own.
        if self._hosts is None or host is None:
            return True
        name = host.casefold().rstrip(".")
        return name == "localhost" or name in self._hosts or _is_address(name)

    def _file(self, request: Request, name: str) -> Response:
        found = self._files.get(name)
        if found is None:
            raise NotFound
        response = self._send(request, found)
        response.headers["Cache-Control"] = cache_control(name, self._max_age)
        if name in self._links:
            response.headers["Link"] = self._links[name]
        if found.private:
            response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    @staticmethod
    def _send(request: Request, found: Representation) -> Response:
        """RFC 9110 §13.2.2: If-None-Match, else If-Modified-Since; a range only of what was not a 304."""
        ranged = _wants_a_range(request)
        coding = "" if ranged else _coding(request, found)
        body = found.packed[coding] if coding else found.body
        response = Response(body, content_type=found.media.type)
        response.set_etag(found.etag_of(coding))
        response.last_modified = found.modified
        response.headers["Accept-Ranges"] = "bytes"
        response.headers["Content-Security-Policy"] = found.media.policy
        if found.packed:
            response.headers["Vary"] = "Accept-Encoding"
        if coding:
            response.headers["Content-Encoding"] = coding
        response.make_conditional(request)
        if ranged and response.status_code == 200:
            response.make_conditional(request, accept_ranges=True, complete_length=len(body))
        return response


def _wants_a_range(request: Request) -> bool:
    """One range of bytes of a GET; anything else may be ignored, and several ranges help nobody (§14.2)."""
    wanted = request.range
    return (
        request.method == "GET" and wanted is not None and wanted.units == "bytes" and len(wanted.ranges) == 1
    )


def _coding(request: Request, found: Representation) -> str:
    """The content coding that the client likes best, of those it likes as well the smallest; "": none."""
    accepted = request.accept_encodings
    identity = accepted["identity"] if "identity" in accepted.values() else 0
    liked = [coding for coding in found.packed if accepted[coding] > 0 and accepted[coding] >= identity]
    return max(liked, key=lambda coding: accepted[coding], default="")


def _host(environ: WSGIEnvironment) -> str | None:
    """The name that the client asked for, without its port; None where it named none, "" for nonsense."""
    target = environ.get("REQUEST_URI", "")
    try:
        if "://" in target.partition("?")[0]:  # the absolute form goes before Host (RFC 9112 §3.2.2)
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
    title, said = _SAID.get(code, ("Error", "This cannot be answered."))
    page = (
        f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f'<h1>{title}</h1>\n<p>{said}</p>\n<p><a href="/">All feeds</a></p>\n</html>\n'
    )
    response = Response(page, status=code, content_type=PAGE.type)
    response.headers["Cache-Control"] = "no-store"
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))  # RFC 9110 §15.5.6
    if isinstance(error, RequestedRangeNotSatisfiable):
        response.headers["Content-Range"] = f"bytes */{error.length}"
    return response
