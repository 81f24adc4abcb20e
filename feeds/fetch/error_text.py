"""What went wrong, in words of ours: those of the server, or of a library that quotes it, are not shown."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.client import IncompleteRead

import requests
import urllib3

from feeds.errors import FetchError, Unreachable
from feeds.fetch.connection import StaleConnection
from feeds.fetch.redirects import RedirectChain, safe_url
from feeds.model import Source


@contextmanager
def translate_errors(source: Source, trail: RedirectChain) -> Iterator[None]:
    """Whatever goes wrong within, as a FetchError in words of ours."""
    try:
        yield
    except FetchError:
        raise
    except Exception as error:  # four libraries, with six families of errors among them
        problem = f"{safe_url(trail.url)}: {_describe(error)}"
        # From the innermost: the errors around it quote the whole URL, tokens and all.
        raise Unreachable(source.id, problem) from list(_causes(error))[-1]


def _causes(error: BaseException) -> Iterator[BaseException]:
    link: BaseException | None = error
    while link is not None:
        yield link
        link = link.__cause__ or link.__context__


def _describe(error: Exception) -> str:
    """What happened, in words of ours: those of the server, or of a library that quotes it, are not shown."""
    chain = tuple(_causes(error))

    def among(*kinds: type[BaseException]) -> bool:
        return any(isinstance(link, kinds) for link in chain)

    if among(requests.exceptions.InvalidHeader):
        return "a header that the source is to be asked with cannot be sent"
    if among(urllib3.exceptions.LocationParseError):
        return "its host is none that can be asked"
    if among(urllib3.exceptions.ProxyError):
        return "the proxy does not let us through"
    if among(IncompleteRead, urllib3.exceptions.InvalidChunkLength):
        return "the document was cut off"
    if among(ConnectionError, StaleConnection):
        return "the connection was closed before the answer was complete"
    if isinstance(chain[-1], OSError) and chain[-1].strerror:
        return f"the connection failed: {chain[-1].strerror}"
    return f"the answer cannot be understood ({type(chain[-1]).__name__})"
