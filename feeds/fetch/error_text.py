"""Describes errors of the HTTP libraries in our own words. Text from the server, or from a library that quotes it or
the URL, is not shown: it may hold secrets or control characters."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException, IncompleteRead

import requests
import urllib3

from feeds.errors import BadAnswer, Blocked, FetchError, ProxyFailed, Unreachable
from feeds.fetch.connection import StaleConnection
from feeds.fetch.redirects import RedirectChain
from feeds.model import Source
from feeds.model.urls import safe_url


@contextmanager
def translate_errors(source: Source, redirects: RedirectChain) -> Iterator[None]:
    """Turn every exception that leaves the block into a FetchError."""
    try:
        yield
    except FetchError:
        raise
    except Exception as error:  # four libraries raise six families of errors
        kind, text = _describe(error)
        # The cause is the innermost error: the outer ones quote the whole URL, with its secrets.
        raise kind(source.id, f"{safe_url(redirects.url)}: {text}") from list(_causes(error))[-1]


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _describe(error: Exception) -> tuple[type[FetchError], str]:
    """The kind of the error, and a text. `Unreachable` and nothing else counts against the host."""
    causes = tuple(_causes(error))

    def caused_by(*kinds: type[BaseException]) -> bool:
        return any(isinstance(cause, kinds) for cause in causes)

    if caused_by(requests.exceptions.InvalidHeader):
        return Blocked, "one of the headers configured for this source cannot be sent; see `headers`"
    if caused_by(urllib3.exceptions.LocationParseError):
        return Blocked, "the URL's host name is not valid"
    if caused_by(urllib3.exceptions.ProxyError):
        return ProxyFailed, "the proxy refuses the connection"
    if caused_by(IncompleteRead, urllib3.exceptions.InvalidChunkLength):
        return BadAnswer, "the document was cut off"
    if caused_by(ConnectionError, StaleConnection):
        return Unreachable, "the connection was closed before the answer was complete"
    if isinstance(causes[-1], OSError) and causes[-1].strerror:
        return Unreachable, f"the connection failed: {causes[-1].strerror}"
    kind = BadAnswer if caused_by(HTTPException, urllib3.exceptions.HTTPError) else Unreachable
    return kind, f"the request failed, or its answer is not valid HTTP ({type(causes[-1]).__name__})"
